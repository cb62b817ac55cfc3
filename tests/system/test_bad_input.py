"""What cannot be run: one line, the status that shells give, no traceback. And how guests end, seen by a parent."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from .compiled import CROSS, build, has_compilers
from .runner import HQEMU, MODES, NAME, NEEDS_SYSROOT, ROOT

pytestmark = [*NEEDS_SYSROOT, pytest.mark.skipif(NAME != "arm64", reason="patches a 64-bit program")]
LS = ROOT / "usr" / "bin" / "ls"
BUSYBOX = ROOT / "usr" / "bin" / "busybox"

Make = Callable[[Path], object]


def _write(data: bytes, mode: int = 0o755) -> Make:
    def make(path: Path) -> None:
        path.write_bytes(data)
        path.chmod(mode)

    return make


def _patched(offset: int, data: bytes) -> Make:
    def make(path: Path) -> None:
        image = bytearray(BUSYBOX.read_bytes())
        image[offset : offset + len(data)] = data
        _write(bytes(image))(path)

    return make


def _cut(size: int) -> Make:
    return lambda path: _write(BUSYBOX.read_bytes()[:size])(path)


def _no_interpreter(path: Path) -> None:
    _write(LS.read_bytes().replace(b"/lib/ld-linux-aarch64.so.1", b"/lib/ld-linux-nowhere.so.1"))(path)


def _loop(path: Path) -> None:
    path.symlink_to(path.name)


BAD: dict[str, tuple[Make, int]] = {
    "missing": (lambda path: None, 127),
    "directory": (lambda path: path.mkdir(), 126),
    "no-permission-bit": (lambda path: _write(BUSYBOX.read_bytes(), 0o644)(path), 126),
    "empty": (_write(b""), 126),
    "garbage": (_write(bytes(range(256)) * 40), 126),
    "text": (_write(b"echo no hash bang\n"), 126),
    "script-of-nothing": (_write(b"#!/nowhere/sh\n"), 127),
    "script-without-name": (_write(b"#!\n"), 126),
    "script-of-itself": (_loop, 126),
    "magic-only": (_write(b"\x7fELF"), 126),
    "cut-in-header": (_cut(40), 126),
    "cut-in-program-headers": (_cut(100), 126),
    "cut-in-segment": (_cut(5000), 126),
    "host-program": (lambda path: path.symlink_to("/bin/true"), 126),
    "other-machine": (_patched(18, b"\x08\x00"), 126),
    "big-endian": (_patched(5, b"\x02"), 126),
    "other-class": (_patched(4, b"\x01"), 126),
    "object-file": (_patched(16, b"\x01\x00"), 126),
    "core-file": (_patched(16, b"\x04\x00"), 126),
    "no-program-headers": (_patched(56, b"\x00\x00"), 126),
    "strange-program-headers": (_patched(54, b"\x07\x00"), 126),
    "headers-far-away": (_patched(32, b"\xff" * 7), 126),
    "missing-interpreter": (_no_interpreter, 127),
    "device": (lambda path: path.symlink_to("/dev/null"), 126),
    "under-a-file": (lambda path: path.symlink_to("/etc/passwd/x"), 127),
}


def hqemu(*words: str | Path, target: bool = True) -> subprocess.CompletedProcess[bytes]:
    front = HQEMU if not target else (*HQEMU, "--target", "aarch64-linux-user")
    return subprocess.run([*front, *map(str, words)], capture_output=True, timeout=60, stdin=subprocess.DEVNULL)


@pytest.mark.parametrize("target", [True, False], ids=["target", "guessed"])
@pytest.mark.parametrize("name", BAD)
def test_one_line_and_a_status(name: str, target: bool, tmp_path: Path) -> None:
    make, status = BAD[name]
    path = tmp_path / "prog"
    make(path)
    done = hqemu(path, "argument", target=target)
    text = done.stderr.decode()
    assert (done.returncode, done.stdout) == (status, b""), text
    assert text.startswith("hqemu: ")
    assert text.count("\n") == 1
    assert str(path) in text


@pytest.mark.parametrize("name", ["garbage", "cut-in-segment", "missing-interpreter", "no-permission-bit", "missing"])
def test_execve_fails_alike(name: str, tmp_path: Path) -> None:
    """The guest's shell finds out, and goes on."""
    path = tmp_path / "prog"
    BAD[name][0](path)
    done = hqemu("-0", "dash", ROOT / "usr/bin/dash", "-c", f"{path}; echo $?")
    assert b"Traceback" not in done.stderr
    assert done.returncode == 0
    assert done.stdout.split()[-1] == str(BAD[name][1]).encode()


DEATHS = {
    "null_write": -11, "null_read": -11, "null_call": -11, "aborts": -6, "undefined": -4, "breakpoint": -5,
    "broken_pipe": -13, "dies_in_handler": -15, "exits_in_handler": 77, "exits_0": 0, "exits_42": 42, "exits_256": 3,
    "exits_minus_1": 255, "ignores_term": 5, "uses_atexit": 6, "divides": 8, "traps": -5,
}  # fmt: skip
"""way of ``deaths.c`` -> status as subprocess has it: a signal is negative"""


@pytest.mark.skipif(not has_compilers(), reason="no cross compilers")
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("way", DEATHS)
def test_ends_like_the_guest(way: str, mode: str, tmp_path: Path) -> None:
    command = [*HQEMU, str(build("deaths", CROSS)), way]
    environ = {**os.environ, "LLVM_MODE": mode}
    done = subprocess.run(command, capture_output=True, timeout=120, env=environ, cwd=tmp_path)
    assert done.returncode == DEATHS[way]
    assert done.stderr == b""
    shell = subprocess.run(["sh", "-c", '"$@"; echo $?', "sh", *command], capture_output=True, timeout=120, env=environ)
    expected = DEATHS[way] if DEATHS[way] >= 0 else 128 - DEATHS[way]
    assert int(shell.stdout) == expected
