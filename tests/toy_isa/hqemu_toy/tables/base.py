"""Rows: opcode, three registers, 12-bit immediate; li and bnz have a 16-bit, jal a 24-bit one."""

from __future__ import annotations

from hqemu_core.isa.table import Row

from ..lift import base as lift

# fmt: off
ROWS = [
    Row("li",  "00000001 rd:4 0000 imm:16",      lift.lift_li, "", "rd(rd) i(sx(imm, 16))", insn="li r1, 5"),
    Row("add", "00000010 rd:4 ra:4 rb:4 000000000000", lift.lift_arithmetic, "0", "rd(rd) r(ra) r(rb)", insn="add r1, r2, r3"),
    Row("sub", "00000011 rd:4 ra:4 rb:4 000000000000", lift.lift_arithmetic, "1", "rd(rd) r(ra) r(rb)", insn="sub r1, r2, r3"),
    Row("mul", "00000100 rd:4 ra:4 rb:4 000000000000", lift.lift_arithmetic, "2", "rd(rd) r(ra) r(rb)", insn="mul r1, r2, r3"),
    Row("ldb", "00000101 rd:4 ra:4 imm:16",      lift.lift_ldb, "", "rd(rd) r(ra) i(sx(imm, 16))", insn="ldb r1, r2, 0"),
    Row("stb", "00000110 rd:4 ra:4 imm:16",      lift.lift_stb, "", "r(rd) r(ra) i(sx(imm, 16))", insn="stb r1, r2, 0"),
    Row("bnz", "00000111 0000 ra:4 imm:16",      lift.lift_bnz, "", "r(ra) to(pc + sx(imm, 16) * 4) to(pc + 4)", end="branch", insn="bnz r1, 2"),
    Row("jal", "00001000 imm:24",                lift.lift_jal, "", "to(pc + sx(imm, 24) * 4) to(pc + 4)", end="call", insn="jal 2"),
    Row("jr",  "00001001 0000 ra:4 0000000000000000", lift.lift_jr, "", "r(ra)", end="ret", insn="jr r15"),
    Row("sys", "00001010 000000000000000000000000", lift.lift_sys, "", "to(pc + 4)", end="syscall", insn="sys"),
]
