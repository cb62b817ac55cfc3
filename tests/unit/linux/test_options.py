"""What the options of qemu-user do to a program, by option and by variable; where qemu-user runs, it does the same."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

SOURCE = Path(__file__).parent / "options" / "shows.c"
TARGETS = {
    "aarch64-linux-user": ("aarch64-linux-gnu-gcc", "qemu-aarch64"),
    "arm-linux-user": ("arm-linux-gnueabi-gcc", "qemu-arm"),
}
A64 = "aarch64-linux-user"


class Programs:
    """Builds ``shows.c`` once per target."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, target: str) -> str:
        compiler = TARGETS[target][0]
        if shutil.which(compiler) is None:
            pytest.skip(f"no {compiler}")
        path = self.folder / target
        if not path.exists():
            flags = ["-O1", "-static", *(["-marm"] if target.startswith("arm-") else [])]
            subprocess.run([compiler, *flags, "-o", str(path), str(SOURCE)], check=True)
        return str(path)


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Programs:
    return Programs(tmp_path_factory.mktemp("programs"))


def run(front: Sequence[str], options: Sequence[str], words: Sequence[str], environ: dict[str, str]) -> tuple[int, str]:
    plain = {key: value for key, value in os.environ.items() if not key.startswith(("QEMU_", "LLVM_"))}
    done = subprocess.run([*front, *options, *words], capture_output=True, text=True, timeout=60, env=plain | environ)
    return done.returncode, done.stdout + done.stderr


def hqemu(
    programs: Programs, options: Sequence[str] = (), words: Sequence[str] = (), target: str = A64, **environ: str
) -> tuple[int, str]:
    front = [sys.executable, "-m", "hqemu_core", "--target", target]
    return run(front, options, [programs.path(target), *words], environ)


SAME = {
    "argv0": (["-0", "zero"], {"QEMU_ARGV0": "zero"}, r"^argv zero$"),
    "set": (["-E", "ONE=1,TWO=2", "-E", "THREE=a=b"], {"QEMU_SET_ENV": "ONE=1,TWO=2,THREE=a=b"},
            r"ONE=1\nTWO=2\nTHREE=a=b"),
    "unset": (["-U", "ONE,TWO"], {"QEMU_UNSET_ENV": "ONE,TWO"}, r"ONE=\(none\)\nTWO=\(none\)\nTHREE=3"),
    "release": (["-r", "9.8.7"], {"QEMU_UNAME": "9.8.7"}, r"^release 9\.8\.7$"),
    "cpu": (["-cpu", "cortex-a53"], {"QEMU_CPU": "cortex-a53"}, r"^atomics 0 0 rdm 0 0 aes 1 2"),
    "strace": (["-strace"], {"QEMU_STRACE": "1"}, r"uname\("),
    "log": (["-d", "strace"], {"QEMU_LOG": "strace"}, r"uname\("),
}  # fmt: skip
"""option, variable, what is seen of it"""
GUEST = {"ONE": "1", "TWO": "2", "THREE": "3"}


@pytest.mark.parametrize("name", SAME)
def test_option_and_variable(name: str, programs: Programs) -> None:
    options, variables, pattern = SAME[name]
    environ = GUEST if name == "unset" else {}
    qemu = TARGETS[A64][1]
    for found in (
        hqemu(programs, options, **environ),
        hqemu(programs, **environ, **variables),
        *([run([qemu], options, [programs.path(A64)], environ)] if shutil.which(qemu) else []),
    ):
        assert found[0] == 0, found[1]
        assert re.search(pattern, found[1], re.MULTILINE), found[1]


def test_prefix(programs: Programs, tmp_path: Path) -> None:
    (tmp_path / "only-under-the-prefix").touch()
    for found in hqemu(programs, ["-L", str(tmp_path)]), hqemu(programs, QEMU_LD_PREFIX=str(tmp_path)):
        assert "\nfile 0\n" in found[1]
    assert "\nfile -1\n" in hqemu(programs)[1]


def test_log_file(programs: Programs, tmp_path: Path) -> None:
    for n, options in enumerate((["-D", str(tmp_path / "log0")], [])):
        log = tmp_path / f"log{n}"
        status, output = hqemu(programs, ["-strace", *options], **({} if options else {"QEMU_LOG_FILENAME": str(log)}))
        assert status == 0
        assert "uname(" not in output
        assert "uname(" in log.read_text()


