"""The memory system calls but brk: mmap family, and those that the host does on the same pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from .calls import SyscallError, host_call, s32, s64
from .memory import MASK
from .mmap import MAP_ANONYMOUS, forget_code, map_pages, protect_pages, unmap_pages
from .mremap import remap_pages

if TYPE_CHECKING:
    from .memory import GuestMemory
    from .ports import GuestThread
    from .process import Process

_ENOMEM, _EINVAL, _EOPNOTSUPP = 12, 22, 95
_VALIDATED: Final = 0x7C07_F933
"""flags that every file's mmap supports (LEGACY_MAP_MASK): MAP_SYNC and MAP_FIXED_NOREPLACE are not among them"""
_MADV_DROPS: Final = frozenset((4, 8, 9, 24))
"""MADV_DONTNEED, FREE, REMOVE, DONTNEED_LOCKED: the contents go"""


def sys_mmap(
    process: Process, thread: GuestThread, addr: int, length: int, prot: int, flags: int, fd: int, offset: int,
) -> int:  # fmt: skip
    kind = flags & 0xF
    if kind == 3 and not flags & MAP_ANONYMOUS:  # MAP_SHARED_VALIDATE
        if flags & 0xFFFFFFFF & ~_VALIDATED:
            raise SyscallError(_EOPNOTSUPP)
        flags -= 2
    elif kind not in (1, 2):
        raise SyscallError(_EINVAL)
    return map_pages(process.memory, addr, length, prot, flags, s32(fd), offset)


def sys_munmap(process: Process, thread: GuestThread, addr: int, length: int) -> int:
    unmap_pages(process.memory, addr, length)
    return 0


def sys_mprotect(process: Process, thread: GuestThread, addr: int, length: int, prot: int) -> int:
    protect_pages(process.memory, addr, length, prot)
    return 0


def sys_mremap(process: Process, thread: GuestThread, addr: int, old: int, new: int, flags: int, to: int) -> int:
    return remap_pages(process.memory, addr, old, new, flags, to)


def sys_madvise(process: Process, thread: GuestThread, addr: int, length: int, advice: int) -> int:
    memory = process.memory
    size = _span(process, addr, length)
    if s32(advice) in _MADV_DROPS and size:
        with memory.lock:
            memory.prepare_write(addr, size)
            forget_code(memory, addr, addr + size)
    return _on_mapped(memory, addr, size, lambda at, count: host_call(28, at, count, s32(advice)))


def sys_msync(process: Process, thread: GuestThread, addr: int, length: int, flags: int) -> int:
    size = _span(process, addr, length)
    return _on_mapped(process.memory, addr, size, lambda at, count: host_call(26, at, count, s32(flags)))


def sys_mincore(process: Process, thread: GuestThread, addr: int, length: int, vector: int) -> int:
    if addr & MASK:
        raise SyscallError(_EINVAL)
    size = _span(process, addr, length)
    with process.memory.lock:
        if not process.memory.regions.covers(addr, addr + size):
            raise SyscallError(_ENOMEM)  # the reserved window of a 32-bit guest is mapped for the host
    return host_call(27, process.memory.base + addr, size, process.memory.host(vector, size >> 12, write=True))


def _lock(process: Process, addr: int, length: int, call: Callable[[int, int], int]) -> int:
    size = _span(process, addr, length + (addr & MASK))
    return _on_mapped(process.memory, addr & ~MASK, size, call, stop=True)


def sys_mlock(process: Process, thread: GuestThread, addr: int, length: int) -> int:
    return _lock(process, addr, length, lambda at, count: host_call(149, at, count))


def sys_mlock2(process: Process, thread: GuestThread, addr: int, length: int, flags: int) -> int:
    return _lock(process, addr, length, lambda at, count: host_call(325, at, count, s32(flags)))


def sys_munlock(process: Process, thread: GuestThread, addr: int, length: int) -> int:
    return _lock(process, addr, length, lambda at, count: host_call(150, at, count))


def sys_mlockall(process: Process, thread: GuestThread, flags: int) -> int:
    """MCL_CURRENT would lock all of the host program: only the guest's own pages are locked."""
    flags = s32(flags)
    if flags & ~7 or not flags & 3:
        raise SyscallError(_EINVAL)
    if flags & 1:
        for region in list(process.memory.regions.regions):
            # as the kernel: what cannot be populated (PROT_NONE) is no error
            host_call(325, process.memory.base + region.start, region.end - region.start, flags >> 2 & 1)
    return host_call(151, flags & 6) if flags & 2 else 0


def sys_munlockall(process: Process, thread: GuestThread) -> int:
    return host_call(152)



def _span(process: Process, addr: int, length: int) -> int:
    """The length in whole pages; it must not leave the guest's address space."""
    if (addr & MASK and s64(addr) < 0) or addr > process.memory.task_size:
        raise SyscallError(_ENOMEM)
    size = (length + MASK) & ~MASK
    if size > process.memory.task_size - addr:
        raise SyscallError(_ENOMEM)
    return size


def _on_mapped(memory: GuestMemory, addr: int, size: int, call: Callable[[int, int], int], stop: bool = False) -> int:
    """``call(host address, size)`` on what is mapped in the range; a hole is ENOMEM afterwards (at once: ``stop``).

    To the host a reserved window has no holes."""
    if not memory.reserved or not size or addr & MASK:
        return call(memory.base + addr, size)
    end, result = addr + size, 0
    with memory.lock:
        spans = [(max(r.start, addr), min(r.end, end)) for r in memory.regions.overlapping(addr, end)]
    for start, until in spans:
        if start > addr:
            result = -_ENOMEM
            if stop:
                return result
        done = call(memory.base + start, until - start)
        if done < 0:
            return done
        addr = until
    return result if addr >= end else -_ENOMEM
