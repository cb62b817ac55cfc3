"""Results at the smallest normal number: Arm says before rounding whether they are tiny. FPSR against Unicorn."""

from __future__ import annotations

import random
from collections.abc import Callable
from fractions import Fraction

import pytest

from hqemu_aarch64.cases import make_case_spec
from hqemu_core.testing.caserun import RUNNERS, CaseMemory, CaseState
from hqemu_core.testing.cases import CODE, assemble, read_register, write_register
from hqemu_core.testing.floats import random_float
from hqemu_core.testing.oracle import run_unicorn

pytest.importorskip("unicorn")
pytest.importorskip("keystone")

TRIALS = 24
FRACTION = {16: 10, 32: 23, 64: 52}
LEAST = {16: -14, 32: -126, 64: -1022}
"""exponent of the smallest normal number"""


def number(pattern: int, width: int) -> Fraction:
    """The value of a finite pattern."""
    frac = FRACTION[width]
    sign = -1 if pattern >> (width - 1) else 1
    exponent = pattern >> frac & ((1 << (width - 1 - frac)) - 1)
    m = pattern & ((1 << frac) - 1) | (1 << frac if exponent else 0)
    return sign * m * Fraction(2) ** (LEAST[width] - frac + max(exponent, 1) - 1)


def nearby(value: Fraction, width: int) -> int:
    """The pattern of the number next to ``value`` towards zero."""
    frac, size = FRACTION[width], abs(value)
    exponent = LEAST[width]
    while size >= Fraction(2) ** (exponent + 1):
        exponent += 1
    m = int(size / Fraction(2) ** (exponent - frac))
    biased = exponent - LEAST[width] + 1 if m >> frac else 0
    return (value < 0) << (width - 1) | biased << frac | m & ((1 << frac) - 1)


def stepped(rng: random.Random, pattern: int) -> int:
    return pattern + rng.randrange(-2, 3) if pattern & 3 == 2 or rng.randrange(2) else pattern


def ordinary(rng: random.Random, width: int, low: int, high: int) -> int:
    """A pattern of a number between 2**low and 2**high, sometimes with few bits."""
    frac = FRACTION[width]
    biased = rng.randrange(low, high) - LEAST[width] + 1
    m = rng.choice((0, (1 << frac) - 1, 1, rng.getrandbits(frac), rng.getrandbits(frac)))
    return rng.getrandbits(1) << (width - 1) | biased << frac | m


def aim(rng: random.Random, width: int) -> Fraction:
    """The smallest normal number, or a little beside it."""
    least = Fraction(2) ** LEAST[width]
    return rng.choice((1, -1)) * least * (1 + rng.choice((0, 0, 1, -1)) * Fraction(1, 1 << rng.randrange(4, 90)))


