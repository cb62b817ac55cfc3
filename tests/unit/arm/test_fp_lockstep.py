"""Every VFP and Advanced SIMD row against Unicorn: results, FPSCR, all rounding modes, with and without FZ DN AHP."""

from __future__ import annotations

import os
import random
from collections.abc import Sequence
from types import ModuleType

import pytest

from hqemu_arm.cases import make_case_spec
from hqemu_arm.tables import neon_fp, neon_loads, neon_long, neon_shift, neon_three, neon_two, vfp, vfp_moves
from hqemu_core.ir import types as ty
from hqemu_core.isa.table import Row
from hqemu_core.testing import lockstep
from hqemu_core.testing.floats import random_floats

from .plan import COMPARE_FAULTS, skip

pytest.importorskip("unicorn")

TRIALS = int(os.environ.get("HQEMU_LOCKSTEP", "40"))
FZ, DN, AHP = 1 << 24, 1 << 25, 1 << 26
SEED = random.randrange(1 << 30) if "HQEMU_LOCKSTEP" in os.environ else 1
ROWS = [*vfp.ROWS, *vfp_moves.ROWS]
SIMD = [neon_three, neon_long, neon_shift, neon_two, neon_fp, neon_loads]


def random_fpscr(rng: random.Random) -> int:
    """Any rounding mode; each block context often; mostly no flags, so that it shows which an instruction sets."""
    mode = rng.choice((0, 0, 1, 2, 3)) << 22
    modes = rng.choice((FZ, DN, FZ | DN, AHP, AHP | DN)) if rng.randrange(2) else 0
    flags = rng.getrandbits(32) & 0xF800_009F if rng.randrange(4) == 0 else 0
    return mode | modes | flags


def random_register(rng: random.Random, name: str, t: int) -> int:
    return random_floats(rng, ty.bits(t)) if name[0] == "d" else lockstep.random_value(rng, name, t)


def nearest_fpscr(rng: random.Random) -> int:
    """This Unicorn converts from fixed point in FPSCR's mode, which the manual does not (A8.8.309)."""
    return random_fpscr(rng) & ~(3 << 22)


RARE = {"vldm_pc", "vstm_pc"}
"""Code and memory are the same page."""


def run(rows: Sequence[Row], trials: int) -> lockstep.Report:
    nearest = any(row.name.startswith("vcvt_from_fixed") for row in rows)
    special = {"fpscr": nearest_fpscr if nearest else random_fpscr}
    plan = lockstep.Plan(rows, skip=skip, values=random_register, special=special, faults=COMPARE_FAULTS)
    return lockstep.run(make_case_spec(), plan, trials, SEED)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_row_like_unicorn(row: Row) -> None:
    report = run([row], TRIALS)
    assert report.differences == []
    assert report.trials[row.name] == TRIALS or row.name in RARE


@pytest.mark.parametrize("module", SIMD, ids=lambda module: module.__name__.rpartition(".")[2])
def test_simd_like_unicorn(module: ModuleType) -> None:
    report = run(module.ROWS, max(1, TRIALS // 10))
    assert report.differences == []
    assert report.unreached == []
