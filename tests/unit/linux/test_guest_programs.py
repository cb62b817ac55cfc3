"""Programs in ``guest/``, compiled for the host and for each ISA: the translated ones print what the native ones do."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path

import pytest

GUEST = Path(__file__).parent / "guest"
PROGRAMS = sorted(path.stem for path in GUEST.glob("*.c"))
ISAS = {
    "aarch64": ("aarch64-linux-gnu-gcc", "aarch64-linux-user", ()),
    "arm": ("arm-linux-gnueabi-gcc", "arm-linux-user", ("-marm",)),
}
"""plugin -> compiler, target, options"""
WIDE = ("mappings",)
"""have 64-bit numbers"""


def compiled(name: str, kind: str, directory: Path) -> str:
    # both have the same file name: programs show it
    path = directory / kind / name
    path.parent.mkdir()
    compiler, _, options = ISAS.get(kind, ("gcc", "", ()))
    if shutil.which(compiler) is None:
        pytest.skip(f"no {compiler}")
    flags = ["-O1", "-static", "-pthread", "-w", *options]
    subprocess.run([compiler, *flags, "-o", str(path), str(GUEST / f"{name}.c")], check=True)
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


@pytest.mark.parametrize("isa", ISAS)
@pytest.mark.parametrize("name", PROGRAMS)
def test_prints_what_it_prints_natively(name: str, isa: str, tmp_path: Path) -> None:
    if isa == "arm" and name in WIDE:
        pytest.skip("needs 64 bits")
    if not entry_points(group="hqemu", name=f"isa.{isa}"):
        pytest.skip("the plugin is not installed")
    expected = output([compiled(name, "host", tmp_path)])
    command = [sys.executable, "-m", "hqemu_core", "--target", ISAS[isa][1], compiled(name, isa, tmp_path)]
    assert output(command) == expected
