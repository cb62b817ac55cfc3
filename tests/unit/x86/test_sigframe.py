"""Both modes' signal frames against the kernel's declarations and the host's own frames, and there and back."""

from __future__ import annotations

import re
import shutil
import struct
import subprocess
from pathlib import Path
from typing import Any

import pytest

from hqemu_core.errors import GuestFault
from hqemu_core.ir import types as ty
from hqemu_core.testing.statecpu import FlatMemory, StateCpu
from hqemu_x86 import fpstate, sigframe
from hqemu_x86.sigcontext import MAGIC1, MAGIC2
from hqemu_x86.state import AF, CF, DF, FCW, FTAGS, FTOP, GPR, LAYOUT, PC, PF, RAX, RCX, RDI, RDX, RSI, RSP, ST, YMM, ZF
from hqemu_x86_64 import sigframe as sigframe64

SA_SIGINFO, SA_RESTORER = 4, 0x04000000
RESTORER = 0x70000
MASK = 0x8000_0000_0000_0105
ALTSTACK = (0x15000, 0, 0x2000)
INFO = struct.pack("<iii4xQ", 11, 0, 1, 0x1234).ljust(128, b"\0")


def make_cpu(registers: int, width: int) -> Any:
    cpu = StateCpu(LAYOUT, PC)
    fpstate.reset(cpu)
    for n in range(registers):
        cpu.write(GPR + 8 * n, ty.I64, 0x1111111111111111 * (n + 1) & ((1 << width) - 1))
    for n in range(16 if width == 64 else 8):
        cpu.write(YMM + 32 * n, ty.I128, 0x0123456789ABCDEF << 64 | n)
        cpu.write(YMM + 32 * n + 16, ty.I128, 0xFEDC << 64 | n)
    cpu.write(FTOP, ty.I8, 6)
    cpu.write(FTAGS, ty.I64, 0x0101)
    for n in range(2):
        cpu.write(ST + 16 * n, ty.F80, 0x3FFF << 64 | 1 << 63 | n)
    fpstate.write_fcw(cpu, 0x27F)
    cpu.fp_flags, cpu.fp_rounding = 0x21, 3
    cpu.write(RSP, ty.I64, 0x1E008)
    for flag in (ZF, CF, DF):
        cpu.write(flag, ty.I8, 1)
    cpu.write(PF, ty.I8, 3)
    cpu.write(AF, ty.I8, 0x10)
    cpu.pc = 0x400124
    return cpu


@pytest.mark.parametrize("flags", [SA_RESTORER, SA_RESTORER | SA_SIGINFO])
def test_64_there_and_back(flags: int) -> None:
    cpu, memory = make_cpu(16, 64), FlatMemory()
    before = bytes(cpu.state)
    action = (0x5000, flags, RESTORER, 0)
    sigframe64.push_frame(cpu, memory, 0x1E008, 11, INFO, action, MASK, ALTSTACK, (0x99, True, False))
    at = cpu.read(RSP, ty.I64)
    assert at & 15 == 8
    assert cpu.pc == 0x5000
    assert cpu.read(RDI, ty.I64) == 11
    assert cpu.read(DF, ty.I8) == 0
    assert cpu.read(YMM, ty.I128) == 0
    assert cpu.read(FCW, ty.I16) == 0x37F
    uc = cpu.read(RDX, ty.I64)
    assert memory.word(at, 8) == RESTORER
    assert memory.word(uc + 40 + 19 * 8, 8) == 6  # err: a write by a program, nothing mapped
    assert memory.word(uc + 40 + 20 * 8, 8) == 14
    assert memory.word(uc + 40 + 22 * 8, 8) == 0x99
    image = memory.word(uc + 40 + 23 * 8, 8)
    assert image & 63 == 0
    assert image + fpstate.XSAVE_SIZE + 4 <= 0x1E008 - 128  # the red zone is left alone
    assert memory.word(image + 464, 4) == MAGIC1
    assert memory.word(image + fpstate.XSAVE_SIZE, 4) == MAGIC2
    assert memory.word(image + 24, 4) == 0x7FA1  # MXCSR with the core's parts of it
    if flags & SA_SIGINFO:
        assert memory.read(cpu.read(RSI, ty.I64), 128) == INFO
    cpu.write(RSP, ty.I64, at + 8)  # as the function returns
    cpu.write(FTAGS, ty.I64, 0x0101010101010101)
    assert sigframe64.pop_frame(cpu, memory) == (MASK, ALTSTACK)
    assert (cpu.fp_flags, cpu.fp_rounding) == (0x21, 3)
    restored = memoryview(cpu.state)
    for name in ("gpr", "rip", "cf", "zf", "df", "st", "ftop", "ftags", "fcw", "ymm"):
        slot = LAYOUT[name]
        span = slice(slot.offset, slot.offset + slot.size * slot.count)
        assert bytes(restored[span]) == before[span], name


def test_64_needs_a_restorer() -> None:
    with pytest.raises(GuestFault):
        sigframe64.push_frame(make_cpu(16, 64), FlatMemory(), 0x1E008, 11, INFO, (0x5000, 0, 0, 0), 0, ALTSTACK)


