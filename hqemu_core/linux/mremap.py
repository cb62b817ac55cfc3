"""mremap: move, grow and shrink mappings, with the kernel's order of checks."""

from __future__ import annotations

from .calls import SyscallError, host_call
from .memory import MASK, GuestMemory
from .mmap import check_low, forget_code, host_unmap, place_mapping, unmap_pages
from .regions import Region

_MREMAP_MAYMOVE, _MREMAP_FIXED, _MREMAP_DONTUNMAP = 1, 2, 4
_ENOMEM, _EFAULT, _EINVAL = 12, 14, 22
_SYS_MUNMAP, _SYS_MREMAP = 11, 25


def remap_pages(memory: GuestMemory, addr: int, old_length: int, new_length: int, flags: int, to: int) -> int:
    """mremap(2)"""
    old = (old_length + MASK) & ~MASK
    new = (new_length + MASK) & ~MASK
    if flags & ~7 or (flags & (_MREMAP_FIXED | _MREMAP_DONTUNMAP) and not flags & _MREMAP_MAYMOVE):
        raise SyscallError(_EINVAL)
    if (flags & _MREMAP_DONTUNMAP and old != new) or addr & MASK or not new or new > memory.task_size:
        raise SyscallError(_EINVAL)
    with memory.lock:
        if flags & _MREMAP_FIXED:
            if to & MASK or to > memory.task_size - new or (addr < to + new and to < addr + old):
                raise SyscallError(_EINVAL)
            # checked before anything is unmapped, as newer kernels do
            _region_of(memory, addr, min(old, new))
            unmap_pages(memory, to, new)
            if old > new:
                unmap_pages(memory, addr + new, old - new)
                old = new
        elif old >= new and not flags & _MREMAP_DONTUNMAP:
            # shrinking may span several mappings; moving and growing may not
            if memory.regions.find(addr) is None:
                raise SyscallError(_EFAULT)
            if old > new:
                unmap_pages(memory, addr + new, old - new)
            return addr
        region = _region_of(memory, addr, old)
        if not flags & (_MREMAP_FIXED | _MREMAP_DONTUNMAP):
            end = addr + old
            more = new - old
            if end == region.end and end + more <= memory.task_size and memory.regions.is_free(end, end + more):
                _grow(memory, region, end, addr, old, new)
                return addr
            if not flags & _MREMAP_MAYMOVE:
                raise SyscallError(_ENOMEM)
        if not flags & _MREMAP_FIXED:
            hint = (to + MASK) & ~MASK if flags & _MREMAP_DONTUNMAP else 0
            to = place_mapping(memory, hint, new, 0)
        else:
            check_low(to)
        _move(memory, region, addr, old, new, flags, to)
    return to


def _region_of(memory: GuestMemory, addr: int, old: int) -> Region:
    """The mapping to move or grow: one must hold the whole range; 0 bytes are a copy, of shared memory only."""
    region = memory.regions.find(addr)
    if region is None or old > region.end - addr:
        raise SyscallError(_EFAULT)
    if not old and not region.shared:
        raise SyscallError(_EINVAL)
    return region


def _grow(memory: GuestMemory, region: Region, end: int, addr: int, old: int, new: int) -> None:
    memory.prepare_write(addr, old)  # so that the host sees one mapping
    if memory.reserved:
        host_call(_SYS_MUNMAP, memory.base + end, new - old)
    result = host_call(_SYS_MREMAP, memory.base + addr, old, new, 0, 0)
    if result < 0:
        if memory.reserved:
            host_unmap(memory, end, new - old)
        raise SyscallError(-result)
    memory.regions.add(region.cut(end, addr + new)._replace(sure=region.file is None))


def _move(memory: GuestMemory, region: Region, addr: int, old: int, new: int, flags: int, to: int) -> None:
    memory.prepare_write(addr, old)
    if old:
        forget_code(memory, addr, addr + old)
    host_flags = _MREMAP_MAYMOVE | _MREMAP_FIXED | flags & _MREMAP_DONTUNMAP
    result = host_call(_SYS_MREMAP, memory.base + addr, old, new, host_flags, memory.base + to)
    if result < 0:
        raise SyscallError(-result)
    if old and not flags & _MREMAP_DONTUNMAP:
        memory.regions.remove(addr, addr + old)
        if memory.reserved:
            host_unmap(memory, addr, old)
    offset = region.offset + addr - region.start if region.file is not None else 0
    sure = region.sure and (new <= old or region.file is None)
    memory.regions.add(region._replace(start=to, end=to + new, offset=offset, sure=sure))
