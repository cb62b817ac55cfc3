"""Rows: loads and stores of general registers."""

from __future__ import annotations

from hqemu_core.isa.table import Row

from ..lift import loads as lift
from ..lift.common import reading_pc
from .variants import PC_VALUE, conditional

_MODE = "(W if P else 2)"
_WB = "(W or not P)"
_WORD = "P U B W {} rn:4 rt:4"
_NO_WB_PC = "(rn != 15 or P and not W)"
"""PC may not be written back"""
_RRX = "not imm5 and type == 3"
_NO_RRX = "(imm5 or type != 3)"
_OFFSET = "i(signed_offset(U, imm))"
_LITERAL = "to(u32(pc + 8 + signed_offset(U, imm)))"


def _words() -> list[Row]:
    """LDR, LDRB, STR, STRB."""
    load, store = _WORD.format(1), _WORD.format(0)
    rows = [
        *conditional("ldr_lit", "010 1 U B 0 1 1111 rt:4 imm:12", lift.lift_load_literal, "B", f"r(rt) {_LITERAL}",
                     when="rt != 15", insn="ldr r0, [pc, #8]"),
        *conditional("ldr", f"010 {load} imm:12", lift.lift_load, f"B, {_MODE}", f"r(rt) r(rn) {_OFFSET}",
                     when=f"15 not in (rn, rt) and not ({_WB} and rn == rt)", insn="ldr r0, [r1, #8]"),
        *conditional("ldr_pc", "010 P U 0 W 1 rn:4 1111 imm:12", lift.lift_load_pc, f"{_MODE}, rn == 13",
                     f"r(rn) {_OFFSET}", when="rn != 15", end="indirect", insn="ldr pc, [sp], #4"),
        *conditional("ldr_pc_lit", "010 1 U 0 0 1 1111 1111 imm:12", reading_pc(lift.lift_load_pc), "0, 0",
                     f"r(15) {_OFFSET} {PC_VALUE}", end="indirect", insn="ldr pc, [pc, #8]"),
        *conditional("str", f"010 {store} imm:12", lift.lift_store, f"B, {_MODE}", f"r(rt) r(rn) {_OFFSET}",
                     when=f"15 not in (rn, rt) and not ({_WB} and rn == rt)", insn="str r0, [r1, #8]"),
        *conditional("str_pc", f"010 {store} imm:12", reading_pc(lift.lift_store), f"B, {_MODE}",
                     f"r(rt) r(rn) {_OFFSET} {PC_VALUE}",
                     when=f"{_NO_WB_PC} and (rt != 15 or not B) and not ({_WB} and rn == rt)",
                     insn="str pc, [r1, #8]"),
    ]  # fmt: skip
    for rrx in (0, 1):
        end, flags, text = "_rrx" * rrx, "r" * rrx, "rrx" if rrx else "lsl #2"
        kind = _RRX if rrx else _NO_RRX
        index = "imm5:5 type:2 0 rm:4"
        shape = f"B, {_MODE}, U, shift_kind(type, imm5)"
        rows += [
            *conditional("ldr_reg" + end, f"011 {load} {index}", lift.lift_load_reg, shape,
                         "r(rt) r(rn) r(rm) i(imm5)", flags=flags,
                         when=f"15 not in (rn, rt, rm) and not ({_WB} and rn == rt) and {kind}",
                         insn=f"ldr r0, [r1, r2, {text}]"),
            *conditional("ldr_reg_pc" + end, f"011 1 U B 0 1 1111 rt:4 {index}", reading_pc(lift.lift_load_reg),
                         "B, 0, U, shift_kind(type, imm5)", f"r(rt) r(15) r(rm) i(imm5) {PC_VALUE}", flags=flags,
                         when=f"15 not in (rt, rm) and {kind}", insn=f"ldr r0, [pc, r2, {text}]"),
            *conditional("ldr_reg_to_pc" + end, f"011 P U 0 W 1 rn:4 1111 {index}", reading_pc(lift.lift_load_pc_reg),
                         f"{_MODE}, U, shift_kind(type, imm5)", f"r(rn) r(rm) i(imm5) {PC_VALUE}", flags=flags,
                         end="indirect", when=f"rm != 15 and {_NO_WB_PC} and {kind}",
                         insn=f"ldr pc, [pc, r2, {text}]"),
            *conditional("str_reg" + end, f"011 {store} {index}", lift.lift_store_reg, shape,
                         "r(rt) r(rn) r(rm) i(imm5)", flags=flags,
                         when=f"15 not in (rn, rt, rm) and not ({_WB} and rn == rt) and {kind}",
                         insn=f"str r0, [r1, r2, {text}]"),
            *conditional("str_reg_pc" + end, f"011 {store} {index}", reading_pc(lift.lift_store_reg), shape,
                         f"r(rt) r(rn) r(rm) i(imm5) {PC_VALUE}", flags=flags,
                         when=f"rm != 15 and {_NO_WB_PC} and (rt != 15 or not B) and not ({_WB} and rn == rt) and {kind}",
                         insn=f"str pc, [r1, r2, {text}]"),
        ]  # fmt: skip
    return rows


