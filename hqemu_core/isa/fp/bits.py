"""Bit-level facts about the IEEE formats, for scalars and vectors alike (the type of the value decides)."""

from __future__ import annotations

from typing import Final, NamedTuple

from hqemu_core.ir import opcodes as op
from hqemu_core.ir import types as ty
from hqemu_core.ir.builder import IRBuilder


class Format(NamedTuple):
    """An IEEE interchange format: ``bits`` in all, ``frac`` of them the fraction."""

    bits: int
    frac: int

    @property
    def sign(self) -> int:
        return 1 << (self.bits - 1)

    @property
    def quiet(self) -> int:
        return 1 << (self.frac - 1)

    @property
    def bias(self) -> int:
        return (1 << (self.bits - self.frac - 2)) - 1

    @property
    def inf(self) -> int:
        return self.sign - (1 << self.frac)

    @property
    def default_nan(self) -> int:
        return self.inf | self.quiet

    @property
    def max_normal(self) -> int:
        return self.inf - 1

    @property
    def min_normal(self) -> int:
        return 1 << self.frac

    def power(self, exponent: int) -> int:
        """The pattern of 2**exponent (a normal number)."""
        return (exponent + self.bias) << self.frac


FORMATS: Final = {16: Format(16, 10), 32: Format(32, 23), 64: Format(64, 52)}


def format_of(t: int) -> Format:
    return FORMATS[ty.lane_bits(t)]


def every(b: IRBuilder, pattern: int, t: int) -> int:
    """A constant with ``pattern`` in each lane of ``t``."""
    width = ty.lane_bits(t)
    return b.const(sum(pattern << (width * n) for n in range(ty.lanes(t))), t)


def raw(b: IRBuilder, v: int) -> int:
    """The value's bits as integers of the same shape."""
    return b.bitcast(v, ty.as_int(b.type_of(v)))


def magnitude(b: IRBuilder, v: int) -> int:
    """The bits without the sign."""
    bits = raw(b, v)
    t = b.type_of(bits)
    return b.and_(bits, every(b, format_of(t).sign - 1, t))


def is_nan(b: IRBuilder, v: int) -> int:
    """Truth per lane, without raising flags."""
    size = magnitude(b, v)
    t = b.type_of(size)
    return b.ult(every(b, format_of(t).inf, t), size)


def is_inf(b: IRBuilder, v: int) -> int:
    size = magnitude(b, v)
    t = b.type_of(size)
    return b.eq(size, every(b, format_of(t).inf, t))


def is_zero(b: IRBuilder, v: int) -> int:
    size = magnitude(b, v)
    return b.eq(size, b.const(0, b.type_of(size)))


def is_subnormal(b: IRBuilder, v: int) -> int:
    size = magnitude(b, v)
    t = b.type_of(size)
    return b.and_(b.ult(size, every(b, format_of(t).min_normal, t)), b.ne(size, b.const(0, t)))


def is_signalling(b: IRBuilder, v: int) -> int:
    bits = raw(b, v)
    t = b.type_of(bits)
    quiet = b.and_(bits, every(b, format_of(t).quiet, t))
    return b.and_(is_nan(b, v), b.eq(quiet, b.const(0, t)))


def any_lane(b: IRBuilder, truth: int) -> int:
    """One i1: is any lane of ``truth`` true. The shape backends know as a sign-mask test."""
    t = b.type_of(truth)
    if not ty.is_vector(t):
        return truth
    width = 64 if ty.lanes(t) in (2, 1) else 128 // ty.lanes(t)
    mask = b.sext(truth, ty.with_lane(t, width))
    total = width * ty.lanes(t)
    whole = b.bitcast(mask, total)
    return b.ne(whole, b.const(0, total))


def raise_flags(b: IRBuilder, flags: int, where: int) -> None:
    """Set sticky flags where the i1 is true."""
    extra = b.select(where, b.const(flags, ty.I32), b.const(0, ty.I32))
    b.fpset(b.or_(b.fpget(), extra))


def raise_invalid(b: IRBuilder, where: int) -> None:
    raise_flags(b, op.FP_INVALID, where)
