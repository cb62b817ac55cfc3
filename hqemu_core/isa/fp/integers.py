"""Conversions between floating point and integers (FPToFixed, FixedToFP), scalars and vectors.

To integer, scalars other than plain FCVTZS go through F64 (exact from F32) and I64: operands outside the target's
range are replaced by zero before the host converts, so that the host raises inexact exactly when the guest does; the
rare call then saturates and raises Invalid.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Final

from hqemu_core.ir import opcodes as op
from hqemu_core.ir import types as ty
from hqemu_core.ir.builder import IRBuilder, Operand
from hqemu_core.isa.spec import Helper

from .bits import any_lane, every, format_of, is_nan, raise_invalid
from .env import flush_inputs

NEAREST: Final = 0
DOWN: Final = 1
UP: Final = 2
ZERO: Final = 3
AWAY: Final = 6
"""rounding modes of fp_to_int, numbered as op.FRINT's"""


def fp_to_int(b: IRBuilder, x: int, t: int, signed: bool, mode: int, fbits: Operand | None = None) -> int:
    """FCVT{N,M,P,Z,A}{S,U}: ``x`` (times 2**fbits) as integers of type ``t`` (I32, I64 or as many lanes as x).

    ``fbits`` is the instruction's operand, or None. It goes with mode ZERO only.
    """
    source = b.type_of(x)
    if source == ty.F32X2:
        quad = fp_to_int(b, b.shuffle(x, x, (0, 1, 0, 1)), ty.I32X4, signed, mode, fbits)
        return b.shuffle(quad, quad, (0, 1))
    if ty.lane_bits(source) > 16:
        (x,) = flush_inputs(b, x)
    if signed and mode == ZERO and fbits is None and (not ty.is_vector(t) or t == ty.I32X4):
        return _truncate(b, x, t)
    scale = None if fbits is None else _power(b, fbits, ty.F64, down=False)
    if not ty.is_vector(t):
        return _scalar_to_int(b, x, t, signed, mode, scale)
    result = b.const(0, t)
    for n in range(ty.lanes(t)):
        result = b.insert(result, n, _scalar_to_int(b, b.extract(x, n), ty.lane(t), signed, mode, scale))
    return result


def fp_from_int(b: IRBuilder, v: int, t: int, signed: bool, fbits: Operand | None = None) -> int:
    """SCVTF, UCVTF: integers ``v`` (divided by 2**fbits) as F32 or F64, or vectors of as many lanes."""
    source = b.type_of(v)
    if source == ty.I32X4 and t == ty.F32X4:
        result = b.fconv(op.SITOF, v, t) if signed else _unsigned_lanes(b, v)
    elif source == ty.I32X2:
        quad = fp_from_int(b, b.shuffle(v, v, (0, 1, 0, 1)), ty.F32X4, signed, fbits)
        return b.shuffle(quad, quad, (0, 1))
    elif ty.is_vector(t):
        result = b.const(0, t)
        for n in range(ty.lanes(t)):
            result = b.insert(result, n, _scalar_from_int(b, b.extract(v, n), ty.lane(t), signed))
    else:
        result = _scalar_from_int(b, v, t, signed)
    # The product is exact: at least 2**-64, far above the subnormal numbers.
    return result if fbits is None else b.fbin(op.FMUL, result, _power(b, fbits, t, down=True))


def _power(b: IRBuilder, fbits: Operand, t: int, down: bool) -> int:
    """2**fbits or 2**-fbits in every lane of ``t``, by its bits."""
    scalar = ty.as_int(ty.lane(t))
    fmt = format_of(t)
    n, bias = b.imm(fbits, scalar), b.const(fmt.bias, scalar)
    exponent = b.sub(bias, n) if down else b.add(bias, n)
    value = b.bitcast(b.shl(exponent, b.const(fmt.frac, scalar)), ty.lane(t))
    return b.splat(value, ty.lanes(t)) if ty.is_vector(t) else value


