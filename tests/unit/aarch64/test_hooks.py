"""Hooks with programs that fork, execute themselves and handle a signal, on every backend; and with kept code."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from tests.unit.hookrun import Runner

EM_AARCH64 = 183
MAIN = """
    ldr x19, [sp]
    add x20, sp, #8
    add x21, x20, x19, lsl #3
    add x21, x21, #8
    mov x22, #2
    mov x23, #3
    cmp x19, #1
    b.ne executed
    {filler}
    mov x0, #17
    mov x1, #0
    mov x2, #0
    mov x3, #0
    mov x4, #0
    mov x8, #220
    svc #0
    cbz x0, forked
    mov x0, #-1
    sub x1, sp, #16
    mov x2, #0
    mov x3, #0
    mov x8, #260
    svc #0
    ldurb w24, [sp, #-15]
    adr x1, text
    bl write
    add x0, x24, #1
    b exit
forked:
    ldr x0, [x20]
    stp x0, x0, [sp, #-32]
    stur xzr, [sp, #-16]
    sub x1, sp, #32
    mov x2, x21
    mov x8, #221
    svc #0
    mov x0, #99
    b exit
executed:
    adr x1, text
    add x1, x1, #1
    bl write
    mul x0, x22, x23
exit:
    mov x8, #94
    svc #0
write:
    mov x0, #1
    mov x2, #1
    mov x8, #64
    svc #0
    ret
text:
"""
"""The parent prints "p" and exits with the child's status plus 1; the child, executed anew, prints "c", exits with 6"""
FILLER = "\n".join(f"add x25, x25, #{n}" for n in range(450))
"""so many instructions that translations of the program are worth keeping"""

CAUGHT = """
    adr x0, function
    stp x0, xzr, [sp, #-32]
    stp xzr, xzr, [sp, #-16]
    mov x0, #10
    sub x1, sp, #32
    mov x2, #0
    mov x3, #8
    mov x8, #134
    svc #0
    mov x8, #172
    svc #0
    mov x1, #10
    mov x8, #129
    svc #0
    mov x0, #0
    mov x8, #462
    svc #0
    add x0, x0, x26
    mov x8, #94
    svc #0
function:
    mov x26, #1
    mov x8, #139
    svc #0
"""
"""sigaction(SIGUSR1), kill(getpid()), mseal; exits with mseal's result plus x26, whose change in the signal's function
rt_sigreturn undoes"""

WAYS = {"none": ("", "none"), "block": ("", "block"), "hybrids": ("", "hybrids"), "interp": ("interp", "none")}


def assemble(source: str, data: bytes = b"") -> bytes:
    keystone = pytest.importorskip("keystone")
    assembler = keystone.Ks(keystone.KS_ARCH_ARM64, keystone.KS_MODE_LITTLE_ENDIAN)
    return bytes(assembler.asm(source, 0x10078)[0]) + data


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def runner(tmp_path: Path, cache: Path) -> Runner:
    return Runner(tmp_path, cache)


def run(runner: Runner, plugins: str, program: Path, way: str) -> tuple[int, bytes, str]:
    backend, mode = WAYS[way]
    done = runner.run(plugins, program, HQEMU_BACKEND=backend, LLVM_MODE=mode)
    return done.status, done.out, done.err


@pytest.mark.parametrize("way", WAYS)
def test_fork_and_execve(runner: Runner, way: str) -> None:
    program = runner.program(assemble(MAIN.format(filler="nop"), b"pc"), EM_AARCH64)
    assert run(runner, "calls ends", program, way) == (7, b"cprobe: the end\npprobe: the end\n", "")
    words = [line.split()[:2] for line in runner.log]
    child = [["exit", "clone"], ["enter", "execve"], ["enter", "write"], ["exit", "write"], ["enter", "exit_group"]]
    for expected in (child, [["exit", "wait4"], ["enter", "write"], ["end", "7"]], [["end", "6"], ["exit", "wait4"]]):
        at = -1
        for item in expected:
            at = words.index(item, at + 1)
    results = [line.rpartition(" ")[2] for line in runner.log if line.startswith("exit clone")]
    assert sorted(map(int, results))[0] == 0
    assert len(results) == 2


@pytest.mark.parametrize("way", ["none", "block"])
def test_kept_translations(runner: Runner, way: str) -> None:
    """They are used with plugins that change nothing of them; passes have their own."""
    program = runner.program(assemble(MAIN.format(filler=FILLER), b"pc"), EM_AARCH64)
    for _ in range(2):
        kept = sorted((path.name, path.stat().st_mtime_ns) for path in runner.cache.glob("hqemu/*.code"))
        assert run(runner, "ends calls", program, way) == (7, b"cprobe: the end\npprobe: the end\n", "")
    assert kept
    assert kept == sorted((path.name, path.stat().st_mtime_ns) for path in runner.cache.glob("hqemu/*.code"))
    for _ in range(2):
        assert run(runner, "passes", program, way)[:2] == (8, b"cp")
    assert len(list(runner.cache.glob("hqemu/*.code"))) > len(kept)
    assert run(runner, "translation", program, way)[:2] == (7, b"cp")
    assert any(line.startswith("block 0x10078 ") for line in runner.log)


@pytest.mark.parametrize("way", WAYS)
def test_signal_function_and_own_call(runner: Runner, way: str) -> None:
    program = runner.program(assemble(CAUGHT), EM_AARCH64)
    status = 38 + 6  # -errno of the refused call, plus its arguments' number
    assert run(runner, "calls ends syscalls", program, way) == (status, b"probe: the end\n", "")
    log = runner.log
    signals = [line for line in log if line.startswith("signal")]
    assert [line.split()[:3] for line in signals] == [["signal", str(int(signal.SIGUSR1)), "0"]]
    assert any(line.startswith("enter kill ") for line in log)
    assert log.index(signals[0]) < next(n for n, line in enumerate(log) if line.startswith("enter rt_sigreturn"))
    assert any(line.startswith("exit mseal") and line.endswith(f"= {status}") for line in log)
    assert log[-1] == f"end {status} 0"
