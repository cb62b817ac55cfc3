"""Programs in ``guest/`` for what only Arm's kernel does. What they print follows from the kernel's documentation."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path

import pytest

GUEST = Path(__file__).parent / "guest"
COMPILER = shutil.which("arm-linux-gnueabi-gcc")
EXPECTED = {
    "kernel": """version 1
swap 1 0 9
swap64 1 0 700000008
tls 1
sigaction 0
entered 10
sigaction 0 1 800 0
sigprocmask 0
entered 12012
user mode 10, masks 2000 1
sp in stack 1
signal 4 code 1 at pc 1
value 42
signal 4 code 1 at pc 1
flags 10000000
set_tls 0 0x1234
cacheflush 0 1
cacheflush 0 2
cacheflush 0 3
map above 1
write -1 1
in maps 1
""",
    "it": """load 10 77 3 4, e0b
load 1 2 30 40, e0b
load 10 2 3 4, e0b
trap 10 22 3, 0
trap 1 2 33, 1604
call 1 10 2
call 1 11 12
hot 99852 100148
""",
}
FLAGS = {"kernel": ["-marm"], "it": ["-mthumb", "-march=armv7-a"]}


@pytest.mark.skipif(COMPILER is None, reason="no Arm compiler")
@pytest.mark.skipif(not entry_points(group="hqemu", name="isa.arm"), reason="the plugin is not installed")
@pytest.mark.parametrize(
    ("name", "mode"), [("kernel", "hybridm"), ("it", "none"), ("it", "block"), ("it", "hybridm")]
)
def test_prints(name: str, mode: str, tmp_path: Path) -> None:
    path = tmp_path / name
    flags = [*FLAGS[name], "-O1", "-static", "-w"]
    subprocess.run([str(COMPILER), *flags, "-o", str(path), str(GUEST / f"{name}.c")], check=True)
    command = [sys.executable, "-m", "hqemu_core", "--target", "arm-linux-user", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=50, env={**os.environ, "LLVM_MODE": mode})
    assert done.stdout + done.stderr == EXPECTED[name]
    assert done.returncode == 0
