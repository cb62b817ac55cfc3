"""Control messages of 32-bit guests: shorter headers (struct cmsghdr) and alignment, and times made of longs."""

from __future__ import annotations

import errno
import os
import struct
from typing import Final

from ..calls import SyscallError
from .structs import HOST, converter

SOL_SOCKET: Final = 1
SCM_RIGHTS: Final = 1
MSG_CTRUNC: Final = 8
_GUEST: Final = struct.Struct("<Iii")
_HOST: Final = struct.Struct("<Qii")
_TIMES: Final = {29: ("timeval", 1), 35: ("timespec", 1), 37: ("timespec", 3)}
"""SO_TIMESTAMP_OLD, SO_TIMESTAMPNS_OLD, SO_TIMESTAMPING_OLD: struct, how many"""


def host_space(size: int) -> int:
    """A buffer for what ``size`` bytes hold: one message per 12 bytes at worst."""
    return size + (size // 12 + 1) * 12 + 32 if size else 0


def to_host(data: bytes, layout: str) -> bytes:
    """What a guest sends. As the kernel: a damaged length is EINVAL."""
    out = bytearray()
    at = 0
    while at + _GUEST.size <= len(data):
        size, level, kind = _GUEST.unpack_from(data, at)
        if size < _GUEST.size or size > len(data) - at:
            raise SyscallError(errno.EINVAL)
        body = data[at + _GUEST.size : at + size]
        out += _HOST.pack(_HOST.size + len(body), level, kind) + body
        out += bytes(-len(out) & 7)
        at += (size + 3) & ~3
    return bytes(out)


def to_guest(data: bytes, room: int, layout: str) -> tuple[bytes, bool]:
    """What a guest gets in ``room`` bytes, and whether something did not fit (descriptors are closed then)."""
    out = bytearray()
    cut = False
    at = 0
    while at + _HOST.size <= len(data):
        size, level, kind = _HOST.unpack_from(data, at)
        if size < _HOST.size:
            break
        body = data[at + _HOST.size : at + size]
        at += (size + 7) & ~7
        if level == SOL_SOCKET and kind in _TIMES:
            body = _times(body, layout, *_TIMES[kind])
        left = room - len(out) - _GUEST.size
        rights = level == SOL_SOCKET and kind == SCM_RIGHTS
        if len(body) > left:
            cut = True
            keep = max(left, 0) & (~3 if rights else ~0)
            if rights:
                _close(body[keep:])
            body = body[:keep]
            if left < 0 or (rights and not keep):
                continue
        out += _GUEST.pack(_GUEST.size + len(body), level, kind) + body
        out += bytes(min(-len(out) & 3, room - len(out)))
    return bytes(out), cut


def _times(body: bytes, layout: str, name: str, count: int) -> bytes:
    convert, size = converter(name, HOST, layout), len(body) // count
    return b"".join(convert(body[n * size : (n + 1) * size]) for n in range(count))


def _close(descriptors: bytes) -> None:
    for (fd,) in struct.iter_unpack("<i", descriptors):
        os.close(fd)
