"""What processes, threads, signals and system calls cost: natively, under qemu-user and under hqemu, in one run.

``python bench/process.py`` compiles ``process.c`` for the host and each guest ISA that has a cross compiler here;
microseconds per operation, and how many times the host's that is.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

SOURCE = Path(__file__).with_name("process.c")
GUESTS = {
    "aarch64": ("aarch64-linux-gnu-gcc",),
    "arm": ("arm-linux-gnueabihf-gcc",),
    "i386": ("i686-linux-gnu-gcc",),
    "x86_64": ("gcc",),
}
"""ISA: compiler and its options"""


def build(compiler: tuple[str, ...], target: Path) -> str:
    subprocess.run([*compiler, "-O2", "-static", "-pthread", "-o", str(target), str(SOURCE)], check=True)
    return str(target)


def measure(command: list[str]) -> dict[str, float]:
    """Name of the operation to microseconds; what fails ends the measurement, with what was measured until then."""
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        print(f"{' '.join(command[:-1])}: status {done.returncode} {done.stderr.strip()}", file=sys.stderr)
    return {name: float(cost) for name, cost in map(str.split, done.stdout.splitlines())}


def main() -> None:
    with tempfile.TemporaryDirectory() as scratch:
        native = measure([build(("gcc",), Path(scratch, "native"))])
        columns = {"native": native}
        for isa, compiler in GUESTS.items():
            if shutil.which(compiler[0]) is None:
                continue
            program = build(compiler, Path(scratch, isa))
            qemu = shutil.which(f"qemu-{isa}")
            if qemu:
                columns[f"{isa} qemu"] = measure([qemu, program])
            columns[f"{isa} hqemu"] = measure([sys.executable, "-m", "hqemu_core", program])
        print(f"{'us':<16}" + "".join(f"{name:>17}" for name in native))
        for label, costs in columns.items():
            cells = (f"{costs[n]:9.2f} {costs[n] / native[n]:6.1f}x" if n in costs else f"{'-':>17}" for n in native)
            print(f"{label:<16}" + "".join(f"{cell:>17}" for cell in cells))


if __name__ == "__main__":
    main()
