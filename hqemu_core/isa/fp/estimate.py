"""Reciprocal and reciprocal square root estimates (FPRecipEstimate, FPRSqrtEstimate, FPRecpX), bit for bit.

They are small integer computations per lane, and set flags by themselves: one helper per format serves all modes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from hqemu_core.ir import opcodes as op
from hqemu_core.ir import types as ty
from hqemu_core.ir.builder import IRBuilder
from hqemu_core.isa.spec import Helper

from .bits import format_of, is_inf, is_nan, is_signalling, is_zero, magnitude, raise_flags, raw
from .env import DN, FZ, FZ16, control_word, flush_inputs, is_set


def fp_recpe(b: IRBuilder, x: int) -> int:
    """FRECPE; F32, F64 and their vectors."""
    return _by_lanes(b, "fp_recpe", x)


def fp_rsqrte(b: IRBuilder, x: int) -> int:
    """FRSQRTE."""
    return _by_lanes(b, "fp_rsqrte", x)


def fp_recpx(b: IRBuilder, x: int) -> int:
    """FRECPX (scalar)."""
    return _by_lanes(b, "fp_recpx", x)


def fp_urecpe(b: IRBuilder, v: int) -> int:
    """URECPE on I32 lanes."""
    return _by_lanes(b, "fp_urecpe", v)


def fp_ursqrte(b: IRBuilder, v: int) -> int:
    """URSQRTE on I32 lanes."""
    return _by_lanes(b, "fp_ursqrte", v)


def _by_lanes(b: IRBuilder, name: str, x: int) -> int:
    t = b.type_of(x)
    scalar = ty.lane(t)
    name = f"{name}_{ty.name(scalar)}"
    lanes = [b.extract(x, n) for n in range(ty.lanes(t))] if ty.is_vector(t) else [x]
    results = []
    for lane in lanes:
        if ty.is_float(t):
            results.append(b.call(name, scalar, flush_inputs(b, lane)[0], control_word(b)))
        else:
            results.append(b.call(name, scalar, lane))
    if not ty.is_vector(t):
        return results[0]
    whole = b.const(0, t)
    for n, value in enumerate(results):
        whole = b.insert(whole, n, value)
    return whole


def _const(b: IRBuilder, value: int) -> int:
    return b.const(value, ty.I64)


def _shr(b: IRBuilder, v: int, count: int) -> int:
    return b.lshr(v, _const(b, count))


def _shl(b: IRBuilder, v: int, count: int) -> int:
    return b.shl(v, _const(b, count))


def _recip(b: IRBuilder, a: int) -> int:
    """RecipEstimate: 256..511 to 256..511 (I64)."""
    divisor = b.add(_shl(b, a, 1), _const(b, 1))
    return _shr(b, b.add(b.udiv(_const(b, 1 << 19), divisor), _const(b, 1)), 1)


def _rsqrt(b: IRBuilder, a: int) -> int:
    """RecipSqrtEstimate: 128..511 to 256..511 (I64): the largest r with a * r * r < 2**28, bit by bit."""
    low = b.ult(a, _const(b, 256))
    fine = b.add(_shl(b, a, 1), _const(b, 1))
    coarse = b.add(_shl(b, b.and_(a, _const(b, ~1)), 1), _const(b, 2))
    scaled = b.select(low, fine, coarse)
    found = _const(b, 512)
    for bit in range(8, -1, -1):
        trial = b.or_(found, _const(b, 1 << bit))
        fits = b.ult(b.mul(scaled, b.mul(trial, trial)), _const(b, 1 << 28))
        found = b.select(fits, trial, found)
    return _shr(b, b.add(found, _const(b, 1)), 1)


class _Parts:
    """An operand as the pseudocode has it: 52-bit fraction without the leading one, biased exponent (I64), sign;
    subnormal operands normalized with exponents of 0 and below."""

    def __init__(self, b: IRBuilder, x: int) -> None:
        self.fmt: Final = format_of(b.type_of(x))
        size = b.zext(magnitude(b, x), ty.I64)
        top = _shl(b, size, 52 - self.fmt.frac)
        mask = _const(b, (1 << 52) - 1)
        exponent, fraction = _shr(b, size, self.fmt.frac), b.and_(top, mask)
        subnormal = b.eq(exponent, _const(b, 0))
        # A zero operand is dealt with elsewhere; the shift must stay below 64 for it too.
        zeros = b.bin(op.UMIN, b.sub(b.un(op.CLZ, fraction), _const(b, 12)), _const(b, 51))
        moved = b.and_(b.shl(fraction, b.add(zeros, _const(b, 1))), mask)
        self.fraction: Final = b.select(subnormal, moved, fraction)
        self.exponent: Final = b.select(subnormal, b.sub(_const(b, 0), zeros), exponent)
        self.sign: Final = b.and_(raw(b, x), b.const(self.fmt.sign, ty.as_int(b.type_of(x))))


def _pack(b: IRBuilder, parts: _Parts, exponent: int, fraction: int, t: int) -> int:
    """Exponent field and the top of a 52-bit fraction as bits of the format, without sign."""
    fmt = parts.fmt
    bits = b.or_(_shl(b, exponent, fmt.frac), _shr(b, fraction, 52 - fmt.frac))
    return b.trunc(bits, ty.as_int(t))


def _nan_result(b: IRBuilder, x: int, control: int) -> int:
    """FPProcessNaN's bits; the caller raises Invalid."""
    fmt = format_of(b.type_of(x))
    t = ty.as_int(b.type_of(x))
    quiet = b.or_(raw(b, x), b.const(fmt.quiet, t))
    return b.select(is_set(b, control, DN), b.const(fmt.default_nan, t), quiet)


