"""The heap's end: ``process.brk_start`` and ``process.brk``, set by the loader."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .calls import SyscallError
from .memory import MASK, PROT_READ, PROT_WRITE
from .mmap import MAP_ANONYMOUS, MAP_FIXED_NOREPLACE, MAP_PRIVATE, map_pages, unmap_pages

if TYPE_CHECKING:
    from .ports import GuestThread
    from .process import Process


def sys_brk(process: Process, thread: GuestThread, addr: int) -> int:
    """The new end, or the old one when it cannot be moved there; brk never fails otherwise."""
    memory = process.memory
    with memory.lock:
        if addr < process.brk_start or addr > memory.task_size - MASK:
            return process.brk
        old, new = (process.brk + MASK) & ~MASK, (addr + MASK) & ~MASK
        try:
            if new > old:
                flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE
                # the kernel keeps a page free between the heap and the mapping above it
                if not memory.regions.is_free(new, new + MASK + 1):
                    return process.brk
                map_pages(memory, old, new - old, PROT_READ | PROT_WRITE, flags, name="[heap]")
            elif new < old:
                unmap_pages(memory, new, old - new)
        except SyscallError:
            return process.brk
        process.brk = addr
        return addr
