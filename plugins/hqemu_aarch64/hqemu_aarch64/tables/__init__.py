"""The instruction tables, one module per group of Arm ARM chapter C4. Groups do not overlap."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType
from typing import Any

from hqemu_core.isa.table import Pairs, Row, Table

from ..cpus import Model
from ..state import KINDS
from ..sysregs import id_registers, user_register
from . import expressions

MODULES = (
    "dp_imm",
    "branches",
    "system",
    "loads",
    "dp_reg",
    "atomics",
    "crc",
    "exclusive",
    "fp",
    "simd_across",
    "simd_by_element",
    "simd_copy",
    "simd_crypto",
    "simd_imm",
    "simd_loads",
    "simd_permute",
    "simd_poly",
    "simd_scalar",
    "simd_shift_imm",
    "simd_shift_reg",
    "simd_structures",
    "simd_table",
    "simd_three_diff",
    "simd_three_same",
    "simd_three_same_fp",
    "simd_two_reg",
    "simd_two_reg_fp",
)
"""Every module of this package that has ``ROWS``."""


def modules() -> list[ModuleType]:
    return [import_module(f".{name}", __name__) for name in MODULES]


def namespace(model: Model) -> dict[str, Any]:
    """What the rows' expressions may call: the functions of :mod:`.expressions` and the system registers."""
    names = {name: value for name, value in vars(expressions).items() if not name.startswith("_")}
    return names | {"id_register": id_registers(model), "user_register": user_register}


def _pairs() -> Pairs:
    from .pairs import PAIRS

    return PAIRS


def make_table(model: Model) -> Table:
    rows: list[Row] = []
    for module in modules():
        rows.extend(row for row in module.ROWS if row.feature not in model.lacks)
    return Table(rows, KINDS, namespace(model), pairs=_pairs)
