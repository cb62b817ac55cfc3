"""Every ``.case`` file of the ISA, on every registered runner, and against Unicorn where that can judge."""

from __future__ import annotations

from pathlib import Path

import pytest

from hqemu_arm.cases import make_case_spec, make_thumb_case_spec
from hqemu_core.isa.casespec import CaseSpec
from hqemu_core.testing import cases
from hqemu_core.testing.caserun import RUNNERS

FOLDER = Path(__file__).parents[2] / "cases" / "arm"
FILES = [*sorted(FOLDER.glob("*.case")), *sorted(FOLDER.glob("t32/*.case"))]
NOT_JUDGED = {"system_linux.case", "linux.case", "endian_linux.case"}


def _name(path: Path) -> str:
    return str(path.relative_to(FOLDER).with_suffix(""))


def _spec(path: Path) -> CaseSpec:
    return make_case_spec() if path.parent == FOLDER else make_thumb_case_spec()


def _failures(path: Path, check: object) -> list[str]:
    assert callable(check)
    found = []
    loaded = cases.load(path)
    assert loaded, f"{path.name} has no cases"
    for case in loaded:
        wrong = check(case)
        if wrong:
            found.append(f"{case.where}: {case.code}: {'; '.join(wrong)}")
    return found


@pytest.mark.parametrize("backend", sorted(RUNNERS))
@pytest.mark.parametrize("path", FILES, ids=_name)
def test_case_file(path: Path, backend: str) -> None:
    pytest.importorskip("keystone")
    spec = _spec(path)
    assert not _failures(path, lambda case: cases.check(spec, case, backend))


@pytest.mark.parametrize("path", [p for p in FILES if p.name not in NOT_JUDGED], ids=_name)
def test_case_file_agrees_with_unicorn(path: Path) -> None:
    pytest.importorskip("keystone")
    pytest.importorskip("unicorn")
    spec = _spec(path)
    assert not _failures(path, lambda case: cases.check_oracle(spec, case))


def test_a_wrong_expectation_is_reported() -> None:
    pytest.importorskip("keystone")
    spec = make_case_spec()
    case = next(cases.parse("r1=1 | add r0, r1, #1 ; str r0, [r1] | r0=3 z=1 pc=+4", "inline"))
    wrong = cases.check(spec, case)
    assert wrong == ["stop=fault (0x1) at 0x400004", "r0=0x2, not 0x3", "z=0x0, not 0x1"]
