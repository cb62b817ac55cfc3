"""Calls from before their successors: signals without sets, short names and limits, one directory entry at a time."""

from __future__ import annotations

import errno
import os
import struct
from ctypes import addressof, create_string_buffer
from typing import TYPE_CHECKING, Final

from .. import signals
from ..calls import SyscallError, host_call, s32
from ..signal_calls import set_action
from .directories import sys_lseek
from .limits import get_limit
from .system import names

if TYPE_CHECKING:
    from ..ports import GuestThread
    from ..process import Process

_LSEEK, _GETDENTS64, _CLOCK_SETTIME = 8, 217, 227
_LOW: Final = 0xFFFFFFFF
_LONGEST: Final = 0x7FFFFFFF
_ENTRY: Final = struct.Struct("<QqHB")
_ENTRY_ROOM: Final = 280
"""bytes of the longest linux_dirent64"""


def sys_stime(process: Process, thread: GuestThread, tptr: int) -> int:
    seconds = s32(process.memory.read_int(tptr, 4))
    time = create_string_buffer(struct.pack("<qq", seconds, 0))
    return host_call(_CLOCK_SETTIME, 0, addressof(time))


def sys_signal(process: Process, thread: GuestThread, signo: int, function: int) -> int:
    """As System V has it: the action is reset, and the signal not blocked, when the function runs."""
    signo = s32(signo)
    if not 1 <= signo <= 64 or signo in (signals.SIGKILL, signals.SIGSTOP):
        raise SyscallError(errno.EINVAL)
    before = process.actions.get(signo, (signals.SIG_DFL, 0, 0, 0))[0]
    set_action(process, signo, (function, signals.SA_RESETHAND | signals.SA_NODEFER, 0, 0))
    return before


def sys_sgetmask(process: Process, thread: GuestThread) -> int:
    return int(thread.linux.sigmask & _LOW)


def sys_ssetmask(process: Process, thread: GuestThread, mask: int) -> int:
    before: int = thread.linux.sigmask
    signals.set_mask(process, thread, mask)
    return before & _LOW


def sys_oldolduname(process: Process, thread: GuestThread, buf: int) -> int:
    """struct oldold_utsname: five strings of 9 bytes, cut."""
    process.memory.write(buf, b"".join(name[:8].ljust(9, b"\0") for name in names(process)[:5]))
    return 0


def sys_olduname(process: Process, thread: GuestThread, buf: int) -> int:
    """struct old_utsname: what uname gives, without the last."""
    process.memory.write(buf, b"".join(name[:64].ljust(65, b"\0") for name in names(process)[:5]))
    return 0


def sys_readdir(process: Process, thread: GuestThread, fd: int, dirent: int, count: int) -> int:
    """One struct old_linux_dirent: d_ino, d_off (longs), length of the name (16 bits), the name. 1 if there was one."""
    room = create_string_buffer(_ENTRY_ROOM)
    result = host_call(_GETDENTS64, fd, addressof(room), _ENTRY_ROOM)
    if result <= 0:
        return result
    inode, position, _, _ = _ENTRY.unpack_from(room.raw)
    name = room.raw[19 : room.raw.index(b"\0", 19)]
    host_call(_LSEEK, fd, position, os.SEEK_SET)
    if inode >> 32:
        return -errno.EOVERFLOW
    shown = sys_lseek(process, thread, fd, 0, os.SEEK_CUR)
    process.memory.write(dirent, struct.pack("<IIH", inode, max(shown, 0), len(name)) + name + b"\0")
    return 1


def sys_old_getrlimit(process: Process, thread: GuestThread, resource: int, rlim: int) -> int:
    """What is more than a signed long holds is shown as the most that it does."""
    found = get_limit(0, s32(resource))
    if isinstance(found, int):
        return found
    process.memory.write(rlim, struct.pack("<II", *(min(value, _LONGEST) for value in found)))
    return 0