_KIND = "(2, 3, 4)[op - 1]"
_FREE = f"15 not in (rn, rt) and not ({_WB} and rn == rt)"


def _halves() -> list[Row]:
    """LDRH, LDRSB, LDRSH, STRH."""
    imm, literal = "i(signed_offset(U, high << 4 | low))", "to(u32(pc + 8 + signed_offset(U, high << 4 | low)))"
    return [
        *conditional("ldrh_lit", "000 1 U 1 0 1 1111 rt:4 high:4 1 op:2 1 low:4", lift.lift_load_literal, _KIND,
                     f"r(rt) {literal}", when="op and rt != 15", insn="ldrh r0, [pc, #8]"),
        *conditional("ldrh", "000 P U 1 W 1 rn:4 rt:4 high:4 1 op:2 1 low:4", lift.lift_load, f"{_KIND}, {_MODE}",
                     f"r(rt) r(rn) {imm}", when=f"op and {_FREE}", insn="ldrh r0, [r1, #8]"),
        *conditional("ldrh_reg", "000 P U 0 W 1 rn:4 rt:4 0000 1 op:2 1 rm:4", lift.lift_load_reg,
                     f"{_KIND}, {_MODE}, U, 0", "r(rt) r(rn) r(rm) i(0)", when=f"op and rm != 15 and {_FREE}",
                     insn="ldrh r0, [r1, r2]"),
        *conditional("ldrh_reg_pc", "000 1 U 0 0 1 1111 rt:4 0000 1 op:2 1 rm:4", reading_pc(lift.lift_load_reg),
                     f"{_KIND}, 0, U, 0", f"r(rt) r(15) r(rm) i(0) {PC_VALUE}", when="op and 15 not in (rt, rm)",
                     insn="ldrh r0, [pc, r2]"),
        *conditional("strh", "000 P U 1 W 0 rn:4 rt:4 high:4 1 01 1 low:4", lift.lift_store, f"2, {_MODE}",
                     f"r(rt) r(rn) {imm}", when=_FREE, insn="strh r0, [r1, #8]"),
        *conditional("strh_pc", "000 1 U 1 0 0 1111 rt:4 high:4 1 01 1 low:4", reading_pc(lift.lift_store), "2, 0",
                     f"r(rt) r(15) {imm} {PC_VALUE}", when="rt != 15", insn="strh r0, [pc, #8]"),
        *conditional("strh_reg", "000 P U 0 W 0 rn:4 rt:4 0000 1 01 1 rm:4", lift.lift_store_reg,
                     f"2, {_MODE}, U, 0", "r(rt) r(rn) r(rm) i(0)", when=f"rm != 15 and {_FREE}",
                     insn="strh r0, [r1, r2]"),
        *conditional("strh_reg_pc", "000 1 U 0 0 0 1111 rt:4 0000 1 01 1 rm:4", reading_pc(lift.lift_store_reg),
                     "2, 0, U, 0", f"r(rt) r(15) r(rm) i(0) {PC_VALUE}", when="15 not in (rt, rm)",
                     insn="strh r0, [pc, r2]"),
    ]  # fmt: skip


_PAIR = f"not rt & 1 and rt != 14 and (P or not W) and not ({_WB} and rn in (rt, rt + 1))"


