"""Resource limits. Limits of the address space would hit the translator too, so those the guest only remembers."""

from __future__ import annotations

import errno
import os
from ctypes import addressof, c_uint64
from typing import TYPE_CHECKING, Final

from ..calls import host_call, s32
from .structs import layout_of

if TYPE_CHECKING:
    from ..ports import GuestThread
    from ..process import Process

_PRLIMIT64: Final = 302
RLIM_INFINITY: Final = (1 << 64) - 1
_KEPT: Final = frozenset((2, 3, 9))
"""RLIMIT_DATA, RLIMIT_STACK, RLIMIT_AS"""
_own: dict[int, tuple[int, int]] = {}
"""resource -> (soft, hard) that the guest set; children inherit it by fork, and execve keeps it"""


def get_limit(pid: int, resource: int) -> tuple[int, int] | int:
    """(soft, hard), or -errno."""
    if resource in _own and pid in (0, os.getpid()):
        return _own[resource]
    pair = (c_uint64 * 2)()
    result = host_call(_PRLIMIT64, pid, resource, 0, addressof(pair))
    return result if result < 0 else (pair[0], pair[1])


def set_limit(pid: int, resource: int, soft: int, hard: int) -> int:
    if resource not in _KEPT or pid not in (0, os.getpid()):
        pair = (c_uint64 * 2)(soft, hard)
        return host_call(_PRLIMIT64, pid, resource, addressof(pair), 0)
    if soft > hard:
        return -errno.EINVAL
    old = get_limit(0, resource)
    if isinstance(old, tuple) and hard > old[1] and os.geteuid():
        return -errno.EPERM
    _own[resource] = (soft, hard)
    return 0


def sys_prlimit64(process: Process, thread: GuestThread, pid: int, resource: int, new: int, old: int) -> int:
    return _change(process, s32(pid), s32(resource), new, old, "rlimit64")


def sys_getrlimit(process: Process, thread: GuestThread, resource: int, rlim: int) -> int:
    return _change(process, 0, s32(resource), 0, rlim, "rlimit") if rlim else -errno.EFAULT


sys_ugetrlimit = sys_getrlimit


def sys_setrlimit(process: Process, thread: GuestThread, resource: int, rlim: int) -> int:
    return _change(process, 0, s32(resource), rlim, 0, "rlimit") if rlim else -errno.EFAULT


def _change(process: Process, pid: int, resource: int, new: int, old: int, struct: str) -> int:
    layout, memory = layout_of(struct, process.abi.layout), process.memory
    top = (1 << 8 * (layout.size // 2)) - 1
    wanted = layout.packer.unpack(memory.read(new, layout.size)) if new else None
    found = get_limit(pid, resource)
    if isinstance(found, int):
        return found
    if wanted is not None:
        soft, hard = (RLIM_INFINITY if value == top else value for value in wanted)
        result = set_limit(pid, resource, soft, hard)
        if result < 0:
            return result
    if old:
        memory.write(old, layout.packer.pack(*(min(value, top) for value in found)))
    return 0
