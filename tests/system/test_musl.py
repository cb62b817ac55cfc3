"""C programs linked with musl, static and dynamic, built by Debian's cross compiler with the sysroot's musl."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from .compiled import CROSS, SOURCES, has_compilers
from .runner import NEEDS_SYSROOT, QEMU, ROOT, SYSROOTS, Row, run, under_hqemu

LIB = ROOT / "usr" / "lib" / "aarch64-linux-musl"
INCLUDE = ROOT / "usr" / "include" / "aarch64-linux-musl"
pytestmark = [
    *NEEDS_SYSROOT,
    pytest.mark.skipif(not has_compilers(), reason="no cross compilers"),
    pytest.mark.skipif(not LIB.is_dir(), reason="no musl in the sysroot"),
]
GCC = CROSS[".c"]
NAMES = ("threads", "thread_signals", "jumps", "tags")
FLAGS = ("-O2", "-w", "-nostdinc", "-nostdlib", "-mno-outline-atomics")


def of_compiler(name: str) -> str:
    return subprocess.run([GCC, f"-print-file-name={name}"], capture_output=True, text=True, check=True).stdout.strip()


def build(name: str, kind: str) -> Path:
    source, target = SOURCES / f"{name}.c", SYSROOTS / "programs" / "musl" / f"{name}-{kind}"
    if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
        return target
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = target.with_name(f"{target.name}.{os.getpid()}")
    own = of_compiler("libgcc.a")
    if kind == "static":
        begin, end = ["-static", str(LIB / "crt1.o")], [str(LIB / "libc.a"), own, str(LIB / "libc.a")]
    else:
        begin = ["-fPIE", "-pie", "-Wl,-dynamic-linker,/lib/ld-musl-aarch64.so.1", str(LIB / "Scrt1.o")]
        end = [str(LIB / "libc.so"), own]
    paths = ["-isystem", str(INCLUDE), "-isystem", of_compiler("include")]
    objects = [*begin, str(LIB / "crti.o"), str(source), *end, str(LIB / "crtn.o")]
    subprocess.run([GCC, *FLAGS, *paths, "-o", str(fresh), *objects], check=True)
    fresh.rename(target)
    return target


@pytest.mark.parametrize("mode", ["none", "hybridm"])
@pytest.mark.parametrize("kind", ["static", "dynamic"])
@pytest.mark.parametrize("name", NAMES)
def test_prints_the_same(name: str, kind: str, mode: str) -> None:
    program = str(build(name, kind))
    wanted = run((QEMU, "-cpu", "max,sve=off", "-L", str(ROOT), program), b"", 60, {})
    assert wanted.stdout
    seen = under_hqemu(Row(f"musl-{name}", (program,), timeout=180), mode)
    assert (seen.status, seen.stdout, seen.stderr) == (wanted.status, wanted.stdout, wanted.stderr)
