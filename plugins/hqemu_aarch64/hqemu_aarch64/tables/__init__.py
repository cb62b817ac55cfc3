"""The instruction tables, one module per group of Arm ARM chapter C4. Groups do not overlap."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

from hqemu_core.isa.table import Row, Table

from ..state import KINDS
from . import expressions

MODULES = (
    "dp_imm",
    "branches",
    "system",
    "loads",
    "dp_reg",
)
"""Every module of this package that has ``ROWS``."""


def modules() -> list[ModuleType]:
    return [import_module(f".{name}", __name__) for name in MODULES]


def make_table() -> Table:
    """All rows, with the functions of :mod:`.expressions` as the expressions' namespace."""
    rows: list[Row] = []
    for module in modules():
        rows.extend(module.ROWS)
    namespace = {name: value for name, value in vars(expressions).items() if not name.startswith("_")}
    return Table(rows, KINDS, namespace)
