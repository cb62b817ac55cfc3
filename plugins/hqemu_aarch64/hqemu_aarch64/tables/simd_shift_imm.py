"""Rows: Advanced SIMD shift by immediate, vector and scalar.

immh's highest set bit says the lane size; a right shift is by 2 * lane width - immh:immb, a left one by
immh:immb - lane width. Scalars of 64 bits only have immh<3> set.
"""

from __future__ import annotations

from hqemu_core.isa.table import Row

from ..lift import simd_shift_imm as lift
from ..lift import simd_shift_imm_width as width

_SIZE = "immh.bit_length() - 1"
_RIGHT = "(8 << immh.bit_length()) - (immh << 3 | immb)"
_LEFT = "(immh << 3 | immb) - (4 << immh.bit_length())"
_ALL_OUT = "int(not immb and not immh & immh - 1)"
_LANE = "4 << immh.bit_length()"
_VECTOR = "immh and (q or immh < 8)"
_NARROW = "0 < immh < 8"
_CLAMPED = f"min({_RIGHT}, ({_LANE}) - 1)"
_V = "0 q u 011110 immh:4 immb:3"
_S = "01 u 111110 immh:4 immb:3"
_RD = "1 rn:5 rd:5"

# fmt: off
ROWS = [
    Row("shr_v", f"{_V} 00000 {_RD}", lift.lift_right, f"{_SIZE}, 64 << q, u, 0, u and {_ALL_OUT}", f"v(rd) v(rn) i({_CLAMPED})", when=_VECTOR, insn="sshr v0.4s, v1.4s, #3"),
    Row("shr_d", f"{_S} 00000 {_RD}", lift.lift_right, f"3, 64, u, 0, u and {_ALL_OUT}", f"v(rd) v(rn) i({_CLAMPED})", when="immh >= 8", insn="ushr d0, d1, #3"),
    Row("sra_v", f"{_V} 00010 {_RD}", lift.lift_right, f"{_SIZE}, 64 << q, u, 1, u and {_ALL_OUT}", f"v(rd) v(rn) i({_CLAMPED})", when=_VECTOR, insn="ssra v0.4s, v1.4s, #3"),
    Row("sra_d", f"{_S} 00010 {_RD}", lift.lift_right, f"3, 64, u, 1, u and {_ALL_OUT}", f"v(rd) v(rn) i({_CLAMPED})", when="immh >= 8", insn="usra d0, d1, #3"),
    Row("rshr_v", f"{_V} 00100 {_RD}", lift.lift_right_rounded, f"{_SIZE}, 64 << q, u, 0", f"v(rd) v(rn) i({_RIGHT} - 1)", when=_VECTOR, insn="srshr v0.4s, v1.4s, #3"),
    Row("rshr_d", f"{_S} 00100 {_RD}", lift.lift_right_rounded, "3, 64, u, 0", f"v(rd) v(rn) i({_RIGHT} - 1)", when="immh >= 8", insn="urshr d0, d1, #3"),
    Row("rsra_v", f"{_V} 00110 {_RD}", lift.lift_right_rounded, f"{_SIZE}, 64 << q, u, 1", f"v(rd) v(rn) i({_RIGHT} - 1)", when=_VECTOR, insn="srsra v0.4s, v1.4s, #3"),
    Row("rsra_d", f"{_S} 00110 {_RD}", lift.lift_right_rounded, "3, 64, u, 1", f"v(rd) v(rn) i({_RIGHT} - 1)", when="immh >= 8", insn="ursra d0, d1, #3"),
    Row("sri_v", f"0 q 1 011110 immh:4 immb:3 01000 {_RD}", lift.lift_insert, f"{_SIZE}, 64 << q, 1, {_ALL_OUT}", f"v(rd) v(rn) i({_RIGHT})", when=_VECTOR, insn="sri v0.4s, v1.4s, #3"),
    Row("sri_d", f"01 1 111110 immh:4 immb:3 01000 {_RD}", lift.lift_insert, f"3, 64, 1, {_ALL_OUT}", f"v(rd) v(rn) i({_RIGHT})", when="immh >= 8", insn="sri d0, d1, #3"),
    Row("sli_v", f"0 q 1 011110 immh:4 immb:3 01010 {_RD}", lift.lift_insert, f"{_SIZE}, 64 << q, 0, 0", f"v(rd) v(rn) i({_LEFT})", when=_VECTOR, insn="sli v0.4s, v1.4s, #3"),
    Row("sli_d", f"01 1 111110 immh:4 immb:3 01010 {_RD}", lift.lift_insert, "3, 64, 0, 0", f"v(rd) v(rn) i({_LEFT})", when="immh >= 8", insn="sli d0, d1, #3"),
    Row("shl_v", f"0 q 0 011110 immh:4 immb:3 01010 {_RD}", lift.lift_left, f"{_SIZE}, 64 << q", f"v(rd) v(rn) i({_LEFT})", when=_VECTOR, insn="shl v0.4s, v1.4s, #3"),
    Row("shl_d", f"01 0 111110 immh:4 immb:3 01010 {_RD}", lift.lift_left, "3, 64", f"v(rd) v(rn) i({_LEFT})", when="immh >= 8", insn="shl d0, d1, #3"),
    Row("sqshlu_v", f"0 q 1 011110 immh:4 immb:3 01100 {_RD}", lift.lift_left_saturated, f"{_SIZE}, 64 << q, 2", f"v(rd) v(rn) i({_LEFT})", when=_VECTOR, insn="sqshlu v0.4s, v1.4s, #3"),
    Row("sqshlu_s", f"01 1 111110 immh:4 immb:3 01100 {_RD}", lift.lift_left_saturated, f"{_SIZE}, {_LANE}, 2", f"v(rd) v(rn) i({_LEFT})", when="immh", insn="sqshlu s0, s1, #3"),
    Row("qshl_imm_v", f"{_V} 01110 {_RD}", lift.lift_left_saturated, f"{_SIZE}, 64 << q, u", f"v(rd) v(rn) i({_LEFT})", when=_VECTOR, insn="sqshl v0.4s, v1.4s, #3"),
    Row("qshl_imm_s", f"{_S} 01110 {_RD}", lift.lift_left_saturated, f"{_SIZE}, {_LANE}, u", f"v(rd) v(rn) i({_LEFT})", when="immh", insn="uqshl s0, s1, #3"),
    Row("shrn", f"0 q 0 011110 immh:4 immb:3 10000 {_RD}", width.lift_narrow, f"{_SIZE}, 128, q, 0, 0", f"v(rd) v(rn) i({_RIGHT})", when=_NARROW, insn="shrn v0.4h, v1.4s, #3"),
    Row("rshrn", f"0 q 0 011110 immh:4 immb:3 10001 {_RD}", width.lift_narrow, f"{_SIZE}, 128, q, 1, 0", f"v(rd) v(rn) i({_RIGHT} - 1)", when=_NARROW, insn="rshrn v0.4h, v1.4s, #3"),
    Row("sqshrun_v", f"0 q 1 011110 immh:4 immb:3 10000 {_RD}", width.lift_narrow, f"{_SIZE}, 128, q, 0, 3", f"v(rd) v(rn) i({_RIGHT})", when=_NARROW, insn="sqshrun v0.4h, v1.4s, #3"),
    Row("sqshrun_s", f"01 1 111110 immh:4 immb:3 10000 {_RD}", width.lift_narrow, f"{_SIZE}, 2 * ({_LANE}), 0, 0, 3", f"v(rd) v(rn) i({_RIGHT})", when=_NARROW, insn="sqshrun h0, s1, #3"),
    Row("sqrshrun_v", f"0 q 1 011110 immh:4 immb:3 10001 {_RD}", width.lift_narrow, f"{_SIZE}, 128, q, 1, 3", f"v(rd) v(rn) i({_RIGHT} - 1)", when=_NARROW, insn="sqrshrun v0.4h, v1.4s, #3"),
    Row("sqrshrun_s", f"01 1 111110 immh:4 immb:3 10001 {_RD}", width.lift_narrow, f"{_SIZE}, 2 * ({_LANE}), 0, 1, 3", f"v(rd) v(rn) i({_RIGHT} - 1)", when=_NARROW, insn="sqrshrun h0, s1, #3"),
    Row("qshrn_v", f"{_V} 10010 {_RD}", width.lift_narrow, f"{_SIZE}, 128, q, 0, 1 + u", f"v(rd) v(rn) i({_RIGHT})", when=_NARROW, insn="sqshrn v0.4h, v1.4s, #3"),
    Row("qshrn_s", f"{_S} 10010 {_RD}", width.lift_narrow, f"{_SIZE}, 2 * ({_LANE}), 0, 0, 1 + u", f"v(rd) v(rn) i({_RIGHT})", when=_NARROW, insn="uqshrn h0, s1, #3"),
    Row("qrshrn_v", f"{_V} 10011 {_RD}", width.lift_narrow, f"{_SIZE}, 128, q, 1, 1 + u", f"v(rd) v(rn) i({_RIGHT} - 1)", when=_NARROW, insn="sqrshrn v0.4h, v1.4s, #3"),
    Row("qrshrn_s", f"{_S} 10011 {_RD}", width.lift_narrow, f"{_SIZE}, 2 * ({_LANE}), 0, 1, 1 + u", f"v(rd) v(rn) i({_RIGHT} - 1)", when=_NARROW, insn="uqrshrn h0, s1, #3"),
    Row("shift_left_long", f"{_V} 10100 {_RD}", width.lift_long, f"{_SIZE}, q, u, int({_LEFT} == 0)", f"v(rd) v(rn) i({_LEFT})", when=_NARROW, insn="sshll v0.4s, v1.4h, #3"),
]
