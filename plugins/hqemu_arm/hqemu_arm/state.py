"""AArch32 CPU state: R0..R14, a slot for reads and writes of PC, NZCV as bytes, Q, GE, TPIDR, exclusive monitor, the
VFP and Advanced SIMD registers, FPSCR.

Code addresses carry the Thumb bit in bit 0; ``pc`` holds one.
"""

from __future__ import annotations

from hqemu_core.ir import types as ty
from hqemu_core.isa.state import StateLayout
from hqemu_core.isa.table import OperandKind

LAYOUT = StateLayout()
PC = LAYOUT.add("pc", ty.I64)
"""the address, the Thumb bit (0), and ITSTATE in the top byte: not 0 between the instructions of an IT block only"""
IT_SHIFT = 56
R = LAYOUT.add("r", ty.I32, 16)
"""R15's slot is scratch: an instruction that names PC as an operand puts the value it reads there first"""
SP = R + 4 * 13
LR = R + 4 * 14
R15 = R + 4 * 15
N = LAYOUT.add("n", ty.I8)
Z = LAYOUT.add("z", ty.I8)
C = LAYOUT.add("c", ty.I8)
V_FLAG = LAYOUT.add("v_flag", ty.I8)
Q = LAYOUT.add("q", ty.I8)
"""sticky saturation, 0 or 1"""
GE = LAYOUT.add("ge", ty.I32)
"""APSR.GE as a mask: byte n is all ones where GE[n] is set"""
TPIDRURW = LAYOUT.add("tpidrurw", ty.I32)
TPIDRURO = LAYOUT.add("tpidruro", ty.I32)
"""the thread pointer that Linux sets for the program (``set_tls``)"""
MONITOR_ADDR = LAYOUT.add("monitor_addr", ty.I64)
"""address of the exclusive monitor, all ones when clear"""
MONITOR_VALUE = LAYOUT.add("monitor_value", ty.I64)
BIG = LAYOUT.add("e", ty.I8)
"""CPSR.E: data is big-endian, 0 or 1"""
FPSCR = LAYOUT.add("fpscr", ty.I32)
"""FPSCR but for NZCV and for the sticky flags that are the host's: AHP DN FZ RMode, QC (bit 27), IDC (bit 7)"""
FP_N = LAYOUT.add("fp_n", ty.I8)
FP_Z = LAYOUT.add("fp_z", ty.I8)
FP_C = LAYOUT.add("fp_c", ty.I8)
FP_V = LAYOUT.add("fp_v", ty.I8)
"""FPSCR's NZCV, 0 or 1"""
V = LAYOUT.add("v", ty.I128, 16)
"""Q0 to Q15; D0 to D31 are their halves, S0 to S31 the quarters of Q0 to Q7"""

FLAGS = frozenset((N, Z, C, V_FLAG))

_r = tuple(R + 4 * n for n in range(16))
_s = tuple(V + 4 * n for n in range(32))
_d = tuple(V + 8 * n for n in range(32))

KINDS = {
    kind.name: kind
    for kind in (
        OperandKind("r", "off", _r),  # register; 15 is the scratch slot
        OperandKind("s", "off", _s),  # single-precision register
        OperandKind("d", "off", _d),  # double-precision register; Q registers are the even ones
        OperandKind("f", "off", (*_s, *_d)),  # either: 0 to 31 single, 32 to 63 double
        OperandKind("e", "off", tuple(range(V, V + 256))),  # element, by byte of the register bank
        OperandKind("i", "s32"),  # immediate
        OperandKind("wide", "i64"),  # any immediate
        OperandKind("to", "pc"),  # address computed from pc
    )
}