def _recpe_body(b: IRBuilder, x: int, control: int) -> int:
    t = b.type_of(x)
    int_t = ty.as_int(t)
    parts = _Parts(b, x)
    fmt = parts.fmt
    size = magnitude(b, x)
    nan, inf, zero = is_nan(b, x), is_inf(b, x), is_zero(b, x)
    signed = b.ne(parts.sign, b.const(0, int_t))
    # Below 2**-(bias+1) the reciprocal overflows.
    over = b.and_(b.ult(size, b.const(1 << (fmt.frac - 2), int_t)), b.ne(size, b.const(0, int_t)))
    large = b.ule(b.const(fmt.power(fmt.bias - 1), int_t), size)
    finite = b.ult(size, b.const(fmt.inf, int_t))
    flush = b.and_(b.and_(large, is_set(b, control, FZ16 if fmt.bits == 16 else FZ)), finite)
    estimate = _recip(b, b.or_(_const(b, 256), _shr(b, parts.fraction, 44)))
    exponent = b.sub(_const(b, 2 * fmt.bias - 1), parts.exponent)
    fraction = _shl(b, b.and_(estimate, _const(b, 255)), 44)
    one = _const(b, 1 << 52)
    fraction = b.select(b.eq(exponent, _const(b, 0)), _shr(b, b.or_(one, fraction), 1), fraction)
    below = b.slt(exponent, _const(b, 0))
    fraction = b.select(below, _shr(b, b.or_(one, fraction), 2), fraction)
    exponent = b.select(below, _const(b, 0), exponent)
    result = b.or_(_pack(b, parts, exponent, fraction, t), parts.sign)
    mode = b.and_(b.lshr(control, b.const(22, ty.I32)), b.const(3, ty.I32))
    nearest, up, down = (b.eq(mode, b.const(n, ty.I32)) for n in range(3))
    to_inf = b.or_(nearest, b.select(signed, down, up))
    limit = b.select(to_inf, b.const(fmt.inf, int_t), b.const(fmt.max_normal, int_t))
    result = b.select(over, b.or_(limit, parts.sign), result)
    result = b.select(b.or_(flush, inf), parts.sign, result)
    result = b.select(zero, b.or_(parts.sign, b.const(fmt.inf, int_t)), result)
    raise_flags(b, op.FP_INVALID, is_signalling(b, x))
    raise_flags(b, op.FP_DIVZERO, zero)
    raise_flags(b, op.FP_OVERFLOW | op.FP_INEXACT, over)
    raise_flags(b, op.FP_UNDERFLOW, flush)
    return b.bitcast(b.select(nan, _nan_result(b, x, control), result), t)


