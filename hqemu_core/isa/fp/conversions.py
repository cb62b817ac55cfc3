"""Conversions between floating-point formats (FPConvert), scalars and vectors.

Only the format change itself rounds; the exact value is the operand, so tininess before rounding is a comparison and
the underflow flag is exact here in both contexts.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from hqemu_core.ir import opcodes as op
from hqemu_core.ir import types as ty
from hqemu_core.ir.builder import IRBuilder
from hqemu_core.isa.spec import Helper

from .bits import Format, any_lane, every, format_of, is_inf, is_nan, magnitude, raise_flags, raw
from .env import AHP, DN, FZ, control_word, env_of, finish, flush_inputs, is_set
from .nan import is_least, nan_or_least, narrow_nan, widen_nan

_PAIRS: Final = (
    (ty.F16, ty.F32), (ty.F16, ty.F64), (ty.F32, ty.F64),
    (ty.F16X4, ty.F32X4), (ty.F32X2, ty.F64X2),
)  # fmt: skip


def fp_convert(b: IRBuilder, x: int, t: int) -> int:
    """FCVT, FCVTL, FCVTN: F16 F32 F64 scalars in any direction; F16X4 <-> F32X4, F32X2 <-> F64X2."""
    source = b.type_of(x)
    exact = env_of(b).exact
    if ty.lane_bits(t) < ty.lane_bits(source):
        (x,) = flush_inputs(b, x)
        return _by_lanes(b, "fp_lossy", x, t) if exact else _narrow(b, x, t)
    if ty.lane_bits(source) == 16:
        return finish(b, _by_lanes(b, "fp_alt", x, t)) if exact else _widen(b, x, t)
    if source == ty.F32X2:  # has no flushing helper of its own
        (x,) = flush_inputs(b, b.shuffle(x, x, (0, 1, 0, 1)))
        x = b.shuffle(x, x, (0, 1))
    else:
        (x,) = flush_inputs(b, x)
    return finish(b, _widen(b, x, t))


def fp_narrow_odd(b: IRBuilder, x: int, t: int) -> int:
    """FCVTXN: F64 to F32 (or F64X2 to F32X2), rounding to odd whatever the mode."""
    (x,) = flush_inputs(b, x)
    return _by_lanes(b, "fp_odd", x, t)


def _by_lanes(b: IRBuilder, name: str, x: int, t: int) -> int:
    source = b.type_of(x)
    name = f"{name}_{ty.name(ty.lane(source))}_{ty.name(ty.lane(t))}"
    if not ty.is_vector(t):
        return b.call(name, t, x, control_word(b))
    result = b.const(0, t)
    for n in range(ty.lanes(t)):
        result = b.insert(result, n, b.call(name, ty.lane(t), b.extract(x, n), control_word(b)))
    return result


def _widen(b: IRBuilder, x: int, t: int) -> int:
    result = x
    if ty.lane_bits(b.type_of(x)) == 16:
        result = b.fconv(op.FWIDEN, x, ty.with_lane(t, ty.F32))
    if b.type_of(result) != t:
        result = b.fconv(op.FWIDEN, result, t)
    where = any_lane(b, b.fcmp(op.FUNO, result, result))
    return b.ccall(where, f"fp_widened_{ty.name(b.type_of(x))}_{ty.name(t)}", (x, result), result)


def _narrow(b: IRBuilder, x: int, t: int) -> int:
    source = b.type_of(x)
    single = x
    if ty.lane_bits(source) == 64 and ty.lane_bits(t) == 16:
        single = b.fconv(op.FNARROW, _odd_single(b, x), ty.F32)
    result = b.fconv(op.FNARROW, single, t)
    if ty.lane_bits(t) == 16:  # hosts do not compare those
        where = b.or_(any_lane(b, b.fcmp(op.FUNO, x, x)), any_lane(b, is_least(b, result)))
    else:
        full = b.shuffle(result, result, (0, 1, 0, 1)) if t == ty.F32X2 else result
        where = nan_or_least(b, full)
    return b.ccall(where, f"fp_narrowed_{ty.name(source)}_{ty.name(t)}", (x, result), result)


def _odd_single(b: IRBuilder, x: int) -> int:
    """An F64 that F32 holds exactly and that rounds to F16 as ``x`` does: 24 bits, the last one sticky."""
    fmt = format_of(ty.F64)
    size = magnitude(b, x)
    drop = (1 << 29) - 1
    sticky = b.ne(b.and_(size, b.const(drop, ty.I64)), b.const(0, ty.I64))
    kept = b.or_(b.and_(size, b.const(~drop, ty.I64)), b.shl(b.zext(sticky, ty.I64), b.const(29, ty.I64)))
    small, large = b.const(fmt.power(-100), ty.I64), b.const(fmt.power(100), ty.I64)
    tiny = b.and_(b.ult(size, small), b.ne(size, b.const(0, ty.I64)))
    huge = b.and_(b.ult(large, size), b.ult(size, b.const(fmt.inf, ty.I64)))
    kept = b.select(tiny, small, b.select(huge, large, kept))
    # A NaN must stay one, signalling or not: its bits are not looked at here.
    kept = b.select(b.ult(b.const(fmt.inf, ty.I64), size), size, kept)
    sign = b.and_(raw(b, x), b.const(fmt.sign, ty.I64))
    return b.bitcast(b.or_(kept, sign), ty.F64)


def _below_normal(b: IRBuilder, x: int, target: Format) -> int:
    """Is the operand nonzero and, as it is, below the target's normal numbers."""
    size = magnitude(b, x)
    t = b.type_of(size)
    limit = every(b, format_of(t).power(1 - target.bias), t)
    return b.and_(b.ult(size, limit), b.ne(size, b.const(0, t)))


