"""Instructions that no table row describes because they need the host: done when they trap, as a kernel would."""

from __future__ import annotations

from time import monotonic_ns

from hqemu_core.ir import opcodes as op
from hqemu_core.ir import types as ty
from hqemu_core.isa.abi import Cpu, Memory

from .state import X
from .sysregs import COUNTER_HZ

_MRS_CNTVCT = 0xD53BE040
_REGISTER = 0x1F


def counter() -> int:
    """CNTVCT_EL0: ticks of CNTFRQ_EL0 since some moment."""
    return monotonic_ns() * COUNTER_HZ // 1_000_000_000


def emulate(cpu: Cpu, memory: Memory, kind: int) -> bool:
    """Do the unallocated instruction at ``cpu.pc`` and step over it; False: it is illegal."""
    if kind != op.TRAP_ILLEGAL:
        return False
    word = int.from_bytes(memory.read(cpu.pc, 4), "little")
    if word & ~_REGISTER != _MRS_CNTVCT:
        return False
    if word & _REGISTER != 31:
        cpu.write(X + 8 * (word & _REGISTER), ty.I64, counter())
    cpu.pc += 4
    return True
