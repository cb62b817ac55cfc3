"""The interval map of what a guest has mapped: sorted, disjoint, page-aligned, neighbours of one kind merged."""

from __future__ import annotations

from _thread import RLock
from bisect import bisect_left, bisect_right
from typing import Any, Final, NamedTuple

PAGE: Final = 4096
MASK: Final = PAGE - 1
PROT_READ: Final = 1
PROT_WRITE: Final = 2
PROT_EXEC: Final = 4


def host_prot(prot: int) -> int:
    """The host's protection for a guest's: the guest's code is data to the host."""
    return prot & 3 | (prot >> 2 & 1)


class Region(NamedTuple):
    start: int
    end: int
    prot: int
    """guest protection: PROT_READ 1, PROT_WRITE 2, PROT_EXEC 4"""
    shared: bool = False
    file: tuple[int, int] | None = None
    """(device, inode), None for private anonymous memory"""
    offset: int = 0
    """in the file"""
    sure: bool = True
    """no page lies past the end of a file, so an access allowed by ``prot`` cannot raise SIGBUS"""
    name: str = ""
    """"[heap]", "[stack]" ...; a file's name is looked up when somebody asks"""

    def cut(self, start: int, end: int) -> Region:
        offset = self.offset + start - self.start if self.file is not None else 0
        return self._replace(start=start, end=end, offset=offset)


class RegionMap:
    """All but :meth:`find` is called with ``lock`` held, where there are several threads."""

    def __init__(self) -> None:
        self.lock: Any = RLock()
        self.starts: list[int] = []
        self.regions: list[Region] = []
        # (below, size, high) of the last gap_down: no gap of size bytes or more lies between below and high
        self._searched = (0, 0, -1)

    def find(self, addr: int) -> Region | None:
        """The region that holds ``addr``. Needs no lock: other threads may change the map meanwhile."""
        i = bisect_right(self.starts, addr) - 1
        if i >= 0:
            try:
                region = self.regions[i]
            except IndexError:
                pass
            else:
                # the two lists may be out of step for a moment, but a region that fits is one that is or was there
                if region.start <= addr < region.end:
                    return region
        with self.lock:
            i = bisect_right(self.starts, addr) - 1
            if i >= 0 and addr < self.regions[i].end:
                return self.regions[i]
        return None

    def overlapping(self, start: int, end: int) -> list[Region]:
        """The regions (whole) that have a byte in the range, in order."""
        i, j = self._span(start, end)
        return self.regions[i:j]

    def is_free(self, start: int, end: int) -> bool:
        i, j = self._span(start, end)
        return i == j

    def covers(self, start: int, end: int) -> bool:
        """No hole in the range."""
        return self.first_hole(start, end) >= end

    def first_hole(self, start: int, end: int) -> int:
        """Lowest unmapped address in the range, or ``end``."""
        for region in self.overlapping(start, end):
            if region.start > start:
                return start
            start = region.end
        return min(start, end)

    def remove(self, start: int, end: int) -> list[Region]:
        """Forget the range; what was there, cut to it."""
        i, j = self._span(start, end)
        old = self.regions[i:j]
        if not old:
            return old
        keep = []
        if old[0].start < start:
            keep.append(old[0].cut(old[0].start, start))
        if old[-1].end > end:
            keep.append(old[-1].cut(end, old[-1].end))
        self.regions[i:j] = keep
        self.starts[i:j] = [r.start for r in keep]
        below, size, high = self._searched
        above = bisect_left(self.starts, end)
        self._searched = (max(below, self.starts[above] if above < len(self.starts) else high), size, high)
        return [r.cut(max(r.start, start), min(r.end, end)) for r in old]

    def add(self, new: Region) -> None:
        """Put a region where nothing is."""
        i = bisect_left(self.starts, new.start)
        j = i
        if i > 0 and _joins(self.regions[i - 1], new):
            i -= 1
            new = self.regions[i]._replace(end=new.end, sure=new.sure and self.regions[i].sure)
        if j < len(self.regions) and _joins(new, self.regions[j]):
            new = new._replace(end=self.regions[j].end, sure=new.sure and self.regions[j].sure)
            j += 1
        self.regions[i:j] = [new]
        self.starts[i:j] = [new.start]

    def set_prot(self, start: int, end: int, prot: int) -> list[Region]:
        """New protection for what is mapped in the range; what was there before, cut to it."""
        old = self.remove(start, end)
        for region in old:
            self.add(region._replace(prot=prot))
        return old

    def gap_down(self, size: int, low: int, high: int) -> int | None:
        """Start of the highest free range of ``size`` bytes within ``low..high`` (placed at its top)."""
        searched_below, searched_size, searched_high = self._searched
        top = min(searched_below, high) if high == searched_high and size >= searched_size else high
        i = bisect_left(self.starts, top) - 1
        while top - low >= size:
            bottom = self.regions[i].end if i >= 0 else low
            if top - max(bottom, low) >= size:
                self._searched = (top, size, high)
                return top - size
            top = min(top, self.regions[i].start)
            i -= 1
        return None

    def gap_up(self, size: int, low: int, high: int) -> int | None:
        """Start of the lowest free range of ``size`` bytes within ``low..high``."""
        at = low
        for region in self.overlapping(low, high):
            if region.start - at >= size:
                return at
            at = max(at, region.end)
        return at if high - at >= size else None

    def _span(self, start: int, end: int) -> tuple[int, int]:
        i = bisect_right(self.starts, start) - 1
        if i < 0 or self.regions[i].end <= start:
            i += 1
        return i, max(i, bisect_left(self.starts, end))


def _joins(a: Region, b: Region) -> bool:
    if a.end != b.start or a.prot != b.prot or a.shared != b.shared or a.name != b.name:
        return False
    return a.file == b.file and (a.file is None or a.offset + a.end - a.start == b.offset)
