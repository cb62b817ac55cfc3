"""Conversions of floats: between formats, to and from integers, to integral values."""

from __future__ import annotations

from .opcodes import FP_INEXACT, FP_INVALID
from .softfloat import (
    BAD,
    FINITE,
    INF,
    QNAN,
    SNAN,
    ZERO,
    Format,
    FpEnv,
    infinity,
    invalid,
    nan_result,
    note_denormals,
    quiet,
    round_pack,
    round_shift,
    unpack,
    zero,
)


def convert(source: Format, to: Format, env: FpEnv, x: int) -> int:
    """To another format. A NaN keeps its sign and the high bits of its payload, and becomes quiet."""
    kind, sign, m, e = unpack(source, x)
    if kind == BAD:
        return invalid(to, env)
    if kind >= QNAN:
        if kind == SNAN:
            env.flags |= FP_INVALID
        fraction = m & ((1 << (source.precision - 1)) - 1)
        shift = to.precision - source.precision
        fraction = fraction << shift if shift >= 0 else fraction >> -shift
        return quiet(to, infinity(to, sign) | fraction)
    if kind == INF:
        return infinity(to, sign)
    note_denormals(source, env, x)
    return round_pack(to, env, sign, m, e) if m else zero(to, sign)


def from_int(to: Format, env: FpEnv, value: int) -> int:
    if value == 0:
        return 0
    return round_pack(to, env, int(value < 0), abs(value), 0)


def to_int(f: Format, env: FpEnv, x: int, bits: int) -> int:
    """Signed ``bits``-wide integer towards zero; ``1 << (bits - 1)`` and invalid when it does not fit."""
    kind, sign, m, e = unpack(f, x)
    if kind == FINITE and (m == 0 or e + m.bit_length() <= bits):
        r, inexact = round_shift(m, -e, sign, ZERO)
        if r < 1 << (bits - 1) or (sign and r == 1 << (bits - 1)):
            if inexact:
                env.flags |= FP_INEXACT
            return (-r if sign else r) & ((1 << bits) - 1)
    env.flags |= FP_INVALID
    return 1 << (bits - 1)


def to_integral(f: Format, env: FpEnv, x: int, mode: int) -> int:
    """``frint``: modes 0..3 as the rounding modes, 4 dynamic with inexact, 5 dynamic, 6 ties away."""
    kind, sign, m, e = unpack(f, x)
    if kind >= QNAN:
        return nan_result(f, env, (kind,), (x,))
    if kind == INF or m == 0 or e >= 0:
        return x
    r, inexact = round_shift(m, -e, sign, env.rounding & 3 if mode in (4, 5) else mode)
    if not inexact:
        return x
    if mode == 4:
        env.flags |= FP_INEXACT
    return round_pack(f, FpEnv(), sign, r, 0) if r else zero(f, sign)
