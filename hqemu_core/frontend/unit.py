"""A translation unit and the index of all units."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from operator import add, sub
from typing import Any, Final

PAGE_BITS: Final = 12
_PAGES: Final = (1 << 56 - PAGE_BITS) - 1


def page_of(pc: int) -> int:
    """Number of the page of a code address, whose top byte is not part of the address."""
    return pc >> PAGE_BITS & _PAGES


def size_between(pc: int, following: int) -> int:
    """Bytes from one code address to another."""
    return following - pc & 0xFFFFFFFF



class Unit:
    """Straight-line guest code translated together; may be entered at any instruction but a fused second one.

    ``start`` offset in the code cache; ``offsets`` of each instruction's hot code from ``start``, one more for the
    end; ``tails`` (offset from ``start``, instruction index) of out-of-line code, ascending.
    """

    __slots__ = (
        "alive", "beyond", "context", "counted", "ends", "fused", "heads", "hidden", "offsets", "pc", "pcs", "resumes",
        "size", "start", "tails",
    )  # fmt: skip

    def __init__(
        self, start: int, size: int, pcs: Sequence[int], ends: Sequence[int], offsets: list[int],
        tails: list[tuple[int, int]], fused: list[int], context: int,
    ) -> None:  # fmt: skip
        self.start = start
        self.size = size
        self.pc = pcs[0]
        self.pcs = pcs
        self.ends = ends
        """code address behind each instruction"""
        self.offsets = offsets
        self.tails = tails
        self.fused = fused
        """indices of instructions fused with the one before"""
        self.context = context
        self.heads: list[tuple[int, int]] = []
        """(guest pc, cache offset) of trace-head counters in this code"""
        self.hidden = False
        """made to record a trace: not for later runs"""
        self.beyond: tuple[int, ...] = ()
        """further guest pages whose bytes decided what the code is (dead flags)"""
        self.alive = True
        self.resumes = False
        """guest state is in host registers: after a fault that is put right the host context must be restored"""
        self.counted = False
        """LLVM code: the index of the instruction that faults is in the header, not in the address"""

    def to_record(self) -> tuple[Any, ...]:
        """Plain values for the disk."""
        sizes: Sequence[int] = list(map(sub, self.ends, self.pcs))
        if 0 < min(sizes) and max(sizes) < 256:
            sizes = bytes(sizes)  # the ordinary case, and small
        parts = self.start, self.size, list(self.pcs), sizes, self.offsets, self.tails, self.fused, self.context
        return (*parts, self.heads, self.counted, self.resumes, self.beyond)

    @classmethod
    def from_record(cls, record: tuple[Any, ...]) -> Unit:
        start, size, pcs, sizes, offsets, tails, fused, context, heads, counted, resumes, beyond = record
        unit = cls(start, size, pcs, list(map(add, pcs, sizes)), offsets, tails, fused, context)
        unit.heads, unit.counted, unit.resumes, unit.beyond = heads, counted, resumes, beyond
        return unit

    @property
    def pages(self) -> range | set[int]:
        """Numbers of the guest pages that the unit was made from."""
        if not self.counted:  # consecutive instructions
            found = range(page_of(self.pc), page_of(self.ends[-1] - 1) + 1)
            return {*found, *self.beyond} if self.beyond else found
        return {*map(page_of, self.pcs), *(page_of(end - 1) for end in self.ends)}

    def index_at(self, offset: int) -> int:
        """Index of the instruction whose host code holds ``offset`` (from the cache's start)."""
        offset -= self.start
        if self.tails and offset >= self.tails[0][0]:
            return self.tails[bisect_right(self.tails, (offset, 1 << 62)) - 1][1]
        # of several instructions at one offset (a fused pair's second is empty) the first with code
        index = bisect_right(self.offsets, offset) - 1
        return min(index, len(self.pcs) - 1)

    def pc_at(self, offset: int) -> int:
        return self.pcs[self.index_at(offset)]


class UnitIndex:
    """Finds units by host offset and by guest page."""

    def __init__(self) -> None:
        self._starts: list[list[int]] = []
        self._units: list[list[Unit]] = []
        self.by_page: dict[int, list[Unit]] = {}
        self.links: dict[int, list[int]] = {}
        """guest page -> cache offsets of linked exit sites that go there"""
        self.current = -1

    def begin_region(self, region: int) -> None:
        while len(self._starts) <= region:
            self._starts.append([])
            self._units.append([])
        self._starts[region] = []
        self._units[region] = []
        self.current = region

    def add(self, region: int, unit: Unit) -> None:
        if region != self.current:
            self.begin_region(region)
        self._starts[region].append(unit.start)
        self._units[region].append(unit)
        self.file(unit)

    def file(self, unit: Unit) -> None:
        """Make the unit known to its guest pages."""
        for page in unit.pages:
            self.by_page.setdefault(page, []).append(unit)

    def find(self, region: int, offset: int) -> Unit | None:
        if region >= len(self._starts):
            return None
        at = bisect_right(self._starts[region], offset) - 1
        if at < 0:
            return None
        unit = self._units[region][at]
        return unit if offset < unit.start + unit.size else None

    def in_region(self, region: int) -> list[Unit]:
        return self._units[region] if region < len(self._units) else []

    def live(self) -> list[Unit]:
        """Every unit that is not dropped, once."""
        return list({id(u): u for units in self.by_page.values() for u in units if u.alive}.values())
