"""Advanced SIMD registers: lane types from shape fields, and the frames of lift functions.

A shape says ``size`` (0..3: 8..64 bits per lane) and ``q``: 1 a Q register, 0 a D register. The one 64-bit lane of a D
register is a scalar. Operands are state offsets; a Q register's is that of its first D register.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeAlias

from hqemu_core.ir import types as ty
from hqemu_core.ir.builder import IRBuilder, Operand
from hqemu_core.isa.simd.lanes import INTS, Emit1, Emit2, Emit3

Lift: TypeAlias = Callable[..., None]
FLOATS: Final = (ty.F32X2, ty.F32X4)
"""by q"""


def lanes_type(size: int, q: int) -> int:
    """The integer type of a register operand."""
    count = (8 << q) >> size
    return ty.vec(INTS[size], count) if count > 1 else INTS[size]


def make_one(emit: Emit1) -> Lift:
    """shape: size, q."""

    def lift_one(b: IRBuilder, shape: tuple[int, ...], rd: Operand, rm: Operand) -> None:
        b.set(rd, emit(b, b.get(rm, lanes_type(*shape))))

    return lift_one


def make_two(emit: Emit2) -> Lift:
    """shape: size, q."""

    def lift_two(b: IRBuilder, shape: tuple[int, ...], rd: Operand, rn: Operand, rm: Operand) -> None:
        t = lanes_type(*shape)
        b.set(rd, emit(b, b.get(rn, t), b.get(rm, t)))

    return lift_two


def make_acc(emit: Emit3) -> Lift:
    """shape: size, q. The destination is the first source."""

    def lift_acc(b: IRBuilder, shape: tuple[int, ...], rd: Operand, rn: Operand, rm: Operand) -> None:
        t = lanes_type(*shape)
        b.set(rd, emit(b, b.get(rd, t), b.get(rn, t), b.get(rm, t)))

    return lift_acc


def pairs_of(b: IRBuilder, a: int, c: int) -> tuple[int, int]:
    """Even and odd lanes of ``a`` followed by ``c``."""
    n = ty.lanes(b.type_of(a))
    return b.shuffle(a, c, range(0, 2 * n, 2)), b.shuffle(a, c, range(1, 2 * n, 2))


def make_pairs(emit: Emit2) -> Lift:
    """VPADD and the like on D registers. shape: size."""

    def lift_pairs(b: IRBuilder, shape: tuple[int, ...], rd: Operand, rn: Operand, rm: Operand) -> None:
        t = lanes_type(shape[0], 0)
        b.set(rd, emit(b, *pairs_of(b, b.get(rn, t), b.get(rm, t))))

    return lift_pairs


def get_element(b: IRBuilder, element: Operand, t: int) -> int:
    """The element in every lane of ``t``."""
    return b.splat(b.get(element, ty.lane(t)), ty.lanes(t))


def make_element(emit: Emit2) -> Lift:
    """By scalar. shape: size, q."""

    def lift_element(b: IRBuilder, shape: tuple[int, ...], rd: Operand, rn: Operand, element: Operand) -> None:
        t = lanes_type(*shape)
        b.set(rd, emit(b, b.get(rn, t), get_element(b, element, t)))

    return lift_element


def make_element_acc(emit: Emit3) -> Lift:
    """By scalar. shape: size, q."""

    def lift_element_acc(b: IRBuilder, shape: tuple[int, ...], rd: Operand, rn: Operand, element: Operand) -> None:
        t = lanes_type(*shape)
        b.set(rd, emit(b, b.get(rd, t), b.get(rn, t), get_element(b, element, t)))

    return lift_element_acc


def splat(b: IRBuilder, operand: Operand, t: int) -> int:
    """An immediate operand in every lane of ``t``."""
    value = b.imm(operand, ty.lane(t))
    return b.splat(value, ty.lanes(t)) if ty.is_vector(t) else value
