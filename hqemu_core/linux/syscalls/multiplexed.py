"""Calls of old 32-bit ABIs that stand for many, or whose arguments are in memory."""

from __future__ import annotations

import errno
import struct
from typing import TYPE_CHECKING, Final

from ..calls import SyscallError
from ..memory_calls import sys_mmap

if TYPE_CHECKING:
    from ..ports import GuestThread
    from ..process import Process

_SOCKET_CALLS: Final = (
    ("socket", 3), ("bind", 3), ("connect", 3), ("listen", 2), ("accept", 3), ("getsockname", 3), ("getpeername", 3),
    ("socketpair", 4), ("send", 4), ("recv", 4), ("sendto", 6), ("recvfrom", 6), ("shutdown", 2), ("setsockopt", 5),
    ("getsockopt", 5), ("sendmsg", 3), ("recvmsg", 3), ("accept4", 4), ("recvmmsg", 5), ("sendmmsg", 4),
)  # fmt: skip
"""from 1 on: name, number of arguments"""
_SEMCTL, _SEMTIMEDOP, _MSGRCV, _SHMAT = 3, 4, 12, 21
_IPC_CALLS: Final = {
    1: ("semop", "first ptr second"), 2: ("semget", "first second third"), 3: ("semctl", "first second third word"),
    4: ("semtimedop", "first ptr second fifth"), 11: ("msgsnd", "first ptr second third"),
    12: ("msgrcv", "first ptr second fifth third"), 13: ("msgget", "first second"),
    14: ("msgctl", "first second ptr"), 21: ("shmat", "first ptr second"), 22: ("shmdt", "ptr"),
    23: ("shmget", "first second third"), 24: ("shmctl", "first second ptr"),
}  # fmt: skip
"""ipc(2)'s number -> call, where its arguments are; ``word`` is the one that ``ptr`` points at"""


def _words(process: Process, addr: int, count: int) -> tuple[int, ...]:
    return struct.unpack(f"<{count}I", process.memory.read(addr, 4 * count))


def sys_socketcall(process: Process, thread: GuestThread, call: int, args: int) -> int:
    if not 1 <= call <= len(_SOCKET_CALLS):
        raise SyscallError(errno.EINVAL)
    name, count = _SOCKET_CALLS[call - 1]
    return process.named(name)(process, thread, *_words(process, args, count))


def sys_ipc(
    process: Process, thread: GuestThread, call: int, first: int, second: int, third: int, ptr: int, fifth: int,
) -> int:  # fmt: skip
    """The upper half of ``call`` is a version: 0 has two arguments of msgrcv in memory, 1 no shmat."""
    call, version = call & 0xFFFF, call >> 16
    if call not in _IPC_CALLS:
        raise SyscallError(errno.ENOSYS)
    name, places = _IPC_CALLS[call]
    values = {"first": first, "second": second, "third": third, "ptr": ptr, "fifth": fifth}
    if call == _SEMCTL:
        if not ptr:
            raise SyscallError(errno.EINVAL)
        values["word"] = _words(process, ptr, 1)[0]
    elif call == _MSGRCV and version == 0:
        if not ptr:
            raise SyscallError(errno.EINVAL)
        values["ptr"], values["fifth"] = _words(process, ptr, 2)
    elif call == _SHMAT and version == 1:
        raise SyscallError(errno.EINVAL)
    result = process.named(name)(process, thread, *[values[place] for place in places.split()])
    if call == _SHMAT and not -4096 < result < 0:
        process.memory.write_int(third, 4, result)
        return 0
    return result


def sys_old_mmap(process: Process, thread: GuestThread, args: int) -> int:
    """addr, length, prot, flags, fd, and an offset in bytes."""
    addr, length, prot, flags, fd, offset = _words(process, args, 6)
    return sys_mmap(process, thread, addr, length, prot, flags, fd, offset)


def sys_old_select(process: Process, thread: GuestThread, args: int) -> int:
    return process.named("select")(process, thread, *_words(process, args, 5))
