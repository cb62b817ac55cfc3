"""NET: the next executing tail. When a trace head's counter runs out, the blocks that are executed next are recorded
until one recurs or there are ``predict`` of them (Duesterwald and Bala 2000; HQEMU's relaxed heads).

A trace with an indirect branch that comes back is not yet complete: an interpreter would give one region per
instruction. It is recorded until nothing new has come for some time."""

from __future__ import annotations

from typing import Final

PREDICT: Final = 64
PATIENCE: Final = 48
"""blocks without a new edge after which a trace with indirect branches is complete"""


class Recording:
    """A trace while it is recorded: guest addresses of blocks in the order of execution."""

    __slots__ = ("blocks", "context", "edges", "forks", "idle", "limit", "seen")

    def __init__(self, context: int, limit: int = PREDICT) -> None:
        self.context = context
        self.limit = limit
        self.blocks: list[int] = []
        self.seen: set[int] = set()
        self.forks = False
        """a block that ends in an indirect branch is among them"""
        self.edges: set[tuple[int, int]] = set()
        self.idle = 0

    def add(self, pc: int) -> bool:
        """Note that the block at ``pc`` is executed next; True when the trace is complete."""
        if pc in self.seen:
            edge = self.blocks[-1], pc
            self.idle = self.idle + 1 if edge in self.edges else 0
            self.edges.add(edge)
            self.blocks.append(pc)
            return not self.forks or self.idle > PATIENCE
        if len(self.seen) >= self.limit:
            return True
        if self.blocks:
            self.edges.add((self.blocks[-1], pc))
        self.idle = 0
        self.blocks.append(pc)
        self.seen.add(pc)
        return False

    @property
    def head(self) -> int:
        return self.blocks[0]

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
