"""Rows: branches, system calls, exceptions."""

from __future__ import annotations

from hqemu_core.isa.table import Row

from ..lift import branches as lift
from .variants import conditional

_TARGET = "to(u32(pc + 8 + sx(imm << 2, 26)))"
_NEXT = "to(following(pc, 4))"

# fmt: off
ROWS = [
    Row("b", "1110 1010 imm:24", lift.lift_b, "", _TARGET, end="jump", insn="b #8"),
    Row("b_if", "cond:4 1010 imm:24", lift.lift_b_if, "cond", f"{_TARGET} {_NEXT}", when="cond < 14", flags="r", end="branch", fuse="second", insn="beq #8"),
    *conditional("bl", "1011 imm:24", lift.lift_bl, "", f"{_TARGET} {_NEXT}", end="call", insn="bl #8"),
    Row("blx_imm", "1111 101 h imm:24", lift.lift_bl, "", f"to(u32(pc + 8 + sx(imm << 2, 26) + 2 * h) | 1) {_NEXT}", end="call", insn="blx #8"),
    *conditional("bx", "00010010 1111 1111 1111 0001 rm:4", lift.lift_bx, "rm == 14", "r(rm)", when="rm != 15", end="indirect", insn="bx lr"),
    *conditional("bxj", "00010010 1111 1111 1111 0010 rm:4", lift.lift_bx, "0", "r(rm)", when="rm != 15", end="indirect", insn="bxj r1"),
    *conditional("bx_pc", "00010010 1111 1111 1111 0001 1111", lift.lift_b, "", "to(u32(pc + 8))", end="jump", insn="bx pc"),
    *conditional("blx_reg", "00010010 1111 1111 1111 0011 rm:4", lift.lift_blx, "", f"r(rm) {_NEXT}", when="rm != 15", end="icall", insn="blx r1"),
    *conditional("svc", "1111 imm:24", lift.lift_svc, "imm != 0", _NEXT, end="syscall", insn="svc #0"),
    Row("bkpt", "1110 00010010 imm:12 0111 low:4", lift.lift_bkpt, "", "to(pc)", end="trap", insn="bkpt #1"),
    *conditional("break", "01111111 0000 0000 0001 1111 0000", lift.lift_bkpt, "", "to(pc)", end="trap", insn=".word 0xe7f001f0 // udf #0x10"),
    Row("udf", "1110 01111111 imm:12 1111 low:4", lift.lift_undefined, "", "to(pc)", end="trap", insn="udf #1"),
]
