"""Lanes of any integer type: comparisons, halving, differences, multiply-accumulate, selections, long forms."""

from __future__ import annotations

from hqemu_core.ir import opcodes as op
from hqemu_core.ir import types as ty
from hqemu_core.ir.builder import IRBuilder

from .lanes import Emit1, Emit2, Emit3, extend, lanes_of, widened


def make_op(code: int) -> Emit2:
    """One IR op."""
    return lambda b, a, c: b.bin(code, a, c)


def make_compare(code: int, swap: int = 0) -> Emit2:
    """All ones where the comparison holds, else zero."""

    def emit(b: IRBuilder, a: int, c: int) -> int:
        return b.sext(b.truth(code, c, a) if swap else b.truth(code, a, c), b.type_of(a))

    return emit


def emit_cmtst(b: IRBuilder, a: int, c: int) -> int:
    t = b.type_of(a)
    return b.sext(b.ne(b.and_(a, c), b.const(0, t)), t)


def make_halving_add(signed: int, rounding: int) -> Emit2:
    """(a + c [+ 1]) >> 1 without the carry: a + c = 2 * (a & c) + (a ^ c) = 2 * (a | c) - (a ^ c)."""

    def emit(b: IRBuilder, a: int, c: int) -> int:
        one = lanes_of(b, 1, b.type_of(a))
        differ = b.xor(a, c)
        half = b.ashr(differ, one) if signed else b.lshr(differ, one)
        return b.sub(b.or_(a, c), half) if rounding else b.add(b.and_(a, c), half)

    return emit


def make_halving_sub(signed: int) -> Emit2:
    """(a - c) >> 1: a - c = (a ^ c) - 2 * (~a & c)."""

    def emit(b: IRBuilder, a: int, c: int) -> int:
        one = lanes_of(b, 1, b.type_of(a))
        differ = b.xor(a, c)
        half = b.ashr(differ, one) if signed else b.lshr(differ, one)
        return b.sub(half, b.and_(b.not_(a), c))

    return emit


def emit_sabd(b: IRBuilder, a: int, c: int) -> int:
    return b.sub(b.bin(op.SMAX, a, c), b.bin(op.SMIN, a, c))


def emit_uabd(b: IRBuilder, a: int, c: int) -> int:
    return b.sub(b.bin(op.UMAX, a, c), b.bin(op.UMIN, a, c))


def emit_saba(b: IRBuilder, d: int, a: int, c: int) -> int:
    return b.add(d, emit_sabd(b, a, c))


def emit_uaba(b: IRBuilder, d: int, a: int, c: int) -> int:
    return b.add(d, emit_uabd(b, a, c))


def emit_mla(b: IRBuilder, d: int, a: int, c: int) -> int:
    return b.add(d, b.mul(a, c))


def emit_mls(b: IRBuilder, d: int, a: int, c: int) -> int:
    return b.sub(d, b.mul(a, c))


def emit_bic(b: IRBuilder, a: int, c: int) -> int:
    return b.and_(a, b.not_(c))


def emit_orn(b: IRBuilder, a: int, c: int) -> int:
    return b.or_(a, b.not_(c))


def emit_bsl(b: IRBuilder, d: int, a: int, c: int) -> int:
    """``a`` where ``d`` has ones."""
    return b.xor(c, b.and_(b.xor(a, c), d))


def emit_bit(b: IRBuilder, d: int, a: int, c: int) -> int:
    """``a`` where ``c`` has ones, else unchanged."""
    return b.xor(d, b.and_(b.xor(d, a), c))


def emit_bif(b: IRBuilder, d: int, a: int, c: int) -> int:
    """``a`` where ``c`` has zeros, else unchanged."""
    return b.xor(a, b.and_(b.xor(d, a), c))


def make_add_long(sub: int, signed: int) -> Emit2:
    def emit(b: IRBuilder, a: int, c: int) -> int:
        x, y = extend(b, a, signed), extend(b, c, signed)
        return b.sub(x, y) if sub else b.add(x, y)

    return emit


def make_mul_long(signed: int) -> Emit2:
    return lambda b, a, c: b.mul(extend(b, a, signed), extend(b, c, signed))


def make_mla_long(sub: int, signed: int) -> Emit3:
    def emit(b: IRBuilder, d: int, a: int, c: int) -> int:
        product = b.mul(extend(b, a, signed), extend(b, c, signed))
        return b.sub(d, product) if sub else b.add(d, product)

    return emit


def emit_sabdl(b: IRBuilder, a: int, c: int) -> int:
    """The difference's magnitude fits the narrow lane as an unsigned number."""
    return extend(b, emit_sabd(b, a, c), 0)


def emit_uabdl(b: IRBuilder, a: int, c: int) -> int:
    return extend(b, emit_uabd(b, a, c), 0)


def emit_sabal(b: IRBuilder, d: int, a: int, c: int) -> int:
    return b.add(d, emit_sabdl(b, a, c))


def emit_uabal(b: IRBuilder, d: int, a: int, c: int) -> int:
    return b.add(d, emit_uabdl(b, a, c))


def pair_sums(b: IRBuilder, v: int, signed: int) -> int:
    """Sums of neighbouring lanes, at twice the width."""
    t = b.type_of(v)
    n = ty.lane_bits(t)
    wide = ty.vec(ty.lane(widened(t)), ty.lanes(t) // 2) if ty.bits(t) > 2 * n else ty.lane(widened(t))
    pair = b.bitcast(v, wide)
    by = lanes_of(b, n, wide)
    if signed:
        return b.add(b.ashr(pair, by), b.ashr(b.shl(pair, by), by))
    return b.add(b.lshr(pair, by), b.and_(pair, lanes_of(b, (1 << n) - 1, wide)))


def make_zero_compare(code: int, swap: int = 0) -> Emit1:
    """All ones where the comparison with zero holds (``swap``: zero stands left)."""

    def emit(b: IRBuilder, a: int) -> int:
        t = b.type_of(a)
        zero = b.const(0, t)
        return b.sext(b.truth(code, zero, a) if swap else b.truth(code, a, zero), t)

    return emit


def make_unary(code: int) -> Emit1:
    """One IR op."""
    return lambda b, a: b.un(code, a)


def emit_neg(b: IRBuilder, a: int) -> int:
    return b.neg(a)


def emit_not(b: IRBuilder, a: int) -> int:
    return b.not_(a)


def emit_cls(b: IRBuilder, a: int) -> int:
    """Copies of the sign bit below it."""
    t = b.type_of(a)
    differ = b.xor(a, b.ashr(a, lanes_of(b, ty.lane_bits(t) - 1, t)))
    return b.sub(b.un(op.CLZ, differ), lanes_of(b, 1, t))
