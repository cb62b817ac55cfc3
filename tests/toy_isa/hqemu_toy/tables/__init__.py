"""The instruction table."""

from __future__ import annotations

from hqemu_core.isa.table import Table

from ..state import KINDS
from .base import ROWS


def sx(value: int, bits: int) -> int:
    """Sign-extend."""
    return value - (1 << bits) if value >> (bits - 1) else value


def make_table() -> Table:
    return Table(ROWS, KINDS, {"sx": sx}, bucket=(24, 0xFF))
