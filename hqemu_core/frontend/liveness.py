"""Are the flags dead from here? A bounded look ahead with one dictionary look-up per instruction."""

from __future__ import annotations

from typing import Any, Final

from hqemu_core.isa.spec import IsaSpec

from .unit import PAGE_BITS

LOOK: Final = 12
NEUTRAL: Final = 0
KILLS: Final = 1
LIVE: Final = 2
JUMPS: Final = 3


class FlagLiveness:
    """Exact but for one thing: a memory access between the flag writer and the one that overwrites it may fault,
    and the guest's handler would see old flags. ``exact`` (set once a guest handles such faults) treats memory
    accesses as readers.
    """

    def __init__(self, isa: IsaSpec, memory: Any) -> None:
        self.isa = isa
        self.memory = memory
        self.exact = False
        self.classes: dict[int, int] = {}
        self.home = 0
        self.pages: set[int] = set()
        """pages looked at that are not the unit's first"""

    def begin(self, pc: int) -> None:
        """A unit begins at ``pc``: what is looked at from now on decides its code."""
        self.home = pc >> PAGE_BITS
        if self.pages:
            self.pages = set()

    def end(self, last: int) -> tuple[int, ...]:
        """The pages looked at beyond those of the unit, whose last instruction is at ``last``."""
        return tuple(sorted(page for page in self.pages if not self.home <= page <= last >> PAGE_BITS))

    def _classify(self, decoder: Any, word: int) -> int:
        decoded = decoder.decode(word)
        if decoded is None:
            kind = LIVE
        else:
            row = decoded[0]
            if row.flags == "w":
                kind = KILLS
            elif row.end == "jump":
                kind = JUMPS
            elif row.flags not in ("", "p") or row.end:
                kind = LIVE
            else:
                kind = NEUTRAL
        self.classes[word] = kind
        return kind

    def dead(self, pc: int, context: int) -> bool:
        """True if no path from ``pc`` can read the flags before they are written (within the look-ahead)."""
        decoder = self.isa.decoders.get(pc & self.isa.pc_bits)
        if not self.isa.flags or self.exact or decoder is None:
            return False
        left = LOOK
        classes = self.classes
        pages: list[int] = []
        while True:
            end = self.memory.executable(pc)
            if not end:
                return False
            # a copy: another thread may be writing there
            words = memoryview(bytes(self.memory.view(pc, min(left * 4, end - pc)))).cast("I")
            kind, n = NEUTRAL, 0
            while kind == NEUTRAL and n < len(words):
                found = classes.get(words[n])
                kind = self._classify(decoder, words[n]) if found is None else found
                n += 1
            n -= 1
            if (pc >> PAGE_BITS) != self.home or (pc + 4 * n >> PAGE_BITS) != self.home:
                pages += pc >> PAGE_BITS, pc + 4 * n >> PAGE_BITS
            if kind == KILLS:
                self.pages.update(pages)  # any other answer is right whatever is there
                return True
            if kind != JUMPS:
                return False
            row, _, operands = decoder.decode(words[n], pc + 4 * n)
            left -= n + 1
            pc = operands[row.target]
            if left <= 0:
                return False
