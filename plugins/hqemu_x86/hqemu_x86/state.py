"""CPU state of both modes: registers are 64 bits wide, i386 keeps the upper halves zero.

Flags are a byte each. CF, ZF, SF, OF, DF are 0 or 1. PF and AF are kept as the bytes that they follow from: PF is the
parity of ``pf``'s byte (set when the number of ones is even), AF is bit 4 of ``af``. The remaining EFLAGS bits that
user code can change (TF, NT, AC, ID) stay in place in ``eflags``; everything else there reads as a constant.
"""

from __future__ import annotations

from typing import Protocol

from hqemu_core.ir import types as ty
from hqemu_core.isa.state import StateLayout
from hqemu_core.isa.table import OperandKind

LAYOUT = StateLayout()
PC = LAYOUT.add("rip", ty.I64)
GPR = LAYOUT.add("gpr", ty.I64, 16)
RAX, RCX, RDX, RBX, RSP, RBP, RSI, RDI = range(GPR, GPR + 64, 8)
R8, R9, R10, R11, R12, R13, R14, R15 = range(GPR + 64, GPR + 128, 8)

CF = LAYOUT.add("cf", ty.I8)
PF = LAYOUT.add("pf", ty.I8)
"""the low byte of a result: the flag is set when it has an even number of ones"""
AF = LAYOUT.add("af", ty.I8)
"""the flag is bit 4, the others mean nothing"""
ZF = LAYOUT.add("zf", ty.I8)
SF = LAYOUT.add("sf", ty.I8)
OF = LAYOUT.add("of", ty.I8)
DF = LAYOUT.add("df", ty.I8)
EFLAGS = LAYOUT.add("eflags", ty.I32)
"""TF NT AC ID in their places, other bits zero"""

ES = LAYOUT.add("es", ty.I16)
CS = LAYOUT.add("cs", ty.I16)
SS = LAYOUT.add("ss", ty.I16)
DS = LAYOUT.add("ds", ty.I16)
FS = LAYOUT.add("fs", ty.I16)
GS = LAYOUT.add("gs", ty.I16)
"""selectors, in the order of their numbers"""
BASES = LAYOUT.add("bases", ty.I64, 6)
"""bases of the segments in the same order; those of ES, CS, SS, DS are always 0 (Linux programs are flat)"""
FS_BASE = BASES + 8 * 4
GS_BASE = BASES + 8 * 5
SEGMENT_LOAD = LAYOUT.add("segment_load", ty.I32)
"""a selector load that the personality has to do: 1 + segment number in the upper half, the selector below"""
SEGMENT_NEXT = LAYOUT.add("segment_next", ty.I64)
"""where the program goes on after it"""
SEGMENT_SP = LAYOUT.add("segment_sp", ty.I64)
"""and its stack pointer"""
TLS = LAYOUT.add("tls", ty.I64, 3)
"""descriptors of the GDT's entries for TLS"""

ST = LAYOUT.add("st", ty.F80, 8)
"""x87 registers by their place on the stack, ST(0) first; MMX registers are their low halves while TOP is 0"""
FTOP = LAYOUT.add("ftop", ty.I8)
FTAGS = LAYOUT.add("ftags", ty.I64)
"""a byte per register in the same order: 1 in use, 0 empty"""
FCW = LAYOUT.add("fcw", ty.I16)
FSW = LAYOUT.add("fsw", ty.I16)
"""condition codes, stack fault and the invalid flag that comes with it; the core holds the other flags"""
FOP = LAYOUT.add("fop", ty.I16)
FCS = LAYOUT.add("fcs", ty.I16)
FDS = LAYOUT.add("fds", ty.I16)
FIP = LAYOUT.add("fip", ty.I64)
FDP = LAYOUT.add("fdp", ty.I64)
"""opcode, selectors, addresses of the last x87 instruction and its operand"""

YMM = LAYOUT.add("ymm", ty.I128, 32)
"""register n is at ``YMM + 32 * n``; its low half is XMM n"""

SCRATCH = LAYOUT.add("scratch", ty.I128, 2)
"""where an instruction puts a vector together"""

FLAGS = frozenset((CF, PF, AF, ZF, SF, OF))
"""what the tables' ``flags`` column speaks of"""

CF_BIT, PF_BIT, AF_BIT, ZF_BIT, SF_BIT, DF_BIT, OF_BIT = 1, 4, 0x10, 0x40, 0x80, 0x400, 0x800
KEPT = 0x254100
"""TF NT RF AC ID: the bits of ``eflags`` that can be kept"""
FIXED = 0x202
"""bits that always read as one: bit 1 and IF"""


class _Registers(Protocol):
    def read(self, offset: int, t: int) -> int: ...

    def write(self, offset: int, t: int, value: int) -> None: ...


def read_eflags(cpu: _Registers) -> int:
    """The EFLAGS register of a stopped CPU."""
    value = cpu.read(EFLAGS, ty.I32) & KEPT | FIXED | cpu.read(AF, ty.I8) & AF_BIT
    if not cpu.read(PF, ty.I8).bit_count() & 1:
        value |= PF_BIT
    for offset, bit in ((CF, CF_BIT), (ZF, ZF_BIT), (SF, SF_BIT), (DF, DF_BIT), (OF, OF_BIT)):
        if cpu.read(offset, ty.I8):
            value |= bit
    return value


def write_eflags(cpu: _Registers, value: int) -> None:
    """Set the bits that user code can change."""
    cpu.write(EFLAGS, ty.I32, value & KEPT)
    cpu.write(AF, ty.I8, value & AF_BIT)
    cpu.write(PF, ty.I8, 0 if value & PF_BIT else 1)
    for offset, bit in ((CF, CF_BIT), (ZF, ZF_BIT), (SF, SF_BIT), (DF, DF_BIT), (OF, OF_BIT)):
        cpu.write(offset, ty.I8, int(value & bit != 0))


KINDS = {
    kind.name: kind
    for kind in (
        OperandKind("r", "off"),  # state offset: a register or a part of one
        OperandKind("i", "s32"),  # immediate, displacement
        OperandKind("wide", "i64"),  # immediate of 64 bits
        OperandKind("to", "pc"),  # address computed from pc
    )
}
