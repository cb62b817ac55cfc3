"""Rows: loads and stores with 32-bit T32 encodings (ARM ARM A6.3.5 to A6.3.10)."""

from __future__ import annotations

from hqemu_core.isa.table import Row

from ..lift import exclusive, thumb
from ..lift import loads as lift
from .t32_variants import wide

_KIND = "(1, 2, 0, 3, 4)[3 * S + size]"
_LOAD = "(size < 2 or size == 2 and not S)"
_STORE = "(1, 2, 0)[size]"
_OFFSET = "i(signed_offset(U, imm))"
_MODE = "(W if P else 2)"
_IMM8 = "1 P U W imm:8"
_INDEXED = "(P or W) and not (W and rn == rt)"
_INDEX = "000000 sh:2 rm:4"
_BY = "0, 1, shift_kind(0, sh)"
_LITERAL = "to(u32(literal(pc) + signed_offset(U, {})))"

# fmt: off
_SINGLE: list[Row] = [
    *wide("ldr_lit", "1111100 S U size:2 1 1111 rt:4 imm:12", lift.lift_load_literal, _KIND, f"r(rt) {_LITERAL.format('imm')}", f"{_LOAD} and rt != 15", insn="ldr.w r0, [pc, #8]"),
    *wide("w_ldr_pc_lit", "11111000 U 10 1 1111 1111 imm:12", thumb.lift_load_pc_literal, "", _LITERAL.format("imm"), end="indirect", insn="ldr.w pc, [pc, #8]"),
    *wide("pld_lit", "1111100 S U 0 h 1 1111 1111 imm:12", lift.lift_nothing, insn="pld [pc, #8]"),
    *wide("ldr", "1111100 S 1 size:2 1 rn:4 rt:4 imm:12", lift.lift_load, f"{_KIND}, 0", "r(rt) r(rn) i(imm)", f"{_LOAD} and 15 not in (rn, rt)", insn="ldr.w r0, [r1, #8]"),
    *wide("ldr_pc", "11111000 1 10 1 rn:4 1111 imm:12", lift.lift_load_pc, "0, rn == 13", "r(rn) i(imm)", "rn != 15", end="indirect", insn="ldr.w pc, [r1, #8]"),
    *wide("pld_imm", "1111100 S 1 0 h 1 rn:4 1111 imm:12", lift.lift_nothing, when="rn != 15", insn="pld [r1, #8]"),
    *wide("ldr_indexed", f"1111100 S 0 size:2 1 rn:4 rt:4 {_IMM8}", lift.lift_load, f"{_KIND}, {_MODE}", f"r(rt) r(rn) {_OFFSET}", f"{_LOAD} and 15 not in (rn, rt) and {_INDEXED}", insn="ldr r0, [r1], #8"),
    *wide("ldr_pc_indexed", f"11111000 0 10 1 rn:4 1111 {_IMM8}", lift.lift_load_pc, f"{_MODE}, rn == 13", f"r(rn) {_OFFSET}", "rn != 15 and (W or P and not U)", end="indirect", insn="ldr pc, [sp], #4"),
    *wide("pld_imm8", "1111100 S 0 0 h 1 rn:4 1111 1100 imm:8", lift.lift_nothing, when="rn != 15", insn="pld [r1, #-8]"),
    *wide("ldr_reg", f"1111100 S 0 size:2 1 rn:4 rt:4 {_INDEX}", lift.lift_load_reg, f"{_KIND}, {_BY}", "r(rt) r(rn) r(rm) i(sh)", f"{_LOAD} and 15 not in (rn, rt, rm)", insn="ldr.w r0, [r1, r2, lsl #2]"),
    *wide("w_ldr_reg_to_pc", f"11111000 0 10 1 rn:4 1111 {_INDEX}", lift.lift_load_pc_reg, _BY, "r(rn) r(rm) i(sh)", "15 not in (rn, rm)", end="indirect", insn="ldr.w pc, [r1, r2, lsl #2]"),
    *wide("pld_reg", f"1111100 S 0 0 h 1 rn:4 1111 {_INDEX}", lift.lift_nothing, when="15 not in (rn, rm)", insn="pld [r1, r2]"),
    *wide("str", "11111000 1 size:2 0 rn:4 rt:4 imm:12", lift.lift_store, f"{_STORE}, 0", "r(rt) r(rn) i(imm)", "size < 3 and 15 not in (rn, rt)", insn="str.w r0, [r1, #8]"),
    *wide("str_indexed", f"11111000 0 size:2 0 rn:4 rt:4 {_IMM8}", lift.lift_store, f"{_STORE}, {_MODE}", f"r(rt) r(rn) {_OFFSET}", f"size < 3 and 15 not in (rn, rt) and {_INDEXED}", insn="str r0, [r1], #8"),
    *wide("str_reg", f"11111000 0 size:2 0 rn:4 rt:4 {_INDEX}", lift.lift_store_reg, f"{_STORE}, {_BY}", "r(rt) r(rn) r(rm) i(sh)", "size < 3 and 15 not in (rn, rt, rm)", insn="str.w r0, [r1, r2, lsl #2]"),
]
_DOUBLE: list[Row] = [
    *wide("w_ldrd_lit", "1110100 P U 1 W 1 1111 rt:4 rt2:4 imm:8", lift.lift_load_pair_literal, "", f"r(rt) r(rt2) {_LITERAL.format('4 * imm')}", "P and not W and 15 not in (rt, rt2) and rt != rt2", insn="ldrd r0, r2, [pc, #8]"),
    *wide("w_ldrd", "1110100 P U 1 W ld rn:4 rt:4 rt2:4 imm:8", lift.lift_pair, f"1 - ld, {_MODE}", "r(rt) r(rt2) r(rn) i(signed_offset(U, 4 * imm))", "(P or W) and 15 not in (rn, rt, rt2) and not (W and rn in (rt, rt2)) and (rt != rt2 or not ld)", insn="ldrd r0, r3, [r2, #8]"),
]
_SIZE = "(2, 3, 0)[size]"
_FREE = "rd not in (rn, rt)"
_EXCLUSIVE: list[Row] = [
    *wide("w_strex", "1110 1000 0100 rn:4 rt:4 rd:4 imm:8", exclusive.lift_store_exclusive_at, "", "r(rd) r(rt) r(rn) i(4 * imm)", f"15 not in (rn, rd, rt) and {_FREE}", insn="strex r0, r1, [r2, #4]"),
    *wide("w_ldrex", "1110 1000 0101 rn:4 rt:4 1111 imm:8", exclusive.lift_load_exclusive_at, "", "r(rt) r(rn) i(4 * imm)", "15 not in (rn, rt)", insn="ldrex r0, [r1, #4]"),
    *wide("strex_size", "1110 1000 1100 rn:4 rt:4 1111 rel 1 size:2 rd:4", exclusive.lift_store_exclusive, _SIZE, "r(rd) r(rt) r(rn)", f"(size < 2 or size == 2 and rel) and 15 not in (rn, rd, rt) and {_FREE}", insn="strexb r0, r1, [r2]"),
    *wide("strexd", "1110 1000 1100 rn:4 rt:4 rt2:4 rel 111 rd:4", exclusive.lift_store_exclusive_pair, "", "r(rd) r(rt) r(rt2) r(rn)", f"15 not in (rn, rd, rt, rt2) and {_FREE} and rd != rt2", insn="strexd r0, r1, r3, [r2]"),
    *wide("ldrex_size", "1110 1000 1101 rn:4 rt:4 1111 acq 1 size:2 1111", exclusive.lift_load_exclusive, f"{_SIZE}, acq", "r(rt) r(rn)", "(size < 2 or size == 2 and acq) and 15 not in (rn, rt)", insn="ldrexb r0, [r1]"),
    *wide("ldrexd", "1110 1000 1101 rn:4 rt:4 rt2:4 acq 111 1111", exclusive.lift_load_exclusive_pair, "acq", "r(rt) r(rt2) r(rn)", "15 not in (rn, rt, rt2) and rt != rt2", insn="ldrexd r0, r3, [r1]"),
    *wide("lda", "1110 1000 1101 rn:4 rt:4 1111 10 size:2 1111", exclusive.lift_load_acquire, _SIZE, "r(rt) r(rn)", "size < 3 and 15 not in (rn, rt)", insn=".word 0x0fafe8d1 // lda r0, [r1]"),
    *wide("stl", "1110 1000 1100 rn:4 rt:4 1111 10 size:2 1111", exclusive.lift_store_release, _SIZE, "r(rt) r(rn)", "size < 3 and 15 not in (rn, rt)", insn=".word 0x0fafe8c1 // stl r0, [r1]"),
    *wide("tb_pc", "1110 1000 1101 1111 1111 0000 000 half rm:4", thumb.lift_tb_pc, "half", "r(rm) to(pc_value(pc))", "rm != 15", end="indirect", insn="tbb [pc, r1]"),
    *wide("tb", "1110 1000 1101 rn:4 1111 0000 000 half rm:4", thumb.lift_tb, "half", "r(rn) r(rm) to(pc_value(pc))", "15 not in (rn, rm)", end="indirect", insn="tbh [r0, r1, lsl #1]"),
]
# fmt: on


