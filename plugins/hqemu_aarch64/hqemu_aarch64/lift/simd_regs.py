"""SIMD&FP registers: access by width, lane types, the cumulative saturation flag."""

from __future__ import annotations

from hqemu_core.ir import types as ty
from hqemu_core.ir.builder import IRBuilder, Operand

from ..state import FPSR

QC = 1 << 27

SCALARS = (ty.I8, ty.I16, ty.I32, ty.I64)


def vector(size: int, q: int) -> int:
    """Integer vector of ``8 << size`` bit lanes that fills 64 (q = 0) or 128 bits."""
    return ty.vec(SCALARS[size], (8 << q) >> size)


def get_wide(b: IRBuilder, v: Operand, t: int) -> int:
    """The low half of a register (a vector type of 64 bits) as the low half of a value of twice as many lanes."""
    return b.get(v, ty.vec(ty.lane(t), ty.lanes(t) * 2))


def set_v(b: IRBuilder, vd: Operand, value: int) -> None:
    """Write a register from a scalar or a 64 or 128 bit vector; the rest of the slot becomes zero.

    Always one 16-byte write of a vector: a later 16-byte read forwards from it, from two 8-byte writes it would not.
    """
    t = b.type_of(value)
    width = ty.bits(t)
    if width == 128:
        b.set(vd, value if ty.is_vector(t) else b.bitcast(value, ty.I64X2))
        return
    if ty.is_vector(t) or ty.is_float(t):
        value = b.bitcast(value, width)
    if width < 32:
        value, width = b.zext(value, ty.I32), 32
    zero = b.const(0, ty.vec(width, 128 // width))
    b.set(vd, b.insert(zero, 0, value))


def set_saturated(b: IRBuilder, any_lane: int) -> None:
    """FPSR.QC |= ``any_lane`` (i1)."""
    old = b.get(FPSR, ty.I32)
    b.set(FPSR, b.or_(old, b.select(any_lane, b.const(QC, ty.I32), b.const(0, ty.I32))))


def differs(b: IRBuilder, x: int, y: int) -> int:
    """i1: two values of the same type are not equal in every bit."""
    width = ty.bits(b.type_of(x))
    diff = b.bitcast(b.xor(x, y), width)
    return b.ne(diff, b.const(0, width))
