"""The signal frame against the C library's declarations of it, and there and back."""

from __future__ import annotations

import re
import shutil
import struct
import subprocess
from pathlib import Path
from typing import Any

import pytest

from hqemu_aarch64 import sigframe
from hqemu_aarch64.process_abi import cpuinfo, hwcaps, setup
from hqemu_aarch64.state import FPCR, FPSR, LAYOUT, MONITOR_ADDR, PC, SP, TPIDR, C, N, V, V_FLAG, X, Z
from hqemu_core.errors import GuestFault
from hqemu_core.ir import types as ty
from hqemu_core.testing.statecpu import FlatMemory, StateCpu

SA_SIGINFO = 4
RESTORER = 0x7000_0000


@pytest.fixture
def cpu() -> Any:
    cpu = StateCpu(LAYOUT, PC)
    for n in range(31):
        cpu.write(X + 8 * n, ty.I64, 0x1111111111111111 * (n + 1))
    for n in range(32):
        cpu.write(V + 16 * n, ty.I128, 0x0123456789ABCDEF << 64 | n)
    cpu.write(SP, ty.I64, 0x1E008)
    cpu.pc = 0x400124
    cpu.write(Z, ty.I8, 1)
    cpu.write(C, ty.I8, 1)
    cpu.write(FPCR, ty.I32, 3 << 22)
    cpu.write(FPSR, ty.I32, 1 << 27)
    cpu.fp_flags = 1 | 32
    cpu.fp_rounding = 3
    return cpu


def push(cpu: Any, memory: FlatMemory, flags: int = SA_SIGINFO, fault: Any = None) -> None:
    info = bytes(range(128))
    sigframe.push_frame(
        cpu, memory, 0x1E008, 11, info, (0x400800, flags, RESTORER, 0), 0x8000000000000001, (0x9000, 2, 0x4000), fault
    )


def test_the_function_starts_as_the_kernel_starts_it(cpu: Any) -> None:
    memory = FlatMemory()
    push(cpu, memory)
    sp = cpu.read(SP, ty.I64)
    assert sp % 16 == 0
    assert cpu.pc == 0x400800
    assert cpu.read(X, ty.I64) == 11
    assert cpu.read(X + 8, ty.I64) == sp
    assert cpu.read(X + 16, ty.I64) == sp + 128
    assert cpu.read(X + 30 * 8, ty.I64) == RESTORER
    assert memory.read(sp, 128) == bytes(range(128))
    # x29 points to the frame record of the interrupted function, above the frame and below the old sp
    record = cpu.read(X + 29 * 8, ty.I64)
    assert sp + sigframe.FRAME_SIZE <= record <= 0x1E008 - 16
    assert struct.unpack("<QQ", memory.read(record, 16)) == tuple(0x1111111111111111 * n % 2**64 for n in (30, 31))
    # an exclusive access that the signal interrupted must fail
    assert cpu.read(MONITOR_ADDR, ty.I64) == 2**64 - 1


def test_without_siginfo_the_other_arguments_stay(cpu: Any) -> None:
    push(cpu, FlatMemory(), flags=0)
    assert cpu.read(X + 8, ty.I64) == 0x2222222222222222
    assert cpu.read(X, ty.I64) == 11


def test_there_and_back(cpu: Any) -> None:
    memory = FlatMemory()
    before = bytes(cpu.state)
    push(cpu, memory)
    sp = cpu.read(SP, ty.I64)
    cpu.state[:] = bytes(len(cpu.state))
    cpu.fp_flags = cpu.fp_rounding = 0
    cpu.write(SP, ty.I64, sp)
    mask, altstack = sigframe.pop_frame(cpu, memory)
    assert (mask, altstack) == (0x8000000000000001, (0x9000, 2, 0x4000))
    cpu.write(MONITOR_ADDR, ty.I64, 0)
    for slot in LAYOUT.slots.values():
        span = slice(slot.offset, slot.offset + slot.size * slot.count)
        assert cpu.state[span] == before[span], slot.name
    assert (cpu.fp_flags, cpu.fp_rounding) == (1 | 32, 3)


@pytest.mark.parametrize("mode, rounding", [(0, 0), (1, 2), (2, 1), (3, 3)])
def test_rounding_follows_a_changed_fpcr(cpu: Any, mode: int, rounding: int) -> None:
    memory = FlatMemory()
    push(cpu, memory)
    memory.write(cpu.read(SP, ty.I64) + 128 + 176 + 288 + 12, struct.pack("<I", mode << 22))
    sigframe.pop_frame(cpu, memory)
    assert cpu.fp_rounding == rounding


def test_frames_that_the_kernel_refuses(cpu: Any) -> None:
    memory = FlatMemory()
    push(cpu, memory)
    at = cpu.read(SP, ty.I64)
    cpu.write(SP, ty.I64, at + 8)
    with pytest.raises(GuestFault):
        sigframe.pop_frame(cpu, memory)
    cpu.write(SP, ty.I64, at)
    memory.write(at + 128 + 176 + 288, bytes(4))
    with pytest.raises(GuestFault):
        sigframe.pop_frame(cpu, memory)


