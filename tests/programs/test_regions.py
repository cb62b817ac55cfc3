"""Optimized regions compute what unoptimized code does, whatever happens to their assumptions in the middle of a loop.

``regions/NAME.txt`` is what qemu-user prints, unless the source says otherwise.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAMS = Path(__file__).parent / "regions"


def run(name: str, mode: str, options: str = "") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "hqemu_core", "--target", "aarch64-linux-user", str(PROGRAMS / f"{name}.elf")]
    environ = {**os.environ, "LLVM_MODE": mode, "LLVM_CMD": options}
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, env=environ)


@pytest.mark.parametrize("mode", ["none", "hybrids", "hybridm"])
@pytest.mark.parametrize("name", sorted(path.stem for path in PROGRAMS.glob("*.c")))
def test_prints_what_it_must(name: str, mode: str) -> None:
    done = run(name, mode)
    assert done.stdout == (PROGRAMS / f"{name}.txt").read_text()
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("name", sorted(path.stem for path in PROGRAMS.glob("*.c")))
def test_its_loops_are_optimized(name: str) -> None:
    """Else the test above would test nothing."""
    done = run(name, "hybrids", "-profile=basic,exit")
    assert int(re.findall(r"Num of Traces  : (\d+)", done.stderr)[0]) >= 1
    assert int(re.findall(r"Num of TraceExit : (\d+)", done.stderr)[0]) >= 1
