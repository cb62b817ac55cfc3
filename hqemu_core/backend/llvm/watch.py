"""Who looks on while LLVM compiles: debug output and statistics. Light: imported by whoever wants to set it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..base import LiftedBlock


class Watch:
    """Told of each LLVM module of blocks or of a region; called by whoever compiles, so from several threads."""

    timed = False
    """whether LLVM is to time its passes"""
    counter: Callable[[], int] | None = None
    """gives each place of a region that is to be counted a number: an index into the thread's ``header.COUNTS``;
    a negative one is not counted"""

    def lifted(self, blocks: Sequence[LiftedBlock]) -> None:
        """What is going to be rendered."""

    def counted(self, head: int, places: Sequence[tuple[str, int, int]]) -> None:
        """A region's edges back and exits: ("loop", "exit" or "ibtc", block's position, number of the counter)."""

    def parsed(self, module: Any) -> None:
        """LLVM's module before the passes."""

    def optimized(self, module: Any, timings: str) -> None:
        """LLVM's module behind the passes."""


current: Watch | None = None
