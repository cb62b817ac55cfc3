"""Runs small guest programs with some of the probe plugin's entry points installed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import tomllib
from pathlib import Path

from hqemu_toy.asm import assemble, make_elf
from hqemu_toy.plugin import EM_TOY

PROBE = Path(__file__).parents[1] / "hook_plugin"


class Runner:
    """``run`` gives the finished process; what the plugin noted is in ``log``."""

    def __init__(self, folder: Path, cache: Path) -> None:
        self.folder = folder
        self.cache = cache
        self.path = folder / "log"

    @property
    def log(self) -> list[str]:
        return self.path.read_text().splitlines() if self.path.exists() else []

    def program(self, code: bytes, machine: int = EM_TOY) -> Path:
        path = self.folder / f"program{len(list(self.folder.glob('program*')))}"
        image = bytearray(make_elf(code, machine))
        image[64 + 4] = 5  # not writable, so that its translations may be kept
        path.write_bytes(image)
        path.chmod(0o755)
        return path

    def toy(self, source: str) -> Path:
        return self.program(assemble(source))

    def install(self, *names: str) -> Path:
        """A folder for ``sys.path`` with these entry points."""
        points = tomllib.loads((PROBE / "pyproject.toml").read_text())["project"]["entry-points"]["hqemu"]
        site = self.folder / "-".join(("site", *names))
        dist = site / "hqemu_probe-1.0.dist-info"
        dist.mkdir(parents=True, exist_ok=True)
        lines = [f"{name} = {points[name]}" for name in names]
        (dist / "entry_points.txt").write_text("\n".join(["[hqemu]", *lines, ""]))
        return site

    def start(self, plugins: str, *words: str | Path, python: tuple[str, ...] = (), **environ: str) -> Started:
        self.path.unlink(missing_ok=True)
        plain = {key: value for key, value in os.environ.items() if not key.startswith(("QEMU_", "LLVM_", "HQEMU_"))}
        path = [str(self.install(*plugins.split())), str(PROBE), *sys.path]
        plain |= {"XDG_CACHE_HOME": str(self.cache), "HQEMU_PROBE_LOG": str(self.path)}
        plain["PYTHONPATH"] = os.pathsep.join(part for part in path if part)
        command = [sys.executable, *python, "-m", "hqemu_core", *map(str, words)]
        pipe = subprocess.PIPE
        return Started(self, subprocess.Popen(command, stdout=pipe, stderr=pipe, env={**plain, **environ}))

    def run(self, plugins: str, *words: str | Path, python: tuple[str, ...] = (), **environ: str) -> Done:
        return self.start(plugins, *words, python=python, **environ).wait()


class Done:
    def __init__(self, status: int, out: bytes, err: bytes) -> None:
        self.status = status
        self.out = out
        self.err = err.decode()


class Started:
    def __init__(self, runner: Runner, process: subprocess.Popen[bytes]) -> None:
        self.runner = runner
        self.process = process

    def kill_after(self, noted: str, signo: signal.Signals) -> None:
        """Send the signal when the plugin has noted a line that begins so."""
        end = time.monotonic() + 60
        while not any(line.startswith(noted) for line in self.runner.log):
            assert time.monotonic() < end, self.process.communicate()
            assert self.process.poll() is None, self.process.communicate()
            time.sleep(0.01)
        self.process.send_signal(signo)

    def wait(self) -> Done:
        out, err = self.process.communicate(timeout=120)
        return Done(self.process.returncode, out, err)