def _lists() -> list[Row]:
    """LDM, STM of two registers and more: a row per number, as in A32. ``op`` is 1 IA, 2 DB."""
    rows = []
    order = "op == 2, op == 1, W"
    for n in range(2, 15):
        registers = " ".join(f"r(nth(list, {k}))" for k in range(n))
        names = ", ".join(f"r{k}" for k in range(n)) if n < 14 else "r0-r12, lr"
        base = "sp"
        when = f"op in (1, 2) and rn != 15 and not list >> 13 & 1 and not (W and list >> rn & 1) and count(list) == {n}"
        rows += [
            *wide(f"ldm{n}", "1110100 op:2 0 W 1 rn:4 0 list:15", lift.lift_load_list, order, f"r(rn) {registers}",
                  when, insn=f"ldm.w {base}!, {{{names}}}"),
            *wide(f"stm{n}", "1110100 op:2 0 W 0 rn:4 0 list:15", lift.lift_store_list, order, f"r(rn) {registers}",
                  when, insn=f"stm.w {base}!, {{{names}}}"),
        ]  # fmt: skip
    for n in range(1, 14):
        registers = " ".join(f"r(nth(list, {k}))" for k in range(n))
        names = ", ".join(f"r{k}" for k in range(n))
        rows += wide(
            f"ldm{n}_pc", "1110100 op:2 0 W 1 rn:4 1 list:15", lift.lift_load_list_pc, f"{order}, rn == 13",
            f"r(rn) {registers}",
            f"op in (1, 2) and rn != 15 and not list >> 13 & 3 and not (W and list >> rn & 1) and count(list) == {n}",
            end="indirect", insn=f"ldm.w sp!, {{{names}, pc}}",
        )  # fmt: skip
    return rows


ROWS = [*_SINGLE, *_DOUBLE, *_EXCLUSIVE, *_lists()]
