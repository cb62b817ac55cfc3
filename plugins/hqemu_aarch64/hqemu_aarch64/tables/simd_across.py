"""Rows: Advanced SIMD across lanes, integer."""

from __future__ import annotations

from hqemu_core.ir import opcodes as op
from hqemu_core.isa.table import Row

from ..lift import simd_across as lift
from ..lift.simd_lanes import Lift


def _row(name: str, u: int, opcode: str, function: Lift, result: str = "b0") -> Row:
    return Row(
        f"{name}_v", f"0 q {u} 01110 size:2 11000 {opcode} 10 rn:5 rd:5", function, "size, q", "v(rd) v(rn)",
        when="size < 2 or size == 2 and q", insn=f"{name} {result}, v1.16b",
    )  # fmt: skip


# fmt: off
ROWS = [
    _row("saddlv", 0, "00011", lift.make_across_long(1), "h0"),
    _row("uaddlv", 1, "00011", lift.make_across_long(0), "h0"),
    _row("smaxv", 0, "01010", lift.make_across(op.SMAX)),
    _row("umaxv", 1, "01010", lift.make_across(op.UMAX)),
    _row("sminv", 0, "11010", lift.make_across(op.SMIN)),
    _row("uminv", 1, "11010", lift.make_across(op.UMIN)),
    _row("addv", 0, "11011", lift.make_across(op.ADD)),
]
