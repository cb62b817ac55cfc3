"""Debian's own arm64 programs print under hqemu, byte for byte, what they print under qemu-user.

Needs the sysroot that ``setup.sh`` makes (``tox -e system``); the folder is named by HQEMU_SYSROOTS.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from hqemu_core.config import IMPLEMENTED_MODES

ROOT = Path(os.environ.get("HQEMU_SYSROOTS", "/nonexistent")) / "arm64"
QEMU = shutil.which("qemu-aarch64")

pytestmark = [
    pytest.mark.skipif(not ROOT.is_dir(), reason="no sysroot: run tox -e system"),
    pytest.mark.skipif(QEMU is None, reason="no qemu-aarch64"),
]

TEXT = b"".join(b"line %d of %d\n" % (n * 7919 % 2003, n) for n in range(2003))

PROGRAMS = {
    "busybox-echo": ("busybox", "echo", "hello"),
    "busybox-sort": ("busybox", "sort", "-n", "-k2"),
    "busybox-sha1sum": ("busybox", "sha1sum"),
    "busybox-awk": ("busybox", "awk", "{ s += $2 * $4 } END { print s, s / 7 }"),
    "dash": ("dash", "-c", "i=0; while [ $i -lt 200 ]; do i=$((i + 1)); done; echo $i; exit 3"),
    "dash-pipe": ("dash", "-c", "echo b; (echo a; echo c) | while read x; do echo $x$x; done"),
    "bash": ("bash", "-c", "a=(1 2 3); printf '%s\\n' ${a[@]/2/two}; echo $((2**40 % 1000003)); [[ abc =~ b ]]"),
    "ls": ("ls", "-1", "/usr/share"),
    "sort": ("sort",),
    "sha256sum": ("sha256sum",),
    "wc": ("wc",),
    "tac": ("tac",),
    "date": ("date", "-u", "-d", "@1234567890"),
    "false": ("false",),
    "gawk": ("gawk", "{ n[$2 % 10]++ } END { for (i = 0; i < 10; i++) print i, n[i], log(n[i]) }"),
    "perl": (
        "perl", "-ne",
        "$h{$1 % 7}++ if /(\\d+)/; END { print qq($_ $h{$_}\\n) for sort keys %h; print 2 ** 0.5 }",
    ),
    "lua": ("lua5.4", "-e", "local t = {} for i = 1, 999 do t[i] = i * i % 97 end table.sort(t) print(t[500], 1 / 3)"),
    "sqlite3": (
        "sqlite3", ":memory:",
        "create table t(a, b); with recursive n(i) as (select 1 union all select i + 1 from n where i < 500) "
        "insert into t select i, i * i % 71 from n; select b, count(*), avg(a) from t group by b order by 2 desc, 1;",
    ),
    "openssl": ("openssl", "dgst", "-sha512"),
    "python3": (
        "python3.11", "-S", "-c",
        "import hashlib, re; print(hashlib.md5(b'x' * 99).hexdigest(), re.sub(r'(a)(b)', r'\\2\\1', 'abab'), 1e16 / 3)",
    ),
}  # fmt: skip


def run(command: list[str], data: bytes, **environ: str) -> tuple[int, bytes]:
    """(exit status, output) with a small, fixed environment."""
    plain = {"PATH": "/usr/bin:/bin", "HOME": "/", "LC_ALL": "C"}
    keep = {key: os.environ[key] for key in ("PYTHONPATH", "XDG_CACHE_HOME") if key in os.environ}
    done = subprocess.run(command, input=data, capture_output=True, env={**plain, **keep, **environ}, timeout=300)
    if done.stderr:
        print(done.stderr.decode(errors="replace"), file=sys.stderr)
    return done.returncode, done.stdout


def qemu(words: tuple[str, ...], data: bytes = TEXT) -> tuple[int, bytes]:
    assert QEMU is not None
    return run([QEMU, "-L", str(ROOT), f"{ROOT}/usr/bin/{words[0]}", *words[1:]], data)


def hqemu(words: tuple[str, ...], mode: str, data: bytes = TEXT) -> tuple[int, bytes]:
    command = [sys.executable, "-m", "hqemu_core", "-L", str(ROOT), f"{ROOT}/usr/bin/{words[0]}", *words[1:]]
    return run(command, data, LLVM_MODE=mode)


@pytest.mark.parametrize("mode", IMPLEMENTED_MODES)
@pytest.mark.parametrize("name", PROGRAMS)
def test_same_output(name: str, mode: str) -> None:
    expected = qemu(PROGRAMS[name])
    assert expected[1] or name == "false", "the program prints nothing even under qemu"
    assert hqemu(PROGRAMS[name], mode) == expected


PACKERS = {"gzip": ("-n",), "bzip2": (), "xz": ("-0",)}


@pytest.mark.parametrize("mode", IMPLEMENTED_MODES)
@pytest.mark.parametrize("name", PACKERS)
def test_round_trip(name: str, mode: str) -> None:
    words = (name, "-c", *PACKERS[name])
    packed = hqemu(words, mode)
    assert packed == qemu(words)
    assert len(packed[1]) < len(TEXT) / 2
    assert hqemu((name, "-d", "-c"), mode, packed[1]) == (0, TEXT)
