"""Rows: loads and stores of general registers."""

from __future__ import annotations

from hqemu_core.isa.table import Row

from ..lift import loads as lift

_OK = "(opc < 2 or size < 5 - opc)"

# fmt: off
ROWS = [
    Row("prfm_lit", "11 011 0 00 imm:19 rt:5", lift.lift_prefetch, insn="prfm pldl1keep, #8"),
    Row("ldrsw_lit", "10 011 0 00 imm:19 rt:5", lift.lift_load_literal, "2, 2", "xd(rt) to(pc + sx(imm << 2, 21))", insn="ldrsw x0, #8"),
    Row("ldr_lit", "0 sf 011 0 00 imm:19 rt:5", lift.lift_load_literal, "2 + sf, 1", "xd(rt) to(pc + sx(imm << 2, 21))", insn="ldr x0, #8"),

    Row("prfm", "11 111 0 01 10 imm:12 rn:5 rt:5", lift.lift_prefetch, insn="prfm pldl1keep, [x1, #8]"),
    Row("str", "size:2 111 0 01 00 imm:12 rn:5 rt:5", lift.lift_store, "size", "x(rt) sp(rn) i(imm << size)", insn="str x0, [x1, #8]"),
    Row("ldr", "size:2 111 0 01 opc:2 imm:12 rn:5 rt:5", lift.lift_load, "size, opc", "xd(rt) sp(rn) i(imm << size)", when=_OK, insn="ldr x0, [x1, #8]"),

    Row("prfum", "11 111 0 00 10 0 imm:9 00 rn:5 rt:5", lift.lift_prefetch, insn="prfum pldl1keep, [x1, #-1]"),
    Row("stur", "size:2 111 0 00 00 0 imm:9 00 rn:5 rt:5", lift.lift_store, "size", "x(rt) sp(rn) i(sx(imm, 9))", insn="stur x0, [x1, #-1]"),
    Row("ldur", "size:2 111 0 00 opc:2 0 imm:9 00 rn:5 rt:5", lift.lift_load, "size, opc", "xd(rt) sp(rn) i(sx(imm, 9))", when=_OK, insn="ldur x0, [x1, #-1]"),
    Row("sttr", "size:2 111 0 00 00 0 imm:9 10 rn:5 rt:5", lift.lift_store, "size", "x(rt) sp(rn) i(sx(imm, 9))", insn="sttr x0, [x1, #-1]"),
    Row("ldtr", "size:2 111 0 00 opc:2 0 imm:9 10 rn:5 rt:5", lift.lift_load, "size, opc", "xd(rt) sp(rn) i(sx(imm, 9))", when=_OK, insn="ldtr x0, [x1, #-1]"),
    Row("str_pre", "size:2 111 0 00 00 0 imm:9 11 rn:5 rt:5", lift.lift_store_pre, "size", "x(rt) sp(rn) i(sx(imm, 9))", insn="str x0, [x1, #-8]!"),
    Row("ldr_pre", "size:2 111 0 00 opc:2 0 imm:9 11 rn:5 rt:5", lift.lift_load_pre, "size, opc", "xd(rt) sp(rn) i(sx(imm, 9))", when=_OK, insn="ldr x0, [x1, #-8]!"),
    Row("str_post", "size:2 111 0 00 00 0 imm:9 01 rn:5 rt:5", lift.lift_store_post, "size", "x(rt) sp(rn) i(sx(imm, 9))", insn="str x0, [x1], #-8"),
    Row("ldr_post", "size:2 111 0 00 opc:2 0 imm:9 01 rn:5 rt:5", lift.lift_load_post, "size, opc", "xd(rt) sp(rn) i(sx(imm, 9))", when=_OK, insn="ldr x0, [x1], #-8"),

    Row("prfm_reg", "11 111 0 00 10 1 rm:5 opt:3 S 10 rn:5 rt:5", lift.lift_prefetch, when="opt & 2", insn="prfm pldl1keep, [x1, x2]"),
    Row("str_reg", "size:2 111 0 00 00 1 rm:5 opt:3 S 10 rn:5 rt:5", lift.lift_store_reg, "size, extend_kind(opt, 1), S and size", "x(rt) sp(rn) x(rm)", when="opt & 2", insn="str x0, [x1, x2, lsl #3]"),
    Row("ldr_reg", "size:2 111 0 00 opc:2 1 rm:5 opt:3 S 10 rn:5 rt:5", lift.lift_load_reg, "size, opc, extend_kind(opt, 1), S and size", "xd(rt) sp(rn) x(rm)", when=f"opt & 2 and {_OK}", insn="ldr x0, [x1, x2, lsl #3]"),

    Row("stnp", "sf 0 101 0 000 0 imm:7 rt2:5 rn:5 rt:5", lift.lift_store_pair, "sf", "x(rt) x(rt2) sp(rn) i(sx(imm, 7) << 2 + sf)", insn="stnp x0, x2, [x1, #16]"),
    Row("ldnp", "sf 0 101 0 000 1 imm:7 rt2:5 rn:5 rt:5", lift.lift_load_pair, "sf, 0", "xd(rt) xd(rt2) sp(rn) i(sx(imm, 7) << 2 + sf)", insn="ldnp x0, x2, [x1, #16]"),
    Row("stp_post", "sf 0 101 0 001 0 imm:7 rt2:5 rn:5 rt:5", lift.lift_store_pair_post, "sf", "x(rt) x(rt2) sp(rn) i(sx(imm, 7) << 2 + sf)", insn="stp x0, x2, [x1], #16"),
    Row("ldp_post", "sf 0 101 0 001 1 imm:7 rt2:5 rn:5 rt:5", lift.lift_load_pair_post, "sf, 0", "xd(rt) xd(rt2) sp(rn) i(sx(imm, 7) << 2 + sf)", insn="ldp x0, x2, [x1], #16"),
    Row("ldpsw_post", "01 101 0 001 1 imm:7 rt2:5 rn:5 rt:5", lift.lift_load_pair_post, "0, 1", "xd(rt) xd(rt2) sp(rn) i(sx(imm, 7) << 2)", insn="ldpsw x0, x2, [x1], #16"),
    Row("stp", "sf 0 101 0 010 0 imm:7 rt2:5 rn:5 rt:5", lift.lift_store_pair, "sf", "x(rt) x(rt2) sp(rn) i(sx(imm, 7) << 2 + sf)", insn="stp x0, x2, [x1, #16]"),
    Row("ldp", "sf 0 101 0 010 1 imm:7 rt2:5 rn:5 rt:5", lift.lift_load_pair, "sf, 0", "xd(rt) xd(rt2) sp(rn) i(sx(imm, 7) << 2 + sf)", insn="ldp x0, x2, [x1, #16]"),
    Row("ldpsw", "01 101 0 010 1 imm:7 rt2:5 rn:5 rt:5", lift.lift_load_pair, "0, 1", "xd(rt) xd(rt2) sp(rn) i(sx(imm, 7) << 2)", insn="ldpsw x0, x2, [x1, #16]"),
    Row("stp_pre", "sf 0 101 0 011 0 imm:7 rt2:5 rn:5 rt:5", lift.lift_store_pair_pre, "sf", "x(rt) x(rt2) sp(rn) i(sx(imm, 7) << 2 + sf)", insn="stp x0, x2, [x1, #16]!"),
    Row("ldp_pre", "sf 0 101 0 011 1 imm:7 rt2:5 rn:5 rt:5", lift.lift_load_pair_pre, "sf, 0", "xd(rt) xd(rt2) sp(rn) i(sx(imm, 7) << 2 + sf)", insn="ldp x0, x2, [x1, #16]!"),
    Row("ldpsw_pre", "01 101 0 011 1 imm:7 rt2:5 rn:5 rt:5", lift.lift_load_pair_pre, "0, 1", "xd(rt) xd(rt2) sp(rn) i(sx(imm, 7) << 2)", insn="ldpsw x0, x2, [x1, #16]!"),
]