def _doubles() -> list[Row]:
    """LDRD, STRD."""
    imm, literal = "i(signed_offset(U, high << 4 | low))", "to(u32(pc + 8 + signed_offset(U, high << 4 | low)))"
    return [
        *conditional("ldrd_lit", "000 1 U 1 0 0 1111 rt:4 high:4 1101 low:4", lift.lift_load_double_literal, "",
                     f"r(rt) {literal}", when="not rt & 1 and rt != 14", insn="ldrd r0, r1, [pc, #8]"),
        *conditional("ldrd", "000 P U 1 W 0 rn:4 rt:4 high:4 11 st 1 low:4", lift.lift_double, f"st, {_MODE}",
                     f"r(rt) r(rn) {imm}", when=f"rn != 15 and {_PAIR}", insn="ldrd r0, r1, [r2, #8]"),
        *conditional("strd_pc", "000 1 U 1 0 0 1111 rt:4 high:4 1111 low:4", reading_pc(lift.lift_double), "1, 0",
                     f"r(rt) r(15) {imm} {PC_VALUE}", when="not rt & 1 and rt != 14", insn="strd r0, r1, [pc, #8]"),
        *conditional("ldrd_reg", "000 P U 0 W 0 rn:4 rt:4 0000 11 st 1 rm:4", lift.lift_double_reg,
                     f"st, {_MODE}, U", "r(rt) r(rn) r(rm)",
                     when=f"15 not in (rn, rm) and {_PAIR} and (st or rm not in (rt, rt + 1))",
                     insn="ldrd r0, r1, [r2, r3]"),
        *conditional("ldrd_reg_pc", "000 1 U 0 0 0 1111 rt:4 0000 11 st 1 rm:4", reading_pc(lift.lift_double_reg),
                     "st, 0, U", f"r(rt) r(15) r(rm) {PC_VALUE}",
                     when="rm != 15 and not rt & 1 and rt != 14 and (st or rm not in (rt, rt + 1))",
                     insn="ldrd r0, r1, [pc, r3]"),
    ]  # fmt: skip


def _lists() -> list[Row]:
    """LDM, STM: a row per number of registers, so that their numbers are operands."""
    rows = []
    for n in range(1, 16):
        registers = " ".join(f"r(nth(list, {k}))" for k in range(n))
        names = ", ".join(f"r{k}" for k in range(n)) if n < 14 else "r0-r12, lr" if n < 15 else "r0-r12, sp, lr"
        when = f"rn != 15 and count(list) == {n}"
        base = "r13" if n < 14 else "r0"
        rows += [
            *conditional(f"ldm{n}", "100 P U 0 W 1 rn:4 0 list:15", lift.lift_load_list, "P, U, W",
                         f"r(rn) {registers}", when=f"{when} and not (W and list >> rn & 1)",
                         insn=f"ldm {base}{'!' * (n < 14)}, {{{names}}}"),
            *conditional(f"stm{n}", "100 P U 0 W 0 rn:4 0 list:15", lift.lift_store_list, "P, U, W",
                         f"r(rn) {registers}", when=f"{when} and not (W and list >> rn & 1 and nth(list, 0) != rn)",
                         insn=f"stm {base}{'!' * (n < 14)}, {{{names}}}"),
        ]  # fmt: skip
    for n in range(16):
        registers = " ".join(f"r(nth(list, {k}))" for k in range(n))
        names = "".join(f"r{k}, " for k in range(n)) if n < 14 else "r0-r12, lr, " if n < 15 else "r0-r12, sp, lr, "
        when = f"rn != 15 and count(list) == {n}"
        base = "r13" if n < 14 else "r0"
        rows += [
            *conditional(f"ldm{n}_pc", "100 P U 0 W 1 rn:4 1 list:15", lift.lift_load_list_pc, "P, U, W, rn == 13",
                         f"r(rn) {registers}", when=f"{when} and not (W and list >> rn & 1)", end="indirect",
                         insn=f"ldm {base}{'!' * (n < 14)}, {{{names}pc}}"),
            *conditional(f"stm{n}_pc", "100 P U 0 W 0 rn:4 1 list:15", lift.lift_store_list_pc, "P, U, W",
                         f"r(rn) {registers} {PC_VALUE}",
                         when=f"{when} and not (W and list >> rn & 1 and nth(list, 0) != rn)",
                         insn=f"stm {base}{'!' * (n < 14)}, {{{names}pc}}"),
        ]  # fmt: skip
    return rows


_HINTS = [
    Row("pld_imm", "1111 0101 U R 01 rn:4 1111 imm:12", lift.lift_nothing, insn="pld [r1, #8]"),
    Row("pli_imm", "1111 0100 U 1 01 rn:4 1111 imm:12", lift.lift_nothing, insn="pli [r1, #8]"),
    Row("pld_reg", "1111 0111 U R 01 rn:4 1111 imm5:5 type:2 0 rm:4", lift.lift_nothing, insn="pld [r1, r2]"),
    Row("pli_reg", "1111 0110 U 1 01 rn:4 1111 imm5:5 type:2 0 rm:4", lift.lift_nothing, insn="pli [r1, r2]"),
]

ROWS = [*_words(), *_halves(), *_doubles(), *_lists(), *_HINTS]
