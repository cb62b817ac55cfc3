"""Rows: data processing, register."""

from __future__ import annotations

from hqemu_core.isa.table import Row

from ..lift import dp_reg as lift
from ..lift.dp_imm import lift_move

_SHIFTED = "rm:5 imm:6 rn:5"
_LOGIC = "x(rn) x(rm) i(imm)"

# fmt: off
ROWS = [
    Row("mov_reg", "sf 01 01010 000 rm:5 000000 11111 rd:5", lift_move, "sf", "xd(rd) x(rm)", insn="mov x0, x1"),
    Row("tst_reg", f"sf 11 01010 shift:2 N {_SHIFTED} 11111", lift.lift_test, "sf, N, shift_kind(shift, imm)", _LOGIC, when="sf or imm < 32", flags="w", fuse="first", insn="tst x1, x2"),
    Row("ands_reg", f"sf 11 01010 shift:2 N {_SHIFTED} rd:5", lift.lift_logical, "sf, 3, N, shift_kind(shift, imm)", f"xd(rd) {_LOGIC}", when="sf or imm < 32", flags="w", fuse="first", insn="ands x0, x1, x2"),
    Row("logical_reg", f"sf opc:2 01010 shift:2 N {_SHIFTED} rd:5", lift.lift_logical, "sf, opc, N, shift_kind(shift, imm)", f"xd(rd) {_LOGIC}", when="sf or imm < 32", insn="and x0, x1, x2"),

    Row("cmp_reg", f"sf op 1 01011 shift:2 0 {_SHIFTED} 11111", lift.lift_compare, "sf, op, shift_kind(shift, imm)", "x(rn) x(rm) i(imm)", when="shift != 3 and (sf or imm < 32)", flags="w", fuse="first", insn="cmp x1, x2"),
    Row("adds_reg", f"sf op 1 01011 shift:2 0 {_SHIFTED} rd:5", lift.lift_add_sub, "sf, op, 1, shift_kind(shift, imm)", "xd(rd) x(rn) x(rm) i(imm)", when="shift != 3 and (sf or imm < 32)", flags="w", fuse="first", insn="adds x0, x1, x2"),
    Row("add_reg", f"sf op 0 01011 shift:2 0 {_SHIFTED} rd:5", lift.lift_add_sub, "sf, op, 0, shift_kind(shift, imm)", "xd(rd) x(rn) x(rm) i(imm)", when="shift != 3 and (sf or imm < 32)", insn="add x0, x1, x2"),

    Row("cmp_ext", "sf op 1 01011 001 rm:5 option:3 imm:3 rn:5 11111", lift.lift_compare_ext, "sf, op, extend_kind(option, sf), int(imm != 0)", "sp(rn) x(rm) i(imm)", when="imm <= 4", flags="w", fuse="first", insn="cmp x1, w2, sxtw"),
    Row("adds_ext", "sf op 1 01011 001 rm:5 option:3 imm:3 rn:5 rd:5", lift.lift_add_sub_ext, "sf, op, 1, extend_kind(option, sf), int(imm != 0)", "xd(rd) sp(rn) x(rm) i(imm)", when="imm <= 4", flags="w", fuse="first", insn="adds x0, x1, w2, sxtw"),
    Row("add_ext", "sf op 0 01011 001 rm:5 option:3 imm:3 rn:5 rd:5", lift.lift_add_sub_ext, "sf, op, 0, extend_kind(option, sf), int(imm != 0)", "sp(rd) sp(rn) x(rm) i(imm)", when="imm <= 4", insn="add x0, x1, w2, sxtw"),

    Row("adcs", "sf op 1 11010000 rm:5 000000 rn:5 rd:5", lift.lift_add_carry, "sf, op, 1", "xd(rd) x(rn) x(rm)", flags="rw", insn="adcs x0, x1, x2"),
    Row("adc", "sf op 0 11010000 rm:5 000000 rn:5 rd:5", lift.lift_add_carry, "sf, op, 0", "xd(rd) x(rn) x(rm)", flags="r", insn="adc x0, x1, x2"),

    Row("ccmp_imm", "sf op 1 11010010 imm:5 cond:4 10 rn:5 0 n z c v", lift.lift_ccmp_imm, "sf, op, min(cond, 14)", "x(rn) i(imm) i(n) i(z) i(c) i(v)", flags="rw", fuse="second", insn="ccmp x1, #1, #4, eq"),
    Row("ccmp_reg", "sf op 1 11010010 rm:5 cond:4 00 rn:5 0 n z c v", lift.lift_ccmp_reg, "sf, op, min(cond, 14)", "x(rn) x(rm) i(n) i(z) i(c) i(v)", flags="rw", fuse="second", insn="ccmp x1, x2, #4, eq"),
    Row("cset", "sf 00 11010100 11111 cond:4 01 11111 rd:5", lift.lift_cset, "cond ^ 1", "xd(rd)", when="cond < 14", flags="r", fuse="second", insn="cset x0, eq"),
    Row("csetm", "sf 10 11010100 11111 cond:4 00 11111 rd:5", lift.lift_csetm, "sf, cond ^ 1", "xd(rd)", when="cond < 14", flags="r", fuse="second", insn="csetm x0, eq"),
    Row("csel", "sf op 0 11010100 rm:5 cond:4 0 inc rn:5 rd:5", lift.lift_csel, "sf, op, inc, min(cond, 14)", "xd(rd) x(rn) x(rm)", flags="r", fuse="second", insn="csel x0, x1, x2, eq"),

    Row("mul", "sf 00 11011 000 rm:5 0 11111 rn:5 rd:5", lift.lift_mul, "sf", "xd(rd) x(rn) x(rm)", insn="mul x0, x1, x2"),
    Row("madd", "sf 00 11011 000 rm:5 sub ra:5 rn:5 rd:5", lift.lift_madd, "sf, sub", "xd(rd) x(rn) x(rm) x(ra)", insn="madd x0, x1, x2, x3"),
    Row("mull", "1 00 11011 U 01 rm:5 0 11111 rn:5 rd:5", lift.lift_mull, "U", "xd(rd) x(rn) x(rm)", insn="smull x0, w1, w2"),
    Row("maddl", "1 00 11011 U 01 rm:5 sub ra:5 rn:5 rd:5", lift.lift_maddl, "U, sub", "xd(rd) x(rn) x(rm) x(ra)", insn="smaddl x0, w1, w2, x3"),
    Row("mulh", "1 00 11011 U 10 rm:5 0 xxxxx rn:5 rd:5", lift.lift_mulh, "U", "xd(rd) x(rn) x(rm)", insn="smulh x0, x1, x2"),

    Row("udiv", "sf 00 11010110 rm:5 000010 rn:5 rd:5", lift.lift_udiv, "sf", "xd(rd) x(rn) x(rm)", insn="udiv x0, x1, x2"),
    Row("sdiv", "sf 00 11010110 rm:5 000011 rn:5 rd:5", lift.lift_sdiv, "sf", "xd(rd) x(rn) x(rm)", insn="sdiv x0, x1, x2"),
    Row("shift_var", "sf 00 11010110 rm:5 0010 kind:2 rn:5 rd:5", lift.lift_shift_var, "sf, kind", "xd(rd) x(rn) x(rm)", insn="lsl x0, x1, x2"),

    Row("rbit", "sf 10 11010110 00000 000000 rn:5 rd:5", lift.lift_rbit, "sf", "xd(rd) x(rn)", insn="rbit x0, x1"),
    Row("rev16", "sf 10 11010110 00000 000001 rn:5 rd:5", lift.lift_rev16, "sf", "xd(rd) x(rn)", insn="rev16 x0, x1"),
    Row("rev_w", "0 10 11010110 00000 000010 rn:5 rd:5", lift.lift_rev, "0", "xd(rd) x(rn)", insn="rev w0, w1"),
    Row("rev32", "1 10 11010110 00000 000010 rn:5 rd:5", lift.lift_rev32, "", "xd(rd) x(rn)", insn="rev32 x0, x1"),
    Row("rev", "1 10 11010110 00000 000011 rn:5 rd:5", lift.lift_rev, "1", "xd(rd) x(rn)", insn="rev x0, x1"),
    Row("clz", "sf 10 11010110 00000 000100 rn:5 rd:5", lift.lift_clz, "sf", "xd(rd) x(rn)", insn="clz x0, x1"),
    Row("cls", "sf 10 11010110 00000 000101 rn:5 rd:5", lift.lift_cls, "sf", "xd(rd) x(rn)", insn="cls x0, x1"),
]
