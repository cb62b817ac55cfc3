"""Rows: scalar floating point, FPCR and FPSR. Half precision (type 3) is there for FCVT only."""

from __future__ import annotations

from hqemu_core.isa.table import Row

from ..lift import fp_arith as arith
from ..lift import fp_compare as compare
from ..lift import fp_convert as convert
from ..lift import fp_misc as misc

_SINGLE_OR_DOUBLE = "type < 2"
_FORMATS = "type != 2 and opc != 2 and type != opc"
_FIXED = "type < 2 and (sf or scale > 31)"

# fmt: off
ROWS = [
    Row("fmov_reg", "00011110 type:2 1 000000 10000 rn:5 rd:5", misc.lift_move, "type", "v(rd) v(rn)", when=_SINGLE_OR_DOUBLE, insn="fmov d0, d1"),
    Row("fp_unary", "00011110 type:2 1 0000 opcode:2 10000 rn:5 rd:5", arith.lift_unary, "type, opcode", "v(rd) v(rn)", when=_SINGLE_OR_DOUBLE, insn="fsqrt d0, d1"),
    Row("fcvt", "00011110 type:2 1 0001 opc:2 10000 rn:5 rd:5", convert.lift_format, "type, opc", "v(rd) v(rn)", when=_FORMATS, insn="fcvt d0, s1"),
    Row("frint", "00011110 type:2 1 001 rmode:3 10000 rn:5 rd:5", arith.lift_round, "type, rmode", "v(rd) v(rn)", when="type < 2 and rmode != 5", insn="frintz d0, d1"),
    Row("fp_binary", "00011110 type:2 1 rm:5 opcode:4 10 rn:5 rd:5", arith.lift_binary, "type, opcode", "v(rd) v(rn) v(rm)", when="type < 2 and opcode < 9", insn="fadd d0, d1, d2"),
    Row("fp_fma", "00011111 type:2 o1 rm:5 o0 ra:5 rn:5 rd:5", arith.lift_fma, "type, o1 ^ o0, o1", "v(rd) v(rn) v(rm) v(ra)", when=_SINGLE_OR_DOUBLE, insn="fmadd d0, d1, d2, d3"),

    Row("fcmp", "00011110 type:2 1 rm:5 001000 rn:5 signal 0 000", compare.lift_compare, "type, signal", "v(rn) v(rm)", when=_SINGLE_OR_DOUBLE, flags="w", fuse="first", insn="fcmp d1, d2"),
    Row("fcmp_zero", "00011110 type:2 1 xxxxx 001000 rn:5 signal 1 000", compare.lift_compare_zero, "type, signal", "v(rn)", when=_SINGLE_OR_DOUBLE, flags="w", fuse="first", insn="fcmp d1, #0.0"),
    Row("fccmp", "00011110 type:2 1 rm:5 cond:4 01 rn:5 signal n z c v", compare.lift_cond_compare, "type, signal, min(cond, 14)", "v(rn) v(rm) i(n) i(z) i(c) i(v)", when=_SINGLE_OR_DOUBLE, flags="rw", fuse="second", insn="fccmp d1, d2, #4, eq"),
    Row("fcsel", "00011110 type:2 1 rm:5 cond:4 11 rn:5 rd:5", compare.lift_select, "type, min(cond, 14)", "v(rd) v(rn) v(rm)", when=_SINGLE_OR_DOUBLE, flags="r", fuse="second", insn="fcsel d0, d1, d2, eq"),

    Row("fmov_imm_s", "00011110 00 1 a b cdefgh:6 100 00000 rd:5", misc.lift_constant, "0", "v(rd) i(sx(a << 31 | (b ^ 1) << 30 | b * 31 << 25 | cdefgh << 19, 32))", insn="fmov s0, #1.0"),
    Row("fmov_imm_d", "00011110 01 1 a b cdefgh:6 100 00000 rd:5", misc.lift_constant, "1", "v(rd) wide(sx(a << 63 | (b ^ 1) << 62 | b * 255 << 54 | cdefgh << 48, 64))", insn="fmov d0, #1.0"),
    Row("fmov_to_general", "sf 0011110 0 type 1 00 110 000000 rn:5 rd:5", misc.lift_to_general, "sf", "xd(rd) v(rn)", when="sf == type", insn="fmov x0, d1"),
    Row("fmov_from_general", "sf 0011110 0 type 1 00 111 000000 rn:5 rd:5", misc.lift_from_general, "sf", "v(rd) x(rn)", when="sf == type", insn="fmov d0, x1"),
    Row("fmov_top_to_general", "10011110 10 1 01 110 000000 rn:5 rd:5", misc.lift_top_to_general, "", "xd(rd) v(rn)", insn="fmov x0, v1.d[1]"),
    Row("fmov_top_from_general", "10011110 10 1 01 111 000000 rn:5 rd:5", misc.lift_top_from_general, "", "v(rd) x(rn)", insn="fmov v0.d[1], x1"),

    Row("fcvt_int", "sf 0011110 type:2 1 rmode:2 00 u 000000 rn:5 rd:5", convert.lift_to_int, "sf, type, rmode, u", "xd(rd) v(rn)", when=_SINGLE_OR_DOUBLE, insn="fcvtzs x0, d1"),
    Row("fcvta_int", "sf 0011110 type:2 1 00 10 u 000000 rn:5 rd:5", convert.lift_to_int, "sf, type, 4, u", "xd(rd) v(rn)", when=_SINGLE_OR_DOUBLE, insn="fcvtas x0, d1"),
    Row("cvtf_int", "sf 0011110 type:2 1 00 01 u 000000 rn:5 rd:5", convert.lift_from_int, "sf, type, u", "v(rd) x(rn)", when=_SINGLE_OR_DOUBLE, insn="scvtf d0, x1"),
    Row("fcvtz_fixed", "sf 0011110 type:2 0 11 00 u scale:6 rn:5 rd:5", convert.lift_to_fixed, "sf, type, u", "xd(rd) v(rn) i(64 - scale)", when=_FIXED, insn="fcvtzs x0, d1, #8"),
    Row("cvtf_fixed", "sf 0011110 type:2 0 00 01 u scale:6 rn:5 rd:5", convert.lift_from_fixed, "sf, type, u", "v(rd) x(rn) i(64 - scale)", when=_FIXED, insn="scvtf d0, x1, #8"),

    Row("mrs_fpcr", "1101010100 1 1 1 011 0100 0100 000 rt:5", misc.lift_read_fpcr, "", "xd(rt)", insn="mrs x0, fpcr"),
    Row("msr_fpcr", "1101010100 0 1 1 011 0100 0100 000 rt:5", misc.lift_write_fpcr, "", "x(rt) to(pc + 4)", end="resync", insn="msr fpcr, x0"),
    Row("mrs_fpsr", "1101010100 1 1 1 011 0100 0100 001 rt:5", misc.lift_read_fpsr, "", "xd(rt)", insn="mrs x0, fpsr"),
    Row("msr_fpsr", "1101010100 0 1 1 011 0100 0100 001 rt:5", misc.lift_write_fpsr, "", "x(rt)", insn="msr fpsr, x0"),
]
