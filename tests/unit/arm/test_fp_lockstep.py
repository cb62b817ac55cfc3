"""Every VFP row against Unicorn: results, FPSCR, in all rounding modes, with and without FZ DN AHP."""

from __future__ import annotations

import os
import random

import pytest

from hqemu_arm.cases import make_case_spec
from hqemu_arm.tables import vfp, vfp_moves
from hqemu_core.ir import types as ty
from hqemu_core.isa.table import Row
from hqemu_core.testing import lockstep
from hqemu_core.testing.floats import random_floats

from .plan import COMPARE_FAULTS, skip

pytest.importorskip("unicorn")

TRIALS = int(os.environ.get("HQEMU_LOCKSTEP", "40"))
FZ, DN, AHP = 1 << 24, 1 << 25, 1 << 26
ROWS = [*vfp.ROWS, *vfp_moves.ROWS]


def random_fpscr(rng: random.Random) -> int:
    """Any rounding mode; each block context often; mostly no flags, so that it shows which an instruction sets."""
    mode = rng.choice((0, 0, 1, 2, 3)) << 22
    modes = rng.choice((FZ, DN, FZ | DN, AHP, AHP | DN)) if rng.randrange(2) else 0
    flags = rng.getrandbits(32) & 0xF800_009F if rng.randrange(4) == 0 else 0
    return mode | modes | flags


def random_register(rng: random.Random, name: str, t: int) -> int:
    return random_floats(rng, ty.bits(t)) if name[0] == "d" else lockstep.random_value(rng, name, t)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_row_like_unicorn(row: Row) -> None:
    special = {"fpscr": random_fpscr}
    plan = lockstep.Plan([row], skip=skip, values=random_register, special=special, faults=COMPARE_FAULTS)
    report = lockstep.run(make_case_spec(), plan, TRIALS, seed=20)
    assert report.differences == []
    assert report.trials[row.name] == TRIALS
