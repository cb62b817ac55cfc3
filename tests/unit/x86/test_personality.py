"""Segments, CPUID, and the vsyscall page: against the host's own answers where it can give them."""

from __future__ import annotations

import struct
from types import SimpleNamespace
from typing import Any

from hqemu_core.ir import opcodes as op
from hqemu_core.ir import types as ty
from hqemu_core.testing.statecpu import FlatMemory, StateCpu
from hqemu_x86 import segments
from hqemu_x86.cpuid import BITS, EBX, ECX, EDX, complete, cpuid, cpuinfo
from hqemu_x86.emulation import make_emulate
from hqemu_x86.segments import TLS_FIRST, load_segment, pack, set_thread_area, unpack
from hqemu_x86.state import DS, GS, GS_BASE, LAYOUT, PC, RAX, RBX, RSP
from hqemu_x86_64.syscall_abi import SYSCALLS, sys_arch_prctl
from hqemu_x86_64.vsyscall import BASE, emulate_fetch

AT = FlatMemory.BASE


def test_descriptors() -> None:
    """The two forms of what modify_ldt(2) takes, and the CPU's (SDM volume 3, figure 3-8)."""
    # base 0x12345678, limit 0xfffff pages, 32-bit data that can be written
    assert pack(0x12345678, 0xFFFFF, 0x51) == 0x12DF_F334_5678_FFFF & ~(1 << 40) | 1 << 40
    for flags in (0x51, 0x59, 0x11, 0x41, 0x71):
        assert unpack(pack(0xDEADBEEF, 0x12345, flags)) == (0xDEADBEEF, 0x12345, flags)


def test_thread_area() -> None:
    cpu: Any = StateCpu(LAYOUT, PC)
    memory: Any = FlatMemory()
    memory.write(AT, struct.pack("<iIII", -1, 0xF7001000, 0xFFFFF, 0x51))
    assert set_thread_area(cpu, memory, AT) == 0
    (entry,) = struct.unpack("<i", memory.read(AT, 4))
    assert entry == TLS_FIRST
    assert load_segment(cpu, 5, entry << 3 | 3)
    assert cpu.read(GS_BASE, ty.I64) == 0xF7001000
    memory.write(AT, struct.pack("<iIII", entry, 0x1000, 0xFFFFF, 0x51))
    assert set_thread_area(cpu, memory, AT) == 0
    assert cpu.read(GS_BASE, ty.I64) == 0x1000  # what is loaded is loaded anew
    for _ in range(2):
        memory.write(AT, struct.pack("<iIII", -1, 1, 0xFFFFF, 0x51))
        assert set_thread_area(cpu, memory, AT) == 0
    memory.write(AT, struct.pack("<iIII", -1, 1, 0xFFFFF, 0x51))
    assert set_thread_area(cpu, memory, AT) == -3  # ESRCH: all three are taken
    assert not load_segment(cpu, 5, 0x8 | 3)
    assert load_segment(cpu, 5, 0)
    assert (cpu.read(GS, ty.I16), cpu.read(GS_BASE, ty.I64)) == (0, 0)


def test_ldt() -> None:
    cpu: Any = StateCpu(LAYOUT, PC)
    memory: Any = FlatMemory()
    process = SimpleNamespace(memory=memory, threads={1: cpu})
    try:
        memory.write(AT, struct.pack("<IIII", 5, 0xAB000, 0xFFF, 0x51))
        assert segments.sys_modify_ldt(process, cpu, 0x11, AT, 16) == 0
        assert load_segment(cpu, 5, 5 << 3 | 7)
        assert cpu.read(GS_BASE, ty.I64) == 0xAB000
        assert not load_segment(cpu, 3, 5 << 3 | 7)  # data is flat
        assert segments.sys_modify_ldt(process, cpu, 0, AT + 64, 48) == 48
        assert unpack(struct.unpack_from("<Q", memory.read(AT + 64, 48), 40)[0])[0] == 0xAB000
        memory.write(AT, struct.pack("<IIII", 5, 0, 0, 0x28))
        assert segments.sys_modify_ldt(process, cpu, 0x11, AT, 16) == 0
        assert cpu.read(GS, ty.I16) == 0  # its segment is gone
    finally:
        segments._ldt.clear()


