"""Signal frames against the C library's declarations of them, and there and back; start-up; the private calls."""

from __future__ import annotations

import re
import shutil
import struct
import subprocess
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from hqemu_arm import process_abi, sigframe, syscall_abi, vfp_frame
from hqemu_arm.state import GE, LAYOUT, LR, MONITOR_ADDR, PC, SP, TPIDRURO, C, N, Q, R, V, V_FLAG, Z
from hqemu_core.errors import GuestFault, HqemuError
from hqemu_core.ir import types as ty
from hqemu_core.testing.statecpu import FlatMemory, StateCpu

SA_SIGINFO, SA_RESTORER = 4, 0x04000000
RESTORER = 0x70000001
FPSCR_VALUE = 0xA << 28 | 1 << 27 | 3 << 22 | 0x91
"""N and C, saturated, to zero, inputs denormal, inexact, invalid"""


@pytest.fixture
def cpu() -> Any:
    cpu = StateCpu(LAYOUT, PC, ty.I32)
    for n in range(15):
        cpu.write(R + 4 * n, ty.I32, 0x11111111 * (n + 1))
    cpu.write(SP, ty.I32, 0x1E00C)
    cpu.pc = 0x400125
    cpu.write(Z, ty.I8, 1)
    cpu.write(C, ty.I8, 1)
    cpu.write(Q, ty.I8, 1)
    cpu.write(GE, ty.I32, 0xFF0000FF)
    cpu.fp_rounding = 3
    for n in range(32):
        cpu.write(V + 8 * n, ty.I64, 0x0123456789ABCD00 + n)
    vfp_frame.write_fpscr(cpu, FPSCR_VALUE)
    return cpu


def push(
    cpu: Any, memory: FlatMemory, flags: int = SA_SIGINFO | SA_RESTORER, fault: Any = None, to: int = 0x400800
) -> None:
    info = bytes(range(128))
    restorer = RESTORER if flags & SA_RESTORER else 0x80000000
    sigframe.push_frame(
        cpu, memory, 0x1E00C, 11, info, (to, flags, restorer, 0), 0x8000000000000001, (0x9000, 2, 0x4000), fault
    )


def test_the_function_starts_as_the_kernel_starts_it(cpu: Any) -> None:
    memory = FlatMemory()
    push(cpu, memory)
    sp = cpu.read(SP, ty.I32)
    assert sp % 8 == 0
    assert cpu.pc == 0x400800
    assert [cpu.read(R + 4 * n, ty.I32) for n in range(4)] == [11, sp, sp + 128, 0x44444444]
    assert cpu.read(LR, ty.I32) == RESTORER
    assert memory.read(sp, 128) == bytes(range(128))
    assert 0x1E00C - sp - 128 - 744 - 16 < 8
    # an exclusive access that the signal interrupted must fail
    assert cpu.read(MONITOR_ADDR, ty.I64) == 2**64 - 1


def test_a_frame_without_siginfo(cpu: Any) -> None:
    memory = FlatMemory()
    push(cpu, memory, flags=SA_RESTORER, to=0x400801)
    sp = cpu.read(SP, ty.I32)
    assert cpu.pc == 0x400801
    assert [cpu.read(R + 4 * n, ty.I32) for n in range(3)] == [11, 0x22222222, 0x33333333]
    assert struct.unpack("<I", memory.read(sp, 4)) == (0x5AC3C35A,)
    assert sigframe.pop_old_frame(cpu, memory) == 0x8000000000000001
    assert (cpu.pc, cpu.read(SP, ty.I32)) == (0x400125, 0x1E00C)


@pytest.mark.parametrize(
    "flags, to, at, code",
    [
        (0, 0x8000, 0, (0xE3A07077, 0xEF900077)), (0, 0x8001, 9, (0xDF002777, 0xE3A070AD)),
        (SA_SIGINFO, 0x8000, 12, (0xE3A070AD, 0xEF9000AD)), (SA_SIGINFO, 0x8001, 21, (0xDF0027AD, 0)),
    ],
)  # fmt: skip
def test_without_a_restorer_the_kernel_gives_one(cpu: Any, flags: int, to: int, at: int, code: tuple[int, int]) -> None:
    memory = FlatMemory()
    push(cpu, memory, flags=flags, to=to)
    assert cpu.read(LR, ty.I32) == 0x80000000 + at
    # unwinders look at the return address, debuggers on the stack
    assert struct.unpack_from("<II", sigframe.SIGPAGE, at & ~3) == code
    top = cpu.read(SP, ty.I32) + 744 + (128 if flags else 0)
    assert struct.unpack("<II", memory.read(top, 8)) == code


