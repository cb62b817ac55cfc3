"""Random floating-point patterns that code finds hard: limits, subnormals, NaNs with payloads, near-integers."""

from __future__ import annotations

import random
from typing import Final, NamedTuple


class Format(NamedTuple):
    """An IEEE interchange format by its fraction bits and exponent bias."""

    frac: int
    bias: int

    def power(self, exponent: int) -> int:
        return (exponent + self.bias) << self.frac


_FORMATS: Final = {16: Format(10, 15), 32: Format(23, 127), 64: Format(52, 1023)}

_EXPONENTS: Final = (
    -150, -149, -127, -126, -25, -24, -15, -14, -2, -1, 0, 1, 2, 15, 16, 30, 31, 32, 62, 63, 64, 127, 128,
)  # fmt: skip
"""around what conversions to integers and other formats have for limits"""


def special_float(rng: random.Random, width: int) -> int:
    """Zero, limits, infinity, NaNs, numbers about 1; without sign."""
    frac, bias = _FORMATS[width]
    normal, quiet, one = 1 << frac, 1 << (frac - 1), bias << frac
    infinity = (2 * bias + 1) << frac
    return rng.choice((
        0, 1, normal - 1, normal, normal + 1, quiet, infinity - 1, infinity, infinity + 1,
        infinity | rng.getrandbits(frac - 1) | 1, infinity | quiet, infinity | quiet | rng.getrandbits(frac - 1),
        one, one + 1, one - 1, one | quiet, one + normal,
    ))  # fmt: skip


def random_float(rng: random.Random, width: int) -> int:
    """The pattern of a float of 16, 32 or 64 bits."""
    fmt = _FORMATS[width]
    sign = rng.getrandbits(1) << (width - 1)
    ones = (1 << fmt.frac) - 1
    kind = rng.randrange(5)
    if kind == 0:
        return sign | special_float(rng, width)
    if kind == 1:
        return (sign | special_float(rng, width)) + rng.randrange(-3, 4) & ((1 << width) - 1)
    if kind == 2:
        exponent = min(max(rng.choice(_EXPONENTS) + fmt.bias, 0), 2 * fmt.bias)
        few = rng.choice((0, 1, 2, ones, rng.getrandbits(6) << max(0, fmt.frac - rng.randrange(1, 40))))
        return sign | exponent << fmt.frac | few & ones
    if kind == 3:
        return sign | fmt.power(rng.randrange(-4, min(66, fmt.bias))) | rng.getrandbits(fmt.frac)
    return rng.getrandbits(width)


def random_floats(rng: random.Random, bits: int) -> int:
    """A vector of ``bits`` bits: lanes of one random format."""
    width = rng.choice((16, 32, 64))
    return sum(random_float(rng, width) << at for at in range(0, bits, width))
