"""Advanced SIMD three different (Arm ARM C4.1.96.20): long, wide and narrowing forms; scalar with q = -1.

Sources of half the result's width are the lower (q = 0) or upper (q = 1, the "2" mnemonics) halves.
"""

from __future__ import annotations

from hqemu_core.ir import types as ty
from hqemu_core.ir.builder import IRBuilder, Operand
from hqemu_core.isa.simd.lanes import Emit2, Emit3, extend, lanes_of, narrowed, widened

from .simd_lanes import Lift, get_narrow, operand_type
from .simd_regs import set_half, set_v


def make_long(emit: Emit2) -> Lift:
    """shape: size, q. ``emit`` takes narrow lanes and returns wide ones."""

    def lift_long(b: IRBuilder, shape: tuple[int, ...], rd: Operand, rn: Operand, rm: Operand) -> None:
        size, q = shape
        set_v(b, rd, emit(b, get_narrow(b, rn, size, q), get_narrow(b, rm, size, q)))

    return lift_long


def make_long_acc(emit: Emit3) -> Lift:
    """shape: size, q. ``emit`` takes the wide accumulator first."""

    def lift_long_acc(b: IRBuilder, shape: tuple[int, ...], rd: Operand, rn: Operand, rm: Operand) -> None:
        size, q = shape
        a, c = get_narrow(b, rn, size, q), get_narrow(b, rm, size, q)
        set_v(b, rd, emit(b, b.get(rd, widened(b.type_of(a))), a, c))

    return lift_long_acc


def make_wide(sub: int, signed: int) -> Lift:
    """shape: size, q. Only the second source is narrow."""

    def lift_wide(b: IRBuilder, shape: tuple[int, ...], rd: Operand, rn: Operand, rm: Operand) -> None:
        size, q = shape
        c = extend(b, get_narrow(b, rm, size, q), signed)
        a = b.get(rn, b.type_of(c))
        set_v(b, rd, b.sub(a, c) if sub else b.add(a, c))

    return lift_wide


def make_high_half(sub: int, rounding: int) -> Lift:
    """ADDHN, SUBHN: upper half of each lane's sum. shape: size (of the result), q."""

    def lift_high_half(b: IRBuilder, shape: tuple[int, ...], rd: Operand, rn: Operand, rm: Operand) -> None:
        size, q = shape
        t = operand_type(size + 1, 1)
        half = ty.lane_bits(t) // 2
        a, c = b.get(rn, t), b.get(rm, t)
        total = b.sub(a, c) if sub else b.add(a, c)
        if rounding:
            total = b.add(total, lanes_of(b, 1 << (half - 1), t))
        set_half(b, rd, q, b.trunc(b.lshr(total, lanes_of(b, half, t)), narrowed(t)))

    return lift_high_half


