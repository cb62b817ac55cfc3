"""The x86 family as the core sees it. Tables and lift functions are imported only when asked for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from hqemu_core.isa.spec import Helper, IsaSpec

from .state import FLAGS, LAYOUT, PC

if TYPE_CHECKING:
    from .mode import Mode


def _make_tables(mode: Mode) -> Mapping[int, Any]:
    from .tables import make_table

    return {0: make_table(mode)}


def _make_helpers(mode: Mode) -> Mapping[str, Helper]:
    from .lift import make_helpers

    return make_helpers(mode)


def make_spec(mode: Mode) -> IsaSpec:
    return IsaSpec(
        name=mode.name,
        bits=mode.bits,
        state=LAYOUT,
        tables=lambda: _make_tables(mode),
        pc=PC,
        flags=FLAGS,
        helpers=lambda: _make_helpers(mode),
        insn_align=1,
        capstone=("CS_ARCH_X86", mode.capstone),
        linux=mode.linux,
    )