def test_the_syndrome_of_a_fault(cpu: Any) -> None:
    memory = FlatMemory()
    push(cpu, memory, fault=(0x1234, True, False))
    at = cpu.read(SP, ty.I64) + 128 + 176
    assert struct.unpack("<Q", memory.read(at, 8)) == (0x1234,)
    magic, size, esr = struct.unpack("<IIQ", memory.read(at + 288 + 528, 16))
    # ESR_EL1: exception class 0x24 (data abort from below), WnR, translation fault level 3
    assert (magic, size, esr >> 26, esr >> 6 & 1, esr & 0x3F) == (0x45535201, 16, 0x24, 1, 7)


OFFSETS = """
#define _GNU_SOURCE
#include <stddef.h>
#include <signal.h>
#include <ucontext.h>
#include <asm/sigcontext.h>
struct rt_sigframe { siginfo_t info; ucontext_t uc; };
#define F(name, value) const unsigned long name = (value);
F(frame_size, sizeof(struct rt_sigframe)) F(uc, offsetof(struct rt_sigframe, uc))
F(stack, offsetof(ucontext_t, uc_stack)) F(sigmask, offsetof(ucontext_t, uc_sigmask))
F(mcontext, offsetof(ucontext_t, uc_mcontext)) F(regs, offsetof(struct sigcontext, regs))
F(sp, offsetof(struct sigcontext, sp)) F(pc, offsetof(struct sigcontext, pc))
F(pstate, offsetof(struct sigcontext, pstate)) F(reserved, offsetof(struct sigcontext, __reserved))
F(fpsimd_magic, FPSIMD_MAGIC) F(fpsimd_size, sizeof(struct fpsimd_context))
F(fpsr, offsetof(struct fpsimd_context, fpsr)) F(vregs, offsetof(struct fpsimd_context, vregs))
F(esr_magic, ESR_MAGIC) F(esr_size, sizeof(struct esr_context))
"""


@pytest.mark.skipif(shutil.which("aarch64-linux-gnu-gcc") is None, reason="no AArch64 compiler")
def test_every_field_is_where_c_has_it(cpu: Any, tmp_path: Path) -> None:
    (tmp_path / "offsets.c").write_text(OFFSETS)
    compiler = ["aarch64-linux-gnu-gcc", "-S", "-o", "-", str(tmp_path / "offsets.c")]
    text = subprocess.run(compiler, check=True, capture_output=True, text=True).stdout
    c = {name: int(value) for name, value in re.findall(r"(\w+):\n\s+\.xword\s+(\d+)", text)}
    memory = FlatMemory()
    push(cpu, memory, fault=(0x5555, False, True))
    frame = memory.read(cpu.read(SP, ty.I64), sigframe.FRAME_SIZE)

    def at(offset: int, size: int = 8) -> int:
        return int.from_bytes(frame[offset : offset + size], "little")

    assert c["frame_size"] == sigframe.FRAME_SIZE
    uc = c["uc"]
    assert (at(uc + c["stack"]), at(uc + c["stack"] + 8, 4), at(uc + c["stack"] + 16)) == (0x9000, 2, 0x4000)
    assert at(uc + c["sigmask"]) == 0x8000000000000001
    context = uc + c["mcontext"]
    assert [at(context + c["regs"] + 8 * n) for n in (0, 7)] == [0x1111111111111111, 0x8888888888888888]
    assert (at(context + c["sp"]), at(context + c["pc"]), at(context + c["pstate"])) == (0x1E008, 0x400124, 0x60000000)
    fp = context + c["reserved"]
    assert (at(fp, 4), at(fp + 4, 4)) == (c["fpsimd_magic"], c["fpsimd_size"])
    assert at(fp + c["fpsr"], 4) == 1 << 27 | 1 | 16
    assert at(fp + c["vregs"] + 16 * 3) == 3
    esr = fp + c["fpsimd_size"]
    assert (at(esr, 4), at(esr + 4, 4)) == (c["esr_magic"], c["esr_size"])
    assert at(esr + c["esr_size"]) == 0


def test_a_program_starts_with_clean_registers(cpu: Any) -> None:
    setup(cpu, 0x400000, 0x7FFFFFF000)
    assert (cpu.pc, cpu.read(SP, ty.I64), cpu.read(MONITOR_ADDR, ty.I64)) == (0x400000, 0x7FFFFFF000, 2**64 - 1)
    for offset, t in [(X, ty.I64), (X + 240, ty.I64), (V + 31 * 16, ty.I128), (TPIDR, ty.I64), (FPCR, ty.I32)]:
        assert cpu.read(offset, t) == 0
    assert [cpu.read(flag, ty.I8) for flag in (N, Z, C, V_FLAG)] == [0, 0, 0, 0]


def test_hardware_capabilities_are_those_of_the_rows() -> None:
    assert hwcaps([]) == (0b11 | 1 << 11, 0)
    assert hwcaps(["", "aes", "lse", "crc32", "i8mm"]) == (0b11 | 1 << 11 | 1 << 3 | 1 << 8 | 1 << 7, 1 << 13)
    assert "Features\t: fp asimd aes atomics cpuid\n" in cpuinfo(["lse", "aes"], 0)
