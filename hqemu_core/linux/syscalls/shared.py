"""Shared memory segments in the guest's map, and mq_notify."""

from __future__ import annotations

import errno
from ctypes import addressof, c_uint64, create_string_buffer
from typing import TYPE_CHECKING, Final

from ..calls import SyscallError, host_call
from ..memory import MASK, PAGE
from ..mmap import MAP_FIXED, forget_code, host_unmap, place_mapping
from ..regions import Region
from .marshal import host_address
from .structs import HOST, converter, layout_of

if TYPE_CHECKING:
    from ..ports import GuestThread
    from ..process import Process

_SHMAT, _SHMCTL, _SHMDT, _MQ_NOTIFY = 30, 31, 67, 244
_IPC_STAT: Final = 2
SHM_RDONLY: Final = 0o10000
SHM_RND: Final = 0o20000
SHM_REMAP: Final = 0o40000
SIGEV_THREAD: Final = 2


def _segment_size(shmid: int) -> int:
    info = create_string_buffer(112)  # struct shmid64_ds
    result = host_call(_SHMCTL, shmid, _IPC_STAT, addressof(info))
    if result < 0:
        raise SyscallError(-result)
    return int.from_bytes(info.raw[48:56], "little")


def sys_shmat(process: Process, thread: GuestThread, shmid: int, addr: int, flags: int) -> int:
    """shmat(2); SHMLBA is the page on all ISAs but 32-bit Arm, where four pages are only for old caches."""
    memory = process.memory
    if addr & MASK:
        if not flags & SHM_RND:
            return -errno.EINVAL
        addr &= ~MASK
    if flags & SHM_REMAP and not addr:
        return -errno.EINVAL
    size = (_segment_size(shmid) + MASK) & ~MASK
    with memory.lock:
        addr = place_mapping(memory, addr, size, MAP_FIXED if addr else 0)
        if not memory.regions.is_free(addr, addr + size):
            if not flags & SHM_REMAP:
                return -errno.EINVAL
            forget_code(memory, addr, addr + size)
        result = host_call(_SHMAT, shmid, memory.base + addr, flags & ~SHM_RND | (SHM_REMAP if memory.reserved else 0))
        if result < 0 and result > -PAGE:
            return result
        memory.drop_code(addr, addr + size)
        memory.regions.remove(addr, addr + size)
        prot = (1 if flags & SHM_RDONLY else 3) | (4 if flags & 0o100000 else 0)
        memory.regions.add(Region(addr, addr + size, prot, True, (0, shmid & 0xFFFFFFFF), 0, True, "/SYSV"))
    return addr


def sys_shmdt(process: Process, thread: GuestThread, addr: int) -> int:
    memory = process.memory
    with memory.lock:
        region = memory.regions.find(addr)
        if region is None or region.start != addr:
            return -errno.EINVAL
        forget_code(memory, region.start, region.end)
        result = host_call(_SHMDT, host_address(memory, addr))
        if result < 0:
            return result
        if memory.reserved:
            host_unmap(memory, region.start, region.end - region.start)
        memory.drop_code(region.start, region.end)
        memory.regions.remove(region.start, region.end)
    return 0


def sys_mq_notify(process: Process, thread: GuestThread, fd: int, event: int) -> int:
    """struct sigevent is flat, but for SIGEV_THREAD: its value points to a cookie of 32 bytes."""
    memory = process.memory
    if not event:
        return host_call(_MQ_NOTIFY, fd, 0)
    data = memory.read(event, layout_of("sigevent", process.abi.layout).size)
    block = create_string_buffer(converter("sigevent", process.abi.layout, HOST)(data), 64)
    if int.from_bytes(block.raw[12:16], "little") == SIGEV_THREAD:
        cell = c_uint64.from_buffer(block)
        cell.value = host_address(memory, cell.value)
    return host_call(_MQ_NOTIFY, fd, addressof(block))
