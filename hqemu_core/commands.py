"""What the command line can do instead of running a program: versions, plugins, prebuilding, the demo."""

from __future__ import annotations

import os
import sys
import time

from .config import Config
from .errors import UsageError
from .plugins import ISA_PREFIX, Plugins
from .version import VERSION


def run(config: Config, plugins: Plugins, rest: list[str]) -> int:
    """Do ``config.command``; returns the exit status."""
    if rest and config.command != "prebuild":
        raise UsageError(f"--{config.command}: unexpected argument {rest[0]!r}")
    if config.command == "version":
        return print_version(plugins)
    if config.command == "list-plugins":
        return print_plugins(plugins)
    if config.command == "prebuild":
        return prebuild(plugins, rest)
    from .demo import run_demos

    return run_demos(config, plugins)


def print_version(plugins: Plugins) -> int:
    host = os.uname()
    print(f"hqemu {VERSION}")
    print(f"  Guest ISA: {', '.join(entry.name for entry in plugins.isas()) or 'none'}")
    print(f"  Host ISA:  {host.machine} ({host.sysname})")
    return 0


def print_plugins(plugins: Plugins) -> int:
    """ISAs, backends, further plugins: name, version, distribution, and what is special to each."""
    rows = [("Guest ISAs", "", "", "")]
    for point in plugins.isa_points():
        name = point.name[len(ISA_PREFIX) :]
        entry = plugins.isa(name)
        rows.append((f"  {name}", point.version, point.distribution, " ".join(entry.targets) if entry else ""))
    rows.append(("Backends", "", "", ""))
    versions = {point.module: point for point in plugins.points}
    for backend in plugins.backends().values():
        owner = versions.get(getattr(backend.load, "__module__", ""))
        version, distribution = (owner.version, owner.distribution) if owner else (VERSION, "hqemu-core")
        rows.append((f"  {backend.name}", version, distribution, ""))
    others = [point for point in plugins.points if not point.name.startswith(ISA_PREFIX)]
    if others:
        rows.append(("Others", "", "", ""))
        rows.extend((f"  {point.name}", point.version, point.distribution, point.module) for point in others)
    for name, version, distribution, text in rows:
        print(f"{name:<16}{version:<12}{distribution:<20}{text}".rstrip())
    return 0


def prebuild(plugins: Plugins, names: list[str]) -> int:
    """Build the stencil library of the named ISAs, or of all."""
    entries = []
    for name in names:
        entry = plugins.isa(name)
        if entry is None:
            known = ", ".join(point.name[len(ISA_PREFIX) :] for point in plugins.isa_points())
            raise UsageError(f"--prebuild: unknown ISA {name!r} (installed: {known or 'none'})")
        entries.append(entry)
    from . import machine

    status = 0
    for entry in entries or plugins.isas():
        progress = Progress(entry.name)
        try:
            size, wrong = machine.prebuild(entry, progress)
        finally:
            progress.end()
        seconds = time.monotonic() - progress.began
        print(f"{entry.name}: {progress.total} stencils, {seconds:.1f} s, {size} bytes", flush=True)
        for line in wrong:
            print(f"hqemu: {entry.name}: {line}", file=sys.stderr)
            status = 1
    return status


class Progress:
    """How far a build is, on stderr: a bar on a terminal, else a line per tenth."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.began = time.monotonic()
        self.total = 0
        self.tenths = -1
        self.bar = os.isatty(2)

    def __call__(self, done: int, total: int) -> None:
        self.total = total
        part = done / total if total else 1.0
        if self.bar:
            full = int(part * 40)
            self.write(f"\r{self.name}: [{'#' * full}{'.' * (40 - full)}] {done}/{total} stencils")
        elif int(part * 10) > self.tenths:
            self.tenths = int(part * 10)
            self.write(f"{self.name}: {done}/{total} stencils\n")

    def end(self) -> None:
        if self.bar and self.total:
            self.write("\n")

    @staticmethod
    def write(text: str) -> None:
        try:
            os.write(2, text.encode())
        except OSError:
            pass  # nobody is there to see it
