"""mmap, munmap, mprotect, mremap: the guest's map and the host's pages change together.

The host's own calls do the work and give the errno; what is checked here is what they cannot see: the guest's
address space ends earlier, is placed differently, and knows PROT_EXEC.
"""

from __future__ import annotations

import os
from typing import Final

from hqemu_core.errors import HqemuError

from .calls import SyscallError, host_call
from .memory import GuestMemory
from .regions import MASK, PAGE, PROT_EXEC, PROT_WRITE, Region, host_prot

MAP_SHARED: Final = 1
MAP_PRIVATE: Final = 2
MAP_FIXED: Final = 0x10
MAP_ANONYMOUS: Final = 0x20
MAP_NORESERVE: Final = 0x4000
MAP_FIXED_NOREPLACE: Final = 0x100000
# DENYWRITE EXECUTABLE LOCKED NORESERVE POPULATE NONBLOCK STACK HUGETLB SYNC, and the size bits of HUGETLB.
# GROWSDOWN is left out: the guest's map would not see the host grow it.
PASSED: Final = 0xFC0F_F820
MIN_ADDR: Final = 0x10000
_EPERM, _ENOMEM, _EEXIST, _EINVAL, _EOVERFLOW = 1, 12, 17, 22, 75
_SYS_MMAP, _SYS_MPROTECT, _SYS_MUNMAP = 9, 10, 11


def map_pages(
    memory: GuestMemory, addr: int, length: int, prot: int, flags: int, fd: int = -1, offset: int = 0, name: str = "",
) -> int:  # fmt: skip
    """mmap(2), except that ``addr`` with MAP_FIXED may be anywhere; the guest address."""
    if length <= 0 or offset & MASK:
        raise SyscallError(_EINVAL)
    size = (length + MASK) & ~MASK
    if size > memory.task_size:
        raise SyscallError(_ENOMEM)
    if offset + size > 1 << 63:
        raise SyscallError(_EOVERFLOW)
    prot &= 7
    file = None
    sure = True
    if not flags & MAP_ANONYMOUS:
        try:
            stat = os.fstat(fd)
        except OSError as error:
            raise SyscallError(error.errno or _EINVAL) from None
        file = (stat.st_dev, stat.st_ino)
        # a shared file is a file that others may cut while it is mapped
        sure = bool(flags & MAP_PRIVATE) and offset + size <= (stat.st_size + MASK) & ~MASK
    with memory.lock:
        addr = place_mapping(memory, addr, size, flags)
        fresh = memory.regions.is_free(addr, addr + size)
        if not fresh:
            if flags & MAP_FIXED_NOREPLACE:
                raise SyscallError(_EEXIST)
            forget_code(memory, addr, addr + size)
        # a range that is free for the guest must be free on the host too: NOREPLACE checks it
        place = MAP_FIXED_NOREPLACE if fresh and not memory.reserved else MAP_FIXED
        host_flags = flags & 3 | flags & PASSED | place
        result = host_call(_SYS_MMAP, memory.base + addr, size, host_prot(prot), host_flags, fd, offset)
        if result == -_EEXIST and place == MAP_FIXED_NOREPLACE:
            raise HqemuError(f"memory of the host program lies where the guest's belongs, at {memory.base + addr:#x}")
        if result < 0:
            raise SyscallError(-result)
        if not fresh:
            memory.code.drop(addr, addr + size)
            memory.regions.remove(addr, addr + size)
        shared = flags & 3 != MAP_PRIVATE
        if shared and file is None:
            file = (0, addr)  # each anonymous shared mapping is an object of its own
        region = Region(addr, addr + size, prot, shared, file, offset, sure, name)
        memory.code.new_writer(region)
        memory.regions.add(region)
    return addr


def place_mapping(memory: GuestMemory, addr: int, size: int, flags: int) -> int:
    """Where a mapping of ``size`` bytes goes."""
    end = memory.task_size
    if flags & (MAP_FIXED | MAP_FIXED_NOREPLACE):
        if addr & MASK:
            raise SyscallError(_EINVAL)
        if not 0 <= addr <= end - size:
            raise SyscallError(_ENOMEM)
        check_low(addr)
        return addr
    if addr & ~MASK:
        hint = max(addr & ~MASK, MIN_ADDR)
        if hint <= end - size and memory.regions.is_free(hint, hint + size):
            return hint
    return find_gap(memory, size)


