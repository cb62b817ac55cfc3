"""Rows: T32's multiplication, division, media (ARM ARM A6.3.12 to A6.3.17)."""

from __future__ import annotations

from hqemu_core.isa.table import Row

from ..lift import crc, media
from ..lift import multiply as lift
from .t32_variants import wide

_RD3 = "15 not in (rd, rn, rm)"
_RD4 = "15 not in (rd, rn, rm, ra)"
_LONG = "15 not in (hi, lo, rn, rm) and hi != lo"
_THREE = "r(rd) r(rn) r(rm)"
_FOUR = "r(rd) r(rn) r(rm) r(ra)"
_HILO = "r(lo) r(hi) r(rn) r(rm)"
_MUL = "11111011 0 {} rn:4 {} rd:4 {} rm:4"
_PLAIN, _ADD = "1111", "ra:4"
_MULL = "11111011 1 {} rn:4 lo:4 hi:4 {} rm:4"
_REG = "11111010 {} rn:4 1111 rd:4 {} rm:4"

# fmt: off
_MULTIPLY: list[Row] = [
    *wide("mul", _MUL.format("000", _PLAIN, "0000"), lift.lift_mul, "0", _THREE, _RD3, insn="mul r0, r1, r2", select=True),
    *wide("mla", _MUL.format("000", _ADD, "0000"), lift.lift_mla, "0, 0", _FOUR, _RD4, insn="mla r0, r1, r2, r3", select=True),
    *wide("mls", _MUL.format("000", _ADD, "0001"), lift.lift_mla, "0, 1", _FOUR, _RD4, insn="mls r0, r1, r2, r3", select=True),
    *wide("smul_half", _MUL.format("001", _PLAIN, "00 n m"), lift.lift_smul_half, "n, m", _THREE, _RD3, insn="smulbb r0, r1, r2", select=True),
    *wide("smla_half", _MUL.format("001", _ADD, "00 n m"), lift.lift_smla_half, "n, m", _FOUR, _RD4, insn="smlabt r0, r1, r2, r3"),
    *wide("smuad", _MUL.format("op:3", _PLAIN, "000 x_"), lift.lift_smuad, "op == 4, x_", _THREE, f"op in (2, 4) and {_RD3}", insn="smuad r0, r1, r2"),
    *wide("smlad", _MUL.format("op:3", _ADD, "000 x_"), lift.lift_smlad, "op == 4, x_", _FOUR, f"op in (2, 4) and {_RD4}", insn="smladx r0, r1, r2, r3"),
    *wide("smulw", _MUL.format("011", _PLAIN, "000 m"), lift.lift_smulw, "m", _THREE, _RD3, insn="smulwt r0, r1, r2", select=True),
    *wide("smlaw", _MUL.format("011", _ADD, "000 m"), lift.lift_smlaw, "m", _FOUR, _RD4, insn="smlawb r0, r1, r2, r3"),
    *wide("smmul", _MUL.format("101", _PLAIN, "000 rnd"), lift.lift_smmul, "rnd", _THREE, _RD3, insn="smmulr r0, r1, r2", select=True),
    *wide("smmla", _MUL.format("101", _ADD, "000 rnd"), lift.lift_smmla, "0, rnd", _FOUR, _RD4, insn="smmla r0, r1, r2, r3", select=True),
    *wide("smmls", _MUL.format("110", _ADD, "000 rnd"), lift.lift_smmla, "1, rnd", _FOUR, _RD4, insn="smmls r0, r1, r2, r3", select=True),
    *wide("usad8", _MUL.format("111", _PLAIN, "0000"), media.lift_usad8, "", _THREE, _RD3, insn="usad8 r0, r1, r2", select=True),
    *wide("usada8", _MUL.format("111", _ADD, "0000"), media.lift_usada8, "", _FOUR, _RD4, insn="usada8 r0, r1, r2, r3", select=True),
    *wide("mull", _MULL.format("0 uns 0", "0000"), lift.lift_mull, "1 - uns, 0, 0", _HILO, _LONG, insn="umull r0, r1, r2, r3"),
    *wide("mlal", _MULL.format("1 uns 0", "0000"), lift.lift_mull, "1 - uns, 1, 0", _HILO, _LONG, insn="umlal r0, r1, r2, r3"),
    *wide("umaal", _MULL.format("110", "0110"), lift.lift_umaal, "", _HILO, _LONG, insn="umaal r0, r1, r2, r3"),
    *wide("smlal_half", _MULL.format("100", "10 n m"), lift.lift_smlal_half, "n, m", _HILO, _LONG, insn="smlaltb r0, r1, r2, r3"),
    *wide("smlald", _MULL.format("10 sub", "110 x_"), lift.lift_smlald, "sub, x_", _HILO, _LONG, insn="smlald r0, r1, r2, r3"),
    *wide("div", "11111011 1 0 uns 1 rn:4 1111 rd:4 1111 rm:4", lift.lift_div, "1 - uns", _THREE, _RD3, insn=".word 0xf0f2fb91 // sdiv r0, r1, r2", select=True, feature="idivt"),
]
_PARALLEL = "{0: 4, 1: 0, 2: 1, 4: 7, 5: 3, 6: 2}"
"""T32's number of the operation -> ``lift_parallel``'s"""
_MEDIA: list[Row] = [
    *wide("extend", "11111010 0 kind:3 1111 1111 rd:4 10 rot:2 rm:4", media.lift_extend, "{0: 3, 1: 7, 2: 0, 3: 4, 4: 2, 5: 6}[kind], rot != 0", "r(rd) r(rm) i(8 * rot)", "kind < 6 and 15 not in (rd, rm)", insn="sxtb.w r0, r1", select=True),
    *wide("extend_add", "11111010 0 kind:3 rn:4 1111 rd:4 10 rot:2 rm:4", media.lift_extend_add, "{0: 3, 1: 7, 2: 0, 3: 4, 4: 2, 5: 6}[kind], rot != 0", "r(rd) r(rn) r(rm) i(8 * rot)", f"kind < 6 and {_RD3}", insn=".word 0xf082fa11 // uxtah r0, r1, r2", select=True),
    *wide("parallel", _REG.format("1 oper:3", "0 uns kind:2"), media.lift_parallel, f"kind + 1, uns, {_PARALLEL}[oper]", _THREE, f"kind < 3 and oper not in (3, 7) and {_RD3}", insn="uadd8 r0, r1, r2"),
    *wide("qadd", _REG.format("1 000", "10 sub dbl"), media.lift_qadd, "sub, dbl", "r(rd) r(rm) r(rn)", _RD3, insn="qadd r0, r1, r2"),
    *wide("reverse", _REG.format("1 001", "10 kind:2"), media.lift_reverse, "kind", "r(rd) r(rm)", "rn == rm and 15 not in (rd, rm)", insn="rev.w r0, r1", select=True),
    *wide("sel", _REG.format("1 010", "1000"), media.lift_sel, "", _THREE, _RD3, insn="sel r0, r1, r2", select=True),
    *wide("clz", _REG.format("1 011", "1000"), media.lift_reverse, "4", "r(rd) r(rm)", "rn == rm and 15 not in (rd, rm)", insn="clz r0, r1", select=True),
    *wide("crc32", _REG.format("1 10 c", "10 size:2"), crc.lift_crc32, "size, c", _THREE, f"size < 3 and {_RD3}", insn=".word 0xf082fac1 // crc32b r0, r1, r2", feature="crc32"),
]
# fmt: on
ROWS = [*_MULTIPLY, *_MEDIA]
