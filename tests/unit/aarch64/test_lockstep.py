"""Random instructions against Unicorn: a short run with a fixed seed; ``HQEMU_LOCKSTEP=trials`` makes it long."""

from __future__ import annotations

import os
import random

import pytest

from hqemu_aarch64.cases import make_case_spec
from hqemu_core.testing import lockstep

from .plan import COMPARE_FAULTS, EXCLUDE, skip

TRIALS = int(os.environ.get("HQEMU_LOCKSTEP", "5"))
SEED = random.randrange(1 << 30) if "HQEMU_LOCKSTEP" in os.environ else 1


def _plan() -> lockstep.Plan:
    rows = make_case_spec().isa.tables[0].rows
    return lockstep.Plan(rows, EXCLUDE, skip, faults=COMPARE_FAULTS)


def test_single_instructions() -> None:
    pytest.importorskip("unicorn")
    report = lockstep.run(make_case_spec(), _plan(), TRIALS, SEED)
    assert not report.differences, f"seed {SEED}"
    assert not report.unreached


@pytest.mark.parametrize("length", [2, 5])
def test_blocks(length: int) -> None:
    pytest.importorskip("unicorn")
    report = lockstep.run_blocks(make_case_spec(), _plan(), 60 * TRIALS, length, SEED)
    assert not report.differences, f"seed {SEED}"


def test_a_difference_is_found() -> None:
    """The oracle is really asked: a lift function that is wrong is reported."""
    pytest.importorskip("unicorn")
    spec = make_case_spec()
    row = spec.isa.tables[0].by_name["mul"]
    lift = row.lift
    object.__setattr__(row, "lift", lambda b, shape, rd, rn, rm: lift(b, shape, rd, rn, rn))
    try:
        report = lockstep.run(spec, lockstep.Plan([row]), 20)
    finally:
        object.__setattr__(row, "lift", lift)
    assert report.differences