@pytest.mark.parametrize("target", TARGETS)
def test_stack_size(target: str, programs: Programs) -> None:
    deep = ["deep", "3000"]  # kilobytes
    assert hqemu(programs, ["-s", "1M"], deep, target)[0] == -11
    assert hqemu(programs, [], deep, target, QEMU_STACK_SIZE="256K")[0] == -11
    for found in hqemu(programs, ["-s", "16M"], deep, target), hqemu(programs, [], deep, target, QEMU_STACK_SIZE="16M"):
        assert (found[0], "deep 1\n" in found[1]) == (0, True)
    assert hqemu(programs, ["-s", "1000"], ["deep", "50"], target)[0] == 0


@pytest.mark.parametrize("mode", ["none", "hybrids"])
@pytest.mark.parametrize("target", TARGETS)
def test_reserved_size(target: str, mode: str, programs: Programs) -> None:
    for size in ("64M", "0x10000000", "1G"):
        end = {"64M": 64 << 20, "0x10000000": 0x1000_0000, "1G": 1 << 30}[size]
        words = ["below", hex(end)]
        by_option = hqemu(programs, ["-R", size], words, target, LLVM_MODE=mode)
        assert by_option == hqemu(programs, [], words, target, LLVM_MODE=mode, QEMU_RESERVED_VA=size)
        assert (by_option[0], "below 1 1\n" in by_option[1]) == (0, True), by_option[1]


@pytest.mark.parametrize("mode", ["none", "hybrids"])
@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("base", ["0x100000000", "0x200000001000", "0x300000000000"])
def test_guest_base(base: str, target: str, mode: str, programs: Programs) -> None:
    for options, environ in (["-B", base], {}), ([], {"QEMU_GUEST_BASE": base}):
        front = [sys.executable, "-c", DRIVER, "--target", target]
        found = run(front, options, [programs.path(target), "plain"], environ | {"LLVM_MODE": mode})
        assert found[0] == 0, found[1]
        assert found[1].startswith("argv ")
        assert found[1].endswith(f"\n{base}\n")


DRIVER = """
import sys
from hqemu_core.cli import main
from hqemu_core.linux import threads

def end(process, status, signo=0, old=threads.end_process):
    print(hex(process.memory.base), flush=True)
    old(process, status)

threads.end_process = end
sys.exit(main(["hqemu", *sys.argv[1:]]))
"""

BAD = {
    "within a page": (["-B", "0x1001"], "-B: '0x1001' is not a multiple of 4K", 2),
    "in use": (["-B", "0x10000000"], "cannot reserve 536870912 KiB of address space for the guest at 0x10000000", 1),
    "no user's": (["-B", "0x7ffffffff000"], "cannot reserve", 1),
    "too much": (["-R", "0x1000000000000"], "-R: 0x1000000000000 is more than a guest of 64 bits can have", 1),
    "too little": (["-R", "1M"], "cannot be mapped into guest memory", 126),
    "unknown model": (["-cpu", "z80"], "-cpu: unknown model 'z80'", 1),
}


@pytest.mark.parametrize("name", BAD)
def test_what_cannot_be(name: str, programs: Programs) -> None:
    options, text, status = BAD[name]
    found = hqemu(programs, options)
    assert found[0] == status
    assert found[1].startswith("hqemu: ")
    assert text in found[1]
    assert found[1].count("\n") == 1


@pytest.mark.parametrize("mode", ["none", "interp"])
def test_a_model_has_no_more_than_it_says(mode: str, programs: Programs) -> None:
    options, environ = (["-backend", "interp"], {}) if mode == "interp" else ([], {"LLVM_MODE": mode})
    assert "ldadd 1 3\n" in hqemu(programs, options, ["atomics"], **environ)[1]
    for cpu, midr in ("cortex-a53", "410fd034"), ("cortex-a72", "410fd083"):
        status, output = hqemu(programs, [*options, "-cpu", cpu], ["atomics"], **environ)
        assert status == -4
        assert output.endswith(f"aes 1 2 midr {midr}\n")