def _rsqrte_body(b: IRBuilder, x: int, control: int) -> int:
    t = b.type_of(x)
    int_t = ty.as_int(t)
    parts = _Parts(b, x)
    fmt = parts.fmt
    nan, inf, zero = is_nan(b, x), is_inf(b, x), is_zero(b, x)
    leading = b.or_(_const(b, 256), _shr(b, parts.fraction, 44))
    odd = b.trunc(parts.exponent, ty.I1)
    estimate = _rsqrt(b, b.select(odd, _shr(b, leading, 1), leading))
    exponent = _shr(b, b.sub(_const(b, 3 * fmt.bias - 1), parts.exponent), 1)
    result = _pack(b, parts, exponent, _shl(b, b.and_(estimate, _const(b, 255)), 44), t)
    result = b.select(inf, b.const(0, int_t), result)
    negative = b.and_(b.ne(parts.sign, b.const(0, int_t)), b.xor(b.or_(nan, zero), b.const(1, ty.I1)))
    result = b.select(negative, b.const(fmt.default_nan, int_t), result)
    result = b.select(zero, b.or_(parts.sign, b.const(fmt.inf, int_t)), result)
    raise_flags(b, op.FP_INVALID, b.or_(negative, is_signalling(b, x)))
    raise_flags(b, op.FP_DIVZERO, zero)
    return b.bitcast(b.select(nan, _nan_result(b, x, control), result), t)


def _recpx_body(b: IRBuilder, x: int, control: int) -> int:
    t = b.type_of(x)
    int_t = ty.as_int(t)
    fmt = format_of(t)
    bits = raw(b, x)
    exponent = b.and_(bits, b.const(fmt.inf, int_t))
    flipped = b.xor(exponent, b.const(fmt.inf, int_t))
    most = b.const(fmt.inf - fmt.min_normal, int_t)
    value = b.select(b.eq(exponent, b.const(0, int_t)), most, flipped)
    result = b.or_(b.and_(bits, b.const(fmt.sign, int_t)), value)
    raise_flags(b, op.FP_INVALID, is_signalling(b, x))
    return b.bitcast(b.select(is_nan(b, x), _nan_result(b, x, control), result), t)


def _make_unsigned(estimate: Callable[[IRBuilder, int], int], least: int) -> Callable[..., int]:
    """URECPE, URSQRTE: operands below ``least`` give all ones."""

    def body(b: IRBuilder, v: int) -> int:
        top = b.zext(b.lshr(v, b.const(23, ty.I32)), ty.I64)
        # The estimates are defined from least >> 23 up; anything allowed does for what is dropped.
        found = b.trunc(_shl(b, estimate(b, b.bin(op.UMAX, top, _const(b, least >> 23))), 23), ty.I32)
        return b.select(b.ult(v, b.const(least, ty.I32)), b.const(-1, ty.I32), found)

    return body


def make_helpers() -> list[Helper]:
    found = [
        Helper("fp_urecpe_i32", (ty.I32,), ty.I32, _make_unsigned(_recip, 1 << 31)),
        Helper("fp_ursqrte_i32", (ty.I32,), ty.I32, _make_unsigned(_rsqrt, 1 << 30)),
    ]
    for t in (ty.F32, ty.F64):
        for name, body in (("recpe", _recpe_body), ("rsqrte", _rsqrte_body), ("recpx", _recpx_body)):
            found.append(Helper(f"fp_{name}_{ty.name(t)}", (t, ty.I32), t, body, "fp"))
    return found
