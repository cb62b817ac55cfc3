"""CPSR as Linux shows it in signal frames, from the flags' own slots."""

from __future__ import annotations

from typing import Final

from hqemu_core.ir import types as ty
from hqemu_core.isa.abi import Cpu

from .state import BIG, GE, IT_SHIFT, C, N, Q, V_FLAG, Z

USER: Final = 0x10
THUMB: Final = 1 << 5
_FLAGS: Final = ((31, N), (30, Z), (29, C), (28, V_FLAG), (27, Q))


def read_cpsr(cpu: Cpu) -> int:
    value = USER | (THUMB if cpu.pc & 1 else 0)
    for bit, slot in _FLAGS:
        value |= (cpu.read(slot, ty.I8) & 1) << bit
    ge = cpu.read(GE, ty.I32)
    value |= sum(1 << 16 + n for n in range(4) if ge >> 8 * n & 1)
    it = cpu.pc >> IT_SHIFT
    value |= (it >> 2) << 10 | (it & 3) << 25
    return value | (cpu.read(BIG, ty.I8) & 1) << 9


def write_cpsr(cpu: Cpu, value: int) -> None:
    """All but the Thumb bit and ITSTATE, which are in the pc: see :func:`code_address`."""
    for bit, slot in _FLAGS:
        cpu.write(slot, ty.I8, value >> bit & 1)
    cpu.write(GE, ty.I32, sum(0xFF << 8 * n for n in range(4) if value >> 16 + n & 1))
    cpu.write(BIG, ty.I8, value >> 9 & 1)


def code_address(pc: int, cpsr: int) -> int:
    """Where execution goes on with that PC and CPSR."""
    if not cpsr & THUMB:
        return pc & 0xFFFFFFFC
    it = (cpsr >> 10 & 0x3F) << 2 | cpsr >> 25 & 3
    return pc & 0xFFFFFFFE | 1 | it << IT_SHIFT
