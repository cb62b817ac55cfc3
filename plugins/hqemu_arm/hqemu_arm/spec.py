"""The Arm instruction sets as the core sees them. Tables and lift functions are imported only when asked for."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from typing import Any

from hqemu_core.errors import IsaError
from hqemu_core.ir import types as ty
from hqemu_core.ir.builder import IRBuilder
from hqemu_core.isa.abi import LinuxAbi
from hqemu_core.isa.spec import Helper, IsaSpec
from hqemu_core.isa.table import OperandKind, Table

from .state import BIG, FLAGS, IT_SHIFT, KINDS, LAYOUT, PC

THUMB = 1
"""the mode bit of code addresses"""
_BIG_DATA = 64
"""in contexts, beside what ``lift.vfp_env`` has there"""


def _make_tables() -> Mapping[int, Table]:
    from .tables import make_table, make_thumb_table

    return {0: make_table(), THUMB: make_thumb_table()}


def _decoding() -> tuple[Mapping[str, OperandKind], Mapping[str, Any]]:
    from .tables import namespace

    return KINDS, namespace()


def _make_helpers(spec: IsaSpec) -> Mapping[str, Helper]:
    """The ``HELPERS`` lists of all modules that the rows' lift functions live in."""
    found: dict[str, Helper] = {}
    for module in sorted({row.lift.__module__ for table in spec.tables.values() for row in table.rows}):
        for helper in getattr(sys.modules[module], "HELPERS", ()):
            if found.setdefault(helper.name, helper) is not helper:
                raise IsaError(f"two helpers are named {helper.name}")
    return found


def _make_builder(b: IRBuilder, context: int) -> None:
    from .lift.vfp_env import make_fp_builder

    make_fp_builder(b, context)
    b.memo["big"] = bool(context & _BIG_DATA)


def _context_of(read: Callable[[int, int], int]) -> int:
    from .lift.vfp_env import fp_context_of

    return fp_context_of(read) | (_BIG_DATA if read(BIG, ty.I8) else 0)


def _linux(spec: IsaSpec) -> LinuxAbi:
    from .process_abi import make_linux_abi

    return make_linux_abi(spec.features)


def make_spec() -> IsaSpec:
    spec = IsaSpec(
        name="arm",
        bits=32,
        state=LAYOUT,
        tables=_make_tables,
        pc=PC,
        pc_bits=THUMB | 0xFF << IT_SHIFT,
        insn_align=2,
        flags=FLAGS,
        helpers=lambda: _make_helpers(spec),
        make_builder=_make_builder,
        context_of=_context_of,
        capstone=("CS_ARCH_ARM", "CS_MODE_V8"),
        linux=_linux,
        decoding=_decoding,
    )
    return spec
