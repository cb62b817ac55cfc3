"""Pages with translated code are not writable on the host until the guest writes; then the translations go.

A shared file may be mapped twice, once to write code and once to run it: then the writable pages of the same part of
the file are protected as well, and a write to one of those drops what was translated from the other.

A page that is written again and again beside the code in it is left alone where the guest must announce changed code.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from .calls import host_call
from .regions import PAGE, PROT_EXEC, PROT_READ, PROT_WRITE, Region, host_prot

if TYPE_CHECKING:
    from .memory import GuestMemory

_SYS_MPROTECT: Final = 10
_BUSY: Final = 16
"""writes that found a page protected"""


class CodePages:
    def __init__(self, memory: GuestMemory) -> None:
        self.memory = memory
        self.pages: dict[int, set[int]] = {}
        """protected page -> pages whose translations a write to it makes wrong (page numbers)"""
        self.announced = False
        """the guest announces code that it has changed (``IsaSpec.changed_code``)"""
        self.writes: dict[int, int] = {}
        """page -> how often it was protected in vain"""
        self.loose: set[int] = set()
        """pages with translations that some page which can change them is not protected for"""

    def protect(self, start: int, size: int) -> None:
        """These bytes are translated."""
        regions = self.memory.regions
        for page in range(start // PAGE, (start + size - 1) // PAGE + 1):
            if page in self.pages:
                continue
            region = regions.find(page * PAGE)
            if region is None:
                continue
            if region.prot & PROT_WRITE:
                self._protect(page, page)
            if region.shared:
                for alias in self._aliases(region, page):
                    self._protect(alias, page)

    def _protect(self, page: int, code: int) -> None:
        if self.announced and self.writes.get(page, 0) >= _BUSY:
            self.loose.add(code)
            return
        known = self.pages.setdefault(page, set())
        known.add(code)
        host_call(_SYS_MPROTECT, self.memory.base + page * PAGE, PAGE, PROT_READ)

    def _aliases(self, region: Region, page: int) -> list[int]:
        """Other writable pages with the same bytes."""
        offset = region.offset + page * PAGE - region.start
        found = []
        for other in self.memory.regions.regions:
            if other.file == region.file and other.shared and other.prot & PROT_WRITE:
                at = other.start + offset - other.offset
                if other.start <= at < other.end and at != page * PAGE:
                    found.append(at // PAGE)
        return found

    def unprotect(self, start: int, end: int) -> bool:
        """A write to the range: True if any of it was protected."""
        memory = self.memory
        dropped = self.drop(start, end)
        for page, codes in dropped:
            self.writes[page] = self.writes.get(page, 0) + 1
            # first the translations: as soon as the page is writable another thread may write and expect its code
            for code in codes:
                memory.invalidate(code * PAGE, PAGE)
            region = memory.regions.find(page * PAGE)
            if region is not None:
                host_call(_SYS_MPROTECT, memory.base + page * PAGE, PAGE, host_prot(region.prot))
        return bool(dropped)

    def drop(self, start: int, end: int) -> list[tuple[int, set[int]]]:
        """Forget the range's protected pages (protection unchanged); which there were."""
        first, last = start // PAGE, (end - 1) // PAGE
        if last - first > len(self.pages):
            found = sorted(page for page in self.pages if first <= page <= last)
        else:
            found = [page for page in range(first, last + 1) if page in self.pages]
        return [(page, self.pages.pop(page)) for page in found]

    def new_writer(self, region: Region) -> None:
        """A shared mapping that can be written appeared: what others translated from its file is not protected
        against it, so it is translated again when it next runs."""
        if region.shared and region.prot & PROT_WRITE and region.file is not None:
            for other in self.memory.regions.regions:
                if other.file == region.file and other.prot & PROT_EXEC:
                    self.memory.invalidate(other.start, other.end - other.start)
