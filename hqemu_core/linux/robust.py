"""Robust futexes: what a thread still holds when it ends is marked so that the next owner learns of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hqemu_core.errors import GuestFault

from .calls import host_call

if TYPE_CHECKING:
    from .ports import GuestThread
    from .process import Process

_WAITERS: Final = 1 << 31
_OWNER_DIED: Final = 1 << 30
_TID: Final = _OWNER_DIED - 1
_LIMIT: Final = 2048
"""entries that the kernel walks (ROBUST_LIST_LIMIT)"""


def walk_robust_list(process: Process, thread: GuestThread) -> None:
    """Mark the futexes that the thread still holds as owned by a dead one, and wake a waiter of each."""
    head, _ = thread.linux.robust_list
    if not head:
        return
    memory, size = process.memory, process.abi.bits // 8
    try:
        entry = memory.read_int(head, size)
        offset = memory.read_int(head + size, size)
        pending = memory.read_int(head + 2 * size, size)
        for _ in range(_LIMIT):
            if entry & ~1 == head:
                break
            following = memory.read_int(entry & ~1, size)
            if entry & ~1 != pending & ~1:
                _mark_dead(process, thread, (entry & ~1) + offset)
            entry = following
        if pending & ~1:
            _mark_dead(process, thread, (pending & ~1) + offset)
    except GuestFault:
        pass  # as the kernel: a damaged list ends the walk


def _mark_dead(process: Process, thread: GuestThread, addr: int) -> None:
    memory = process.memory
    addr &= (1 << process.abi.bits) - 1
    value = memory.read_int(addr, 4)
    if value & _TID == thread.linux.tid:
        # others may only set the waiters bit meanwhile; waking whatever it says makes up for losing it
        memory.write_int(addr, 4, value & _WAITERS | _OWNER_DIED)
        host_call(202, memory.base + addr, 1, 1)
