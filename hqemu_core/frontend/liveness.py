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

    def _classify(self, word: int) -> int:
        decoded = self.isa.decoders[0].decode(word)
        if decoded is None:
            kind = LIVE
        else:
            row = decoded[0]
            if row.flags == "w":
                kind = KILLS
            elif row.end == "jump":
                kind = JUMPS
            elif row.flags or row.end:
                kind = LIVE
            else:
                kind = NEUTRAL
        self.classes[word] = kind
        return kind

    def dead(self, pc: int, context: int, writer: int) -> bool:
        """True if no path from ``pc`` can read the flags before they are written (within the look-ahead).

        Only instructions in the page of ``writer`` count: when others change, its translation is not dropped.
        """
        if not self.isa.flags or self.exact:
            return False
        left = LOOK
        page, page_end = writer >> PAGE_BITS, (writer >> PAGE_BITS) + 1 << PAGE_BITS
        classes = self.classes
        while True:
            end = min(self.memory.executable(pc), page_end)
            if pc >> PAGE_BITS != page or end <= pc:
                return False
            words = self.memory.view(pc, min(left * 4, end - pc)).cast("I")
            for n, word in enumerate(words):
                kind = classes.get(word)
                if kind is None:
                    kind = self._classify(word)
                if kind == NEUTRAL:
                    continue
                if kind == KILLS:
                    return True
                if kind == LIVE:
                    return False
                row, _, operands = self.isa.decoders[0].decode(word, pc + 4 * n)
                left -= n + 1
                pc = operands[row.target]
                break
            else:
                return False
            if left <= 0:
                return False
