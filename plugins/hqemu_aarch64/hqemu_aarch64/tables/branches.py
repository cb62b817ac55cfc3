"""Rows: branches and exceptions."""

from __future__ import annotations

from hqemu_core.isa.table import Row

from ..lift import branches as lift

_NEXT = "to(pc + 4)"

# fmt: off
ROWS = [
    Row("b", "0 00101 imm:26", lift.lift_b, "", "to(pc + sx(imm << 2, 28))", end="jump", insn="b #8"),
    Row("bl", "1 00101 imm:26", lift.lift_bl, "", f"to(pc + sx(imm << 2, 28)) {_NEXT}", end="call", insn="bl #8"),
    Row("b_always", "0101010 0 imm:19 0 111x", lift.lift_b, "", "to(pc + sx(imm << 2, 21))", end="jump", insn="b.al #8"),
    Row("b_cond", "0101010 0 imm:19 0 cond:4", lift.lift_b_cond, "cond", f"to(pc + sx(imm << 2, 21)) {_NEXT}", flags="r", end="branch", fuse="second", insn="b.eq #8"),
    Row("cbz", "sf 011010 nz imm:19 rt:5", lift.lift_cbz, "sf, nz", f"x(rt) to(pc + sx(imm << 2, 21)) {_NEXT}", end="branch", insn="cbz x0, #8"),
    Row("tbz", "0 011011 nz bit:5 imm:14 rt:5", lift.lift_tbz, "nz", f"x(rt) i(sx(1 << bit, 32)) to(pc + sx(imm << 2, 16)) {_NEXT}", end="branch", insn="tbz w0, #1, #8"),
    Row("tbz_high", "1 011011 nz bit:5 imm:14 rt:5", lift.lift_tbz_high, "nz", f"x(rt) wide(1 << (bit + 32)) to(pc + sx(imm << 2, 16)) {_NEXT}", end="branch", insn="tbz x0, #33, #8"),
    Row("br", "1101011 0000 11111 000000 rn:5 00000", lift.lift_br, "", "x(rn)", end="indirect", insn="br x1"),
    Row("blr", "1101011 0001 11111 000000 rn:5 00000", lift.lift_blr, "", f"x(rn) {_NEXT}", end="icall", insn="blr x1"),
    Row("ret", "1101011 0010 11111 000000 rn:5 00000", lift.lift_ret, "", "x(rn)", end="ret", insn="ret"),
    Row("svc", "11010100 000 imm:16 00001", lift.lift_svc, "imm", _NEXT, end="syscall", insn="svc #0"),
    Row("brk", "11010100 001 imm:16 00000", lift.lift_brk, "", "to(pc)", end="trap", insn="brk #1"),
    Row("hlt", "11010100 010 imm:16 00000", lift.lift_undefined, "", "to(pc)", end="trap", insn="hlt #1"),
    Row("udf", "0000000000000000 imm:16", lift.lift_undefined, "", "to(pc)", end="trap", insn=".word 0"),
]