def _repair_widened(b: IRBuilder, x: int, result: int) -> int:
    return b.select(is_nan(b, x), widen_nan(b, x, b.type_of(result)), result)


def _repair_narrowed(b: IRBuilder, x: int, result: int) -> int:
    """NaNs, and underflow where a tiny operand rounded up to the smallest normal number (it was inexact then)."""
    t = b.type_of(result)
    raise_flags(b, op.FP_UNDERFLOW, any_lane(b, b.and_(_below_normal(b, x, format_of(t)), is_least(b, result))))
    return b.select(is_nan(b, x), narrow_nan(b, x, t), result)


def _make_lossy(source: int, target: int) -> Callable[..., int]:
    """Narrowing under a control word: FZ flushes results in F32, AHP makes F16 the alternative format, DN."""

    def body(b: IRBuilder, x: int, control: int) -> int:
        before = b.fpget()
        fmt = format_of(target)
        result = _narrow(b, x, target)
        default = b.and_(is_nan(b, x), is_set(b, control, DN))
        result = b.select(default, b.const(fmt.default_nan, target), result)
        sign = b.and_(raw(b, narrow_nan(b, x, target)), b.const(fmt.sign, ty.as_int(target)))
        if target == ty.F16:
            return _alternative_half(b, x, is_set(b, control, AHP), sign, before, result)
        flush = b.and_(_below_normal(b, x, fmt), is_set(b, control, FZ))
        b.fpset(b.select(flush, b.or_(before, b.const(op.FP_UNDERFLOW, ty.I32)), b.fpget()))
        return b.select(flush, b.bitcast(sign, target), result)

    return body


