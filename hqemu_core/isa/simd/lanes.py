"""Lane types, constants, and extension."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeAlias

from hqemu_core.ir import opcodes as op
from hqemu_core.ir import types as ty
from hqemu_core.ir.builder import IRBuilder

Emit1: TypeAlias = Callable[[IRBuilder, int], int]
Emit2: TypeAlias = Callable[[IRBuilder, int, int], int]
Emit3: TypeAlias = Callable[[IRBuilder, int, int, int], int]

INTS: Final = (ty.I8, ty.I16, ty.I32, ty.I64)


def widened(t: int) -> int:
    """The type with as many lanes, twice as wide."""
    return ty.with_lane(t, INTS[ty.lane_bits(t).bit_length() - 3])


def narrowed(t: int) -> int:
    """The type with as many lanes, half as wide."""
    return ty.with_lane(t, INTS[ty.lane_bits(t).bit_length() - 5])


def extend(b: IRBuilder, v: int, signed: int) -> int:
    """Each lane at twice its width."""
    t = widened(b.type_of(v))
    return b.sext(v, t) if signed else b.zext(v, t)


def lanes_of(b: IRBuilder, value: int, t: int) -> int:
    """A constant in every lane of vector type ``t``."""
    bits = ty.lane_bits(t)
    value &= (1 << bits) - 1
    return b.const(sum(value << bits * n for n in range(ty.lanes(t))), t)


def clamp(b: IRBuilder, x: int, low: int, high: int) -> int:
    """Each lane limited to the signed range low..high."""
    t = b.type_of(x)
    return b.bin(op.SMIN, b.bin(op.SMAX, x, lanes_of(b, low, t)), lanes_of(b, high, t))
