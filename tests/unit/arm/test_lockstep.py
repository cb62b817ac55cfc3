"""Random A32 and T32 instructions against Unicorn, few, with a fixed seed; ``HQEMU_LOCKSTEP=trials`` makes it long."""

from __future__ import annotations

import os
import random

import pytest

from hqemu_arm.cases import make_case_spec, make_thumb_case_spec
from hqemu_core.testing import lockstep

from .plan import COMPARE_FAULTS, EXCLUDE, T32_EXCLUDE, skip

TRIALS = int(os.environ.get("HQEMU_LOCKSTEP", "3"))
SEED = random.randrange(1 << 30) if "HQEMU_LOCKSTEP" in os.environ else 1
RARE = {"ldm1", "ldm14", "ldm1_pc", "stm14_pc", "ldm14_pc", "stm1", "stm14", "stm1_pc", "vldm_pc", "vstm_pc"}
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


T32_RARE = {"t_ldr_lit", *(f"{name}{n}{end}" for name in ("ldm", "stm") for n in (12, 13, 14) for end in ("", "_pc"))}
"""and a literal load, whose data would be in the code's page"""


def _thumb_plan() -> lockstep.Plan:
    """The rows that A32 has not: those of both have the same lift functions."""
    spec = make_thumb_case_spec()
    a32 = spec.isa.tables[0].by_name
    rows = [row for row in spec.table.rows if row.name not in a32 or row.name.startswith(("ldr", "dp", "cmp"))]
    bits = {f"ge{n}": (lambda rng: rng.getrandbits(1)) for n in range(4)}
    return lockstep.Plan(rows, T32_EXCLUDE, skip, faults=COMPARE_FAULTS, special=bits)


def test_single_thumb_instructions() -> None:
    pytest.importorskip("unicorn")
    report = lockstep.run(make_thumb_case_spec(), _thumb_plan(), TRIALS, SEED)
    assert not report.differences, f"seed {SEED}"
    assert {name.removesuffix("_if") for name in report.unreached} <= T32_RARE


@pytest.mark.parametrize("length", [2, 5])
def test_thumb_blocks(length: int) -> None:
    pytest.importorskip("unicorn")
    report = lockstep.run_blocks(make_thumb_case_spec(), _thumb_plan(), 60 * TRIALS, length, SEED)
    assert not report.differences, f"seed {SEED}"