def _alternative_half(b: IRBuilder, x: int, use: int, sign: int, before: int, ieee: int) -> int:
    """With AHP, exponent 31 is a binade more and there are neither infinities nor NaNs: large operands are converted
    at half their value. Out of range (NaN, infinity too) is invalid and not inexact."""
    fmt = format_of(b.type_of(x))
    after = b.fpget()
    size = magnitude(b, x)
    t = b.type_of(size)
    special = b.ule(b.const(fmt.inf, t), size)
    large = b.ule(b.const(fmt.power(15), t), size)
    bits = b.select(special, b.const(0, t), b.select(large, b.sub(size, b.const(fmt.min_normal, t)), size))
    signed = b.or_(bits, b.and_(raw(b, x), b.const(fmt.sign, t)))
    b.fpset(b.const(0, ty.I32))
    half = raw(b, _narrow(b, b.bitcast(signed, b.type_of(x)), ty.F16))
    flags = b.fpget()
    over = b.ne(b.and_(flags, b.const(op.FP_OVERFLOW, ty.I32)), b.const(0, ty.I32))
    bad = b.or_(over, special)
    most = b.select(is_nan(b, x), b.const(0, ty.I16), b.const(0x7FFF, ty.I16))
    scaled = b.select(large, b.add(half, b.const(0x400, ty.I16)), half)
    value = b.select(bad, b.or_(sign, most), scaled)
    flags = b.or_(before, b.select(bad, b.const(op.FP_INVALID, ty.I32), flags))
    b.fpset(b.select(use, flags, after))
    return b.select(use, b.bitcast(value, ty.F16), ieee)


def _make_alternative(target: int) -> Callable[..., int]:
    """Widening from F16, perhaps with AHP: exponent 31 is a number, twice that of exponent 30."""

    def body(b: IRBuilder, x: int, control: int) -> int:
        bits = raw(b, x)
        top = b.ule(b.const(0x7C00, ty.I16), b.and_(bits, b.const(0x7FFF, ty.I16)))
        alt = b.and_(top, is_set(b, control, AHP))
        lower = b.bitcast(b.select(alt, b.sub(bits, b.const(0x400, ty.I16)), bits), ty.F16)
        result = raw(b, _widen(b, lower, target))
        t = b.type_of(result)
        double = b.add(result, b.const(format_of(t).min_normal, t))
        return b.bitcast(b.select(alt, double, result), target)

    return body


def _odd_body(b: IRBuilder, x: int, control: int) -> int:
    """Truncate, then set the last bit if anything was lost. Overflow gives the largest number, which is odd."""
    before, mode = b.fpget(), b.fpmode()
    b.fpround(b.const(3, ty.I32))
    b.fpset(b.const(0, ty.I32))
    single = b.fconv(op.FNARROW, x, ty.F32)
    flags = b.fpget()
    b.fpround(mode)
    lost = b.ne(b.and_(flags, b.const(op.FP_INEXACT, ty.I32)), b.const(0, ty.I32))
    bits = b.or_(raw(b, single), b.zext(lost, ty.I32))
    fmt = format_of(ty.F32)
    flush = b.and_(_below_normal(b, x, fmt), is_set(b, control, FZ))
    b.fpset(b.or_(before, b.select(flush, b.const(op.FP_UNDERFLOW, ty.I32), flags)))
    nan = b.select(is_set(b, control, DN), b.const(fmt.default_nan, ty.I32), raw(b, narrow_nan(b, x, ty.F32)))
    bits = b.select(is_nan(b, x), nan, bits)
    bits = b.select(flush, b.and_(bits, b.const(fmt.sign, ty.I32)), bits)
    return b.bitcast(b.select(is_inf(b, x), raw(b, single), bits), ty.F32)


def make_helpers() -> list[Helper]:
    found = [Helper("fp_odd_f64_f32", (ty.F64, ty.I32), ty.F32, _odd_body, "fp")]
    for narrow, wide in _PAIRS:
        small, large = ty.name(narrow), ty.name(wide)
        found.append(Helper(f"fp_widened_{small}_{large}", (narrow, wide), wide, _repair_widened))
        found.append(Helper(f"fp_narrowed_{large}_{small}", (wide, narrow), narrow, _repair_narrowed, "fp"))
        if not ty.is_vector(wide):
            found.append(Helper(f"fp_lossy_{large}_{small}", (wide, ty.I32), narrow, _make_lossy(wide, narrow), "fp"))
        if narrow == ty.F16:
            found.append(Helper(f"fp_alt_{small}_{large}", (narrow, ty.I32), wide, _make_alternative(wide), "fp"))
    return found