def for_product(rng: random.Random, width: int) -> tuple[int, int, int]:
    x = ordinary(rng, width, LEAST[width] // 2 - 8, -LEAST[width] - 10)
    return x, stepped(rng, nearby(aim(rng, width) / number(x, width), width)), random_float(rng, width)


def for_quotient(rng: random.Random, width: int) -> tuple[int, int, int]:
    y = ordinary(rng, width, -8, -LEAST[width] - 8)
    least = nearby(rng.choice((1, -1)) * Fraction(2) ** LEAST[width] * number(y, width), width)
    return max(0, least + rng.choice((-1, -1, -1, 0, 1))), y, random_float(rng, width)


def for_fused(rng: random.Random, width: int) -> tuple[int, int, int]:
    low = LEAST[width] // 2 - 2 * FRACTION[width]
    x, y = (ordinary(rng, width, low, low + 3 * FRACTION[width]) for _ in range(2))
    return x, y, stepped(rng, nearby(aim(rng, width) - number(x, width) * number(y, width), width))


def for_conversion(rng: random.Random, width: int) -> tuple[int, int, int]:
    """To a format of half the width."""
    return stepped(rng, nearby(aim(rng, width // 2), width)), 0, 0


Maker = Callable[[random.Random, int], tuple[int, int, int]]
CODES: tuple[tuple[str, int, Maker], ...] = (
    ("fmul {r}0, {r}1, {r}2", 0, for_product),
    ("fnmul {r}0, {r}1, {r}2", 0, for_product),
    ("fmulx {r}0, {r}1, {r}2", 0, for_product),
    ("fdiv {r}0, {r}1, {r}2", 0, for_quotient),
    ("fmadd {r}0, {r}1, {r}2, {r}3", 0, for_fused),
    ("fnmsub {r}0, {r}1, {r}2, {r}3", 0, for_fused),
    ("fmul {r}0, {r}1, v2.{r}[0]", 0, for_product),
    ("fmul v0.{a}, v1.{a}, v2.{a}", 1, for_product),
    ("fmulx v0.{a}, v1.{a}, v2.{a}", 1, for_product),
    ("fdiv v0.{a}, v1.{a}, v2.{a}", 1, for_quotient),
    ("mov v0.16b, v3.16b; fmla v0.{a}, v1.{a}, v2.{a}", 1, for_fused),
    ("mov v0.16b, v3.16b; fmla v0.{a}, v1.{a}, v2.{r}[1]", 1, for_fused),
    ("fmul v0.{a}, v1.{a}, v2.{r}[1]", 1, for_product),
    ("fsqrt v0.{a}, v1.{a}; fadd v0.{a}, v1.{a}, v2.{a}", 1, for_quotient),
)
NARROWING: tuple[tuple[str, int, int], ...] = (
    ("fcvt s0, d1", 64, 1), ("fcvt h0, s1", 32, 1), ("fcvtn v0.2s, v1.2d", 64, 2), ("fcvtn2 v0.8h, v1.4s", 32, 4),
    ("fcvtxn v0.2s, v1.2d", 64, 2),
)  # fmt: skip


def _state(rng: random.Random, make: Maker, width: int, lanes: int, fpcr: int) -> CaseState:
    spec = make_case_spec()
    state = CaseState(bytearray(spec.isa.state.size))
    values = [0, 0, 0]
    for lane in range(lanes):
        odd = tuple(random_float(rng, width) for _ in range(3)) if lanes > 1 and rng.randrange(4) == 0 else None
        for n, value in enumerate(odd or make(rng, width)):
            values[n] |= value << (lane * width)
    for n, value in enumerate(values):
        write_register(spec, state, f"v{n + 1}", value)
    write_register(spec, state, "fpcr", fpcr)
    return state


def _run(code: bytes, state: CaseState, backend: str | None) -> tuple[int, int]:
    spec = make_case_spec()
    memory = CaseMemory()
    memory.map(CODE, len(code))
    memory.write(CODE, code)
    if backend is None:
        stop = run_unicorn(spec, code, CODE, state, memory)
    else:
        stop = RUNNERS[backend](spec.isa, code, CODE, state, memory)
    assert stop.kind == "end"
    return read_register(spec, state, "v0"), read_register(spec, state, "fpsr")


def _compare(text: str, width: int, lanes: int, make: Maker, backend: str) -> int:
    """Returns in how many trials Underflow came with the smallest normal number."""
    rng = random.Random(text)
    code = assemble(make_case_spec(), text)
    least = 1 << FRACTION[width]
    met = 0
    for n in range(4 * TRIALS):
        start = _state(rng, make, width, lanes, (n & 3) << 22 | (1 << 25 if n % 7 == 0 else 0))
        expected = _run(code, start.copy(), None)
        assert _run(code, start.copy(), backend) == expected, (text, n, start)
        results = [expected[0] >> at & ((1 << (width - 1)) - 1) for at in range(0, lanes * width, width)]
        met += expected[1] & 8 != 0 and least in results
    return met


@pytest.mark.parametrize("backend", sorted(RUNNERS))
@pytest.mark.parametrize("width", [32, 64])
@pytest.mark.parametrize("code", CODES, ids=lambda code: code[0])
def test_arithmetic(code: tuple[str, int, Maker], width: int, backend: str) -> None:
    text, vector, make = code
    lanes = 128 // width if vector else 1
    text = text.format(r="s" if width == 32 else "d", a="4s" if width == 32 else "2d")
    met = _compare(text, width, lanes, make, backend)
    assert met or "fsqrt" in text, "no operands were at the boundary"


@pytest.mark.parametrize("backend", sorted(RUNNERS))
@pytest.mark.parametrize("code", NARROWING, ids=lambda code: code[0])
def test_narrowing(code: tuple[str, int, int], backend: str) -> None:
    text, width, lanes = code
    _compare(text, width, lanes, for_conversion, backend)
