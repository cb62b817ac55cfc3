"""Rows: multiplication, division, media."""

from __future__ import annotations

from hqemu_core.isa.table import Row

from ..lift import crc, media
from ..lift import multiply as lift
from .variants import conditional

_RD3 = "15 not in (rd, rn, rm)"
_RD4 = "15 not in (rd, rn, rm, ra)"
_LONG = "15 not in (hi, lo, rn, rm) and hi != lo"
_THREE = "r(rd) r(rn) r(rm)"
_FOUR = "r(rd) r(rn) r(rm) r(ra)"
_HILO = "r(lo) r(hi) r(rn) r(rm)"
_SHIFT = "shift_kind(2 * sh, imm)"

# fmt: off
_MULTIPLY = [
    *conditional("mul", "0000000 0 rd:4 0000 rm:4 1001 rn:4", lift.lift_mul, "0", _THREE, _RD3, insn="mul r0, r1, r2", select=True),
    *conditional("mul_s", "0000000 1 rd:4 0000 rm:4 1001 rn:4", lift.lift_mul, "1", _THREE, _RD3, "p", fuse="first", insn="muls r0, r1, r2"),
    *conditional("mla", "0000001 0 rd:4 ra:4 rm:4 1001 rn:4", lift.lift_mla, "0, 0", _FOUR, _RD4, insn="mla r0, r1, r2, r3", select=True),
    *conditional("mla_s", "0000001 1 rd:4 ra:4 rm:4 1001 rn:4", lift.lift_mla, "1, 0", _FOUR, _RD4, "p", fuse="first", insn="mlas r0, r1, r2, r3"),
    *conditional("mls", "0000011 0 rd:4 ra:4 rm:4 1001 rn:4", lift.lift_mla, "0, 1", _FOUR, _RD4, insn="mls r0, r1, r2, r3", select=True),
    *conditional("umaal", "0000010 0 hi:4 lo:4 rm:4 1001 rn:4", lift.lift_umaal, "", _HILO, _LONG, insn="umaal r0, r1, r2, r3"),
    *conditional("mull", "00001 sg acc 0 hi:4 lo:4 rm:4 1001 rn:4", lift.lift_mull, "sg, acc, 0", _HILO, _LONG, insn="umull r0, r1, r2, r3"),
    *conditional("mull_s", "00001 sg acc 1 hi:4 lo:4 rm:4 1001 rn:4", lift.lift_mull, "sg, acc, 1", _HILO, _LONG, "p", fuse="first", insn="umulls r0, r1, r2, r3"),
    *conditional("smla_half", "00010000 rd:4 ra:4 rm:4 1 m n 0 rn:4", lift.lift_smla_half, "n, m", _FOUR, _RD4, insn="smlabt r0, r1, r2, r3"),
    *conditional("smlaw", "00010010 rd:4 ra:4 rm:4 1 m 00 rn:4", lift.lift_smlaw, "m", _FOUR, _RD4, insn="smlawb r0, r1, r2, r3"),
    *conditional("smulw", "00010010 rd:4 0000 rm:4 1 m 10 rn:4", lift.lift_smulw, "m", _THREE, _RD3, insn="smulwt r0, r1, r2", select=True),
    *conditional("smlal_half", "00010100 hi:4 lo:4 rm:4 1 m n 0 rn:4", lift.lift_smlal_half, "n, m", _HILO, _LONG, insn="smlaltb r0, r1, r2, r3"),
    *conditional("smul_half", "00010110 rd:4 0000 rm:4 1 m n 0 rn:4", lift.lift_smul_half, "n, m", _THREE, _RD3, insn="smulbb r0, r1, r2", select=True),
    *conditional("smuad", "01110000 rd:4 1111 rm:4 0 sub x_ 1 rn:4", lift.lift_smuad, "sub, x_", _THREE, _RD3, insn="smuad r0, r1, r2"),
    *conditional("smlad", "01110000 rd:4 ra:4 rm:4 0 sub x_ 1 rn:4", lift.lift_smlad, "sub, x_", _FOUR, _RD4, insn="smladx r0, r1, r2, r3"),
    *conditional("smlald", "01110100 hi:4 lo:4 rm:4 0 sub x_ 1 rn:4", lift.lift_smlald, "sub, x_", _HILO, _LONG, insn="smlald r0, r1, r2, r3"),
    *conditional("smmul", "01110101 rd:4 1111 rm:4 00 rnd 1 rn:4", lift.lift_smmul, "rnd", _THREE, _RD3, insn="smmulr r0, r1, r2", select=True),
    *conditional("smmla", "01110101 rd:4 ra:4 rm:4 sub s2 rnd 1 rn:4", lift.lift_smmla, "sub, rnd", _FOUR, f"sub == s2 and {_RD4}", insn="smmla r0, r1, r2, r3", select=True),
    *conditional("div", "011100 u 1 rd:4 1111 rm:4 0001 rn:4", lift.lift_div, "1 - u", _THREE, _RD3, insn=".word 0xe710f211 // sdiv r0, r1, r2", select=True, feature="idiva"),
]
_MEDIA = [
    *conditional("clz", "00010110 1111 rd:4 1111 0001 rm:4", media.lift_reverse, "4", "r(rd) r(rm)", "15 not in (rd, rm)", insn="clz r0, r1", select=True),
    *conditional("qadd", "00010 dbl sub 0 rn:4 rd:4 0000 0101 rm:4", media.lift_qadd, "sub, dbl", "r(rd) r(rm) r(rn)", _RD3, insn="qadd r0, r1, r2"),
    *conditional("parallel", "01100 uns kind:2 rn:4 rd:4 1111 oper:3 1 rm:4", media.lift_parallel, "kind, uns, oper", _THREE, f"kind and oper in (0, 1, 2, 3, 4, 7) and {_RD3}", insn="uadd8 r0, r1, r2"),
    *conditional("pkh", "01101000 rn:4 rd:4 imm:5 sh 01 rm:4", media.lift_pkh, f"sh, {_SHIFT}", "r(rd) r(rn) r(rm) i(imm)", _RD3, insn="pkhbt r0, r1, r2, lsl #4", select=True),
    *conditional("sel", "01101000 rn:4 rd:4 1111 1011 rm:4", media.lift_sel, "", _THREE, _RD3, insn="sel r0, r1, r2", select=True),
    *conditional("ssat", "0110101 sat:5 rd:4 imm:5 sh 01 rn:4", media.lift_sat, f"0, {_SHIFT}", "r(rd) i(ones(sat)) r(rn) i(imm)", "15 not in (rd, rn)", insn="ssat r0, #8, r1, lsl #2"),
    *conditional("usat", "0110111 sat:5 rd:4 imm:5 sh 01 rn:4", media.lift_sat, f"1, {_SHIFT}", "r(rd) i(ones(sat)) r(rn) i(imm)", "15 not in (rd, rn)", insn="usat r0, #8, r1, asr #2"),
    *conditional("sat16", "01101 uns 10 sat:4 rd:4 1111 0011 rn:4", media.lift_sat16, "uns", "r(rd) i(ones(sat)) r(rn)", "15 not in (rd, rn)", insn="ssat16 r0, #8, r1"),
    *conditional("extend", "01101 kind:3 1111 rd:4 rot:2 00 0111 rm:4", media.lift_extend, "kind, rot != 0", "r(rd) r(rm) i(8 * rot)", "kind & 3 != 1 and 15 not in (rd, rm)", insn="sxtb r0, r1", select=True),
    *conditional("extend_add", "01101 kind:3 rn:4 rd:4 rot:2 00 0111 rm:4", media.lift_extend_add, "kind, rot != 0", "r(rd) r(rn) r(rm) i(8 * rot)", f"kind & 3 != 1 and {_RD3}", insn="uxtah r0, r1, r2, ror #8", select=True),
    *conditional("rev", "01101 011 1111 rd:4 1111 h 011 rm:4", media.lift_reverse, "h", "r(rd) r(rm)", "15 not in (rd, rm)", insn="rev r0, r1", select=True),
    *conditional("rbit", "01101 111 1111 rd:4 1111 h 011 rm:4", media.lift_reverse, "2 + h", "r(rd) r(rm)", "15 not in (rd, rm)", insn="rbit r0, r1", select=True),
    *conditional("usad8", "01111000 rd:4 1111 rm:4 0001 rn:4", media.lift_usad8, "", _THREE, _RD3, insn="usad8 r0, r1, r2", select=True),
    *conditional("usada8", "01111000 rd:4 ra:4 rm:4 0001 rn:4", media.lift_usada8, "", _FOUR, _RD4, insn="usada8 r0, r1, r2, r3", select=True),
    *conditional("bfx", "01111 uns 1 wm:5 rd:4 lsb:5 101 rn:4", media.lift_bfx, "uns", "r(rd) r(rn) i(31 - lsb - wm) i(31 - wm)", "lsb + wm < 32 and 15 not in (rd, rn)", insn="ubfx r0, r1, #4, #8", select=True),
    *conditional("bfc", "0111110 msb:5 rd:4 lsb:5 001 1111", media.lift_bfc, "", "r(rd) i(~(ones(msb + 1) & -(1 << lsb)))", "msb >= lsb and rd != 15", insn="bfc r0, #4, #8", select=True),
    *conditional("bfi", "0111110 msb:5 rd:4 lsb:5 001 rn:4", media.lift_bfi, "", "r(rd) r(rn) i(lsb) i(sx(ones(msb + 1) & -(1 << lsb), 32))", "msb >= lsb and 15 not in (rd, rn)", insn="bfi r0, r1, #4, #8", select=True),
]
# fmt: on
_CRC = Row(
    "crc32", "1110 00010 size:2 0 rn:4 rd:4 00 c 0 0100 rm:4", crc.lift_crc32, "size, c", _THREE, f"size < 3 and {_RD3}",
    insn=".word 0xe1010042 // crc32b r0, r1, r2", feature="crc32",
)
"""ARMv8; unpredictable with a condition"""
ROWS: list[Row] = [*_MULTIPLY, *_MEDIA, _CRC]
