"""AArch64 CPU state: X0..X30, SP (in slot 31), NZCV as four bytes, V0..V31, FPCR/FPSR, TPIDR_EL0, monitor."""

from __future__ import annotations

from hqemu_core.ir import types as ty
from hqemu_core.isa.state import StateLayout
from hqemu_core.isa.table import OperandKind

LAYOUT = StateLayout()
PC = LAYOUT.add("pc", ty.I64)
X = LAYOUT.add("x", ty.I64, 32)
SP = X + 31 * 8  # as in signal frames
XZR = LAYOUT.add_zero("xzr", ty.I128)
SINK = LAYOUT.add_sink("sink", ty.I128)
N = LAYOUT.add("n", ty.I8)  # signal frames copy the four at once
Z = LAYOUT.add("z", ty.I8)
C = LAYOUT.add("c", ty.I8)
V_FLAG = LAYOUT.add("v_flag", ty.I8)
FPCR = LAYOUT.add("fpcr", ty.I32)
FPSR = LAYOUT.add("fpsr", ty.I32)
"""FPSR bits that are not in the host's sticky flags: QC (bit 27) and IDC (bit 7)."""
TPIDR = LAYOUT.add("tpidr_el0", ty.I64)
CODE_LINE = LAYOUT.add("code_line", ty.I64)
"""address of the line that the last IC IVAU named, plus one; 0 when that was acted on"""
MONITOR_ADDR = LAYOUT.add("monitor_addr", ty.I64)
"""address of the exclusive monitor, all ones when clear"""
MONITOR_VALUE = LAYOUT.add("monitor_value", ty.I128)
V = LAYOUT.add("v", ty.I128, 32)

FLAGS = frozenset((N, Z, C, V_FLAG))

_x = tuple(X + 8 * n for n in range(31))
_v = tuple(V + 16 * n for n in range(32))
_numbers = tuple(range(-(1 << 6), 1 << 6))

KINDS = {
    kind.name: kind
    for kind in (
        OperandKind("x", "off", (*_x, XZR)),  # read, 31 is zero
        OperandKind("xd", "off", (*_x, SINK)),  # write, 31 is dropped
        OperandKind("sp", "off", (*_x, SP)),  # read or write, 31 is the stack pointer
        OperandKind("v", "off", _v),  # SIMD&FP register, 16 bytes
        OperandKind("ve", "off", tuple(range(V, V + 32 * 16))),  # element: by byte, 16 * register + byte in it
        OperandKind("i", "s32"),  # immediate that fits 32 bits signed
        OperandKind("wide", "i64"),  # any immediate
        OperandKind("to", "pc"),  # address computed from pc
    )
}
