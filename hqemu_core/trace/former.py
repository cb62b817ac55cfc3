"""What turns the blocks that threads execute into the regions that are optimized (hook ``make_trace_former``)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from .net import PREDICT, Recording
from .netplus import expand


class TraceFormer(Protocol):
    """Belongs to the scheduler. Threads use it at the same time."""

    def begin(self, context: int) -> Recording:
        """A trace head got hot: what its thread's next blocks are put into, this one first."""

    def choose(self, recording: Recording, successors: Callable[[int], Sequence[int]]) -> list[int]:
        """The blocks to compile together for a complete recording, its first block first. ``successors(pc)``: where
        the guest code of a block says it may go directly."""


class NetFormer:
    """NET, and NETPlus when ``plus``: traces and regions of ``predict`` blocks at most."""

    def __init__(self, predict: int = PREDICT, plus: bool = True) -> None:
        self.predict = predict
        self.plus = plus

    def begin(self, context: int) -> Recording:
        return Recording(context, self.predict)

    def choose(self, recording: Recording, successors: Callable[[int], Sequence[int]]) -> list[int]:
        blocks = list(dict.fromkeys(recording.blocks))
        return expand(blocks, successors, self.predict) if self.plus else blocks
