"""What the integer ops mean for one lane: ``f(a, b, n)`` on ``n``-bit patterns, and how vectors are made of lanes.

Where an op leaves a case open (division by zero, shift by the width or more) the functions raise IsaError: a
lifter must not depend on it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from hqemu_core.errors import IsaError

from . import opcodes as op

Lane1 = Callable[[int, int], int]
Lane2 = Callable[[int, int, int], int]


def signed(value: int, n: int) -> int:
    """The value of an ``n``-bit two's complement pattern."""
    return value - (1 << n) if value >> (n - 1) else value


def split(value: int, n: int, lanes: int) -> list[int]:
    """The lanes of a vector, lane 0 first."""
    mask = (1 << n) - 1
    return [value >> (n * i) & mask for i in range(lanes)]


def join(values: list[int], n: int) -> int:
    """Inverse of :func:`split`; every value fits ``n`` bits."""
    result = 0
    for value in reversed(values):
        result = result << n | value
    return result


def _divisor(b: int) -> int:
    if b == 0:
        raise IsaError("division by zero")
    return b


def _amount(b: int, n: int) -> int:
    if b >= n:
        raise IsaError(f"shift of i{n} by {b}")
    return b


def _sdiv(a: int, b: int, n: int) -> int:
    x, y = signed(a, n), signed(_divisor(b), n)
    q = abs(x) // abs(y)
    if (x < 0) != (y < 0):
        q = -q
    if q >> (n - 1) == 1:
        raise IsaError("signed division overflows")
    return q & ((1 << n) - 1)


def _srem(a: int, b: int, n: int) -> int:
    x, y = signed(a, n), signed(_divisor(b), n)
    r = abs(x) % abs(y)
    return (-r if x < 0 else r) & ((1 << n) - 1)


def _rotr(a: int, b: int, n: int) -> int:
    b %= n
    return (a >> b | a << (n - b)) & ((1 << n) - 1)


def _saturate(x: int, n: int) -> int:
    top = 1 << (n - 1)
    return min(max(x, -top), top - 1) & ((1 << n) - 1)


def _overflows(x: int, n: int) -> int:
    return int(not -(1 << (n - 1)) <= x < 1 << (n - 1))


def _smin(a: int, b: int, n: int) -> int:
    return a if signed(a, n) < signed(b, n) else b


def _smax(a: int, b: int, n: int) -> int:
    return a if signed(a, n) > signed(b, n) else b


BINARY: Final[dict[int, Lane2]] = {
    op.ADD: lambda a, b, n: (a + b) & ((1 << n) - 1),
    op.SUB: lambda a, b, n: (a - b) & ((1 << n) - 1),
    op.MUL: lambda a, b, n: (a * b) & ((1 << n) - 1),
    op.UDIV: lambda a, b, n: a // _divisor(b),
    op.SDIV: _sdiv,
    op.UREM: lambda a, b, n: a % _divisor(b),
    op.SREM: _srem,
    op.AND: lambda a, b, n: a & b,
    op.OR: lambda a, b, n: a | b,
    op.XOR: lambda a, b, n: a ^ b,
    op.SHL: lambda a, b, n: a << _amount(b, n) & ((1 << n) - 1),
    op.LSHR: lambda a, b, n: a >> _amount(b, n),
    op.ASHR: lambda a, b, n: signed(a, n) >> _amount(b, n) & ((1 << n) - 1),
    op.ROTR: _rotr,
    op.UMIN: lambda a, b, n: min(a, b),
    op.UMAX: lambda a, b, n: max(a, b),
    op.SMIN: _smin,
    op.SMAX: _smax,
    op.UADDSAT: lambda a, b, n: min(a + b, (1 << n) - 1),
    op.SADDSAT: lambda a, b, n: _saturate(signed(a, n) + signed(b, n), n),
    op.USUBSAT: lambda a, b, n: a - b if a > b else 0,
    op.SSUBSAT: lambda a, b, n: _saturate(signed(a, n) - signed(b, n), n),
}

TRUTH: Final[dict[int, Lane2]] = {
    op.UADDO: lambda a, b, n: (a + b) >> n,
    op.SADDO: lambda a, b, n: _overflows(signed(a, n) + signed(b, n), n),
    op.USUBO: lambda a, b, n: int(a < b),
    op.SSUBO: lambda a, b, n: _overflows(signed(a, n) - signed(b, n), n),
    op.EQ: lambda a, b, n: int(a == b),
    op.NE: lambda a, b, n: int(a != b),
    op.ULT: lambda a, b, n: int(a < b),
    op.ULE: lambda a, b, n: int(a <= b),
    op.SLT: lambda a, b, n: int(signed(a, n) < signed(b, n)),
    op.SLE: lambda a, b, n: int(signed(a, n) <= signed(b, n)),
}


def _ctz(a: int, n: int) -> int:
    return (a & -a).bit_length() - 1 if a else n


def _bswap(a: int, n: int) -> int:
    return int.from_bytes(a.to_bytes(n // 8, "little"), "big")


UNARY: Final[dict[int, Lane1]] = {
    op.ABS: lambda a, n: abs(signed(a, n)) & ((1 << n) - 1),
    op.CLZ: lambda a, n: n - a.bit_length(),
    op.CTZ: _ctz,
    op.POPCNT: lambda a, n: a.bit_count(),
    op.BSWAP: _bswap,
    op.BITREV: lambda a, n: int(f"{a:0{n}b}"[::-1], 2),
}

RMW: Final[dict[int, Lane2]] = {
    op.RMW_XCHG: lambda old, v, n: v,
    op.RMW_ADD: BINARY[op.ADD],
    op.RMW_AND: BINARY[op.AND],
    op.RMW_OR: BINARY[op.OR],
    op.RMW_XOR: BINARY[op.XOR],
    op.RMW_SMAX: _smax,
    op.RMW_SMIN: _smin,
    op.RMW_UMAX: BINARY[op.UMAX],
    op.RMW_UMIN: BINARY[op.UMIN],
}
