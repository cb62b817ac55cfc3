"""Stencils with trace heads (modes ``hybrids`` and ``hybridm``).

The start of each unit and each target of a backward branch inside it is a trace head: an 8-aligned ``decl counter``
and a jump to a stub that tells the engine when the counter runs out. When optimized code for the head is there, the
eight bytes become a jump to it by one atomic store, which every way into the head sees.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence
from typing import Any, Final

from hqemu_core.runtime import host
from hqemu_core.runtime.cache import PREFERRED

from .translator import NOPS, Translator, index_in
from .unit import Unit

COUNTERS: Final = 1 << 20
"""trace heads at most; 32-bit counters below 2 GiB"""
_COUNTERS_AT: Final = PREFERRED - (8 << 20)
NEVER: Final = 0x7FFFFFFF


class HybridTranslator(Translator):
    threshold = 50

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.counters_at = host.anonymous(COUNTERS * 4, low=_COUNTERS_AT)
        self.counters = host.view(self.counters_at, COUNTERS * 4).cast("I")
        self.counter_of: dict[tuple[int, int], int] = {}
        """(guest pc, context) -> number of its counter"""
        self.heads: dict[int, dict[int, int]] = {}
        """by context: guest pc -> host address of the trace head"""
        self.slots: dict[tuple[int, int], list[int]] = {}
        """(guest pc, context) -> cache offsets of the head's counters"""
        self.singles: dict[tuple[int, int], int] = {}
        self.forks: set[int] = set()
        """blocks met while recording that end in an indirect branch"""
        self.regions: dict[tuple[int, int], tuple[Unit, int]] = {}
        """(guest pc, context) -> optimized code that begins there"""

    def heads_of(
        self, pcs: Sequence[int], fixes: list[tuple[Any, ...]], fused: list[int], inline: dict[int, int]
    ) -> dict[int, int]:
        if self.quiet:
            return {}
        found = {0: 0}
        exits = [(fix[0], fix[4]) for fix in fixes if fix[4] is not None]
        for index, target in (*exits, *inline.items()):
            if index < len(pcs) and target <= pcs[index] and (at := index_in(pcs, target)) >= 0:
                found[at] = 0
        for index in fused:
            found.pop(index, None)
        return found

    def counter(self, pc: int, context: int) -> bytes:
        key = pc, context
        number = self.counter_of.get(key)
        if number is None:
            number = self.counter_of[key] = len(self.counter_of)
            self.counters[number] = self.threshold
        address = self.counters_at + 4 * (number & COUNTERS - 1)
        return b"\xff\x0c\x25" + address.to_bytes(4, "little") + NOPS[1] + b"\x0f\x88\0\0\0\0"

    def add_heads(self, unit: Unit) -> None:
        heads = self.heads.setdefault(unit.context, {})
        for pc, offset in unit.heads:
            heads[pc] = self.cache.base + offset
            self.slots.setdefault((pc, unit.context), []).append(offset)
            region = self.regions.get((pc, unit.context))
            if region is not None:
                self.redirect(offset, region[1])

    def set_counter(self, pc: int, context: int, value: int) -> None:
        number = self.counter_of.get((pc, context))
        if number is not None:
            self.counters[number] = value

    def counter_value(self, pc: int, context: int) -> int:
        """NEVER if there is none (any more)."""
        number = self.counter_of.get((pc, context))
        return NEVER if number is None else self.counters[number]

    # -- regions
    def redirect(self, offset: int, code: int) -> None:
        """Make a head's counter jump to optimized code."""
        jump = code - (self.cache.base + offset) - 5 & 0xFFFFFFFF
        self.cache.patch(offset, 0x909090_00000000E9 | jump << 8)

    def add_region(self, unit: Unit, head: int, code: int) -> None:
        key = head, unit.context
        self.regions[key] = unit, code
        for offset in self.slots.get(key, ()):
            self.redirect(offset, code)
        self.set_counter(head, unit.context, NEVER)

    def drop(self, units: list[Unit]) -> None:
        dropped = {id(unit) for unit in units if unit.alive}
        super().drop(units)
        self.singles.clear()
        if not dropped:
            return
        for key, (unit, _) in list(self.regions.items()):
            if id(unit) in dropped:
                del self.regions[key]
                for offset in self.slots.get(key, ()):
                    self.cache.patch(offset, int.from_bytes(self.counter(*key)[:8], "little"))
                self.set_counter(*key, self.threshold)
        for unit in units:
            heads = self.heads.get(unit.context, {})
            for pc, offset in unit.heads:
                slots = self.slots.get((pc, unit.context), [])
                if offset in slots:
                    slots.remove(offset)
                if heads.get(pc) == self.cache.base + offset:
                    del heads[pc]

    def reset(self) -> None:
        super().reset()
        self.singles.clear()
        self.counter_of.clear()
        self.heads.clear()
        self.slots.clear()
        self.regions.clear()

    # -- later runs
    def shared_record(self) -> tuple[Any, ...]:
        return self.counters_at, list(self.counter_of)

    def adopt_shared(self, shared: tuple[Any, ...]) -> bool:
        if not shared or shared[0] != self.counters_at:
            return False
        self.counter_of = {key: n for n, key in enumerate(shared[1])}
        self.counters[: len(shared[1])] = memoryview(array("I", [self.threshold]) * len(shared[1]))
        return True

    def extra_record(self, units: list[Unit]) -> tuple[Any, ...]:
        starts = {unit.start for unit in units}
        heads = [(pc, offset) for unit in units for pc, offset in unit.heads]
        regions = [(pc, u.start, code) for (pc, _), (u, code) in self.regions.items() if u.start in starts]
        return heads, regions

    def adopt(self, extra: tuple[Any, ...], unit_of: Callable[[int], Unit], context: int) -> None:
        heads = self.heads.setdefault(context, {})
        for pc, offset in extra[0]:
            heads[pc] = self.cache.base + offset
            self.slots.setdefault((pc, context), []).append(offset)
        for pc, start, code in extra[1]:
            self.regions[pc, context] = unit_of(start), code
            self.set_counter(pc, context, NEVER)

    def clean_image(self, image: bytearray, start: int, kept: set[int]) -> None:
        for key, (unit, _) in self.regions.items():
            if id(unit) not in kept:
                for offset in self.slots.get(key, ()):
                    image[offset - start : offset - start + 8] = self.counter(*key)[:8]

    # -- recording
    def single(self, pc: int, context: int) -> int:
        """Host address of a unit of just the block at ``pc``, whose exits stay with the dispatcher."""
        found = self.singles.get((pc, context))
        if found is None:
            keys, pcs, _ = self.fetch(pc)
            decode = self.isa.decoder(pc).decode
            count = len(keys)
            for n, key in enumerate(keys):
                decoded = decode(key, pcs[n])
                if decoded is None or decoded[0].end:
                    count = n + 1
                    if decoded is not None and decoded[0].end == "indirect":
                        self.forks.add(pc)
                    break
            self.quiet = True
            try:
                found = self.singles[pc, context] = self.build(pc, count, context)
            finally:
                self.quiet = False
        return found
