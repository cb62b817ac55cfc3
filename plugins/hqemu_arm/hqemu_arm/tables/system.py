"""Rows: status register, exclusives, hints, barriers, CP15."""

from __future__ import annotations

from hqemu_core.isa.table import Row

from ..lift import exclusive, status
from ..lift import system as lift
from .variants import conditional

_NEXT = "to(following(pc, 4))"
_PAIR = "(size != 1 or not rt & 1 and rt != 14)"
_FREE = "rd not in (rn, rt) and not (size == 1 and rd == rt + 1)"

# fmt: off
ROWS = [
    *conditional("hint", "0011 0010 0000 1111 0000 imm:8", lift.lift_nothing, insn="nop"),
    *conditional("mrs", "00010 000 1111 rd:4 0000 0000 0000", status.lift_mrs, "", "r(rd)", "rd != 15", "r", insn="mrs r0, apsr"),
    *conditional("msr", "00010 010 mask:4 1111 0000 0000 rn:4", status.lift_msr, "mask & 12", "r(rn)", "mask & 8 and rn != 15", "w", insn="msr apsr_nzcvq, r0"),
    *conditional("msr_ge", "00010 010 mask:4 1111 0000 0000 rn:4", status.lift_msr, "mask & 12", "r(rn)", "mask and not mask & 8 and rn != 15", insn="msr apsr_g, r0"),
    *conditional("msr_imm", "00110 010 mask:4 1111 imm:12", status.lift_msr_imm, "mask & 12", "i(expand(imm))", "mask & 8", "w", insn="msr apsr_nzcvq, #0xf0000000"),
    *conditional("msr_imm_ge", "00110 010 mask:4 1111 imm:12", status.lift_msr_imm, "mask & 12", "i(expand(imm))", "mask and not mask & 8", insn="msr apsr_g, #0xf0000"),

    Row("setend", "1111 0001 0000 0001 0000 00 big 0 0000 0000", lift.lift_setend, "big", _NEXT, end="resync", insn=".word 0xf1010200 // setend be"),
    Row("cps", "1111 0001 0000 imod:2 M 0 0000 000 A I F 0 mode:5", lift.lift_nothing, insn=".word 0xf1080080 // cpsie i"),

    *conditional("swp", "00010 byte 00 rn:4 rt:4 0000 1001 rt2:4", exclusive.lift_swp, "byte", "r(rt) r(rt2) r(rn)", "15 not in (rn, rt, rt2) and rn not in (rt, rt2)", insn="swp r0, r1, [r2]"),
    *conditional("strex", "00011 size:2 0 rn:4 rd:4 11 1 o 1001 rt:4", exclusive.lift_store_exclusive, "size", "r(rd) r(rt) r(rn)", f"15 not in (rn, rd, rt) and {_FREE} and {_PAIR}", insn="strex r0, r1, [r2]"),
    *conditional("ldrex", "00011 size:2 1 rn:4 rt:4 11 1 o 1001 1111", exclusive.lift_load_exclusive, "size, not o", "r(rt) r(rn)", f"15 not in (rn, rt) and {_PAIR}", insn="ldrex r0, [r1]"),
    *conditional("lda", "00011 size:2 1 rn:4 rt:4 1100 1001 1111", exclusive.lift_load_acquire, "size", "r(rt) r(rn)", "size != 1 and 15 not in (rn, rt)", insn=".word 0xe1910c9f // lda r0, [r1]"),
    *conditional("stl", "00011 size:2 0 rn:4 1111 1100 1001 rt:4", exclusive.lift_store_release, "size", "r(rt) r(rn)", "size != 1 and 15 not in (rn, rt)", insn=".word 0xe181fc90 // stl r0, [r1]"),
    Row("clrex", "1111 0101 0111 1111 1111 0000 0001 1111", exclusive.lift_clrex, insn="clrex"),

    Row("barrier", "1111 0101 0111 1111 1111 0000 010 dmb option:4", lift.lift_barrier, "(2, 0, 1, 2)[option & 3]", insn="dmb ish"),
    Row("isb", "1111 0101 0111 1111 1111 0000 0110 option:4", lift.lift_isb, "", _NEXT, end="resync", insn="isb"),

    *conditional("mrc_thread", "1110 000 1 1101 rt:4 1111 sel:3 1 0000", lift.lift_read_thread, "sel == 3", "r(rt)", "sel in (2, 3) and rt != 15", insn="mrc p15, #0, r0, c13, c0, #3"),
    *conditional("mcr_thread", "1110 000 0 1101 rt:4 1111 010 1 0000", lift.lift_write_thread, "", "r(rt)", "rt != 15", insn="mcr p15, #0, r0, c13, c0, #2"),
    *conditional("mcr_barrier", "1110 000 0 0111 rt:4 1111 10 s 1 1010", lift.lift_barrier, "2", insn=".word 0xee070fba // mcr p15, #0, r0, c7, c10, #5"),
    *conditional("mcr_isb", "1110 000 0 0111 rt:4 1111 100 1 0101", lift.lift_isb, "", _NEXT, end="resync", insn=".word 0xee070f95 // mcr p15, #0, r0, c7, c5, #4"),
]
