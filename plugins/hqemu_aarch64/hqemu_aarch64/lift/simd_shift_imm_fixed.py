"""Advanced SIMD conversions between floating point and fixed point, vector and scalar (Arm ARM C4.1.94): SCVTF,
UCVTF, FCVTZS and FCVTZU by immediate.
"""

from __future__ import annotations

from typing import Final

from hqemu_core.ir import types as ty
from hqemu_core.ir.builder import IRBuilder, Operand

from . import fp_helpers
from .fp_integers import ZERO, fp_from_int, fp_to_int
from .simd_regs import SCALARS, set_v

HELPERS: Final = tuple(fp_helpers.HELPERS.values())


def _types(size: int, length: int) -> tuple[int, int]:
    """The integer and the floating-point type of ``length`` bytes in lanes of ``1 << size``."""
    t = SCALARS[size] if length == 1 << size else ty.vec(SCALARS[size], length >> size)
    return t, ty.as_float(t)


def lift_from_fixed(b: IRBuilder, shape: tuple[int, ...], vd: Operand, vn: Operand, fbits: Operand) -> None:
    """shape: size (2, 3), bytes of the operand, unsigned."""
    size, length, unsigned = shape
    integer, real = _types(size, length)
    set_v(b, vd, fp_from_int(b, b.get(vn, integer), real, not unsigned, fbits))


def lift_to_fixed(b: IRBuilder, shape: tuple[int, ...], vd: Operand, vn: Operand, fbits: Operand) -> None:
    """shape: size (2, 3), bytes of the operand, unsigned."""
    size, length, unsigned = shape
    integer, real = _types(size, length)
    set_v(b, vd, fp_to_int(b, b.get(vn, real), integer, not unsigned, ZERO, fbits))
