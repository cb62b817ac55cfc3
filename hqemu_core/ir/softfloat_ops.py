"""Arithmetic and comparison of floats, on bit patterns. See :mod:`hqemu_core.ir.softfloat`.

NaN results follow SSE (the first NaN operand, quieted); the IR leaves the choice open.
"""

from __future__ import annotations

from math import isqrt

from .opcodes import FP_DENORMAL, FP_DIVZERO, FP_INVALID
from .softfloat import (
    BAD,
    DOWN,
    INF,
    QNAN,
    SNAN,
    Format,
    FpEnv,
    Unpacked,
    infinity,
    invalid,
    is_denormal,
    nan_result,
    note_denormals,
    round_pack,
    unpack,
    zero,
)


def _sum(f: Format, env: FpEnv, a: Unpacked, b: Unpacked) -> int:
    """Exact sum of two finite values, then rounded."""
    _, sa, ma, ea = a
    _, sb, mb, eb = b
    if ma and mb:
        if ea > eb:
            ma, ea = ma << (ea - eb), eb
        else:
            mb <<= eb - ea
    elif ma == 0 and mb == 0:
        return zero(f, sa if sa == sb else int(env.rounding & 3 == DOWN))
    elif ma == 0:
        ea = eb
    total = (-ma if sa else ma) + (-mb if sb else mb)
    if total == 0:
        return zero(f, int(env.rounding & 3 == DOWN))
    return round_pack(f, env, int(total < 0), abs(total), ea)


def fadd(f: Format, env: FpEnv, x: int, y: int, negate: int = 0) -> int:
    """``x + y``; with ``negate`` 1 ``x - y`` (a NaN keeps its sign)."""
    a, b = unpack(f, x), unpack(f, y)
    if a[0] >= QNAN or b[0] >= QNAN:
        return nan_result(f, env, (a[0], b[0]), (x, y))
    b = b[0], b[1] ^ negate, b[2], b[3]
    if a[0] == INF or b[0] == INF:
        if a[0] == b[0] and a[1] != b[1]:
            return invalid(f, env)
        note_denormals(f, env, x, y)
        return infinity(f, a[1] if a[0] == INF else b[1])
    note_denormals(f, env, x, y)
    return _sum(f, env, a, b)


def fsub(f: Format, env: FpEnv, x: int, y: int) -> int:
    return fadd(f, env, x, y, 1)


def fmul(f: Format, env: FpEnv, x: int, y: int) -> int:
    a, b = unpack(f, x), unpack(f, y)
    if a[0] >= QNAN or b[0] >= QNAN:
        return nan_result(f, env, (a[0], b[0]), (x, y))
    sign = a[1] ^ b[1]
    if a[0] == INF or b[0] == INF:
        if (a[0] != INF and a[2] == 0) or (b[0] != INF and b[2] == 0):
            return invalid(f, env)
        note_denormals(f, env, x, y)
        return infinity(f, sign)
    note_denormals(f, env, x, y)
    m = a[2] * b[2]
    return round_pack(f, env, sign, m, a[3] + b[3]) if m else zero(f, sign)


def fdiv(f: Format, env: FpEnv, x: int, y: int) -> int:
    a, b = unpack(f, x), unpack(f, y)
    if a[0] >= QNAN or b[0] >= QNAN:
        return nan_result(f, env, (a[0], b[0]), (x, y))
    sign = a[1] ^ b[1]
    if a[0] == INF:
        if b[0] == INF:
            return invalid(f, env)
        note_denormals(f, env, y)
        return infinity(f, sign)
    if b[0] == INF:
        note_denormals(f, env, x)
        return zero(f, sign)
    if b[2] == 0:
        if a[2] == 0:
            return invalid(f, env)
        env.flags |= FP_DIVZERO
        return infinity(f, sign)
    note_denormals(f, env, x, y)
    if a[2] == 0:
        return zero(f, sign)
    shift = max(0, f.precision + 3 - a[2].bit_length() + b[2].bit_length())
    quotient, rest = divmod(a[2] << shift, b[2])
    return round_pack(f, env, sign, quotient << 1 | (rest != 0), a[3] - b[3] - shift - 1)


def fsqrt(f: Format, env: FpEnv, x: int) -> int:
    kind, sign, m, e = unpack(f, x)
    if kind >= QNAN:
        return nan_result(f, env, (kind,), (x,))
    if kind != INF and m == 0:
        return x
    if sign:
        return invalid(f, env)
    if kind == INF:
        return x
    note_denormals(f, env, x)
    shift = max(0, 2 * f.precision + 4 - m.bit_length())
    shift += (e - shift) & 1
    m, e = m << shift, e - shift
    root = isqrt(m)
    return round_pack(f, env, 0, root << 1 | (root * root != m), e // 2 - 1)


def fma(f: Format, env: FpEnv, x: int, y: int, z: int) -> int:
    """``x * y + z``. Infinity times zero plus a quiet NaN is that NaN without a flag, as on x86."""
    a, b, c = unpack(f, x), unpack(f, y), unpack(f, z)
    if a[0] >= QNAN or b[0] >= QNAN or c[0] >= QNAN:
        return nan_result(f, env, (a[0], b[0], c[0]), (x, y, z))
    sign = a[1] ^ b[1]
    if a[0] == INF or b[0] == INF:
        if (a[0] != INF and a[2] == 0) or (b[0] != INF and b[2] == 0) or (c[0] == INF and c[1] != sign):
            return invalid(f, env)
        note_denormals(f, env, x, y, z)
        return infinity(f, sign)
    note_denormals(f, env, x, y, z)
    if c[0] == INF:
        return z
    return _sum(f, env, (0, sign, a[2] * b[2], a[3] + b[3]), c)


LESS, EQUAL, GREATER, UNORDERED = -1, 0, 1, 2


def compare(f: Format, env: FpEnv, x: int, y: int, signalling: bool = False) -> int:
    """LESS, EQUAL, GREATER or UNORDERED; ``signalling``: a quiet NaN is invalid too."""
    a, b = unpack(f, x), unpack(f, y)
    kinds = a[0], b[0]
    if a[0] >= QNAN or b[0] >= QNAN:
        if signalling or SNAN in kinds or BAD in kinds:
            env.flags |= FP_INVALID
        return UNORDERED
    if is_denormal(f, x) or is_denormal(f, y):
        env.flags |= FP_DENORMAL
    key_a, key_b = _order(a), _order(b)
    if key_a == key_b:
        return EQUAL
    if key_a[0] != key_b[0]:
        return LESS if key_a[0] < key_b[0] else GREATER
    (_, ma, ea), (_, mb, eb) = key_a, key_b
    low = min(ea, eb)
    ma, mb = ma << (ea - low), mb << (eb - low)
    return EQUAL if ma == mb else LESS if ma < mb else GREATER


def _order(a: Unpacked) -> tuple[int, int, int]:
    """(rank, signed significand, exponent): rank separates infinities, signs and zero."""
    kind, sign, m, e = a
    if kind == INF:
        return (-2 if sign else 2), 0, 0
    if m == 0:
        return 0, 0, 0
    return (-1, -m, e) if sign else (1, m, e)