@pytest.mark.parametrize("flags", [SA_SIGINFO, SA_RESTORER])
def test_there_and_back(cpu: Any, flags: int) -> None:
    memory = FlatMemory()
    before = bytes(cpu.state)
    push(cpu, memory, flags)
    sp = cpu.read(SP, ty.I32)
    cpu.state[:] = bytes(len(cpu.state))
    cpu.fp_flags = cpu.fp_rounding = 0
    cpu.write(SP, ty.I32, sp)
    if flags & SA_SIGINFO:
        assert sigframe.pop_frame(cpu, memory) == (0x8000000000000001, (0x9000, 2, 0x4000))
    else:
        assert sigframe.pop_old_frame(cpu, memory) == 0x8000000000000001
    cpu.write(MONITOR_ADDR, ty.I64, 0)
    for slot in LAYOUT.slots.values():
        span = slice(slot.offset, slot.offset + slot.size * slot.count)
        assert cpu.state[span] == before[span], slot.name
    assert vfp_frame.read_fpscr(cpu) == FPSCR_VALUE
    assert cpu.fp_rounding == 3


def test_a_function_may_change_where_to_go_on(cpu: Any) -> None:
    memory = FlatMemory()
    push(cpu, memory)
    context = cpu.read(SP, ty.I32) + 128 + sigframe.CONTEXT
    memory.write(context + 4 * 18, struct.pack("<II", 0x500000, 0x80090010))
    sigframe.pop_frame(cpu, memory)
    assert cpu.pc == 0x500000
    assert [cpu.read(flag, ty.I8) for flag in (N, Z, C, V_FLAG, Q)] == [1, 0, 0, 0, 0]
    assert cpu.read(GE, ty.I32) == 0xFF0000FF


def test_frames_that_the_kernel_refuses(cpu: Any) -> None:
    memory = FlatMemory()
    push(cpu, memory)
    cpu.write(SP, ty.I32, cpu.read(SP, ty.I32) + 4)
    with pytest.raises(GuestFault):
        sigframe.pop_frame(cpu, memory)


def test_what_is_known_of_a_fault(cpu: Any) -> None:
    memory = FlatMemory()
    push(cpu, memory, fault=(0x1234, True, False))
    context = cpu.read(SP, ty.I32) + 128 + sigframe.CONTEXT
    assert struct.unpack("<II", memory.read(context, 8)) == (14, 1 << 11 | 7)
    assert struct.unpack("<I", memory.read(context + 80, 4)) == (0x1234,)


OFFSETS = """
#define _GNU_SOURCE
#include <stddef.h>
#include <signal.h>
#include <ucontext.h>
struct frame { siginfo_t info; ucontext_t uc; };
#define F(name, value) const unsigned long name = (value);
F(uc, offsetof(struct frame, uc)) F(uc_size, sizeof(ucontext_t))
F(stack, offsetof(ucontext_t, uc_stack)) F(sigmask, offsetof(ucontext_t, uc_sigmask))
F(mcontext, offsetof(ucontext_t, uc_mcontext)) F(regspace, offsetof(ucontext_t, uc_regspace))
F(r0, offsetof(mcontext_t, arm_r0)) F(lr, offsetof(mcontext_t, arm_lr)) F(pc, offsetof(mcontext_t, arm_pc))
F(cpsr, offsetof(mcontext_t, arm_cpsr)) F(oldmask, offsetof(mcontext_t, oldmask))
F(address, offsetof(mcontext_t, fault_address))
"""


