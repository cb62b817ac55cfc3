"""Waiting with another signal mask: ppoll, pselect6, epoll_pwait, epoll_pwait2.

The mask is the personality's to set and to put back (``call_with_mask``); the host's call gets none.
"""

from __future__ import annotations

import errno
from functools import cache
from typing import TYPE_CHECKING, Final

from ..calls import SyscallError
from ..signal_calls import call_with_mask
from .marshal import Call, make_call
from .row import parse
from .tables.poll import ROWS
from .tables.time64 import ROWS as WIDE_ROWS

if TYPE_CHECKING:
    from ..ports import GuestThread
    from ..process import Process

SIGSET_SIZE: Final = 8
KEEP: Final = -1
"""instead of a mask: no other mask"""


@cache
def _make(name: str, layout: str) -> Call:
    """The row's call, where the mask argument is the mask's value or KEEP."""
    entry = next(row for row in ROWS + WIDE_ROWS if row[0] == name)
    args = parse(entry).args
    mask_at = next(i for i, arg in enumerate(args) if arg.name in ("sigmask", "sig"))
    words = entry[2].split()
    words[mask_at] = "mask:ulong"

    def run(process: Process, thread: GuestThread, number: int, given: list[int]) -> int:
        mask = given[mask_at]
        given[mask_at] = 0
        return call_with_mask(process, thread, None if mask == KEEP else mask, number, tuple(given))

    return make_call(parse((name, entry[1], " ".join(words), "host", entry[4])), layout, run=run)


def _mask(process: Process, addr: int, size: int) -> int:
    if not addr:
        return KEEP
    if size != SIGSET_SIZE:
        raise SyscallError(errno.EINVAL)
    return process.memory.read_int(addr, SIGSET_SIZE)


def _make_ppoll(name: str) -> Call:
    def call(
        process: Process, thread: GuestThread, fds: int, nfds: int, timeout: int, sigmask: int, size: int
    ) -> int:
        mask = _mask(process, sigmask, size)
        return _make(name, process.abi.layout)(process, thread, fds, nfds, timeout, mask, SIGSET_SIZE)

    return call


sys_ppoll = _make_ppoll("ppoll")
sys_ppoll_time64 = _make_ppoll("ppoll_time64")


def _make_pselect(name: str) -> Call:
    """The sixth argument points to a pair (address of the set, its size)."""

    def call(
        process: Process, thread: GuestThread, nfds: int, rfds: int, wfds: int, efds: int, timeout: int, sig: int
    ) -> int:
        mask = KEEP
        if sig:
            width = process.memory.bits // 8
            mask = _mask(process, process.memory.read_int(sig, width), process.memory.read_int(sig + width, width))
        return _make(name, process.abi.layout)(process, thread, nfds, rfds, wfds, efds, timeout, mask)

    return call


sys_pselect6 = _make_pselect("pselect6")
sys_pselect6_time64 = _make_pselect("pselect6_time64")


def sys_epoll_pwait(
    process: Process, thread: GuestThread, epfd: int, events: int, number: int, timeout: int, sigmask: int, size: int
) -> int:
    mask = _mask(process, sigmask, size)
    call = _make("epoll_pwait", process.abi.layout)
    return call(process, thread, epfd, events, number, timeout, mask, SIGSET_SIZE)


def sys_epoll_pwait2(
    process: Process, thread: GuestThread, epfd: int, events: int, number: int, timeout: int, sigmask: int, size: int
) -> int:
    mask = _mask(process, sigmask, size)
    call = _make("epoll_pwait2", process.abi.layout)
    return call(process, thread, epfd, events, number, timeout, mask, SIGSET_SIZE)
