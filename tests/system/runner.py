"""Runs one program in a fresh folder, under qemu-user or hqemu, and says all that can be seen of it.

``HQEMU_SYSTEM_ARCH`` is a Debian architecture (default arm64), ``HQEMU_SYSROOTS`` names the folder with the sysroots
that ``setup.sh`` makes. The folder a program runs in has the same path and the same files in every run, and so may be
printed.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import stat
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import pytest


class Arch(NamedTuple):
    qemu: str
    cross: str
    """prefix of the cross compilers"""
    target: str
    plugin: str


ARCHES = {
    "arm64": Arch("qemu-aarch64", "aarch64-linux-gnu-", "aarch64-linux-user", "hqemu_aarch64"),
    "armhf": Arch("qemu-arm", "arm-linux-gnueabihf-", "arm-linux-user", "hqemu_arm"),
    "armel": Arch("qemu-arm", "arm-linux-gnueabi-", "arm-linux-user", "hqemu_arm"),
}
NAME = os.environ.get("HQEMU_SYSTEM_ARCH") or "arm64"
ARCH = ARCHES[NAME]
SYSROOTS = Path(os.environ.get("HQEMU_SYSROOTS") or Path.home() / ".cache" / "hqemu-system")
ROOT = SYSROOTS / NAME
QEMU = shutil.which(ARCH.qemu) or ""
HQEMU = (sys.executable, "-m", "hqemu_core", "-L", str(ROOT))
WORK = Path(f"/tmp/hqemu-system-{NAME}-{os.environ.get('PYTEST_XDIST_WORKER', 'main')}")
MODES = ("none", "block", "hybrids", "hybridm")
TIME = 1_600_000_000
"""modification time of the files that a program finds"""

NEEDS_SYSROOT = [
    pytest.mark.skipif(not (ROOT / ".done").exists(), reason=f"no sysroot in {SYSROOTS}: run tests/system/setup.sh"),
    pytest.mark.skipif(not QEMU, reason=f"no {ARCH.qemu}"),
]


@dataclass(frozen=True)
class Row:
    """A program to compare. ``argv[0]`` is looked for in the sysroot's /usr/bin."""

    name: str
    argv: tuple[str, ...]
    stdin: bytes = b""
    stderr: bool = True
    """messages are compared too"""
    block: bool = False
    """also in mode ``block``, where every new block costs milliseconds, and ``hybrids``; HQEMU_SYSTEM_BLOCK=1: all"""
    quiet: bool = False
    """leaves nothing behind but status 0"""
    timeout: int = 120


@dataclass
class Seen:
    """What a run left behind. ``status`` is negative for a signal, as subprocess has it."""

    status: int
    stdout: bytes
    stderr: bytes
    files: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        lines = [f"status {self.status}"]
        for name, data in (("stdout", self.stdout), ("stderr", self.stderr)):
            lines += [f"{name}: {line}" for line in data.decode(errors="backslashreplace").splitlines()]
        return "\n".join(lines + [f"file {name}: {what}" for name, what in self.files.items()])


def _files() -> dict[str, bytes]:
    rows = [(n * 7919 % 2003, n) for n in range(600)]
    noise = b"".join(hashlib.sha256(b"%d" % n).digest() for n in range(1024))
    return {
        "text": b"".join(b"line %d of %d\n" % row for row in rows),
        "words": b"".join(hashlib.md5(b"%d" % n).hexdigest().translate(_LETTERS)[: 3 + n % 9].encode() + b"\n"
                          for n in range(500)),
        "table.csv": b"id,name,size\n"
        + b"".join(b"%d,item%d,%d.%02d\n" % (b, a % 17, a, b % 100)
                                                 for a, b in rows[:90]),
        "noise": noise,
        "sub/one": b"1\n",
        "sub/two": b"two\n2\n",
        "sub/deeper/three": b"3\n" * 3,
    }  # fmt: skip


_LETTERS = str.maketrans("0123456789", "ghijklmnop")
FILES = _files()


