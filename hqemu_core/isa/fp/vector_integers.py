"""Vectors of floating-point numbers to integers of the same width, without taking the lanes apart.

Neither format has fractions near the integers' limits (but -0.5 and -1 for unsigned ones), so whether a lane is in
range hardly depends on the rounding mode. Rounding is ``frint``, which is silent: converting the operand as it is,
for the flags only, raises inexact.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from hqemu_core.ir import opcodes as op
from hqemu_core.ir import types as ty
from hqemu_core.ir.builder import IRBuilder, Operand
from hqemu_core.isa.spec import Helper

from .bits import any_lane, every, format_of, is_nan, magnitude, raise_invalid, raw
from .env import flush_inputs
from .integers import AWAY, NEAREST, UP, ZERO

_TYPES: Final = (ty.F32X4, ty.F64X2)


def vector_to_int(b: IRBuilder, x: int, signed: bool, mode: int, fbits: Operand | None = None) -> int:
    """FCVT{N,M,P,Z,A}{S,U} of F32X2, F32X4 or F64X2 (times 2**fbits, then with mode ZERO)."""
    if b.type_of(x) == ty.F32X2:
        quad = vector_to_int(b, b.shuffle(x, x, (0, 1, 0, 1)), signed, mode, fbits)
        return b.shuffle(quad, quad, (0, 1))
    (x,) = flush_inputs(b, x)
    if fbits is not None:
        return _scaled(b, x, signed, fbits)
    return _signed(b, x, mode) if signed else _unsigned(b, x, mode)


def _name(kind: str, t: int) -> str:
    return f"fp_{kind}_{ty.name(t)}"


def _convert(b: IRBuilder, x: int, mode: int) -> int:
    t = ty.as_int(b.type_of(x))
    plain = b.fconv(op.FTOSI, x, t)
    return plain if mode == ZERO else b.fconv(op.FTOSI, b.frint(x, mode), t)


def _signed(b: IRBuilder, x: int, mode: int) -> int:
    """The host has the lowest integer for all that is out of range, and raises Invalid."""
    result = _convert(b, x, mode)
    t = b.type_of(result)
    wild = b.eq(result, every(b, 1 << (ty.lane_bits(t) - 1), t))
    return b.ccall(any_lane(b, wild), _name("wild", b.type_of(x)), (x, result), result)


def _repair_wild(b: IRBuilder, x: int, result: int) -> int:
    t = b.type_of(result)
    least = 1 << (ty.lane_bits(t) - 1)
    positive = b.sle(b.const(0, t), raw(b, x))
    limit = b.select(positive, every(b, least - 1, t), every(b, least, t))
    fixed = b.select(is_nan(b, x), b.const(0, t), limit)
    return b.select(b.eq(result, every(b, least, t)), fixed, result)


def _above_lowest(b: IRBuilder, x: int, mode: int) -> int:
    """Does the lane round to 0 or more."""
    t = b.type_of(x)
    fmt = format_of(t)
    if mode in (ZERO, UP):
        return b.fcmp(op.FLT, every(b, fmt.sign | fmt.power(0), t), x)
    if mode in (NEAREST, AWAY):
        return b.fcmp(op.FLE if mode == NEAREST else op.FLT, every(b, fmt.sign | fmt.power(-1), t), x)
    return b.fcmp(op.FLE, b.const(0, t), x)


def _unsigned(b: IRBuilder, x: int, mode: int, allowed: int | None = None, wild: int | None = None) -> int:
    """Lanes from 2**(n-1) up are integers: they go down by that to be converted, and the result up again.
    ``allowed`` lanes may be in range at all; ``wild`` is the operand that tells what the others saturate to."""
    t = b.type_of(x)
    width = ty.lane_bits(t)
    fmt, int_t = format_of(t), ty.as_int(t)
    zero, top = b.const(0, t), every(b, fmt.power(width - 1), t)
    inside = b.and_(_above_lowest(b, x, mode), b.fcmp(op.FLT, x, every(b, fmt.power(width), t)))
    if allowed is not None:
        inside = b.and_(inside, allowed)
    safe = b.select(inside, x, zero)
    big = b.fcmp(op.FLE, top, safe)
    low = _convert(b, b.fbin(op.FSUB, safe, b.select(big, top, zero)), mode)
    result = b.xor(low, b.select(big, every(b, 1 << (width - 1), int_t), b.const(0, int_t)))
    return _saturated(b, x if wild is None else wild, inside, 0, result)


def _saturated(b: IRBuilder, x: int, inside: int, signed: int, result: int) -> int:
    t = b.type_of(result)
    mask = b.sext(inside, t)
    outside = b.xor(inside, every(b, 1, b.type_of(inside)))
    name = _name("limit_s" if signed else "limit_u", b.type_of(x))
    return b.ccall(any_lane(b, outside), name, (x, mask, result), result)


def _make_limit(signed: int) -> Callable[..., int]:
    def body(b: IRBuilder, x: int, mask: int, result: int) -> int:
        raise_invalid(b, b.const(1, ty.I1))
        t = b.type_of(result)
        sign = 1 << (ty.lane_bits(t) - 1)
        least, most = (sign, sign - 1) if signed else (0, 2 * sign - 1)
        limit = b.select(b.slt(raw(b, x), b.const(0, t)), every(b, least, t), every(b, most, t))
        limit = b.select(is_nan(b, x), b.const(0, t), limit)
        return b.select(b.ne(mask, b.const(0, t)), result, limit)

    return body


def _scaled(b: IRBuilder, x: int, signed: bool, fbits: Operand) -> int:
    """From 2**n up nothing is in range at any scale; below, the product is exact."""
    t = b.type_of(x)
    width, int_t = ty.lane_bits(t), ty.as_int(t)
    fmt = format_of(t)
    fits = b.ult(magnitude(b, x), every(b, fmt.power(width), int_t))
    exponent = b.add(b.imm(fbits, ty.lane(int_t)), b.const(fmt.bias, ty.lane(int_t)))
    power = b.splat(b.shl(exponent, b.const(fmt.frac, ty.lane(int_t))), ty.lanes(t))
    product = b.fbin(op.FMUL, b.select(fits, x, b.const(0, t)), b.bitcast(power, t))
    if not signed:
        return _unsigned(b, product, ZERO, fits, x)
    low, high = every(b, fmt.sign | fmt.power(width - 1), t), every(b, fmt.power(width - 1), t)
    inside = b.and_(b.fcmp(op.FLE, low, product), b.and_(fits, b.fcmp(op.FLT, product, high)))
    result = b.fconv(op.FTOSI, b.select(inside, product, b.const(0, t)), int_t)
    return _saturated(b, x, inside, 1, result)


def make_helpers() -> list[Helper]:
    found = []
    for t in _TYPES:
        int_t = ty.as_int(t)
        found.append(Helper(_name("wild", t), (t, int_t), int_t, _repair_wild))
        for signed, kind in ((1, "limit_s"), (0, "limit_u")):
            found.append(Helper(_name(kind, t), (t, int_t, int_t), int_t, _make_limit(signed), "fp"))
    return found