def _unsigned_lanes(b: IRBuilder, v: int) -> int:
    """U32 lanes to F32X4: two exact halves, one rounding; zero stays +0 in every rounding mode."""
    low = b.and_(v, every(b, 0xFFFF, ty.I32X4))
    high = b.fconv(op.SITOF, b.lshr(v, every(b, 16, ty.I32X4)), ty.F32X4)
    scaled = b.fbin(op.FMUL, high, every(b, format_of(ty.F32).power(16), ty.F32X4))
    return b.fbin(op.FADD, scaled, b.fconv(op.SITOF, low, ty.F32X4))


def _scalar_from_int(b: IRBuilder, v: int, t: int, signed: bool) -> int:
    source = b.type_of(v)
    if signed:
        return b.fconv(op.SITOF, v, t)
    if source != ty.I64:
        return b.fconv(op.SITOF, b.zext(v, ty.I64), t)
    # Above 2**63: halve with a sticky bit (it has at least 10 bits more than t), convert, double exactly.
    one = b.const(1, ty.I64)
    big = b.slt(v, b.const(0, ty.I64))
    half = b.or_(b.lshr(v, one), b.and_(v, one))
    result = b.fconv(op.SITOF, b.select(big, half, v), t)
    return b.select(big, b.fbin(op.FADD, result, result), result)


def _truncate(b: IRBuilder, x: int, t: int) -> int:
    """FCVTZS: the host's conversion; its out-of-range pattern is rare."""
    result = b.fconv(op.FTOSI, x, t)
    where = any_lane(b, b.eq(result, every(b, 1 << (ty.lane_bits(t) - 1), t)))
    return b.ccall(where, f"fp_wild_{ty.name(b.type_of(x))}_{ty.name(t)}", (x, result), result)


def _repair_truncated(b: IRBuilder, x: int, result: int) -> int:
    """The host has 1 << (n-1) for everything out of range, and has raised Invalid."""
    t = b.type_of(result)
    least = 1 << (ty.lane_bits(t) - 1)
    wild = b.eq(result, every(b, least, t))
    positive = b.slt(b.const(0, t), _as_int_lanes(b, x, t))
    fixed = b.select(positive, every(b, least - 1, t), every(b, least, t))
    fixed = b.select(is_nan(b, x), b.const(0, t), fixed)
    return b.select(wild, fixed, result)


def _as_int_lanes(b: IRBuilder, x: int, t: int) -> int:
    """The operand's bits in the integer type ``t``, keeping the sign."""
    bits = b.bitcast(x, ty.as_int(b.type_of(x)))
    if ty.lane_bits(b.type_of(bits)) < ty.lane_bits(t):
        return b.sext(bits, t)
    if ty.lane_bits(b.type_of(bits)) > ty.lane_bits(t):
        return b.trunc(b.ashr(bits, b.const(32, b.type_of(bits))), t)
    return bits


def _limits(bits: int, signed: bool, mode: int) -> tuple[float, int, float, int]:
    """(low, op, high, op): x converts if ``low op x`` and ``x op high``. Where F64 has no fractions near the limit,
    the plain limit says the same."""
    low = -(1 << (bits - 1)) if signed else 0
    high = (1 << (bits - 1 if signed else bits)) - 1
    fine_low, fine_high = bits < 64 or not signed, bits < 64
    above: tuple[float, int] = (float(high + 1), op.FLT)
    if fine_high and mode == UP:
        above = (float(high), op.FLE)
    elif fine_high and mode in (NEAREST, AWAY):
        above = (high + 0.5, op.FLT)
    below: tuple[float, int] = (float(low), op.FLE)
    if fine_low and mode in (ZERO, UP):
        below = (low - 1.0, op.FLT)
    elif fine_low and mode in (NEAREST, AWAY):
        below = (low - 0.5, op.FLE if mode == NEAREST else op.FLT)
    return (*below, *above)


def _double(b: IRBuilder, value: float) -> int:
    """An F64 constant; halves and powers of two, all exact."""
    return b.const(struct.unpack("<Q", struct.pack("<d", value))[0], ty.F64)


