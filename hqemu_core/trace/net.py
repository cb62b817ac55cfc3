"""NET: the next executing tail. When a trace head's counter runs out, the blocks that are executed next are recorded
until one recurs or there are ``predict`` of them (Duesterwald and Bala 2000; HQEMU's relaxed heads)."""

from __future__ import annotations

from typing import Final

PREDICT: Final = 64


class Recording:
    """A trace while it is recorded: guest addresses of blocks in the order of execution."""

    __slots__ = ("blocks", "context", "limit", "seen")

    def __init__(self, context: int, limit: int = PREDICT) -> None:
        self.context = context
        self.limit = limit
        self.blocks: list[int] = []
        self.seen: set[int] = set()

    def add(self, pc: int) -> bool:
        """Note that the block at ``pc`` is executed next; True when the trace is complete."""
        if pc in self.seen:
            self.blocks.append(pc)
            return True
        if len(self.blocks) >= self.limit:
            return True
        self.blocks.append(pc)
        self.seen.add(pc)
        return False

    @property
    def is_loop(self) -> bool:
        return len(self.blocks) > len(self.seen)

    def successors(self) -> dict[int, list[int]]:
        """Observed successors of each block, in order of observation."""
        edges: dict[int, list[int]] = {}
        for before, after in zip(self.blocks, self.blocks[1:], strict=False):
            found = edges.setdefault(before, [])
            if after not in found:
                found.append(after)
        return edges
