"""Reading directories with 32-bit positions.

Some file systems (ext4) give 64-bit hashes as positions; to a 32-bit program the kernel gives their upper half. The
host gives us the whole, of which a C library says EOVERFLOW, so it is cut here and remembered for when it comes back.
"""

from __future__ import annotations

import errno
import os
import stat
import struct
from ctypes import addressof, create_string_buffer
from typing import TYPE_CHECKING, Final

from ..calls import host_call, s32

if TYPE_CHECKING:
    from ..ports import GuestThread
    from ..process import Process

_LSEEK, _GETDENTS64 = 8, 217
_MAX_READ: Final = 1 << 20
_REMEMBERED: Final = 1 << 17
_ENTRY: Final = struct.Struct("<QqHB")
_LONGEST: Final = (1 << 31) - 1
_whole: Final[dict[int, int]] = {}
"""position as given -> the host's"""


def _cut(position: int) -> int:
    if 0 <= position <= _LONGEST:
        return position
    if len(_whole) >= _REMEMBERED:
        _whole.clear()
    short = position >> 32 & _LONGEST
    _whole[short] = position
    return short


def _is_directory(fd: int) -> bool:
    try:
        return stat.S_ISDIR(os.fstat(s32(fd)).st_mode)
    except OSError:
        return False


def _seek(fd: int, offset: int, whence: int) -> int:
    """The whole position, or -errno; that of a directory cut."""
    if offset in _whole and s32(whence) == os.SEEK_SET and _is_directory(fd):
        offset = _whole[offset]
    result = host_call(_LSEEK, fd, offset, whence)
    return _cut(result) if result > _LONGEST and _is_directory(fd) else result


def sys_lseek(process: Process, thread: GuestThread, fd: int, offset: int, whence: int) -> int:
    result = _seek(fd, s32(offset), whence)
    return result if result <= _LONGEST else -errno.EOVERFLOW


def sys__llseek(process: Process, thread: GuestThread, fd: int, high: int, low: int, result: int, whence: int) -> int:
    done = _seek(fd, high << 32 | low, whence)
    if done < 0:
        return done
    process.memory.write_int(result, 8, done)
    return 0


def _read(fd: int, size: int) -> bytearray | int:
    """Records of struct linux_dirent64, or -errno."""
    size = min(size & 0xFFFFFFFF, _MAX_READ)
    host = create_string_buffer(size or 1)
    result = host_call(_GETDENTS64, fd, addressof(host), size)
    if result < 0:
        return result
    data, at = bytearray(host.raw[:result]), 0
    while at < result:
        inode, position, length, kind = _ENTRY.unpack_from(data, at)
        if position > _LONGEST:
            _ENTRY.pack_into(data, at, inode, _cut(position), length, kind)
        at += length
    return data


def sys_getdents64(process: Process, thread: GuestThread, fd: int, dirent: int, size: int) -> int:
    process.memory.check(dirent, min(size, 1), write=True)  # afterwards the entries would be lost
    data = _read(fd, size)
    if isinstance(data, int):
        return data
    process.memory.write(dirent, data)
    return len(data)


def sys_getdents(process: Process, thread: GuestThread, fd: int, dirent: int, size: int) -> int:
    """struct linux_dirent: d_ino, d_off (longs), d_reclen, the name, its NUL, ..., d_type in the last byte.

    A record is never longer than a linux_dirent64, so what the host gives for ``size`` bytes always fits.
    """
    process.memory.check(dirent, min(size, 1), write=True)
    data = _read(fd, size)
    if isinstance(data, int):
        return data
    at, out = 0, bytearray()
    while at < len(data):
        inode, position, length, kind = _ENTRY.unpack_from(data, at)
        name = data[at + 19 : data.index(b"\0", at + 19)]
        record = (10 + len(name) + 2 + 3) & ~3
        if inode >> 32:
            return -errno.EOVERFLOW
        out += struct.pack("<IIH", inode, position, record) + name.ljust(record - 11, b"\0") + bytes((kind,))
        at += length
    process.memory.write(dirent, out)
    return len(out)
