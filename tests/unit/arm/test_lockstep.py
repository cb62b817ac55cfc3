"""Random A32 instructions against Unicorn: a short run with a fixed seed; ``HQEMU_LOCKSTEP=trials`` makes it long."""

from __future__ import annotations

import os
import random

import pytest

from hqemu_arm.cases import make_case_spec
from hqemu_core.testing import lockstep

from .plan import COMPARE_FAULTS, EXCLUDE, skip

TRIALS = int(os.environ.get("HQEMU_LOCKSTEP", "3"))
SEED = random.randrange(1 << 30) if "HQEMU_LOCKSTEP" in os.environ else 1
RARE = {"ldm1", "ldm14", "ldm1_pc", "stm14_pc", "ldm14_pc", "stm1", "stm14", "stm1_pc"}
"""register lists that random words seldom are"""


def _plan() -> lockstep.Plan:
    rows = make_case_spec().isa.tables[0].rows
    bits = {f"ge{n}": (lambda rng: rng.getrandbits(1)) for n in range(4)}
    return lockstep.Plan(rows, EXCLUDE, skip, faults=COMPARE_FAULTS, special=bits)


def test_single_instructions() -> None:
    pytest.importorskip("unicorn")
    report = lockstep.run(make_case_spec(), _plan(), TRIALS, SEED)
    assert not report.differences, f"seed {SEED}"
    assert {name.removesuffix("_if") for name in report.unreached} <= RARE


@pytest.mark.parametrize("length", [2, 5])
def test_blocks(length: int) -> None:
    pytest.importorskip("unicorn")
    report = lockstep.run_blocks(make_case_spec(), _plan(), 60 * TRIALS, length, SEED)
    assert not report.differences, f"seed {SEED}"
