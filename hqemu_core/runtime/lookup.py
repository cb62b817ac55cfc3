"""The native table guest pc -> host code behind the IBTC: open addressing, one per process and context."""

from __future__ import annotations

from typing import Final

from . import host

FIRST: Final = 1 << 13


class LookupTable:
    """``entries`` x (u64 pc, u64 host address); pc 0 marks a free entry, so guest address 0 is never put here."""

    def __init__(self, shift: int) -> None:
        self.shift = shift
        self.used = 0
        self._allocate(FIRST)

    def _allocate(self, entries: int) -> None:
        self.entries = entries
        self.address = host.anonymous(entries * 16)
        self.words = host.view(self.address, entries * 16).cast("Q")

    def put(self, pc: int, code: int) -> bool:
        """Add or replace; True when the table moved and every thread must be told."""
        moved = False
        if self.used * 2 > self.entries:
            old = self.words
            # the old table stays mapped: another thread may be searching it
            self._allocate(self.entries * 4)
            self.used = 0
            for n in range(0, len(old), 2):
                if old[n]:
                    self.put(old[n], old[n + 1])
            moved = True
        mask = self.entries - 1
        at = pc >> self.shift & mask
        words = self.words
        while words[at * 2] not in (0, pc):
            at = at + 1 & mask
        if not words[at * 2]:
            self.used += 1
        words[at * 2 + 1] = code
        words[at * 2] = pc
        return moved

    def clear(self) -> None:
        host.syscall(28, self.address, self.entries * 16, 4)  # madvise MADV_DONTNEED: zero again
        self.used = 0
