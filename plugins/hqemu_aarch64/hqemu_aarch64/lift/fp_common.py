"""Scalar SIMD&FP registers: reading, and writing with the rest of the 128 bits cleared."""

from __future__ import annotations

from typing import Final

from hqemu_core.ir import types as ty
from hqemu_core.ir.builder import IRBuilder, Operand, shift_operand
from hqemu_core.isa.fp.helpers import HELPERS as FP_HELPERS

HELPERS: Final = tuple(FP_HELPERS.values())
"""Re-exported by each module of lift functions: IsaSpec.helpers is collected there."""
TYPES: Final = {0: ty.F32, 1: ty.F64, 3: ty.F16}
"""by the encoding's ``type`` field"""


def set_scalar(b: IRBuilder, rd: Operand, value: int) -> None:
    """Write a scalar of 16, 32, 64 or 128 bits (integer or float) to a V register."""
    b.set(rd, value)
    width = ty.bits(b.type_of(value))
    while width < 128:
        b.set(shift_operand(rd, width // 8), b.const(0, width))
        width *= 2
