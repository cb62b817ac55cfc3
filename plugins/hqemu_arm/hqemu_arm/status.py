"""CPSR as Linux shows it in signal frames, from the flags' own slots."""

from __future__ import annotations

from typing import Final

from hqemu_core.ir import types as ty
from hqemu_core.isa.abi import Cpu

from .state import GE, LAYOUT, C, N, Q, V_FLAG, Z

USER: Final = 0x10
THUMB: Final = 1 << 5
_FLAGS: Final = ((31, N), (30, Z), (29, C), (28, V_FLAG), (27, Q))
_ITSTATE: Final = LAYOUT.offset("itstate") if "itstate" in LAYOUT.slots else None
_BIG: Final = LAYOUT.offset("e") if "e" in LAYOUT.slots else None


def read_cpsr(cpu: Cpu) -> int:
    value = USER | (THUMB if cpu.pc & 1 else 0)
    for bit, slot in _FLAGS:
        value |= (cpu.read(slot, ty.I8) & 1) << bit
    ge = cpu.read(GE, ty.I32)
    value |= sum(1 << 16 + n for n in range(4) if ge >> 8 * n & 1)
    if _ITSTATE is not None:
        it = cpu.read(_ITSTATE, ty.I8)
        value |= (it >> 2) << 10 | (it & 3) << 25
    if _BIG is not None:
        value |= (cpu.read(_BIG, ty.I8) & 1) << 9
    return value


def write_cpsr(cpu: Cpu, value: int) -> None:
    """All but the Thumb bit, which is in the pc."""
    for bit, slot in _FLAGS:
        cpu.write(slot, ty.I8, value >> bit & 1)
    cpu.write(GE, ty.I32, sum(0xFF << 8 * n for n in range(4) if value >> 16 + n & 1))
    if _ITSTATE is not None:
        cpu.write(_ITSTATE, ty.I8, (value >> 10 & 0x3F) << 2 | value >> 25 & 3)
    if _BIG is not None:
        cpu.write(_BIG, ty.I8, value >> 9 & 1)
