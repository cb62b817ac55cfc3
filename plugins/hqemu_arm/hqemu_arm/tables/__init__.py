"""The A32 and T32 instruction tables, one module per group."""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module
from typing import Any

from hqemu_core.isa.table import Forms, Pairs, Row, Table

from ..state import KINDS
from . import expressions
from .itstate import join_thumb, split_thumb
from .t32_from_a32 import t32_from_a32

SHARED = (
    "vfp", "vfp_moves", "neon_three", "neon_long", "neon_shift", "neon_two", "neon_fp", "neon_loads",
)  # fmt: skip
"""modules whose instructions T32 has with other top bits: floating point and Advanced SIMD"""
MODULES = ("branches", "arith", "system", "loads", "dp", *SHARED)
"""every module of this package that has ``ROWS`` of A32"""
T32_MODULES = ("t32_narrow", "t32_dp", "t32_loads", "t32_arith", "t32_system")


def _rows(names: Iterable[str]) -> list[Row]:
    return [row for name in names for row in import_module(f".{name}", __name__).ROWS]


def namespace() -> dict[str, Any]:
    """What the rows' expressions may use: :mod:`.expressions`."""
    found = {name: value for name, value in vars(expressions).items() if not name.startswith("_")}
    return {**found, "split_thumb": split_thumb, "join_thumb": join_thumb}


def _table(rows: list[Row], bucket: tuple[int, int], wide: str | None, common: str) -> Table:
    def pairs() -> Pairs:
        return import_module(f".{common}", __name__).PAIRS  # type: ignore[no-any-return]

    def forms() -> Forms:
        return import_module(f".{common}", __name__).FORMS  # type: ignore[no-any-return]

    return Table(rows, KINDS, namespace(), bucket, pairs, wide, forms)


def make_table() -> Table:
    return _table(_rows(MODULES), (20, 0xFF), None, "pairs_a32")


def make_thumb_table() -> Table:
    coprocessor = [row for row in _rows(["system"]) if row.name.startswith(("mrc", "mcr"))]
    rows = [*_rows(T32_MODULES), *t32_from_a32([*coprocessor, *_rows(SHARED)])]
    return _table(rows, (21, 0x7FF), "thumb", "pairs_t32")
