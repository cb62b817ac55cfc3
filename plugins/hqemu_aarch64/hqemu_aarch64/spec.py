"""The AArch64 instruction set as the core sees it."""

from __future__ import annotations

import sys

from hqemu_core.errors import IsaError
from hqemu_core.isa.spec import Helper, IsaSpec
from hqemu_core.isa.table import Table

from .state import FLAGS, LAYOUT, PC
from .tables import make_table


def _helpers(table: Table) -> dict[str, Helper]:
    """The ``HELPERS`` lists of all modules that the rows' lift functions live in."""
    found: dict[str, Helper] = {}
    for module in {row.lift.__module__ for row in table.rows}:
        for helper in getattr(sys.modules[module], "HELPERS", ()):
            if found.setdefault(helper.name, helper) is not helper:
                raise IsaError(f"two helpers are named {helper.name}")
    return found


def make_spec() -> IsaSpec:
    table = make_table()
    return IsaSpec(
        name="aarch64",
        bits=64,
        state=LAYOUT,
        tables={0: table},
        pc=PC,
        flags=FLAGS,
        helpers=_helpers(table),
        capstone=("CS_ARCH_ARM64", "CS_MODE_ARM"),
    )
