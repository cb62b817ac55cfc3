"""Rows: data processing with 32-bit T32 encodings (ARM ARM A6.3.1 to A6.3.3, A6.3.11)."""

from __future__ import annotations

from hqemu_core.isa.table import Row

from ..lift import dp as lift
from ..lift import media
from .t32_variants import wide

_IMM = "i(thumb_imm(i, imm3, imm8))"
_CARRY = "thumb_imm_carry(i, imm3, imm8)"
_CODE = "CODES[op]"
_GROUPS = (
    # suffix, opcodes, S, flags, fuse, example's mnemonic
    ("", (0, 1, 2, 3, 4, 8, 13, 14), 0, "", "", "add"),
    ("_carry", (10, 11), 0, "r", "", "adc"),
    ("_arith_s", (8, 13, 14), 1, "w", "first", "adds"),
    ("_carry_s", (10, 11), 1, "rw", "", "adcs"),
    ("_logic_s", (0, 1, 2, 3, 4), 1, "p", "first", "ands"),
)
_COMPARES = (("cmp", {8: 11, 13: 10}, "w"), ("tst", {0: 8, 4: 9}, "p"))
_AMOUNT = "(imm3 << 2 | imm2)"
_KIND = f"shift_kind(kind, {_AMOUNT})"
_NO_RRX = f"({_AMOUNT} or kind != 3)"
_RRX = f"not {_AMOUNT} and kind == 3"
_BY = f"r(rm) i({_AMOUNT})"


def _immediate() -> list[Row]:
    rows: list[Row] = []
    for suffix, codes, s, flags, fuse, name in _GROUPS:
        carry = _CARRY if flags == "p" else "0"
        rows += wide(
            "dp_imm" + suffix, f"11110 i 0 op:4 {s} rn:4 0 imm3:3 rd:4 imm8:8", lift.lift_dp_imm,
            f"{_CODE}, {s}, {carry}", f"r(rd) r(rn) {_IMM}", f"op in {codes} and 15 not in (rn, rd)", flags, "", fuse,
            f"{name} r0, r1, #0xff00ff", not s,
        )  # fmt: skip
    for name, compares, flags in _COMPARES:
        rows += wide(
            f"{name}_imm", "11110 i 0 op:4 1 rn:4 0 imm3:3 1111 imm8:8", lift.lift_compare_imm,
            f"{compares}[op], {_CARRY if flags == 'p' else '0'}", f"r(rn) {_IMM}", f"op in {tuple(compares)} and rn != 15", flags,
            "", "first", f"{name}.w r1, #0xff00ff",
        )  # fmt: skip
    for s in (0, 1):
        rows += wide(
            "mov_imm" + "_s" * s, f"11110 i 0 001 inv {s} 1111 0 imm3:3 rd:4 imm8:8", lift.lift_move_imm,
            f"{s}, {_CARRY if s else '0'}",
            "r(rd) i(~thumb_imm(i, imm3, imm8) if inv else thumb_imm(i, imm3, imm8))", "rd != 15", "p" if s else "",
            "", "first" if s else "", f"mov{'s' * s}.w r0, #0xff00ff", not s,
        )  # fmt: skip
    plain = "(i << 11 | imm3 << 8 | imm8)"
    rows += wide("adr", "11110 i 1 0 sub 0 sub2 0 1111 0 imm3:3 rd:4 imm8:8", lift.lift_move_imm, "0, 0",
                 f"r(rd) to(u32(literal(pc) + (-{plain} if sub else {plain})))", "sub == sub2 and rd != 15",
                 insn="adr.w r0, #8", select=True)  # fmt: skip
    rows += wide("dp_imm12", "11110 i 1 0 sub 0 sub2 0 rn:4 0 imm3:3 rd:4 imm8:8", lift.lift_dp_imm, "4, 0, 0",
                 f"r(rd) r(rn) i(-{plain} if sub else {plain})", "sub == sub2 and 15 not in (rn, rd)",
                 insn="addw r0, r1, #8", select=True)  # fmt: skip
    half = "imm4 << 12 | i << 11 | imm3 << 8 | imm8"
    rows += wide("movw", "11110 i 1 0 0 1 0 0 imm4:4 0 imm3:3 rd:4 imm8:8", lift.lift_move_imm, "0, 0",
                 f"r(rd) i({half})", "rd != 15", insn="movw r0, #0x1234", select=True)  # fmt: skip
    rows += wide("movt", "11110 i 1 0 1 1 0 0 imm4:4 0 imm3:3 rd:4 imm8:8", lift.lift_movt, "",
                 f"r(rd) i(sx(({half}) << 16, 32))", "rd != 15", insn="movt r0, #0x1234", select=True)  # fmt: skip
    return rows


