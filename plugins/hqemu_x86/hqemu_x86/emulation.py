"""Instructions that trap because they need the host or the personality: done here, as a kernel would."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic_ns

from hqemu_core.ir import opcodes as op
from hqemu_core.ir import types as ty
from hqemu_core.isa.abi import Cpu, Memory

from .cpuid import cpuid
from .gather import emulate_gather
from .segments import load_segment
from .state import RAX, RBX, RCX, RDX, RSP, SEGMENT_LOAD, SEGMENT_NEXT, SEGMENT_SP

_CPUID, _RDTSC, _RDTSCP = b"\x0f\xa2", b"\x0f\x31", b"\x0f\x01\xf9"


def make_emulate(present: frozenset[str], bits: int) -> Callable[[Cpu, Memory, int], bool]:
    """``LinuxAbi.extra["emulate"]`` for a CPU with these features."""

    def emulate(cpu: Cpu, memory: Memory, kind: int) -> bool:
        """Do the instruction at ``cpu.pc`` and step over it; False: it is illegal."""
        if kind == op.TRAP_BREAKPOINT:
            cpu.pc += 1 if memory.read(cpu.pc, 1) == b"\xcc" else 2  # as the CPU: behind it
            return False
        if kind != op.TRAP_ILLEGAL:
            return False
        wanted = cpu.read(SEGMENT_LOAD, ty.I32)
        if wanted:
            cpu.write(SEGMENT_LOAD, ty.I32, 0)
            if not load_segment(cpu, (wanted >> 16) - 1, wanted & 0xFFFF):
                return False
            cpu.write(RSP, ty.I64, cpu.read(SEGMENT_SP, ty.I64))
            cpu.pc = cpu.read(SEGMENT_NEXT, ty.I64)
            return True
        code = memory.read(cpu.pc, 2)
        if code == _CPUID:
            found = cpuid(present, bits, cpu.read(RAX, ty.I32), cpu.read(RCX, ty.I32))
            for offset, value in zip((RAX, RBX, RCX, RDX), found, strict=True):
                cpu.write(offset, ty.I64, value)
            cpu.pc += 2
            return True
        size = 2 if code == _RDTSC else 3 if code == _RDTSCP[:2] and memory.read(cpu.pc, 3) == _RDTSCP else 0
        if size:
            ticks = monotonic_ns()
            cpu.write(RAX, ty.I64, ticks & 0xFFFFFFFF)
            cpu.write(RDX, ty.I64, ticks >> 32 & 0xFFFFFFFF)
            if size == 3:
                cpu.write(RCX, ty.I64, 0)  # TSC_AUX: processor and node 0
            cpu.pc += size
            return True
        return emulate_gather(cpu, memory, bits)

    return emulate