def fresh_folder(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    for name, data in FILES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    for path in [*folder.rglob("*"), folder]:
        path.chmod(0o755 if path.is_dir() else 0o644)
        os.utime(path, (TIME, TIME))


def contents(folder: Path) -> dict[str, str]:
    """Every file by kind, mode and digest."""
    found = {}
    for path in sorted(folder.rglob("*")):
        status = path.lstat()
        if path.is_symlink():
            what = "-> " + os.readlink(path)
        elif path.is_file():
            what = hashlib.sha1(path.read_bytes()).hexdigest()[:16] if os.access(path, os.R_OK) else "?"
        else:
            what = ""
        found[str(path.relative_to(folder))] = f"{stat.filemode(status.st_mode)} {what}"
    return found


def program(name: str) -> str:
    return name if "/" in name else f"{ROOT}/usr/bin/{name}"


def _argv0(name: str) -> tuple[str, ...]:
    """Messages begin with it; a program given by its path may execute itself, and needs that."""
    return () if "/" in name else ("-0", name)


def wrappers() -> Path:
    """Commands that run the sysroot's programs under qemu, which itself runs what it is told to execute on the host."""
    folder = WORK / "qemu-bin"
    if not folder.is_dir():
        folder.mkdir(parents=True)
        script = folder / ".run"
        script.write_text(f'#!/bin/sh\nexec {QEMU} -L {ROOT} -0 "${{0##*/}}" "{ROOT}/usr/bin/${{0##*/}}" "$@"\n')
        script.chmod(0o755)
        for path in (ROOT / "usr" / "bin").iterdir():
            (folder / path.name).symlink_to(".run")
    return folder


def run(command: tuple[str, ...], stdin: bytes, timeout: int, environ: dict[str, str]) -> Seen:
    folder = WORK / "work"
    fresh_folder(folder)
    plain = {"PATH": "/usr/bin:/bin", "HOME": "/", "LC_ALL": "C", "TZ": "UTC0", "USER": "guest", "TERM": "dumb"}
    keep = {key: os.environ[key] for key in ("PYTHONPATH", "XDG_CACHE_HOME") if key in os.environ}
    child = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=folder, umask=0o022,
        env={**plain, **keep, **environ}, start_new_session=True,
    )  # fmt: skip
    try:
        out, err = child.communicate(stdin, timeout)
    except subprocess.TimeoutExpired:
        os.killpg(child.pid, signal.SIGKILL)
        out, err = child.communicate()
        pytest.fail(f"no end after {timeout} s\n{Seen(-9, out, err)}")
    return Seen(child.returncode, out, err, contents(folder))


def under_qemu(row: Row) -> Seen:
    name, *words = row.argv
    command = (QEMU, "-L", str(ROOT), *_argv0(name), program(name), *words)
    seen = run(command, row.stdin, row.timeout, {"PATH": f"{wrappers()}:/usr/bin:/bin"})
    lines = seen.stderr.splitlines(True)
    seen.stderr = b"".join(line for line in lines if not line.startswith(b"qemu: uncaught target"))
    return seen


def under_hqemu(row: Row, mode: str) -> Seen:
    name, *words = row.argv
    timeout = row.timeout * {"none": 1, "block": 10}.get(mode, 5)
    return run((*HQEMU, *_argv0(name), program(name), *words), row.stdin, timeout, {"LLVM_MODE": mode})


def cases(rows: list[Row]) -> list[tuple[Row, str]]:
    every = bool(os.environ.get("HQEMU_SYSTEM_BLOCK"))
    return [(row, mode) for row in rows for mode in MODES if mode in ("none", "hybridm") or row.block or every]


def case_id(value: object) -> str:
    return value.name if isinstance(value, Row) else str(value)


_expected: dict[str, Seen] = {}


def compare(row: Row, mode: str) -> None:
    if row.name not in _expected:
        _expected[row.name] = under_qemu(row)
    expected, seen = _expected[row.name], under_hqemu(row, mode)
    if not row.quiet:
        assert expected.stdout or expected.stderr or expected.status or expected.files != _untouched(), "nothing seen"
    if not row.stderr:
        expected.stderr = seen.stderr = b""
    assert str(seen) == str(expected)
    assert seen == expected


def _untouched() -> dict[str, str]:
    folder = WORK / "plain"
    if not folder.is_dir():
        fresh_folder(folder)
    return contents(folder)
