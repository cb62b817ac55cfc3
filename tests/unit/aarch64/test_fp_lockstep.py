"""Every row of tables/fp against Unicorn: results, NZCV, FPSR, in all rounding modes, with and without FZ DN AHP."""

from __future__ import annotations

import random

import pytest

from hqemu_aarch64.cases import make_case_spec
from hqemu_aarch64.tables.fp import ROWS
from hqemu_core.ir import types as ty
from hqemu_core.isa.table import Row
from hqemu_core.testing import lockstep
from hqemu_core.testing.floats import random_floats

pytest.importorskip("unicorn")

TRIALS = 100
FZ, DN, AHP = 1 << 24, 1 << 25, 1 << 26


def random_fpcr(rng: random.Random) -> int:
    """Any rounding mode; block context 0 half of the time."""
    mode = rng.randrange(4) << 22
    return mode | (rng.choice((FZ, DN, FZ | DN, AHP, AHP | DN)) if rng.randrange(2) else 0)


def random_fpsr(rng: random.Random) -> int:
    """Mostly clear, so that it shows which flags an instruction sets."""
    return rng.getrandbits(32) & 0x0800_009F if rng.randrange(4) == 0 else 0


def random_register(rng: random.Random, name: str, t: int) -> int:
    if t == ty.I128:
        return random_floats(rng, 128)
    if rng.randrange(3) == 0:
        return rng.getrandbits(64)
    return (1 << rng.randrange(64)) * rng.choice((1, 3, -1)) + rng.randrange(-2, 3) & (1 << 64) - 1


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_row_like_unicorn(row: Row) -> None:
    special = {"fpcr": random_fpcr, "fpsr": random_fpsr}
    plan = lockstep.Plan([row], values=random_register, special=special)
    report = lockstep.run(make_case_spec(), plan, TRIALS, seed=20)
    assert report.differences == []
    assert report.trials[row.name] == TRIALS
