"""Advanced SIMD shift by register, vector and scalar (Arm ARM C4.1.94, "three same"): SSHL and its saturating and
rounding forms. The amount is the signed low byte of each lane of the second operand; negative shifts right.
"""

from __future__ import annotations

from hqemu_core.ir import opcodes as op
from hqemu_core.ir import types as ty
from hqemu_core.ir.builder import IRBuilder, Operand

from .simd_regs import VECTORS, get_v, lanes_of, set_saturated, set_v
from .simd_shift_imm import limit, rounded


def _left(b: IRBuilder, x: int, by: int) -> int:
    """``x << by``; 0 for an amount of the lane width or more (unsigned)."""
    t = b.type_of(x)
    bits = ty.lane_bits(t)
    inside = b.ult(by, lanes_of(b, bits, t))
    return b.select(inside, b.shl(x, b.and_(by, lanes_of(b, bits - 1, t))), b.const(0, t))


def _right(b: IRBuilder, x: int, by: int, unsigned: int, rounding: int) -> int:
    """``x >> by`` for amounts of 1 to 128, in infinite precision."""
    t = b.type_of(x)
    bits = ty.lane_bits(t)
    last = lanes_of(b, bits - 1, t)
    if rounding:
        less = b.sub(by, lanes_of(b, 1, t))
        result = rounded(b, x, b.bin(op.UMIN, less, last), unsigned)
        return b.select(b.ule(by, lanes_of(b, bits, t)), result, b.const(0, t))
    if unsigned:
        return b.select(b.ule(by, last), b.lshr(x, b.and_(by, last)), b.const(0, t))
    return b.ashr(x, b.bin(op.UMIN, by, last))


def _saturated_left(b: IRBuilder, x: int, by: int, unsigned: int) -> tuple[int, int]:
    """``x << by`` saturated for amounts of 0 to 127; the truth of each lane that did not saturate."""
    t = b.type_of(x)
    bits = ty.lane_bits(t)
    amount = b.and_(by, lanes_of(b, bits - 1, t))
    moved = b.shl(x, amount)
    back = b.lshr(moved, amount) if unsigned else b.ashr(moved, amount)
    # From the lane width on only zero fits; shifting it by any amount gives zero too.
    fits = b.and_(b.eq(back, x), b.or_(b.ult(by, lanes_of(b, bits, t)), b.eq(x, b.const(0, t))))
    return b.select(fits, moved, limit(b, x, unsigned != 0)), fits


def lift_shift(b: IRBuilder, shape: tuple[int, ...], vd: Operand, vn: Operand, vm: Operand) -> None:
    """shape: size, width, unsigned, rounding, saturating."""
    size, width, unsigned, rounding, saturating = shape
    t = VECTORS[size]
    x, amounts = get_v(b, vn, t, width), get_v(b, vm, t, width)
    top = lanes_of(b, (8 << size) - 8, t)
    by = b.ashr(b.shl(amounts, top), top) if size else amounts
    zero = b.const(0, t)
    backwards = b.slt(by, zero)
    right = _right(b, x, b.sub(zero, by), unsigned, rounding)
    if not saturating:
        set_v(b, vd, b.select(backwards, right, _left(b, x, by)))
        return
    left, fits = _saturated_left(b, x, by, unsigned)
    set_v(b, vd, b.select(backwards, right, left))
    set_saturated(b, b.sext(b.or_(backwards, fits), t), lanes_of(b, -1, t))
