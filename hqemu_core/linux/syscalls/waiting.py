"""Waiting with another signal mask: ppoll, pselect6, epoll_pwait, epoll_pwait2.

While the call waits the guest has the mask it asks for. When a signal ends it, that mask stays and ``saved_mask`` is
what comes back after the signal's function (or at once, if there is none); otherwise it is put back here.
"""

from __future__ import annotations

import errno
from ctypes import addressof, c_uint64
from functools import cache
from typing import TYPE_CHECKING, Final

from ..calls import ERESTARTNOHAND, SyscallError
from .marshal import Call, make_call
from .row import parse
from .tables.poll import ROWS

if TYPE_CHECKING:
    from ..ports import GuestThread
    from ..process import Process

SIGSET_SIZE: Final = 8
_FAULTS: Final = sum(1 << (signo - 1) for signo in (4, 5, 7, 8, 9, 11, 19, 31))
"""ILL TRAP BUS FPE KILL SEGV STOP SYS: never blocked on the host"""


@cache
def _plain(name: str, layout: str) -> Call:
    """The host's call; its mask argument is a host address."""
    entry = next(row for row in ROWS if row[0] == name)
    text = " ".join(
        f"{arg.name}:ulong" if arg.name in ("sigmask", "sig") else word
        for word, arg in zip(entry[2].split(), parse(entry).args, strict=True)
    )
    return make_call(parse((name, entry[1], text, "host", entry[4])), layout)


def _wait(process: Process, thread: GuestThread, call: Call, args: tuple[int, ...], mask_at: int, mask: int) -> int:
    """``mask`` is the guest address of the set, 0: keep the mask. ``args[mask_at]`` gets the host address of a copy
    (pselect6: of the pair that points to it)."""
    if not mask:
        return call(process, thread, *args)
    state = thread.linux
    wanted = process.memory.read_int(mask, SIGSET_SIZE)
    old = state.sigmask
    state.sigmask = wanted & ~_FAULTS
    if any(not state.sigmask >> (signo - 1) & 1 for signo, _ in state.pending):
        state.saved_mask = old
        return -ERESTARTNOHAND
    words = (c_uint64 * 3)(wanted & ~_FAULTS, 0, SIGSET_SIZE)
    words[1] = addressof(words)
    given = list(args)
    given[mask_at] = addressof(words) + (8 if len(args) == 6 and mask_at == 5 else 0)
    try:
        result = call(process, thread, *given)
    except BaseException:
        state.sigmask = old
        raise
    if result == -ERESTARTNOHAND:
        state.saved_mask = old
    else:
        state.sigmask = old
    return result


def _check_size(mask: int, size: int) -> None:
    if mask and size != SIGSET_SIZE:
        raise SyscallError(errno.EINVAL)


def sys_ppoll(
    process: Process, thread: GuestThread, fds: int, nfds: int, timeout: int, sigmask: int, size: int
) -> int:
    _check_size(sigmask, size)
    call = _plain("ppoll", process.abi.layout)
    return _wait(process, thread, call, (fds, nfds, timeout, 0, SIGSET_SIZE), 3, sigmask)


def sys_pselect6(
    process: Process, thread: GuestThread, nfds: int, rfds: int, wfds: int, efds: int, timeout: int, sig: int
) -> int:
    """The sixth argument points to a pair (address of the set, its size)."""
    mask = 0
    if sig:
        width = process.memory.bits // 8
        mask = process.memory.read_int(sig, width)
        _check_size(mask, process.memory.read_int(sig + width, width))
    call = _plain("pselect6", process.abi.layout)
    return _wait(process, thread, call, (nfds, rfds, wfds, efds, timeout, 0), 5, mask)


def sys_epoll_pwait(
    process: Process, thread: GuestThread, epfd: int, events: int, number: int, timeout: int, sigmask: int, size: int
) -> int:
    _check_size(sigmask, size)
    call = _plain("epoll_pwait", process.abi.layout)
    return _wait(process, thread, call, (epfd, events, number, timeout, 0, SIGSET_SIZE), 4, sigmask)


def sys_epoll_pwait2(
    process: Process, thread: GuestThread, epfd: int, events: int, number: int, timeout: int, sigmask: int, size: int
) -> int:
    _check_size(sigmask, size)
    call = _plain("epoll_pwait2", process.abi.layout)
    return _wait(process, thread, call, (epfd, events, number, timeout, 0, SIGSET_SIZE), 4, sigmask)
