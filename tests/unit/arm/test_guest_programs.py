"""Programs in ``guest/`` for what only Arm's kernel does. What they print follows from the
kernel's documentation; ``fp``, about VFP and Advanced SIMD, prints what it does under qemu-user."""

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
    "fp": """vfp 00000000 b3d9f2454fc175f0
vfp 00400000 7e96f3a1d5fa8480
vfp 00800000 515cd94f0a99c870
vfp 00c00000 ea0818099fd32b49
vfp 01000000 28f71bdaa28466af
vfp 01400000 5720a92db71c1aa1
vfp 01800000 cc8ea23557b0eb87
vfp 01c00000 4d7536c53b6e28e9
vfp 02000000 0f53f84310024e41
vfp 02400000 851520954a37c1ed
vfp 02800000 8e85ac0592040bbd
vfp 02c00000 2fd229d67db574dc
vfp 03000000 6daefeefdf261fea
vfp 03400000 520f63b6c05dcf80
vfp 03800000 335b9d2ffdb75182
vfp 03c00000 097edba44541c840
vfp 04000000 71611240a05a1695
vfp 04400000 e22f6a690450a4d7
vfp 04800000 50b12a40c9ed2af0
vfp 04c00000 5a4f4faf85aff5e7
simd 00000000 0800009f 6c6b72f5682c6c17
simd 00400000 0840009f 6c6b72f5682c6c17
simd 00800000 0880009f 6c6b72f5682c6c17
simd 00c00000 08c0009f 6c6b72f5682c6c17
simd 01000000 0900009f 6c6b72f5682c6c17
simd 04000000 0c00009f 6c6b72f5682c6c17
frame 56465001 288 d9 123456789abcdef d31 fedcba9876543210 fpscr 60400011
after d9 123456789abcdef d10 1234 d31 fedcba9876543210 fpscr e8400011
hwcap 1 1f
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
FLAGS = {
    "kernel": ["-marm"],
    "it": ["-mthumb", "-march=armv7-a"],
    "fp": ["-marm", "-march=armv8-a", "-mfpu=crypto-neon-fp-armv8", "-mfloat-abi=softfp"],
}


@pytest.mark.skipif(COMPILER is None, reason="no Arm compiler")
@pytest.mark.skipif(not entry_points(group="hqemu", name="isa.arm"), reason="the plugin is not installed")
@pytest.mark.parametrize(
    ("name", "mode"),
    [("kernel", "hybridm"), ("it", "none"), ("it", "block"), ("it", "hybridm"), ("fp", "none"), ("fp", "hybridm")],
)
def test_prints(name: str, mode: str, tmp_path: Path) -> None:
    path = tmp_path / name
    flags = [*FLAGS[name], "-O1", "-static", "-w"]
    subprocess.run([str(COMPILER), *flags, "-o", str(path), str(GUEST / f"{name}.c")], check=True)
    command = [sys.executable, "-m", "hqemu_core", "--target", "arm-linux-user", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=50, env={**os.environ, "LLVM_MODE": mode})
    assert done.stdout + done.stderr == EXPECTED[name]
    assert done.returncode == 0
