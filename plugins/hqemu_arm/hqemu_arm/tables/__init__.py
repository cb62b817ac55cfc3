"""The A32 instruction table, one module per group."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType
from typing import Any

from hqemu_core.isa.table import Row, Table

from ..state import KINDS
from . import expressions

MODULES = ("branches", "arith", "system", "loads", "dp", "vfp", "vfp_moves", "neon_three",
           "neon_long", "neon_shift", "neon_two", "neon_fp", "neon_loads")
"""Every module of this package that has ``ROWS``."""


def modules() -> list[ModuleType]:
    return [import_module(f".{name}", __name__) for name in MODULES]


def namespace() -> dict[str, Any]:
    """What the rows' expressions may call: the functions of :mod:`.expressions`."""
    return {name: value for name, value in vars(expressions).items() if not name.startswith("_")}


def make_table() -> Table:
    rows: list[Row] = []
    for module in modules():
        rows.extend(module.ROWS)
    return Table(rows, KINDS, namespace(), bucket=(20, 0xFF))