@pytest.mark.parametrize("flags", [0, SA_SIGINFO, SA_RESTORER, SA_RESTORER | SA_SIGINFO])
def test_32_there_and_back(flags: int) -> None:
    cpu, memory = make_cpu(8, 32), FlatMemory()
    before = bytes(cpu.state)
    action = (0x5000, flags, RESTORER, 0)
    sigframe.push_frame(cpu, memory, 0x1E008, 11, INFO, action, MASK, ALTSTACK, (0x99, False, True))
    at = cpu.read(RSP, ty.I64)
    assert at & 15 == 12
    assert cpu.pc == 0x5000
    assert cpu.read(RAX, ty.I64) == memory.word(at + 4, 4) == 11
    returns = memory.word(at, 4)
    if flags & SA_RESTORER:
        assert returns == RESTORER
    else:
        code = sigframe.SIGRETURN_CODE[returns - RESTORER :][:8]
        assert code == (sigframe.RT_RETURN if flags & SA_SIGINFO else sigframe.OLD_RETURN)
        size = sigframe.RT_SIZE if flags & SA_SIGINFO else sigframe.OLD_SIZE
        assert memory.read(at + size - 8, 8) == code
    if flags & SA_SIGINFO:
        context = cpu.read(RCX, ty.I64) + 20
        assert memory.read(cpu.read(RDX, ty.I64), 128) == INFO
        assert (memory.word(at + 8, 4), memory.word(at + 12, 4)) == (cpu.read(RDX, ty.I64), cpu.read(RCX, ty.I64))
    else:
        context = at + 8
    assert memory.word(context + 12 * 4, 4) == 14
    assert memory.word(context + 13 * 4, 4) == 5
    assert memory.word(context + 21 * 4, 4) == 0x99
    state_at = memory.word(context + 19 * 4, 4)
    assert (state_at + 112) & 63 == 0
    assert memory.word(state_at, 4) == 0xFFFF027F
    assert memory.word(state_at + 8, 4) == 0xFFFF0FFF  # tags: two registers valid, the others empty
    assert memory.word(state_at + 112 + 464, 4) == MAGIC1
    cpu.write(RSP, ty.I64, at + 4 if flags & SA_SIGINFO else at + 8)
    if flags & SA_SIGINFO:
        assert sigframe.pop_frame(cpu, memory) == (MASK, ALTSTACK)
    else:
        assert sigframe.pop_old_frame(cpu, memory) == MASK
    restored = memoryview(cpu.state)
    for name in ("gpr", "rip", "cf", "zf", "df", "st", "ftop", "ftags", "fcw"):
        slot = LAYOUT[name]
        span = slice(slot.offset, slot.offset + slot.size * slot.count)
        assert bytes(restored[span]) == before[span], name
    assert bytes(restored[YMM : YMM + 8 * 32]) == before[YMM : YMM + 8 * 32]


def test_alternate_stack_has_no_red_zone() -> None:
    cpu, memory = make_cpu(16, 64), FlatMemory()
    sigframe64.push_frame(cpu, memory, 0x1C000, 10, INFO, (0x5000, SA_RESTORER, RESTORER, 0), 0, ALTSTACK)
    image = memory.word(cpu.read(RDX, ty.I64) + 40 + 23 * 8, 8)
    assert image == (0x1C000 - fpstate.XSAVE_SIZE - 4) & ~63


_SOURCE = r"""
#include <stddef.h>
#include <asm/sigcontext.h>
#define F(name, value) __asm__("@" #name " %c0" : : "i"(value));
#ifdef __x86_64__
struct stack { void *sp; int flags; unsigned long size; };
struct uc { unsigned long flags; void *link; struct stack stack; struct sigcontext_64 mc; unsigned long mask; };
#else
struct stack { void *sp; int flags; unsigned int size; };
struct uc { unsigned int flags; void *link; struct stack stack; struct sigcontext_32 mc; unsigned int mask[2]; };
#endif
int main(void) {
    F(fx, sizeof(struct _fpstate)) F(uc, sizeof(struct uc)) F(context, offsetof(struct uc, mc))
    F(reserved, offsetof(struct _fpstate, sw_reserved)) F(context_size, sizeof(((struct uc *)0)->mc))
    F(magic1, FP_XSTATE_MAGIC1) F(magic2, FP_XSTATE_MAGIC2) F(fpstate, offsetof(struct sigcontext, fpstate))
    F(fpstate32, sizeof(struct _fpstate_32)) F(trapno, offsetof(struct sigcontext, trapno))
    return 0;
}
"""


def _declared(bits: int, tmp_path: Path) -> dict[str, int]:
    compiler = shutil.which("gcc")
    if compiler is None:
        pytest.skip("no compiler for the host")
    source = tmp_path / "offsets.c"
    source.write_text(_SOURCE)
    command = [compiler, f"-m{bits}", "-S", "-o", "-", str(source)]
    if bits == 32:
        command.insert(1, "-I/usr/include/x86_64-linux-gnu")
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"no headers for -m{bits}")
    return {name: int(value) for name, value in re.findall(r"@(\w+) \$?(-?\d+)", done.stdout)}


def test_offsets_of_64(tmp_path: Path) -> None:
    found = _declared(64, tmp_path)
    assert found["uc"] == 304
    assert found["context"] == 40
    assert found["context_size"] == 256
    assert (found["magic1"], found["magic2"]) == (MAGIC1, MAGIC2)
    assert (found["reserved"], found["fpstate"], found["trapno"]) == (464, 23 * 8, 20 * 8)
    assert sigframe64.FRAME_SIZE == 8 + found["uc"] + 128


def test_offsets_of_32(tmp_path: Path) -> None:
    found = _declared(32, tmp_path)
    assert (found["context"], found["context_size"], found["uc"]) == (20, 88, 116)
    assert found["fpstate32"] == 624
    assert (found["fpstate"], found["trapno"]) == (19 * 4, 12 * 4)
    assert sigframe.RT_SIZE == 16 + 128 + found["uc"] + 8
    assert sigframe.OLD_SIZE == 8 + 88 + 624 + 4 + 8
