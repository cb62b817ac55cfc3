"""C programs in ``src/``, built as static programs by Debian's cross compiler, and what they must print.

A source says so in its first lines: nothing (qemu-user runs the same program), "Oracle: the host." (built for the
host; where qemu-user is wrong or cannot), or "Prints: ..." (one line).
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

from .runner import ARCH, NAME, QEMU, SYSROOTS, Row, Seen, run

SOURCES = Path(__file__).parent / "src"
CROSS = {".c": f"{ARCH.cross}gcc", ".cc": f"{ARCH.cross}g++"}
HOST = {".c": "gcc", ".cc": "g++"}
FLAGS = ("-O2", "-static", "-pthread", "-w")
_ARM = {
    "libc-arm": ("libc.c", ("-marm",)),
    "libc-thumb": ("libc.c", ("-mthumb", "-march=armv7-a")),
    "threads-arm": ("threads.c", ("-marm", "-march=armv7-a")),
    "libc-O0": ("libc.c", ("-O0",)),
}
VARIANTS: dict[str, tuple[str, tuple[str, ...]]] = {
    "arm64": {
        "threads-exclusives": ("threads.c", ("-march=armv8-a", "-mno-outline-atomics")),
        "threads-lse": ("threads.c", ("-march=armv8.1-a",)),
        "tls-dynamic": ("tls.c", ("-fPIC", "-mtls-dialect=trad")),
        "libc-O0": ("libc.c", ("-O0",)),
        "libc-O3": ("libc.c", ("-O3", "-ffast-math", "-march=armv8.1-a+crypto")),
    },
    "armel": {name: (file, (*flags, "-mfloat-abi=soft")) for name, (file, flags) in _ARM.items()},
    "armhf": {**_ARM, "libc-O3": ("libc.c", ("-O3", "-ffast-math", "-mfpu=neon-vfpv4"))},
}[NAME]
"""name -> (source, options)"""
_A64 = {"fenv", "handlers", "smc", "tags"}
"""sources with instructions of A64"""
PROGRAMS: dict[str, tuple[str, tuple[str, ...]]] = {
    path.stem: (path.name, ())
    for path in sorted(SOURCES.iterdir())
    if path.suffix in CROSS and (NAME == "arm64" or path.stem not in _A64)
} | VARIANTS
SLOW_IN_BLOCK = {"libc", "libc-O0", "libc-O3", "exceptions", "fenv", "tls-dynamic", "threads-lse"}


def has_compilers() -> bool:
    return all(map(shutil.which, CROSS.values()))


def build(name: str, compilers: dict[str, str]) -> Path:
    """The program; built when it is missing or older than its source."""
    source = SOURCES / PROGRAMS[name][0]
    compiler = compilers[source.suffix]
    target = SYSROOTS / "programs" / compiler / name
    if not target.exists() or target.stat().st_mtime < source.stat().st_mtime:
        target.parent.mkdir(parents=True, exist_ok=True)
        fresh = target.with_name(f"{name}.{os.getpid()}")
        own = PROGRAMS[name][1] if compilers is CROSS else ()
        subprocess.run([compiler, *FLAGS, *own, "-o", str(fresh), str(source), "-lm", "-latomic"], check=True)
        fresh.rename(target)
    return target


def row(name: str) -> Row:
    return Row(f"c-{name}", (str(build(name, CROSS)),), block=name not in SLOW_IN_BLOCK, timeout=180)


def expected(name: str) -> Seen:
    head = (SOURCES / PROGRAMS[name][0]).read_text()[:300]
    prints = re.search(r"Prints: (.*)", head)
    if prints:
        return Seen(0, prints[1].encode() + b"\n", b"")
    if "Oracle: the host." in head:
        return run((str(build(name, HOST)),), b"", 60, {})
    # without SVE: with it the V registers of a changed signal frame are ignored
    cpu = ("-cpu", "max,sve=off") if NAME == "arm64" else ()
    seen = run((QEMU, *cpu, str(build(name, CROSS))), b"", 60, {})
    seen.stderr = b"".join(line for line in seen.stderr.splitlines(True) if not line.startswith(b"qemu: uncaught"))
    return seen
