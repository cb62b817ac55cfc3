"""Random registers that floating-point code finds hard."""

from __future__ import annotations

import random

from hqemu_aarch64.lift.fp_bits import FORMATS

ROUNDINGS = tuple(n << 22 for n in range(4))
FZ, DN, AHP = 1 << 24, 1 << 25, 1 << 26

# Exponents around what conversions and format changes have for limits, relative to 2**0.
_EXPONENTS = (-150, -149, -127, -126, -25, -24, -15, -14, -2, -1, 0, 1, 2, 15, 16, 30, 31, 32, 62, 63, 64, 127, 128)


def random_fpcr(rng: random.Random) -> int:
    """Any rounding mode; context 0 half of the time."""
    return rng.choice(ROUNDINGS) | (rng.choice((FZ, DN, FZ | DN, AHP, AHP | DN)) if rng.randrange(2) else 0)


def random_fpsr(rng: random.Random) -> int:
    return rng.getrandbits(32) & 0x9F if rng.randrange(4) == 0 else 0


def _special(rng: random.Random, width: int) -> int:
    fmt = FORMATS[width]
    one = fmt.power(0)
    return rng.choice((
        0, 1, fmt.min_normal - 1, fmt.min_normal, fmt.min_normal + 1, fmt.quiet, fmt.max_normal, fmt.inf,
        fmt.inf + 1, fmt.inf | rng.getrandbits(fmt.frac - 1) | 1, fmt.default_nan,
        fmt.default_nan | rng.getrandbits(fmt.frac - 1), one, one + 1, one - 1, one | fmt.quiet, one + fmt.min_normal,
    ))  # fmt: skip


def random_float(rng: random.Random, width: int) -> int:
    """The pattern of a float of ``width`` bits."""
    fmt = FORMATS[width]
    sign = rng.getrandbits(1) << (width - 1)
    kind = rng.randrange(5)
    if kind == 0:
        return sign | _special(rng, width)
    if kind == 1:
        return (sign | _special(rng, width)) + rng.randrange(-3, 4) & ((1 << width) - 1)
    if kind == 2:
        exponent = min(max(rng.choice(_EXPONENTS) + fmt.bias, 0), 2 * fmt.bias)
        few = rng.choice((0, 1, 2, (1 << fmt.frac) - 1, rng.getrandbits(6) << max(0, fmt.frac - rng.randrange(1, 40))))
        return sign | exponent << fmt.frac | few & ((1 << fmt.frac) - 1)
    if kind == 3:
        return sign | fmt.power(rng.randrange(-4, min(66, fmt.bias))) | rng.getrandbits(fmt.frac)
    return rng.getrandbits(width)


def random_value(rng: random.Random, name: str, t: int) -> int:
    """For lockstep.Plan.values: vectors of floats of one width, integers near powers of two."""
    if name.startswith("v") and name != "v":
        width = rng.choice((16, 32, 64))
        return sum(random_float(rng, width) << at for at in range(0, 128, width))
    if rng.randrange(3) == 0:
        return rng.getrandbits(64)
    return (1 << rng.randrange(64)) * rng.choice((1, 3, -1)) + rng.randrange(-2, 3) & (1 << 64) - 1
