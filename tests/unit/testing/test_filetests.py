"""The .hqt runner itself: failures are seen, bless writes exactly the expectations."""

from __future__ import annotations

from importlib.metadata import entry_points
from pathlib import Path

import pytest

from hqemu_core.testing import filetests

GOOD = """test print
# why

[case one]
v0 = const i64 1   # one
[out]
v0 = const i64 0x1

[case two]
fence 2
[out]
fence 2
"""


def write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "a.hqt"
    path.write_text(text)
    return path


def test_good(tmp_path: Path) -> None:
    assert filetests.run_file(write(tmp_path, GOOD)) == []


def test_failure_names_file_line_and_case(tmp_path: Path) -> None:
    path = write(tmp_path, GOOD.replace("0x1", "0x2"))
    (failure,) = filetests.run_file(path)
    assert str(failure).startswith(f"{path}:4: case one\n")
    assert "v0 = const i64 0x2" in str(failure)
    assert "v0 = const i64 0x1\n" in str(failure)
    assert filetests.main([str(path)]) == 1


def test_missing_expectation_fails(tmp_path: Path) -> None:
    path = write(tmp_path, "test print\n[case one]\nfence 2\n")
    (failure,) = filetests.run_file(path)
    assert "no [out] section" in str(failure)


def test_bless_restores(tmp_path: Path) -> None:
    path = write(tmp_path, GOOD.replace("0x1", "0x2").replace("[out]\nfence 2\n", ""))
    assert filetests.main(["--bless", str(path)]) == 0
    assert path.read_text() == GOOD


def test_bless_leaves_a_good_file_alone(tmp_path: Path) -> None:
    path = write(tmp_path, GOOD)
    before = path.stat().st_mtime_ns
    filetests.run_file(path, bless=True)
    assert path.stat().st_mtime_ns == before


def test_several_test_lines(tmp_path: Path) -> None:
    text = "test print\ntest opt dce\n\n[case one]\nv0 = const i64 1\n"
    path = write(tmp_path, text)
    assert len(filetests.run_file(path)) == 2
    filetests.run_file(path, bless=True)
    assert path.read_text() == text + "[out print]\nv0 = const i64 0x1\n[out opt dce]\n"
    assert filetests.run_file(path) == []


@pytest.mark.parametrize("text", ["[case one]\nfence 2\n", "test print\n", "nonsense\ntest print\n[case a]\n"])
def test_broken_files_are_errors(tmp_path: Path, text: str) -> None:
    path = write(tmp_path, text)
    with pytest.raises(ValueError, match=r"a\.hqt"):
        filetests.run_file(path)
    assert filetests.main([str(path)]) == 2


def test_unknown_kind(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="unknown kind of test 'nothing'"):
        filetests.run_file(write(tmp_path, "test nothing\n[case a]\n[out]\n"))


pytest_plugins = ["pytester"]


def test_plugin_collects_cases(pytester: pytest.Pytester) -> None:
    pytester.makefile(".hqt", test_a=GOOD.replace("[out]\nfence 2", "[out]\nfence 1"))
    plugin = "hqemu_core.testing.plugin"
    installed = any(point.value == plugin for point in entry_points(group="pytest11"))
    options = () if installed else ("-p", plugin)
    result = pytester.runpytest_inprocess(*options)
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["*case two*"])
    pytester.runpytest_inprocess(*options, "--bless").assert_outcomes(passed=2)
    pytester.runpytest_inprocess(*options).assert_outcomes(passed=2)
