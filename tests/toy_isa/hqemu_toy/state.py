"""CPU state: sixteen 64-bit registers, r0 always zero; r14 is the stack pointer, r15 the link register."""

from __future__ import annotations

from hqemu_core.ir import types as ty
from hqemu_core.isa.state import StateLayout
from hqemu_core.isa.table import OperandKind

LAYOUT = StateLayout()
PC = LAYOUT.add("pc", ty.I64)
R = LAYOUT.add("r", ty.I64, 16)
ZERO = LAYOUT.add_zero("zero", ty.I64)
SINK = LAYOUT.add_sink("sink", ty.I64)
TLS = LAYOUT.add("tls", ty.I64)
SP = R + 14 * 8
LINK = R + 15 * 8

_named = tuple(R + 8 * n for n in range(1, 16))

KINDS = {
    kind.name: kind
    for kind in (
        OperandKind("r", "off", (ZERO, *_named)),  # read
        OperandKind("rd", "off", (SINK, *_named)),  # write
        OperandKind("i", "s32"),
        OperandKind("to", "pc"),
    )
}
