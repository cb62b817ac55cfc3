"""Shifts by a register (Arm ARM C7.2 SSHL and following): the amount is the signed low byte of each lane of the
second source; negative amounts shift right."""

from __future__ import annotations

from hqemu_core.ir import opcodes as op
from hqemu_core.ir import types as ty
from hqemu_core.ir.builder import IRBuilder

from .simd_lanes import Emit2, repeat
from .simd_sat import emit_qc


def _amount(b: IRBuilder, c: int) -> int:
    t = b.type_of(c)
    n = ty.lane_bits(t)
    if n == 8:
        return c
    up = repeat(b, n - 8, t)
    return b.ashr(b.shl(c, up), up)


def _right(b: IRBuilder, a: int, k: int, signed: int, rounding: int) -> int:
    """``a >> k`` for any ``k`` >= 0 (read as unsigned); rounding adds the last bit shifted out."""
    t = b.type_of(a)
    n = ty.lane_bits(t)
    zero, one, most = b.const(0, t), repeat(b, 1, t), repeat(b, n - 1, t)
    if signed:
        shifted = b.ashr(a, b.bin(op.UMIN, k, most))
    else:
        shifted = b.select(b.ule(k, most), b.lshr(a, b.and_(k, most)), zero)
    if not rounding:
        return shifted
    before = b.sub(k, one)
    if signed:
        last = b.and_(b.ashr(a, b.bin(op.UMIN, before, most)), one)
        return b.add(shifted, b.select(b.eq(k, zero), zero, last))
    last = b.and_(b.lshr(a, b.and_(before, most)), one)
    return b.add(shifted, b.select(b.ule(before, most), last, zero))


def make_shift(signed: int, rounding: int, saturating: int) -> Emit2:
    def emit(b: IRBuilder, a: int, c: int) -> int:
        t = b.type_of(a)
        n = ty.lane_bits(t)
        zero, most = b.const(0, t), repeat(b, n - 1, t)
        amount = _amount(b, c)
        right = _right(b, a, b.neg(amount), signed, rounding)
        inside = b.ule(amount, most)
        near = b.and_(amount, most)
        left = b.select(inside, b.shl(a, near), zero)
        to_right = b.slt(amount, zero)
        if not saturating:
            return b.select(to_right, right, left)
        back = b.ashr(left, near) if signed else b.lshr(left, near)
        # beyond the lane width `left` and so `back` are 0: only a zero lane survives
        lost = b.sext(b.ne(back, a), t)
        if signed:
            limit = b.xor(b.ashr(a, most), repeat(b, (1 << (n - 1)) - 1, t))
        else:
            limit = repeat(b, -1, t)
        emit_qc(b, b.select(to_right, zero, lost))
        kept = b.or_(b.and_(left, b.not_(lost)), b.and_(limit, lost))
        return b.select(to_right, right, kept)

    return emit
