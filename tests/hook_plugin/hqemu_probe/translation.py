"""Told of translations."""

from __future__ import annotations

from collections.abc import Sequence

from hqemu_core import hookimpl

from .log import note


@hookimpl
def on_block_translated(pc: int, context: int, data: bytes, host: int, size: int) -> None:
    note("block", hex(pc), context, data.hex(), host > 0, size)


@hookimpl
def on_trace_formed(head: int, blocks: Sequence[int], loop: bool) -> None:
    note("trace", hex(head), ",".join(map(hex, blocks)), loop)


@hookimpl
def on_region_installed(head: int, blocks: Sequence[int], host: int, size: int, seconds: float) -> None:
    note("region", hex(head), ",".join(map(hex, blocks)), host > 0, size > 0, 0 < seconds < 60)