def _scalar_to_int(b: IRBuilder, x: int, t: int, signed: bool, mode: int, scale: int | None) -> int:
    if b.type_of(x) != ty.F64:
        x = b.fconv(op.FWIDEN, x, ty.F64)
    zero = b.const(0, ty.F64)
    wide = x
    if scale is not None:
        # 2**64 and above is out of range at any scale; the rest cannot overflow.
        fits = b.fcmp(op.FLT, b.bitcast(b.and_(b.bitcast(x, ty.I64), b.const((1 << 63) - 1, ty.I64)), ty.F64),
                      _double(b, 2.0**64))  # fmt: skip
        wide = b.fbin(op.FMUL, b.select(fits, x, zero), scale)
    low, low_op, high, high_op = _limits(ty.bits(t), signed, mode)
    inside = b.and_(b.fcmp(low_op, _double(b, low), wide), b.fcmp(high_op, wide, _double(b, high)))
    if scale is not None:
        inside = b.and_(inside, fits)
    safe = b.select(inside, wide, zero)
    result = _to_i64(b, safe, signed or t != ty.I64, mode)
    result = b.trunc(result, t)
    outside = b.xor(inside, b.const(1, ty.I1))
    return b.ccall(outside, f"fp_saturate_{ty.name(t)}_{'s' if signed else 'u'}", (x,), result)


def _to_i64(b: IRBuilder, x: int, signed: bool, mode: int) -> int:
    """An F64 in range as I64; raises inexact alone. Truncates, then steps by what was lost, which F64 holds."""
    offset = b.const(0, ty.I64)
    if not signed:
        big = b.fcmp(op.FLE, _double(b, 2.0**63), x)
        x = b.fbin(op.FSUB, x, b.select(big, _double(b, 2.0**63), b.const(0, ty.F64)))
        offset = b.select(big, b.const(1 << 63, ty.I64), offset)
    whole = b.fconv(op.FTOSI, x, ty.I64)
    if mode != ZERO:
        back = b.fconv(op.SITOF, whole, ty.F64)
        whole = b.add(whole, _step(b, whole, x, back, mode))
    return whole if signed else b.add(whole, offset)


def _step(b: IRBuilder, whole: int, x: int, back: int, mode: int) -> int:
    """-1, 0 or 1: from the truncated to the rounded integer."""
    if mode == DOWN:
        return b.sext(b.fcmp(op.FLT, x, back), ty.I64)
    if mode == UP:
        return b.zext(b.fcmp(op.FLT, back, x), ty.I64)
    lost = b.fbin(op.FSUB, x, back)
    half, minus = _double(b, 0.5), _double(b, -0.5)
    if mode == AWAY:
        up, down = b.fcmp(op.FLE, half, lost), b.fcmp(op.FLE, lost, minus)
    else:
        odd = b.trunc(whole, ty.I1)
        up = b.or_(b.fcmp(op.FLT, half, lost), b.and_(odd, b.fcmp(op.FEQ, half, lost)))
        down = b.or_(b.fcmp(op.FLT, lost, minus), b.and_(odd, b.fcmp(op.FEQ, lost, minus)))
    return b.add(b.zext(up, ty.I64), b.sext(down, ty.I64))


def _make_saturate(t: int, signed: bool) -> Callable[..., int]:
    def body(b: IRBuilder, x: int) -> int:
        raise_invalid(b, b.const(1, ty.I1))
        bits = ty.bits(t)
        least = 1 << (bits - 1) if signed else 0
        most = (1 << (bits - 1 if signed else bits)) - 1
        negative = b.slt(b.bitcast(x, ty.I64), b.const(0, ty.I64))
        limit = b.select(negative, b.const(least, t), b.const(most, t))
        return b.select(is_nan(b, x), b.const(0, t), limit)

    return body


def make_helpers() -> list[Helper]:
    found = []
    for source, t in ((ty.F32, ty.I32), (ty.F32, ty.I64), (ty.F64, ty.I32), (ty.F64, ty.I64), (ty.F32X4, ty.I32X4)):
        name = f"fp_wild_{ty.name(source)}_{ty.name(t)}"
        found.append(Helper(name, (source, t), t, _repair_truncated))
    for t in (ty.I16, ty.I32, ty.I64):
        for signed in (False, True):
            name = f"fp_saturate_{ty.name(t)}_{'s' if signed else 'u'}"
            found.append(Helper(name, (ty.F64,), t, _make_saturate(t, signed), "fp"))
    return found