def check_low(addr: int) -> None:
    """vm.mmap_min_addr, which root (CAP_SYS_RAWIO) may ignore."""
    if addr < MIN_ADDR and os.geteuid():
        raise SyscallError(_EPERM)


def find_gap(memory: GuestMemory, size: int) -> int:
    """Top-down below ``mmap_base``; when that is full, bottom-up in what is above."""
    found = memory.regions.gap_down(size, MIN_ADDR, memory.mmap_base)
    if found is None:
        found = memory.regions.gap_up(size, memory.mmap_base, memory.task_size)
    if found is None:
        raise SyscallError(_ENOMEM)
    return found


def forget_code(memory: GuestMemory, start: int, end: int) -> None:
    """Guest code in the range is going away: drop its translations."""
    for region in memory.regions.overlapping(start, end):
        if region.prot & PROT_EXEC:
            low = max(region.start, start)
            memory.invalidate(low, min(region.end, end) - low)


def unmap_pages(memory: GuestMemory, addr: int, length: int) -> None:
    """munmap(2)"""
    end = memory.task_size
    if addr & MASK or addr > end or length > end - addr or not length:
        raise SyscallError(_EINVAL)
    size = (length + MASK) & ~MASK
    drop_pages(memory, addr, size)


def drop_pages(memory: GuestMemory, addr: int, size: int) -> None:
    """Unmap whole pages, those of the kernel too."""
    with memory.lock:
        if memory.regions.is_free(addr, addr + size):
            return
        forget_code(memory, addr, addr + size)
        host_unmap(memory, addr, size)
        memory.code.drop(addr, addr + size)
        memory.regions.remove(addr, addr + size)


def map_kernel_page(memory: GuestMemory, addr: int, code: bytes, name: str) -> None:
    """A page that the kernel shows above what programs may map: to read and to execute."""
    result = host_call(_SYS_MMAP, memory.base + addr, PAGE, 3, MAP_PRIVATE | MAP_FIXED | MAP_ANONYMOUS, -1, 0)
    if result < 0:
        raise SyscallError(-result)
    with memory.lock:
        memory.regions.add(Region(addr, addr + PAGE, 3, name=name))
        memory.write(addr, code)
        _protect_mapped(memory, addr, addr + PAGE, 1 | PROT_EXEC)


def host_unmap(memory: GuestMemory, addr: int, size: int) -> None:
    if memory.reserved:  # give back to the reservation
        result = host_call(_SYS_MMAP, memory.base + addr, size, 0, MAP_PRIVATE | MAP_FIXED | 0x4020, -1, 0)
    else:
        result = host_call(_SYS_MUNMAP, memory.base + addr, size)
    if result < 0:
        raise SyscallError(-result)


def protect_pages(memory: GuestMemory, addr: int, length: int, prot: int) -> None:
    """mprotect(2)"""
    if addr & MASK or prot & ~0xF:
        raise SyscallError(_EINVAL)
    prot &= 7
    size = (length + MASK) & ~MASK
    if not size:
        return
    end = addr + size
    if end > memory.task_size:
        raise SyscallError(_ENOMEM)
    with memory.lock:
        # the kernel changes what lies before the first hole, then fails
        hole = memory.regions.first_hole(addr, end)
        if hole > addr:
            _protect_mapped(memory, addr, hole, prot)
        if hole < end:
            raise SyscallError(_ENOMEM)


def _protect_mapped(memory: GuestMemory, start: int, end: int, prot: int) -> None:
    # translations stay only where nothing changes for code: still executable, and not newly writable
    for region in memory.regions.overlapping(start, end):
        if region.prot & PROT_EXEC and (not prot & PROT_EXEC or prot & PROT_WRITE > region.prot & PROT_WRITE):
            forget_code(memory, max(start, region.start), min(end, region.end))
    result = host_call(_SYS_MPROTECT, memory.base + start, end - start, host_prot(prot))
    if result < 0:
        raise SyscallError(-result)
    for region in memory.regions.set_prot(start, end, prot):
        if prot & PROT_WRITE > region.prot & PROT_WRITE:
            memory.code.new_writer(region._replace(prot=prot))
    kept = memory.code.drop(start, end)
    if prot & PROT_WRITE:
        for _, codes in kept:
            for page in codes:
                memory.code_pages(page * PAGE, PAGE)
