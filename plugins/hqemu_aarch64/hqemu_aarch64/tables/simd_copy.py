"""Rows: Advanced SIMD copy.

The lowest set bit of imm5 says the lane size, the bits above it the lane.
"""

from __future__ import annotations

from hqemu_core.isa.table import Row

from ..lift import simd_copy as lift

_SIZE = "(imm5 & -imm5).bit_length() - 1"
_LANE = "imm5 >> (imm5 & -imm5).bit_length()"

# fmt: off
ROWS = [
    Row("dup_element", "0 q 0 01110000 imm5:5 0 0000 1 rn:5 rd:5", lift.lift_dup_element, f"{_SIZE}, {_LANE}, 8 << q", "v(rd) v(rn)", when="imm5 & (15 if q else 7)", insn="dup v0.4s, v1.s[2]"),
    Row("dup_scalar", "01 0 11110000 imm5:5 0 0000 1 rn:5 rd:5", lift.lift_dup_element, f"{_SIZE}, {_LANE}, imm5 & -imm5", "v(rd) v(rn)", when="imm5 & 15", insn="mov s0, v1.s[2]"),
    Row("dup_general", "0 q 0 01110000 imm5:5 0 0001 1 rn:5 rd:5", lift.lift_dup_general, f"{_SIZE}, q", "v(rd) x(rn)", when="imm5 & (15 if q else 7)", insn="dup v0.4s, w1"),
    Row("ins_general", "0 1 0 01110000 imm5:5 0 0011 1 rn:5 rd:5", lift.lift_ins_general, f"{_SIZE}, {_LANE}", "v(rd) x(rn)", when="imm5 & 15", insn="mov v0.s[2], w1"),
    Row("ins_element", "0 1 1 01110000 imm5:5 0 imm4:4 1 rn:5 rd:5", lift.lift_ins_element, f"{_SIZE}, {_LANE}, imm4 >> {_SIZE}", "v(rd) v(rn)", when="not imm5 & 3 and imm5 & 15", insn="mov v0.s[2], v1.s[1]"),
    Row("ins_element_narrow", "0 1 1 01110000 imm5:5 0 imm4:4 1 rn:5 rd:5", lift.lift_ins_element_narrow, f"{_SIZE}, {_LANE}", "v(rd) v(rn) i(imm4 & -(imm5 & -imm5))", when="imm5 & 3", insn="mov v0.b[2], v1.b[1]"),
    Row("umov", "0 0 0 01110000 imm5:5 0 0111 1 rn:5 rd:5", lift.lift_umov, f"{_SIZE}, {_LANE}", "xd(rd) v(rn)", when="imm5 & 7", insn="umov w0, v1.h[2]"),
    Row("umov_x", "0 1 0 01110000 lane 1000 0 0111 1 rn:5 rd:5", lift.lift_umov, "3, lane", "xd(rd) v(rn)", insn="mov x0, v1.d[1]"),
    Row("smov", "0 q 0 01110000 imm5:5 0 0101 1 rn:5 rd:5", lift.lift_smov, f"{_SIZE}, {_LANE}, q", "xd(rd) v(rn)", when="imm5 & (7 if q else 3)", insn="smov x0, v1.h[2]"),
]
