"""Guest CPU state layout: names to byte offsets from ``env``.

``env`` points at a runtime header of :data:`STATE_BASE` bytes (owned by ``hqemu_core.runtime``); the ISA's
registers follow. Offsets handed out here are from ``env``, so a backend needs nothing but (offset, type).
"""

from __future__ import annotations

from typing import NamedTuple

from hqemu_core.ir import types as ty

STATE_BASE = 8192
"""Bytes of runtime header before the ISA's state."""


def size_of(t: int) -> int:
    """Bytes that an element takes; an f80 has 6 behind it that mean nothing."""
    return 16 if t == ty.F80 else max(1, ty.bits(t) // 8)


class Slot(NamedTuple):
    name: str
    offset: int
    type: int
    count: int  # type: ignore[assignment]  # shadows tuple.count, which nobody wants here

    @property
    def size(self) -> int:
        """Bytes of one element."""
        return size_of(self.type)


class StateLayout:
    """Built by declaring slots in order. Slots are aligned to their size (16 at most).

    ``zero`` slots always read as zero (stencils really read them), ``sink`` slots take writes that nobody reads:
    a zero register becomes two offsets and needs no form of its own.
    """

    def __init__(self) -> None:
        self.slots: dict[str, Slot] = {}
        self.size = STATE_BASE
        self.zeros: frozenset[int] = frozenset()
        self.sinks: frozenset[int] = frozenset()

    def add(self, name: str, t: int, count: int = 1) -> int:
        """Declare ``count`` elements of type ``t``; returns the first one's offset."""
        step = size_of(t)
        align = min(step, 16)
        offset = -(-self.size // align) * align
        self.slots[name] = Slot(name, offset, t, count)
        self.size = offset + step * count
        return offset

    def add_zero(self, name: str, t: int) -> int:
        offset = self.add(name, t)
        self.zeros |= {offset}
        return offset

    def add_sink(self, name: str, t: int) -> int:
        offset = self.add(name, t)
        self.sinks |= {offset}
        return offset

    def __getitem__(self, name: str) -> Slot:
        return self.slots[name]

    def offset(self, name: str, index: int = 0) -> int:
        slot = self.slots[name]
        return slot.offset + index * slot.size
