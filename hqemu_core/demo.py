"""``hqemu --demo``: run every bundled guest program as a user would, check what it prints, show time and mode."""

from __future__ import annotations

import os
import subprocess
import sys
import time

from .config import Config, effective_mode
from .entry import Demo, IsaEntry
from .errors import HqemuError
from .plugins import Plugins

TIMEOUT = 300.0


def run_demos(config: Config, plugins: Plugins) -> int:
    """0 when every program of every installed ISA printed what it must."""
    mode = effective_mode(config.mode)
    work = [(entry, demo) for entry in plugins.isas() if entry.demos for demo in entry.demos()]
    if not work:
        raise HqemuError("no ISA plugin with demo programs is installed")
    failures = 0
    print(f"{'ISA':<10}{'program':<10}{'mode':<9}{'seconds':>8}  result", flush=True)
    for entry, demo in work:
        seconds, result, good = run_demo(entry, demo, mode)
        failures += not good
        print(f"{entry.name:<10}{demo.name:<10}{mode:<9}{seconds:>8.3f}  {result}", flush=True)
    print(f"{len(work) - failures} of {len(work)} programs printed what they must")
    return 1 if failures else 0


def run_demo(entry: IsaEntry, demo: Demo, mode: str) -> tuple[float, str, bool]:
    """(wall seconds, text for the table, as expected) of one program in a process of its own."""
    command = [sys.executable, "-m", "hqemu_core", "--target", entry.targets[0], demo.path, *demo.arguments]
    environ = {**os.environ, "LLVM_MODE": mode}
    start = time.perf_counter()
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=TIMEOUT, env=environ)
    except subprocess.TimeoutExpired:
        return TIMEOUT, f"FAILED: no end after {TIMEOUT:.0f} s", False
    seconds = time.perf_counter() - start
    if done.returncode != 0:
        error = done.stderr.decode(errors="replace").strip().splitlines()
        return seconds, f"FAILED: status {done.returncode}: {error[-1] if error else 'no message'}", False
    if done.stdout != demo.expected():
        return seconds, f"FAILED: printed {done.stdout[:60]!r}, not {demo.expected()[:60]!r}", False
    return seconds, done.stdout.decode(errors="replace").splitlines()[-1], True
