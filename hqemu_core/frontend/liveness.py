"""Are the flags dead from here? A bounded look ahead with one dictionary look-up per instruction."""

from __future__ import annotations

from typing import Any, Final

from hqemu_core.isa.code import Code, Decoder, Key
from hqemu_core.isa.spec import IsaSpec

from .unit import page_of

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
        self.classes: dict[int, dict[Key, int]] = {}
        """by instruction set"""
        self.code: Code
        self.home = 0
        self.pages: set[int] = set()
        """pages looked at that are not the unit's first"""

    def begin(self, code: Code) -> None:
        """A unit of this code begins: what is looked at from now on decides what it becomes."""
        self.code = code
        self.home = page_of(code.pcs[0])
        if self.pages:
            self.pages = set()

    def end(self, last: int) -> tuple[int, ...]:
        """The pages looked at beyond those of the unit, whose last byte is at ``last``."""
        return tuple(sorted(page for page in self.pages if not self.home <= page <= page_of(last)))

    def _classify(self, decoder: Decoder, key: Key, classes: dict[Key, int]) -> int:
        decoded = decoder.decode(key)
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
        classes[key] = kind
        return kind

    def dead(self, pc: int, context: int, index: int = -1) -> bool:
        """True if no path from ``pc`` can read the flags before they are written (within the look-ahead). ``index``
        of ``pc`` in the unit's code, if it is there."""
        isa, memory = self.isa, self.memory
        decoder = isa.decoders.get(pc & isa.table_bits)
        if not isa.flags or self.exact or decoder is None:
            return False
        classes = self.classes.setdefault(pc & isa.table_bits, {})
        left = LOOK
        pages: list[int] = []
        keys, pcs, n = ((), (), 0) if index < 0 else (self.code.keys, self.code.pcs, index)
        while True:
            kind = NEUTRAL
            first, count = n, min(len(keys), n + left)
            while kind == NEUTRAL and n < count:
                found = classes.get(keys[n])
                kind = self._classify(decoder, keys[n], classes) if found is None else found
                n += 1
            if n > first:
                low, high = page_of(pcs[first]), page_of(pcs[n] - 1)
                if low != self.home or high != self.home:
                    pages += low, high
                left -= n - first
            if kind == KILLS:
                self.pages.update(pages)  # any other answer is right whatever is there
                return True
            if kind == LIVE or left <= 0 or (not n and pcs):
                return False
            if kind == JUMPS:
                row, _, operands = decoder.decode(keys[n - 1], pcs[n - 1])
                pc = operands[row.target]
            elif pcs:
                pc = pcs[n]
            at = pc & ~isa.pc_bits
            end = memory.executable(at)
            if not end:
                return False
            # a copy: another thread may be writing there
            keys, pcs, _ = decoder.split(bytes(memory.view(at, min(left * decoder.longest, end - at))), pc, left)
            n = 0
