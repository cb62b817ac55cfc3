"""Programs that make many system calls print the same for an AArch64 guest as for the host's own kernel."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from shutil import which

import pytest

SOURCES = Path(__file__).parent / "syscalls"
CROSS = which("aarch64-linux-gnu-gcc")
FLAGS = ["-O1", "-w", "-static", "-pthread"]

pytestmark = [
    pytest.mark.skipif(CROSS is None or which("gcc") is None, reason="needs gcc and the arm64 cross compiler"),
]


def build(compiler: str, name: str, target: Path) -> str:
    subprocess.run([compiler, *FLAGS, "-o", str(target), str(SOURCES / f"{name}.c"), "-lrt"], check=True)
    return str(target)


@pytest.mark.parametrize("name", sorted(path.stem for path in SOURCES.glob("*.c")))
def test_same_as_on_the_host(name: str, tmp_path: Path) -> None:
    native = build("gcc", name, tmp_path / "native")
    guest = build(str(CROSS), name, tmp_path / "guest")
    expected = subprocess.run([native], capture_output=True, text=True, timeout=60, check=True).stdout
    command = [sys.executable, "-m", "hqemu_core", "--target", "aarch64-linux-user", guest]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.stderr == ""
    assert done.returncode == 0
    assert done.stdout.splitlines() == expected.splitlines()
    assert len(expected.splitlines()) > 20
