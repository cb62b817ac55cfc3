"""Rows: branches, status register, hints, barriers with 32-bit T32 encodings (ARM ARM A6.3.4)."""

from __future__ import annotations

from hqemu_core.isa.table import Row

from ..lift import branches, exclusive, status
from ..lift import system as lift
from .t32_variants import wide

_NEXT = "to(following(pc, 4))"
_FAR = "thumb_offset(s, j1, j2, high, low)"
_TO = f"to(u32(pc + 4 + {_FAR}))"
_PATTERN = "11110 s high:10 1 {} j1 {} j2 low:11"

# fmt: off
ROWS: list[Row] = [
    Row("w_b_cond", "1110 11110 s cc:4 high:6 10 j1 0 j2 low:11", branches.lift_b_if, "cc", f"to(u32(pc + 4 + sx((s << 19 | j2 << 18 | j1 << 17 | high << 11 | low) << 1, 21))) {_NEXT}", "cc < 14", "r", "branch", "second", ".word 0x8002f000 // beq.w #0x400008"),
    Row("w_b", f"1110 {_PATTERN.format(0, 1)}", branches.lift_b, "", _TO, end="jump", insn="b.w #8"),
    Row("w_b_if", f"cond:4 {_PATTERN.format(0, 1)}", branches.lift_b_if, "cond", f"{_TO} {_NEXT}", "cond < 14", "r", "branch", "second", "it eq & beq.w #8"),
    *wide("bl", _PATTERN.format(1, 1), branches.lift_bl, "", f"{_TO} {_NEXT}", end="call", insn="bl #8"),
    *wide("blx_imm", _PATTERN.format(1, 0), branches.lift_bl, "", f"to(u32(literal(pc) + {_FAR})) {_NEXT}", "not low & 1", end="call", insn="blx #8"),

    *wide("bxj", "1111 0011 1100 rm:4 1000 1111 0000 0000", branches.lift_bx, "0", "r(rm)", "rm != 15", end="indirect", insn="bxj r1"),
    *wide("break", "1111 0111 1111 0000 1010 0000 0000 0000", branches.lift_bkpt, "", "to(pc)", end="trap", insn=".word 0xa000f7f0 // udf.w #0"),
    *wide("udf", "1111 0111 1111 imm:4 1010 low:12", branches.lift_undefined, "", "to(pc)", end="trap", insn=".word 0xa001f7f0 // udf.w #1"),
    *wide("mrs", "1111 0011 1110 1111 1000 rd:4 0000 0000", status.lift_mrs, "", "r(rd)", "rd != 15", "r", insn="mrs r0, apsr"),
    *wide("msr", "1111 0011 1000 rn:4 1000 mask:4 0000 0000", status.lift_msr, "mask & 12", "r(rn)", "mask & 8 and rn != 15", "w", insn="msr apsr_nzcvq, r0"),
    *wide("msr_ge", "1111 0011 1000 rn:4 1000 mask:4 0000 0000", status.lift_msr, "mask & 12", "r(rn)", "mask and not mask & 8 and rn != 15", insn="msr apsr_g, r0"),
    *wide("hint", "1111 0011 1010 1111 1000 0 imm:11", lift.lift_nothing, insn="nop.w"),
    *wide("clrex", "1111 0011 1011 1111 1000 1111 0010 1111", exclusive.lift_clrex, insn="clrex"),
    *wide("barrier", "1111 0011 1011 1111 1000 1111 010 dmb option:4", lift.lift_barrier, "(2, 0, 1, 2)[option & 3]", insn="dmb ish"),
    *wide("isb", "1111 0011 1011 1111 1000 1111 0110 option:4", lift.lift_isb, "", _NEXT, end="resync", insn="isb"),
]