@pytest.mark.skipif(shutil.which("arm-linux-gnueabi-gcc") is None, reason="no Arm compiler")
def test_every_field_is_where_c_has_it(cpu: Any, tmp_path: Path) -> None:
    (tmp_path / "offsets.c").write_text(OFFSETS)
    compiler = ["arm-linux-gnueabi-gcc", "-S", "-o", "-", str(tmp_path / "offsets.c")]
    text = subprocess.run(compiler, check=True, capture_output=True, text=True).stdout
    c = {name: int(value) for name, value in re.findall(r"(\w+):\n\s+\.word\s+(\d+)", text)}
    memory = FlatMemory()
    push(cpu, memory, fault=(0x5555, False, True))
    frame = memory.read(cpu.read(SP, ty.I32), 128 + sigframe.FRAME_SIZE)

    def at(offset: int) -> int:
        return int.from_bytes(frame[offset : offset + 4], "little")

    uc = c["uc"]
    assert (c["uc_size"], c["regspace"]) == (sigframe.UCONTEXT_SIZE, sigframe.REGSPACE)
    assert [at(uc + c["stack"] + n) for n in (0, 4, 8)] == [0x9000, 2, 0x4000]
    assert [at(uc + c["sigmask"] + n) for n in (0, 4)] == [1, 0x80000000]
    context = uc + c["mcontext"]
    assert [at(context + c["r0"] + 4 * n) for n in (0, 7, 13)] == [0x11111111, 0x88888888, 0x1E00C]
    assert at(context + c["lr"]) == 0xFFFFFFFF
    # bit 5 of CPSR is Thumb; Q, Z and C were set, GE is 1001
    assert (at(context + c["pc"]), at(context + c["cpsr"])) == (0x400124, 0x68090030)
    assert (at(context + c["oldmask"]), at(context + c["address"]), at(context)) == (1, 0x5555, 14)


def test_a_program_starts_with_clean_registers(cpu: Any) -> None:
    process_abi.setup(cpu, 0x10001, 0xBEFFF000)
    assert (cpu.pc, cpu.read(SP, ty.I32), cpu.read(MONITOR_ADDR, ty.I64)) == (0x10001, 0xBEFFF000, 2**64 - 1)
    assert [cpu.read(R + 4 * n, ty.I32) for n in (0, 7, 12, 14)] == [0] * 4


def test_hardware_capabilities_are_those_of_the_rows() -> None:
    base = 1 << 1 | 1 << 2 | 1 << 4 | 1 << 7 | 1 << 15
    assert process_abi.hwcaps([]) == (base, 0)
    assert process_abi.hwcaps(["neon", "crc32", "idiva"]) == (base | 1 << 12 | 1 << 17 | 1 << 19, 1 << 4)
    assert "Features\t: half thumb fastmult edsp neon tls vfpd32 crc32\n" in process_abi.cpuinfo(["crc32", "neon"])


def test_programs_of_other_abis_are_refused() -> None:
    assert process_abi.refuse_elf(SimpleNamespace(flags=0x5000400, big=False)) == ""
    assert "OABI" in process_abi.refuse_elf(SimpleNamespace(flags=0x2, big=False))
    assert "big-endian" in process_abi.refuse_elf(SimpleNamespace(flags=0x5800000, big=True))


def test_a_system_call_of_the_old_abi_is_an_error(cpu: Any) -> None:
    memory: Any = FlatMemory()
    memory.write(0x10100, struct.pack("<III", 0xEF900004, 0xEF900077, 0xEF000000))
    cpu.write(syscall_abi.NUMBER, ty.I32, 119)
    cpu.pc = 0x10108  # the sigreturn of the kernel's own page
    syscall_abi.check_call(cpu, memory)
    cpu.pc = 0x1010C
    syscall_abi.check_call(cpu, memory)
    cpu.pc = 0x10104
    with pytest.raises(HqemuError, match="0x900004 at 0x10100"):
        syscall_abi.check_call(cpu, memory)


def test_private_calls(cpu: Any) -> None:
    dropped: list[tuple[int, int]] = []
    process: Any = SimpleNamespace(memory=SimpleNamespace(invalidate=lambda *span: dropped.append(span)))
    assert syscall_abi.sys_set_tls(process, cpu, 0x12345678) == 0
    assert cpu.read(TPIDRURO, ty.I32) == 0x12345678
    assert syscall_abi.sys_get_tls(process, cpu) == 0x12345678
    assert syscall_abi.sys_cacheflush(process, cpu, 0x8000, 0x8100, 0) == 0
    assert syscall_abi.sys_cacheflush(process, cpu, 0x8100, 0x8000, 0) == -22
    assert dropped == [(0x8000, 0x100)]