def _register() -> list[Row]:
    shifted = "0 imm3:3 {} imm2:2 kind:2 rm:4"
    rows: list[Row] = []
    for suffix, codes, s, flags, fuse, name in _GROUPS:
        for rrx in (0, 1):
            rows += wide(
                "dp_reg" + suffix + "_rrx" * rrx, f"1110101 op:4 {s} rn:4 {shifted.format('rd:4')}",
                lift.lift_dp_reg, f"{_CODE}, {s}, {_KIND}", f"r(rd) r(rn) {_BY}",
                f"op in {codes} and 15 not in (rd, rn, rm) and {_RRX if rrx else _NO_RRX}", "rw" if rrx else flags, "",
                "" if rrx else fuse, f"{name}.w r0, r1, r2, {'rrx' if rrx else 'lsl #3'}", not s,
            )  # fmt: skip
    for name, compares, flags in _COMPARES:
        for rrx in (0, 1):
            rows += wide(
                f"{name}_reg" + "_rrx" * rrx, f"1110101 op:4 1 rn:4 {shifted.format('1111')}", lift.lift_compare_reg,
                f"{compares}[op], {_KIND}", f"r(rn) {_BY}",
                f"op in {tuple(compares)} and 15 not in (rn, rm) and {_RRX if rrx else _NO_RRX}", "rw" if rrx else flags, "",
                "" if rrx else "first", f"{name}.w r1, r2, {'rrx' if rrx else 'lsl #3'}",
            )  # fmt: skip
    for s in (0, 1):
        for rrx in (0, 1):
            name = ("rrx" if rrx else "lsl") + "s" * s
            rows += wide(
                "mov_reg" + "_s" * s + "_rrx" * rrx, f"1110101 001 inv {s} 1111 {shifted.format('rd:4')}",
                lift.lift_move_reg, f"13 + 2 * inv, {s}, {_KIND}", f"r(rd) {_BY}",
                f"15 not in (rd, rm) and {_RRX if rrx else _NO_RRX}", "rw" if rrx else "p" if s else "", "",
                "first" if s and not rrx else "", f"{name} r0, r2" if rrx else f"{name}.w r0, r2, #3", not s,
            )  # fmt: skip
    for s in (0, 1):
        rows += wide(
            "mov_rsr" + "_s" * s, f"11111010 0 kind:2 {s} rm:4 1111 rd:4 0000 rs:4", lift.lift_move_rsr,
            f"13, {s}, kind", "r(rd) r(rm) r(rs)", "15 not in (rd, rm, rs)", "rw" if s else "",
            insn=f"lsl{'s' * s}.w r0, r2, r3", select=not s,
        )  # fmt: skip
    return rows


_SAT = "(imm3 << 2 | imm2)"
_LSB = _SAT
# fmt: off
_FIELD = [
    *wide("sat16", "11110 0 11 uns 0 10 rn:4 0 000 rd:4 00 00 sat:4", media.lift_sat16, "uns", "r(rd) i(ones(sat)) r(rn)", "15 not in (rd, rn)", insn="ssat16 r0, #8, r1"),
    *wide("ssat", "11110 0 11 0 0 sh 0 rn:4 0 imm3:3 rd:4 imm2:2 0 sat:5", media.lift_sat, f"0, shift_kind(2 * sh, {_SAT})", f"r(rd) i(ones(sat)) r(rn) i({_SAT})", f"(not sh or {_SAT}) and 15 not in (rd, rn)", insn="ssat r0, #8, r1, lsl #2"),
    *wide("usat", "11110 0 11 1 0 sh 0 rn:4 0 imm3:3 rd:4 imm2:2 0 sat:5", media.lift_sat, f"1, shift_kind(2 * sh, {_SAT})", f"r(rd) i(ones(sat)) r(rn) i({_SAT})", f"(not sh or {_SAT}) and 15 not in (rd, rn)", insn="usat r0, #8, r1, asr #2"),
    *wide("bfx", "11110 0 11 uns 1 0 0 rn:4 0 imm3:3 rd:4 imm2:2 0 wm:5", media.lift_bfx, "uns", f"r(rd) r(rn) i(31 - {_LSB} - wm) i(31 - wm)", f"{_LSB} + wm < 32 and 15 not in (rd, rn)", insn="ubfx r0, r1, #4, #8", select=True),
    *wide("bfc", "11110 0 11 0 1 1 0 1111 0 imm3:3 rd:4 imm2:2 0 msb:5", media.lift_bfc, "", f"r(rd) i(~(ones(msb + 1) & -(1 << {_LSB})))", f"msb >= {_LSB} and rd != 15", insn="bfc r0, #4, #8", select=True),
    *wide("bfi", "11110 0 11 0 1 1 0 rn:4 0 imm3:3 rd:4 imm2:2 0 msb:5", media.lift_bfi, "", f"r(rd) r(rn) i({_LSB}) i(sx(ones(msb + 1) & -(1 << {_LSB}), 32))", f"msb >= {_LSB} and 15 not in (rd, rn)", insn="bfi r0, r1, #4, #8", select=True),
    *wide("pkh", "1110101 0110 0 rn:4 0 imm3:3 rd:4 imm2:2 sh 0 rm:4", media.lift_pkh, f"sh, shift_kind(2 * sh, {_SAT})", f"r(rd) r(rn) r(rm) i({_SAT})", "15 not in (rd, rn, rm)", insn=".word 0x1002eac1 // pkhbt r0, r1, r2, lsl #4", select=True),
]
# fmt: on

ROWS = [*_immediate(), *_register(), *_FIELD]
