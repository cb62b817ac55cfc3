"""Lanes of SIMD&FP registers: types from shape fields, constants, halves of registers.

A shape says ``size`` (0..3: 8..64 bits per lane) and ``q``: 1 a whole register, 0 its lower half,
-1 a scalar (one lane, of a scalar type), so that the vector functions serve the scalar instructions too.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeAlias

from hqemu_core.ir import types as ty
from hqemu_core.ir.builder import IRBuilder, Operand, shift_operand

from .simd_regs import set_v, vector

Lift: TypeAlias = Callable[..., None]
Emit1: TypeAlias = Callable[[IRBuilder, int], int]
Emit2: TypeAlias = Callable[[IRBuilder, int, int], int]
Emit3: TypeAlias = Callable[[IRBuilder, int, int, int], int]

INTS: Final = (ty.I8, ty.I16, ty.I32, ty.I64)


def lanes_of(size: int, q: int) -> int:
    """The integer type of a register operand; a scalar type for q = -1."""
    return INTS[size] if q < 0 else vector(size, q)


def widened(t: int) -> int:
    """The type with as many lanes, twice as wide."""
    return ty.with_lane(t, INTS[ty.lane_bits(t).bit_length() - 3])


def narrowed(t: int) -> int:
    """The type with as many lanes, half as wide."""
    return ty.with_lane(t, INTS[ty.lane_bits(t).bit_length() - 5])


def repeat(b: IRBuilder, value: int, t: int) -> int:
    """A constant with ``value`` (modulo the lane width) in every lane of ``t``."""
    width = ty.lane_bits(t)
    value &= (1 << width) - 1
    return b.const(sum(value << width * n for n in range(ty.lanes(t))), t)


def extend(b: IRBuilder, v: int, signed: int) -> int:
    """Each lane at twice its width."""
    t = widened(b.type_of(v))
    return b.sext(v, t) if signed else b.zext(v, t)


def get_half(b: IRBuilder, rn: Operand, size: int, q: int) -> int:
    """The 64-bit source of a widening instruction: the upper half for q = 1 (the "2" forms); q = -1 a scalar."""
    return b.get(shift_operand(rn, 8) if q > 0 else rn, lanes_of(size, min(q, 0)))


def set_half(b: IRBuilder, rd: Operand, v: int, q: int) -> None:
    """The 64-bit result of a narrowing instruction: the "2" forms keep the lower half of ``rd``."""
    if q > 0:
        v = b.insert(b.get(rd, ty.I64X2), 1, b.bitcast(v, ty.I64))
    set_v(b, rd, v)
