"""The toy ISA as the core sees it."""

from __future__ import annotations

from hqemu_core.isa.spec import IsaSpec

from .abi import make_abi
from .state import LAYOUT, PC
from .tables import make_table


def make_spec() -> IsaSpec:
    return IsaSpec(name="toy", bits=64, state=LAYOUT, tables={0: make_table()}, pc=PC, linux=lambda spec: make_abi())
