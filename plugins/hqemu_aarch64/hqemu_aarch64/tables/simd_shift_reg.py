"""Rows: Advanced SIMD shift by register, vector and scalar."""

from __future__ import annotations

from hqemu_core.isa.table import Row

from ..lift import simd_shift_reg as lift

# fmt: off
ROWS = [
    Row("shl_reg_v", "0 q u 01110 size:2 1 rm:5 010 round 0 1 rn:5 rd:5", lift.lift_shift, "size, 64 << q, u, round, 0", "v(rd) v(rn) v(rm)", when="q or size != 3", insn="sshl v0.4s, v1.4s, v2.4s"),
    Row("shl_reg_d", "01 u 11110 11 1 rm:5 010 round 0 1 rn:5 rd:5", lift.lift_shift, "3, 64, u, round, 0", "v(rd) v(rn) v(rm)", insn="ushl d0, d1, d2"),
    Row("qshl_reg_v", "0 q u 01110 size:2 1 rm:5 010 round 1 1 rn:5 rd:5", lift.lift_shift, "size, 64 << q, u, round, 1", "v(rd) v(rn) v(rm)", when="q or size != 3", insn="sqshl v0.4s, v1.4s, v2.4s"),
    Row("qshl_reg_s", "01 u 11110 size:2 1 rm:5 010 round 1 1 rn:5 rd:5", lift.lift_shift, "size, 8 << size, u, round, 1", "v(rd) v(rn) v(rm)", insn="uqrshl s0, s1, s2"),
]
