"""Times the bundled guest programs: hqemu in each implemented mode, and qemu-user where it is installed.

``python bench/demo.py [RUNS]``. The figure is the least wall time of RUNS runs, start-up included. A program whose
output is wrong or that fails ends the benchmark.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence

from hqemu_core.config import IMPLEMENTED_MODES
from hqemu_core.plugins import Plugins


def best_time(command: Sequence[str], expected: bytes, runs: int, environ: dict[str, str]) -> float:
    best = float("inf")
    for _ in range(runs):
        start = time.perf_counter()
        done = subprocess.run(command, capture_output=True, env={**os.environ, **environ})
        best = min(best, time.perf_counter() - start)
        if done.returncode != 0 or done.stdout != expected:
            sys.exit(f"{' '.join(command)}: status {done.returncode}: {done.stderr.decode(errors='replace').strip()}")
    return best


def main() -> None:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    print(f"{'ISA':<10}{'program':<10}{'qemu':>9}" + "".join(f"{mode:>9}" for mode in IMPLEMENTED_MODES) + "   seconds")
    for entry in Plugins().isas():
        qemu = shutil.which(f"qemu-{entry.name}")
        for demo in entry.demos() if entry.demos else ():
            expected = demo.expected()
            program = [demo.path, *demo.arguments]
            cells = [f"{best_time([qemu, *program], expected, runs, {}):9.3f}" if qemu else f"{'-':>9}"]
            hqemu = [sys.executable, "-m", "hqemu_core", "--target", entry.targets[0], *program]
            for mode in IMPLEMENTED_MODES:
                cells.append(f"{best_time(hqemu, expected, runs, {'LLVM_MODE': mode}):9.3f}")
            print(f"{entry.name:<10}{demo.name:<10}{''.join(cells)}", flush=True)


if __name__ == "__main__":
    main()
