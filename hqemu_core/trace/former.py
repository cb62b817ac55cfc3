"""What turns the blocks that threads execute into traces: the interface behind the hook ``make_trace_former``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol


class TraceFormer(Protocol):
    """Owned by the scheduler (``sched.scheduler``) of a mode that optimizes traces, which tells it of profiled blocks."""

    def on_block(self, thread: int, pc: int, context: int) -> Sequence[int] | None:
        """A guest thread begins the block at ``pc``. The blocks of a trace, its head first, when this completes one.
        Runs on that thread."""
