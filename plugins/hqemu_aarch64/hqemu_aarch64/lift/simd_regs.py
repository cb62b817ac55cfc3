"""SIMD&FP registers: access by width, lane types, the cumulative saturation flag.

Lift functions compute on 128-bit vectors only. A narrower operand is read into the low lanes of a zero vector;
an operation that maps zero to zero then leaves the rest of the register zero without further work.
"""

from __future__ import annotations

from hqemu_core.ir import types as ty
from hqemu_core.ir.builder import IRBuilder, Operand

QC = 1 << 27

SCALARS = (ty.I8, ty.I16, ty.I32, ty.I64)
VECTORS = (ty.I8X16, ty.I16X8, ty.I32X4, ty.I64X2)
"""The 128-bit vector type by size (log2 of a lane's bytes)."""


def widen(b: IRBuilder, value: int) -> int:
    """A scalar or a 64-bit vector as the low lanes of a 128-bit integer vector, zero above."""
    t = b.type_of(value)
    width = ty.bits(t)
    if width == 128:
        return value if ty.is_vector(t) else b.bitcast(value, ty.I64X2)
    value = b.bitcast(value, width)
    if width < 32:
        value, width = b.zext(value, ty.I32), 32
    return b.insert(b.const(0, ty.vec(width, 128 // width)), 0, value)


def get_v(b: IRBuilder, v: Operand, t: int, width: int = 128) -> int:
    """The low ``width`` bits of a register as 128-bit vector type ``t``; the rest is zero."""
    return b.get(v, t) if width == 128 else b.bitcast(widen(b, b.get(v, width)), t)


def set_v(b: IRBuilder, vd: Operand, value: int) -> None:
    """Write a register from a scalar or a 64 or 128 bit vector; the rest of the slot becomes zero.

    Always one 16-byte write of a vector: a later 16-byte read forwards from it, from two 8-byte writes it would not.
    """
    b.set(vd, widen(b, value))


def with_lane(b: IRBuilder, old: int, lane: int, value: int) -> int:
    """``old`` with one lane replaced. A shuffle, because LLVM makes the store of an ``insert`` into a register it
    has just read a store of that lane alone, and the next read of the whole register would wait for it."""
    n = ty.lanes(b.type_of(old))
    return b.shuffle(old, b.splat(value, n), [n + at if at == lane else at for at in range(n)])


def set_half(b: IRBuilder, vd: Operand, high: int, value: int) -> None:
    """Write a 64-bit vector: to the low half, clearing the high one, or to the high half, keeping the low one."""
    if high:
        b.set(vd, with_lane(b, b.get(vd, ty.I64X2), 1, b.bitcast(value, ty.I64)))
    else:
        set_v(b, vd, value)


def get_half(b: IRBuilder, v: Operand, high: int, t: int) -> int:
    """The low or high half of a register as 64-bit vector type ``t``."""
    n = ty.lanes(t)
    if not high:
        return b.get(v, t)
    whole = b.get(v, ty.vec(ty.lane(t), 2 * n))
    return b.shuffle(whole, whole, range(n, 2 * n))


def splat(b: IRBuilder, operand: Operand, t: int) -> int:
    """An immediate operand in every lane of vector type ``t``."""
    return b.splat(b.imm(operand, ty.lane(t)), ty.lanes(t))


