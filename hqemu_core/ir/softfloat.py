"""IEEE 754 in exact integer arithmetic: formats, unpacking, and the one place that rounds.

A finite value is ``(-1)**sign * m * 2**e`` with ``m`` any non-negative int, so that sums and products are
exact and only :func:`round_pack` loses bits. Tininess is detected after rounding, as SSE and x87 do.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from . import types as ty
from .opcodes import FP_DENORMAL, FP_INEXACT, FP_INVALID, FP_OVERFLOW, FP_UNDERFLOW, MODE_FLUSH, MODE_ROUND

NEAREST: Final = 0
DOWN: Final = 1
UP: Final = 2
ZERO: Final = 3
AWAY: Final = 6
"""to nearest, ties away from zero (as ``frint`` numbers it)"""


class FpEnv:
    """The dynamic modes (opcodes.MODE_*; nothing traps here) and the sticky exception flags (opcodes.FP_*)."""

    __slots__ = ("flags", "rounding")

    def __init__(self, rounding: int = NEAREST, flags: int = 0) -> None:
        self.rounding = rounding
        self.flags = flags


class Format(NamedTuple):
    bits: int
    precision: int
    """bits of the significand with the integer bit"""
    stored: int
    """bits of the significand in the encoding: ``precision`` for f80, one less elsewhere"""
    bias: int
    top: int
    """exponent field of infinities and NaNs"""
    default: int
    """the default NaN"""


def _format(bits: int, exponent: int, stored: int) -> Format:
    precision = stored if bits == 80 else stored + 1
    top = (1 << exponent) - 1
    sign_and_top = (1 << exponent | top) << stored
    quiet = 3 << (precision - 2) if stored == precision else 1 << (stored - 1)
    return Format(bits, precision, stored, top >> 1, top, sign_and_top | quiet)


FORMATS: Final[dict[int, Format]] = {
    ty.F16: _format(16, 5, 10),
    ty.F32: _format(32, 8, 23),
    ty.F64: _format(64, 11, 52),
    ty.F80: _format(80, 15, 64),
}

FINITE: Final = 0
INF: Final = 1
QNAN: Final = 2
SNAN: Final = 3
BAD: Final = 4
"""an f80 pattern that x87 rejects: integer bit clear with a non-zero exponent"""

Unpacked = tuple[int, int, int, int]
"""(kind, sign, m, e)"""


def unpack(f: Format, x: int) -> Unpacked:
    """A bit pattern's kind, sign, significand and exponent."""
    stored = f.stored
    sign = x >> (f.bits - 1)
    exponent = x >> stored & f.top
    m = x & ((1 << stored) - 1)
    if stored == f.precision:
        if exponent and not m >> 63:
            return BAD, sign, m, 0
        if exponent == f.top:
            m &= (1 << 63) - 1
            return (INF if m == 0 else QNAN if m >> 62 else SNAN), sign, m, 0
        return FINITE, sign, m, (exponent or 1) - f.bias - 63
    if exponent == f.top:
        return (INF if m == 0 else QNAN if m >> (stored - 1) else SNAN), sign, m, 0
    if exponent:
        return FINITE, sign, m | 1 << stored, exponent - f.bias - stored
    return FINITE, sign, m, 1 - f.bias - stored


def is_denormal(f: Format, x: int) -> bool:
    """Exponent field 0 and not zero (an f80 pseudo-denormal too)."""
    x &= (1 << (f.bits - 1)) - 1
    return x != 0 and x >> f.stored == 0


def quiet(f: Format, x: int) -> int:
    """A NaN pattern made quiet."""
    return x | 1 << (f.precision - 2)


def infinity(f: Format, sign: int) -> int:
    integer = 1 << 63 if f.stored == f.precision else 0
    return (sign << f.bits - 1) | f.top << f.stored | integer


def zero(f: Format, sign: int) -> int:
    return sign << (f.bits - 1)


def invalid(f: Format, env: FpEnv) -> int:
    env.flags |= FP_INVALID
    return f.default


def nan_result(f: Format, env: FpEnv, kinds: tuple[int, ...], patterns: tuple[int, ...]) -> int:
    """The result when an operand is NaN or BAD: the first NaN, quieted; any signalling one is invalid."""
    if BAD in kinds:
        return invalid(f, env)
    if SNAN in kinds:
        env.flags |= FP_INVALID
    for kind, pattern in zip(kinds, patterns, strict=True):
        if kind >= QNAN:
            return quiet(f, pattern)
    raise ValueError("no operand is NaN")


def note_denormals(f: Format, env: FpEnv, *patterns: int) -> None:
    for pattern in patterns:
        if is_denormal(f, pattern):
            env.flags |= FP_DENORMAL


def round_shift(m: int, shift: int, sign: int, rounding: int) -> tuple[int, bool]:
    """``m / 2**shift`` as an integer, rounded, and whether that was inexact."""
    if shift <= 0:
        return m << -shift, False
    low = m & ((1 << shift) - 1)
    r = m >> shift
    if low == 0:
        return r, False
    if rounding in (NEAREST, AWAY):
        half = 1 << (shift - 1)
        up = low > half or (low == half and (rounding == AWAY or r & 1 == 1))
    elif rounding == ZERO:
        up = False
    else:
        up = (rounding == DOWN) == (sign == 1)
    return r + up, True


def _overflow(f: Format, env: FpEnv, sign: int) -> int:
    env.flags |= FP_OVERFLOW | FP_INEXACT
    rounding = env.rounding & MODE_ROUND
    if rounding == NEAREST or (rounding == DOWN and sign) or (rounding == UP and not sign):
        return infinity(f, sign)
    return sign << (f.bits - 1) | (f.top - 1) << f.stored | (1 << f.stored) - 1


def round_pack(f: Format, env: FpEnv, sign: int, m: int, e: int) -> int:
    """``m * 2**e`` (m > 0) rounded to the format. A caller with an endless fraction sets the low bit of ``m``
    (at least two bits below the result's last) as a sticky bit."""
    precision, rounding = f.precision, env.rounding & MODE_ROUND
    lowest = 1 - f.bias
    length = m.bit_length()
    exponent = e + length - 1
    quantum = max(exponent, lowest) - precision + 1
    r, inexact = round_shift(m, quantum - e, sign, rounding)
    if inexact:
        env.flags |= FP_INEXACT
        if exponent < lowest:
            unbounded, _ = round_shift(m, length - precision, sign, rounding)
            if exponent < lowest - 1 or unbounded >> precision == 0:
                env.flags |= FP_UNDERFLOW
    if r >> precision:
        r >>= 1
        quantum += 1
    if r >> (precision - 1) == 0:
        if env.rounding & MODE_FLUSH and f.bits in (32, 64):
            env.flags |= FP_UNDERFLOW | FP_INEXACT
            return zero(f, sign)
        return sign << (f.bits - 1) | r
    biased = quantum + precision - 1 + f.bias
    if biased >= f.top:
        return _overflow(f, env, sign)
    return sign << (f.bits - 1) | biased << f.stored | r & ((1 << f.stored) - 1)
