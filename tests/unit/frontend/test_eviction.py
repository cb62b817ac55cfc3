"""Programs larger than the code cache, with one thread and with several, some of which wait in the kernel."""

from __future__ import annotations

from pathlib import Path

import pytest

from .bigcode import TWO, Program, single, threaded
from .guestrun import run, write_program


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


CASES = {"none": (Program(150, 12), 4, 8192), "block": (Program(60, 8), 2, 4096)}


@pytest.mark.parametrize("mode", CASES)
def test_one_thread(mode: str, cache: Path, tmp_path: Path) -> None:
    program, rounds, region = CASES[mode]
    code, expected = single(program, rounds, 12345)
    done = run(write_program(tmp_path / "program", code), cache, mode, region, 3)
    assert done.output == expected
    assert done.turns > 3, "nothing was evicted"


@pytest.mark.parametrize("mode", CASES)
def test_threads(mode: str, cache: Path, tmp_path: Path) -> None:
    """A thread that waits in a system call comes back to code that is gone."""
    program, rounds, region = CASES[mode]
    code, expected = threaded(program, rounds * 2, 3)
    done = run(write_program(tmp_path / "program", code), cache, mode, region, 3)
    assert done.output == expected
    assert done.turns > 3


def test_nothing_is_kept_of_a_program_that_does_not_fit(cache: Path, tmp_path: Path) -> None:
    program, rounds, region = CASES["none"]
    code, expected = single(program, rounds, 7)
    path = write_program(tmp_path / "program", code)
    first, second = (run(path, cache, "none", region, 3) for _ in range(2))
    assert first.output == second.output == expected
    assert second.translated >= first.translated


def test_restored_code_is_evicted_too(tmp_path: Path) -> None:
    """What came from disk lies in the first region; the rest of the program needs its place."""
    first, second = Program(60, 12), Program(200, 12, 2)
    path = write_program(tmp_path / "program", first.code(TWO, second, SEED=99))
    small = first.expected(99, 1)
    large = first.expected(second.expected(small, 1), 1)
    region = 48 << 10
    assert run(path, tmp_path, "none", region, 2).output == small.to_bytes(8, "little")
    assert run(path, tmp_path, "none", region, 2).translated == 0
    for _ in range(2):
        done = run(path, tmp_path, "none", region, 2, arguments=("more",))
        assert done.output == large.to_bytes(8, "little")
        assert done.turns > 2
