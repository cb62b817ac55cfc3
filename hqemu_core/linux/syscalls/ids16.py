"""User and group numbers of 16 bits where they lie in memory."""

from __future__ import annotations

import errno
import struct
from ctypes import addressof, c_uint32
from typing import TYPE_CHECKING

from ..calls import host_call, s32
from .marshal import Call
from .structs import OVERFLOW_ID

if TYPE_CHECKING:
    from ..ports import GuestThread
    from ..process import Process

_GETGROUPS, _SETGROUPS = 115, 116
_MAX_GROUPS = 65536


def _cut(value: int) -> int:
    return value if value < 1 << 16 else OVERFLOW_ID


def _make_get(number: int) -> Call:
    def call(process: Process, thread: GuestThread, real: int, effective: int, saved: int) -> int:
        found = (c_uint32 * 3)()
        at = addressof(found)
        result = host_call(number, at, at + 4, at + 8)
        if not result:
            for addr, value in zip((real, effective, saved), found, strict=True):
                process.memory.write_int(addr, 2, _cut(value))
        return result

    return call


sys_getresuid = _make_get(118)
sys_getresgid = _make_get(120)


def sys_getgroups(process: Process, thread: GuestThread, size: int, where: int) -> int:
    size = s32(size)
    if not 0 <= size <= _MAX_GROUPS:
        size = -1 if size < 0 else _MAX_GROUPS
    found = (c_uint32 * max(size, 1))()
    result = host_call(_GETGROUPS, size, addressof(found))
    if result > 0 and size:
        process.memory.write(where, struct.pack(f"<{result}H", *map(_cut, found[:result])))
    return result


def sys_setgroups(process: Process, thread: GuestThread, size: int, where: int) -> int:
    size = s32(size)
    if not 0 <= size <= _MAX_GROUPS:
        return -errno.EINVAL
    values = struct.unpack(f"<{size}H", process.memory.read(where, 2 * size))
    groups = (c_uint32 * max(size, 1))(*values)
    return host_call(_SETGROUPS, size, addressof(groups))
