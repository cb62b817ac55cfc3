"""Shifts by immediates and by lanes, rounding and saturating."""

from __future__ import annotations

from hqemu_core.ir import opcodes as op
from hqemu_core.ir import types as ty
from hqemu_core.ir.builder import IRBuilder

from .lanes import lanes_of


def rounded(b: IRBuilder, x: int, less: int, unsigned: int) -> int:
    """``x`` shifted right by ``less + 1``, rounding half up, without overflow. The last bit shifted out is what
    rounding adds."""
    t = b.type_of(x)
    one = lanes_of(b, 1, t)
    y = b.lshr(x, less) if unsigned else b.ashr(x, less)
    return b.add(b.lshr(y, one) if unsigned else b.ashr(y, one), b.and_(y, one))


def limit(b: IRBuilder, x: int, unsigned: bool) -> int:
    """What a lane saturates to that is too large in magnitude: all ones, or the signed limit of ``x``'s sign."""
    t = b.type_of(x)
    bits = ty.lane_bits(t)
    if unsigned:
        return lanes_of(b, -1, t)
    sign = b.ashr(x, lanes_of(b, bits - 1, t))
    return b.xor(sign, lanes_of(b, (1 << bits - 1) - 1, t))


def shift_left(b: IRBuilder, x: int, by: int) -> int:
    """``x << by``; 0 for an amount of the lane width or more (unsigned)."""
    t = b.type_of(x)
    bits = ty.lane_bits(t)
    inside = b.ult(by, lanes_of(b, bits, t))
    return b.select(inside, b.shl(x, b.and_(by, lanes_of(b, bits - 1, t))), b.const(0, t))


def shift_right(b: IRBuilder, x: int, by: int, unsigned: int, rounding: int) -> int:
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


def saturated_left(b: IRBuilder, x: int, by: int, unsigned: int) -> tuple[int, int]:
    """``x << by`` saturated for amounts of 0 to 127; the truth of each lane that did not saturate."""
    t = b.type_of(x)
    bits = ty.lane_bits(t)
    amount = b.and_(by, lanes_of(b, bits - 1, t))
    moved = b.shl(x, amount)
    back = b.lshr(moved, amount) if unsigned else b.ashr(moved, amount)
    # From the lane width on only zero fits; shifting it by any amount gives zero too.
    fits = b.and_(b.eq(back, x), b.or_(b.ult(by, lanes_of(b, bits, t)), b.eq(x, b.const(0, t))))
    return b.select(fits, moved, limit(b, x, unsigned != 0)), fits


