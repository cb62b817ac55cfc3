"""Advanced SIMD two-register miscellaneous, floating-point (Arm ARM C4.1.96.22); scalar with q = -1.

Shapes begin with ``sz`` (0 single, 1 double precision) and ``q``.
"""

from __future__ import annotations

from typing import Final

from hqemu_core.ir import types as ty
from hqemu_core.ir.builder import IRBuilder, Operand
from hqemu_core.isa.fp.conversions import fp_convert, fp_narrow_odd
from hqemu_core.isa.fp.helpers import HELPERS as FP_HELPERS
from hqemu_core.isa.fp.integers import fp_from_int, fp_to_int
from hqemu_core.isa.fp.rules import fp_compare, fp_rint
from hqemu_core.isa.fp.vector_integers import vector_to_int
from hqemu_core.isa.simd.lanes import Emit1

from .simd_lanes import Lift
from .simd_regs import get_half, set_half, set_v
from .simd_three_same_fp import floats_of

HELPERS: Final = tuple(FP_HELPERS.values())


def make_each(emit: Emit1) -> Lift:
    """shape: sz, q."""

    def lift_each(b: IRBuilder, shape: tuple[int, ...], rd: Operand, rn: Operand) -> None:
        set_v(b, rd, emit(b, b.get(rn, floats_of(shape[0], shape[1]))))

    return lift_each


def make_rint(mode: int) -> Emit1:
    """``mode`` as op.FRINT has it."""
    return lambda b, x: fp_rint(b, mode, x)


def make_zero_compare(kind: str, swap: int = 0) -> Emit1:
    """All ones where the comparison with zero holds (``swap``: zero stands left)."""

    def emit(b: IRBuilder, x: int) -> int:
        t = b.type_of(x)
        zero = b.const(0, t)
        truth = fp_compare(b, kind, zero, x) if swap else fp_compare(b, kind, x, zero)
        return b.sext(truth, ty.as_int(t))

    return emit


def make_to_int(mode: int, signed: bool) -> Emit1:
    """FCVT{N,M,P,Z,A}{S,U}: integers as wide as the operands."""

    return lambda b, x: _to_int(b, x, signed, mode)


def _to_int(b: IRBuilder, x: int, signed: bool, mode: int, fbits: Operand | None = None) -> int:
    t = b.type_of(x)
    if ty.is_vector(t):
        return vector_to_int(b, x, signed, mode, fbits)
    return fp_to_int(b, x, ty.as_int(t), signed, mode, fbits)


def make_from_int(signed: bool) -> Lift:
    """SCVTF, UCVTF. shape: sz, q."""

    def lift_from_int(b: IRBuilder, shape: tuple[int, ...], rd: Operand, rn: Operand) -> None:
        t = floats_of(shape[0], shape[1])
        set_v(b, rd, fp_from_int(b, b.get(rn, ty.as_int(t)), t, signed))

    return lift_from_int


def make_to_fixed(signed: bool, mode: int) -> Lift:
    """FCVTZS, FCVTZU with fraction bits. shape: sz, q."""

    def lift_to_fixed(b: IRBuilder, shape: tuple[int, ...], rd: Operand, rn: Operand, fbits: Operand) -> None:
        t = floats_of(shape[0], shape[1])
        set_v(b, rd, _to_int(b, b.get(rn, t), signed, mode, fbits))

    return lift_to_fixed


def make_from_fixed(signed: bool) -> Lift:
    """SCVTF, UCVTF with fraction bits. shape: sz, q."""

    def lift_from_fixed(b: IRBuilder, shape: tuple[int, ...], rd: Operand, rn: Operand, fbits: Operand) -> None:
        t = floats_of(shape[0], shape[1])
        set_v(b, rd, fp_from_int(b, b.get(rn, ty.as_int(t)), t, signed, fbits))

    return lift_from_fixed


_NARROW: Final = (ty.F16X4, ty.F32X2)
_WIDE: Final = (ty.F32X4, ty.F64X2)


def lift_fcvtl(b: IRBuilder, shape: tuple[int, ...], rd: Operand, rn: Operand) -> None:
    """shape: sz (0 half to single, 1 single to double), q (upper half of the source)."""
    sz, q = shape
    set_v(b, rd, fp_convert(b, get_half(b, rn, q, _NARROW[sz]), _WIDE[sz]))


def lift_fcvtn(b: IRBuilder, shape: tuple[int, ...], rd: Operand, rn: Operand) -> None:
    """shape: sz (0 single to half, 1 double to single), q (upper half of the destination)."""
    sz, q = shape
    set_half(b, rd, q, fp_convert(b, b.get(rn, _WIDE[sz]), _NARROW[sz]))


def lift_fcvtxn(b: IRBuilder, shape: tuple[int, ...], rd: Operand, rn: Operand) -> None:
    """Double to single, rounding to odd. shape: q."""
    (q,) = shape
    if q < 0:
        set_v(b, rd, fp_narrow_odd(b, b.get(rn, ty.F64), ty.F32))
    else:
        set_half(b, rd, q, fp_narrow_odd(b, b.get(rn, ty.F64X2), ty.F32X2))
