"""The family's tables: encodings by group, and what their mnemonics mean."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType
from typing import Final

from ..decode.encoding import Encoding, parse_lines
from ..decode.table import X86Table
from ..lift.bind import Op
from ..mode import Mode

GROUPS: Final = (
    "arith", "moves", "branches", "far", "stack", "shifts", "multiply", "bits", "strings", "atomics", "system",
    "sse_int", "sse_float", "sse_convert", "sse_moves", "x87", "fpsave", "avx", "sse_strings",
)  # fmt: skip
"""modules of ``tables`` with ENCODINGS (lines of :mod:`..decode.encoding`) and OPS (operations by mnemonic)"""


def lift_modules() -> list[ModuleType]:
    """Where the groups' lift functions are."""
    groups = [import_module("." + group, __name__) for group in GROUPS]
    return list(dict.fromkeys(m for group in groups for m in vars(group).values() if isinstance(m, ModuleType)))


def make_table(mode: Mode) -> X86Table:
    encodings: list[Encoding] = []
    ops: dict[str, Op] = {}
    for group in GROUPS:
        module = import_module("." + group, __name__)
        encodings += parse_lines(module.ENCODINGS)
        ops.update(module.OPS)
    return X86Table(mode, encodings, ops)
