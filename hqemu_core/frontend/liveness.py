"""Are the flags dead from here? A bounded look ahead with one dictionary look-up per instruction."""

from __future__ import annotations

from typing import Any, Final

from hqemu_core.isa.spec import IsaSpec

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
        while True:
            end = self.memory.executable(pc)
            if not end:
                return False
            words = self.memory.view(pc, min(left * 4, end - pc)).cast("I")
            for n, word in enumerate(words):
                kind = classes.get(word)
                if kind is None:
                    kind = self._classify(decoder, word)
                if kind == NEUTRAL:
                    continue
                if kind == KILLS:
                    return True
                if kind == LIVE:
                    return False
                row, _, operands = decoder.decode(word, pc + 4 * n)
                left -= n + 1
                pc = operands[row.target]
                break
            else:
                return False
            if left <= 0:
                return False
