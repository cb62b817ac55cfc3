"""The x86 family as the core sees it. Tables and lift functions are imported only when asked for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from hqemu_core.errors import IsaError
from hqemu_core.ir.builder import IRBuilder
from hqemu_core.isa.spec import Helper, IsaSpec

from .state import FLAGS, LAYOUT, PC

if TYPE_CHECKING:
    from .mode import Mode


def _make_tables(mode: Mode) -> Mapping[int, Any]:
    from .tables import make_table

    return {0: make_table(mode)}


def _make_helpers() -> Mapping[str, Helper]:
    """The ``HELPERS`` lists of all modules that operations are lifted in."""
    from . import tables

    found: dict[str, Helper] = {}
    for module in tables.lift_modules():
        for helper in getattr(module, "HELPERS", ()):
            if found.setdefault(helper.name, helper) is not helper:
                raise IsaError(f"two helpers are named {helper.name}")
    return found


def _make_builder(b: IRBuilder, mode: Mode) -> None:
    b.memo["word"] = mode.word


def make_spec(mode: Mode) -> IsaSpec:
    return IsaSpec(
        name=mode.name,
        bits=mode.bits,
        state=LAYOUT,
        tables=lambda: _make_tables(mode),
        pc=PC,
        flags=FLAGS,
        helpers=_make_helpers,
        insn_align=1,
        make_builder=lambda b, context: _make_builder(b, mode),
        capstone=("CS_ARCH_X86", mode.capstone),
        linux=mode.linux,
    )
