"""Operands that are hard on backends: limits of every width, single bits, floats at the edges of formats, noise."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

from hqemu_core.ir import types as ty
from hqemu_core.testing.floats import random_float

Draw = Callable[[random.Random], Sequence[int]]


def draw_lane(rng: random.Random, bits: int) -> int:
    kind = rng.randrange(5)
    if kind == 0:
        value = rng.choice((0, 1, 2, 3, -1, -2, 1 << bits - 1, (1 << bits - 1) - 1, (1 << bits - 1) + 1))
    elif kind == 1:
        value = 1 << rng.randrange(bits)
    elif kind == 2:
        value = -(1 << rng.randrange(bits))
    elif kind == 3:
        value = rng.getrandbits(bits // 2 or 1) << rng.choice((0, bits // 2))
    else:
        value = rng.getrandbits(bits)
    return value & ((1 << bits) - 1)


def draw_value(rng: random.Random, t: int) -> int:
    """A bit pattern of any IR type but f80; the lanes of a vector are independent, or now and then equal."""
    bits = ty.lane_bits(t)
    one = random_float if ty.is_float(t) else draw_lane
    lanes = [one(rng, bits) for _ in range(ty.lanes(t))]
    if rng.randrange(8) == 0:
        lanes = lanes[:1] * len(lanes)
    return join(lanes, bits)


def join(lanes: Sequence[int], bits: int) -> int:
    return sum(lane << bits * n for n, lane in enumerate(lanes))


def split(value: int, t: int) -> list[int]:
    bits = ty.lane_bits(t)
    return [value >> bits * n & (1 << bits) - 1 for n in range(ty.lanes(t))]


def draw(*types: int) -> Draw:
    """Any values of these types; the second operand is now and then the first."""

    def make(rng: random.Random) -> list[int]:
        values = [draw_value(rng, t) for t in types]
        if len(types) > 1 and types[0] == types[1] and rng.randrange(8) == 0:
            values[1] = values[0]
        return values

    return make


def draw_shift(t: int) -> Draw:
    """A value and amounts below the lane width."""
    bits = ty.lane_bits(t)

    def make(rng: random.Random) -> list[int]:
        amounts = [rng.choice((0, 1, bits - 1, rng.randrange(bits), rng.randrange(bits))) for _ in range(ty.lanes(t))]
        return [draw_value(rng, t), join(amounts, bits)]

    return make


def draw_division(t: int, signed: bool) -> Draw:
    """No zero divisor, no overflow."""
    bits = ty.lane_bits(t)

    def make(rng: random.Random) -> list[int]:
        a, b = split(draw_value(rng, t), t), split(draw_value(rng, t), t)
        for n, x in enumerate(a):
            minus_one = signed and b[n] == (1 << bits) - 1 and x == 1 << bits - 1
            if b[n] == 0 or minus_one:
                b[n] = rng.randrange(1, 1 << bits - 1)
        return [join(a, bits), join(b, bits)]

    return make
