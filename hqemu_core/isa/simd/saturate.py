"""Saturating lane arithmetic and the cumulative saturation bit QC.

Each function returns the saturated lanes and sets QC when a lane differs from the exact result.
"""

from __future__ import annotations

from typing import Final

from hqemu_core.ir import opcodes as op
from hqemu_core.ir import types as ty
from hqemu_core.ir.builder import IRBuilder

from ..fp.env import QC, env_of
from .lanes import Emit2, Emit3, extend, lanes_of, narrowed

_QC_AT: Final = QC.bit_length() - 1


def emit_qc(b: IRBuilder, changed: int) -> None:
    """QC becomes 1 if any bit of ``changed`` is 1. Branch-free: saturation is common where it occurs."""
    width = ty.bits(b.type_of(changed))
    hit = b.zext(b.ne(b.bitcast(changed, width), b.const(0, width)), ty.I32)
    status = env_of(b).status
    b.set(status, b.or_(b.get(status, ty.I32), b.shl(hit, b.const(_QC_AT, ty.I32))))


def lowest(b: IRBuilder, t: int) -> int:
    """The most negative value in every lane."""
    return lanes_of(b, 1 << (ty.lane_bits(t) - 1), t)


def make_saturating(exact: int, saturating: int) -> Emit2:
    """``exact`` is the wrapping op that ``saturating`` would equal without saturation."""

    def emit(b: IRBuilder, a: int, c: int) -> int:
        result = b.bin(saturating, a, c)
        emit_qc(b, b.xor(result, b.bin(exact, a, c)))
        return result

    return emit


emit_sqadd: Final = make_saturating(op.ADD, op.SADDSAT)
emit_uqadd: Final = make_saturating(op.ADD, op.UADDSAT)
emit_sqsub: Final = make_saturating(op.SUB, op.SSUBSAT)
emit_uqsub: Final = make_saturating(op.SUB, op.USUBSAT)


def make_mixed_add(saturating: int) -> Emit2:
    """SUQADD (UADDSAT), USQADD (SADDSAT): accumulator and addend of different signedness.

    Moving the accumulator by half the range (flipping its sign bit) makes it of the addend's kind.
    """

    def emit(b: IRBuilder, acc: int, a: int) -> int:
        sign = lowest(b, b.type_of(a))
        result = b.xor(b.bin(saturating, b.xor(acc, sign), a), sign)
        emit_qc(b, b.xor(result, b.add(acc, a)))
        return result

    return emit


def emit_sqneg(b: IRBuilder, a: int) -> int:
    return emit_sqsub(b, b.const(0, b.type_of(a)), a)


def emit_sqabs(b: IRBuilder, a: int) -> int:
    result = b.bin(op.SMAX, a, b.bin(op.SSUBSAT, b.const(0, b.type_of(a)), a))
    emit_qc(b, b.xor(result, b.un(op.ABS, a)))
    return result


def emit_clamp(b: IRBuilder, v: int, source_signed: int, signed: int) -> int:
    """``v`` limited to what lanes of half its width hold, still at full width."""
    t = b.type_of(v)
    half = ty.lane_bits(t) // 2
    if not source_signed:
        return b.bin(op.UMIN, v, lanes_of(b, (1 << half) - 1, t))
    low, high = (-1 << (half - 1), (1 << (half - 1)) - 1) if signed else (0, (1 << half) - 1)
    return b.bin(op.SMIN, b.bin(op.SMAX, v, lanes_of(b, low, t)), lanes_of(b, high, t))


def emit_narrow(b: IRBuilder, v: int, source_signed: int, signed: int) -> int:
    """SQXTN (1, 1), SQXTUN (1, 0), UQXTN (0, 0)."""
    limited = emit_clamp(b, v, source_signed, signed)
    emit_qc(b, b.xor(limited, v))
    return b.trunc(limited, narrowed(b.type_of(v)))


def make_doubling_high(rounding: int) -> Emit2:
    """SQDMULH, SQRDMULH: upper half of twice the product. Only lowest * lowest saturates, and only it (before
    saturation) gives the lowest value."""

    def emit(b: IRBuilder, a: int, c: int) -> int:
        t = b.type_of(a)
        n = ty.lane_bits(t)
        product = b.mul(extend(b, a, 1), extend(b, c, 1))
        wide = b.type_of(product)
        if rounding:
            product = b.add(product, lanes_of(b, 1 << (n - 2), wide))
        high = b.trunc(b.ashr(product, lanes_of(b, n - 1, wide)), t)
        over = b.sext(b.eq(high, lowest(b, t)), t)
        emit_qc(b, over)
        return b.xor(high, over)

    return emit


emit_sqdmulh: Final = make_doubling_high(0)
emit_sqrdmulh: Final = make_doubling_high(1)


def make_sqrdml(sub: int) -> Emit3:
    """SQRDMLAH, SQRDMLSH: (acc * 2**n +- 2 * a * c + 2**(n-1)) >> n, saturated once.

    Halved throughout, the sum fits twice the lane width and the result n + 1 bits, so that comparing it with its
    saturated value modulo 2**n finds every saturation.
    """

    def emit(b: IRBuilder, acc: int, a: int, c: int) -> int:
        t = b.type_of(a)
        n = ty.lane_bits(t)
        product = b.mul(extend(b, a, 1), extend(b, c, 1))
        wide = b.type_of(product)
        base = b.add(b.shl(extend(b, acc, 1), lanes_of(b, n - 1, wide)), lanes_of(b, 1 << (n - 2), wide))
        total = b.sub(base, product) if sub else b.add(base, product)
        exact = b.ashr(total, lanes_of(b, n - 1, wide))
        result = b.trunc(emit_clamp(b, exact, 1, 1), t)
        emit_qc(b, b.xor(result, b.trunc(exact, t)))
        return result

    return emit


def emit_sqdmull(b: IRBuilder, a: int, c: int) -> int:
    """Twice the product at twice the width; saturates for lowest * lowest."""
    product = b.mul(extend(b, a, 1), extend(b, c, 1))
    return emit_sqadd(b, product, product)


def make_sqdmlal(sub: int) -> Emit3:
    """SQDMLAL, SQDMLSL: two saturations, of the doubling and of the sum. The accumulator has the wide type."""

    def emit(b: IRBuilder, acc: int, a: int, c: int) -> int:
        product = b.mul(extend(b, a, 1), extend(b, c, 1))
        doubled = b.bin(op.SADDSAT, product, product)
        result = b.bin(op.SSUBSAT if sub else op.SADDSAT, acc, doubled)
        exact = b.sub(acc, doubled) if sub else b.add(acc, doubled)
        emit_qc(b, b.or_(b.xor(result, exact), b.xor(doubled, b.add(product, product))))
        return result

    return emit