def test_cpuid() -> None:
    present = complete({"sse3", "avx2", "xsave"}, 64)
    _, _, c, d = cpuid(present, 64, 1, 0)
    assert d >> BITS["sse2"][2] & 1
    assert c >> BITS["osxsave"][2] & 1
    assert not c >> BITS["fma"][2] & 1
    assert cpuid(present, 64, 7, 0)[EBX] == 1 << BITS["avx2"][2]
    assert cpuid(present, 64, 0x80000001, 0)[EDX] >> 29 & 1
    assert not cpuid(complete((), 32), 32, 0x80000001, 0)[EDX] >> 29 & 1
    assert cpuid(present, 64, 0xD, 2)[:2] == (256, 576)
    assert cpuid(complete((), 64), 64, 0xD, 0)[EBX] == 0
    highest, b, c0, d0 = cpuid(present, 64, 0, 0)
    assert (highest, struct.pack("<3I", b, d0, c0)) == (13, b"GenuineIntel")
    flags = next(line for line in cpuinfo(present).splitlines() if line.startswith("flags")).split()
    assert {"pni", "avx2", "sse2", "lm"} <= set(flags)
    assert "fma" not in flags
    assert len({(leaf, reg, bit) for leaf, reg, bit in BITS.values()}) == len(BITS)
    assert cpuid(present, 64, 1, 0)[ECX] == c


def test_traps() -> None:
    emulate = make_emulate(complete((), 64), 64)
    cpu: Any = StateCpu(LAYOUT, PC)
    memory: Any = FlatMemory()
    memory.write(AT, b"\x0f\xa2")
    cpu.pc = AT
    cpu.write(RAX, ty.I64, 0xFFFFFFFF_00000000)
    assert emulate(cpu, memory, op.TRAP_ILLEGAL)
    assert cpu.pc == AT + 2
    assert cpu.read(RBX, ty.I64) == int.from_bytes(b"Genu", "little")
    memory.write(AT, b"\xcc")
    cpu.pc = AT
    assert not emulate(cpu, memory, op.TRAP_BREAKPOINT)
    assert cpu.pc == AT + 1  # the signal finds it behind the instruction
    memory.write(AT, b"\x0f\x0b")
    cpu.pc = AT
    assert not emulate(cpu, memory, op.TRAP_ILLEGAL)
    assert cpu.pc == AT


def test_arch_prctl() -> None:
    cpu: Any = StateCpu(LAYOUT, PC)
    process = SimpleNamespace(memory=SimpleNamespace(write_int=lambda *args: written.append(args)))
    written: list[Any] = []
    assert sys_arch_prctl(process, cpu, 0x1001, 0x7000) == 0
    assert cpu.read(GS_BASE, ty.I64) == 0x7000
    assert sys_arch_prctl(process, cpu, 0x1004, 64) == 0
    assert written == [(64, 8, 0x7000)]
    assert sys_arch_prctl(process, cpu, 0x1002, 1 << 47) == -1
    assert sys_arch_prctl(process, cpu, 0x3001, 0) == -22


def test_vsyscall() -> None:
    cpu: Any = StateCpu(LAYOUT, PC)
    memory: Any = FlatMemory()
    made: list[int] = []
    process = SimpleNamespace(memory=memory, on_syscall=lambda thread, code: made.append(thread.read(RAX, ty.I64)))
    memory.write(AT + 8, (0x401234).to_bytes(8, "little"))
    cpu.write(RSP, ty.I64, AT + 8)
    cpu.pc = BASE + 0x400
    assert emulate_fetch(process, cpu)
    assert SYSCALLS[made[0]] == "time"
    assert (cpu.pc, cpu.read(RSP, ty.I64)) == (0x401234, AT + 16)
    cpu.pc = BASE + 8
    assert not emulate_fetch(process, cpu)


def test_data_segments_are_flat() -> None:
    cpu: Any = StateCpu(LAYOUT, PC)
    assert load_segment(cpu, 3, 0x2B)
    assert cpu.read(DS, ty.I16) == 0x2B
    assert LAYOUT["tls"].count == 3
