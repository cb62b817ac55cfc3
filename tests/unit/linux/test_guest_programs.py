"""Programs in ``guest/``, compiled for the host and for AArch64: the translated ones print what the native ones do."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

GUEST = Path(__file__).parent / "guest"
PROGRAMS = sorted(path.stem for path in GUEST.glob("*.c"))
COMPILERS = {"host": "gcc", "arm64": "aarch64-linux-gnu-gcc"}

pytestmark = pytest.mark.skipif(
    any(shutil.which(compiler) is None for compiler in COMPILERS.values()), reason="no compilers"
)


def compiled(name: str, kind: str, directory: Path) -> str:
    # both have the same file name: programs show it
    path = directory / kind / name
    path.parent.mkdir()
    subprocess.run(
        [COMPILERS[kind], "-O1", "-static", "-pthread", "-w", "-o", str(path), str(GUEST / f"{name}.c")], check=True
    )
    return str(path)


def output(command: list[str]) -> str:
    env = dict(os.environ, LC_ALL="C")
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True, env=env, start_new_session=True) as process:
        try:
            out, errors = process.communicate(timeout=50)
        except BaseException:
            os.killpg(process.pid, signal.SIGKILL)  # its children, too
            raise
    assert process.returncode == 0, errors
    return out + errors


@pytest.mark.parametrize("name", PROGRAMS)
def test_prints_what_it_prints_natively(name: str, tmp_path: Path) -> None:
    expected = output([compiled(name, "host", tmp_path)])
    command = [sys.executable, "-m", "hqemu_core", "--target", "aarch64-linux-user", compiled(name, "arm64", tmp_path)]
    assert output(command) == expected
