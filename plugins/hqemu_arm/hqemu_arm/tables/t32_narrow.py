"""Rows: 16-bit T32 encodings."""

from __future__ import annotations

from hqemu_core.isa.table import Row

from ..lift import branches, dp, loads, media, multiply, system, thumb
from ..lift.common import reading_pc
from .t32_variants import alone, narrow, setting

_NEXT = "to(following(pc, 2))"
_PC = "to(pc_value(pc))"

# fmt: off
_SHIFT_ADD: list[Row] = [
    alone("move_reg", "000 00 000 00 rm:3 rd:3", dp.lift_move_reg, "13, 1, 0", "r(rd) r(rm) i(0)", "", "p", fuse="first", insn="movs r0, r1"),
    *setting("shift_imm", "000 kind:2 imm:5 rm:3 rd:3", dp.lift_move_reg, "13, {s}, shift_kind(kind, imm)", "r(rd) r(rm) i(imm)", "kind != 3 and (kind or imm)", "p", insn="lsls r0, r1, #2"),
    *setting("add_reg", "000 11 0 sub rm:3 rn:3 rd:3", dp.lift_dp_reg, "2 if sub else 4, {s}, 0", "r(rd) r(rn) r(rm) i(0)", insn="adds r0, r1, r2"),
    *setting("add_imm3", "000 11 1 sub imm:3 rn:3 rd:3", dp.lift_dp_imm, "2 if sub else 4, {s}, 0", "r(rd) r(rn) i(imm)", insn="adds r0, r1, #2"),
    *setting("move_imm", "001 00 rd:3 imm:8", dp.lift_move_imm, "{s}, 0", "r(rd) i(imm)", flags="p", insn="movs r0, #200"),
    *narrow("cmp_imm", "001 01 rn:3 imm:8", dp.lift_compare_imm, "10, 0", "r(rn) i(imm)", flags="w", fuse="first", insn="cmp r0, #200"),
    *setting("add_imm8", "001 1 sub rd:3 imm:8", dp.lift_dp_imm, "2 if sub else 4, {s}, 0", "r(rd) r(rd) i(imm)", insn="adds r0, #200"),
]
_TWO = "r(rd) r(rd) r(rm) i(0)"
_DATA: list[Row] = [
    *setting("logic", "010000 op:4 rm:3 rd:3", dp.lift_dp_reg, "op, {s}, 0", _TWO, "op in (0, 1, 12, 14)", "p", insn="ands r0, r1"),
    *setting("carry", "010000 op:4 rm:3 rd:3", dp.lift_dp_reg, "op, {s}, 0", _TWO, "op in (5, 6)", "rw", fuse="", insn="adcs r0, r1", reads=True),
    *setting("shift_reg", "010000 op:4 rm:3 rd:3", dp.lift_move_rsr, "13, {s}, (op - 2) & 3 if op < 5 else 3", "r(rd) r(rd) r(rm)", "op in (2, 3, 4, 7)", "rw", "", "lsls r0, r1"),
    *narrow("tst", "010000 1000 rm:3 rn:3", dp.lift_compare_reg, "8, 0", "r(rn) r(rm) i(0)", flags="p", fuse="first", insn="tst r0, r1"),
    *setting("neg", "010000 1001 rn:3 rd:3", dp.lift_dp_imm, "3, {s}, 0", "r(rd) r(rn) i(0)", insn="rsbs r0, r1, #0"),
    *narrow("cmp_reg", "010000 101 neg rm:3 rn:3", dp.lift_compare_reg, "10 + neg, 0", "r(rn) r(rm) i(0)", flags="w", fuse="first", insn="cmp r0, r1"),
    *setting("mul", "010000 1101 rn:3 rd:3", multiply.lift_mul, "{s}", "r(rd) r(rn) r(rd)", flags="p", insn="muls r0, r1, r0"),
    *setting("mvn", "010000 1111 rm:3 rd:3", dp.lift_move_reg, "15, {s}, 0", "r(rd) r(rm) i(0)", flags="p", insn="mvns r0, r1"),

    *narrow("add_high", "010001 00 high rm:4 low:3", dp.lift_dp_reg, "4, 0, 0", "r(high << 3 | low) r(high << 3 | low) r(rm) i(0)", "rm != 15 and (high << 3 | low) != 15", insn="add r8, r1", select=True),
    *narrow("add_pc", "010001 00 high 1111 low:3", reading_pc(dp.lift_dp_reg), "4, 0, 0", f"r(high << 3 | low) r(high << 3 | low) r(15) i(0) {_PC}", "(high << 3 | low) != 15", insn="add r0, pc"),
    *narrow("add_to_pc", "010001 00 1 rm:4 111", thumb.lift_add_to_pc, "", f"r(rm) {_PC}", "rm != 15", end="indirect", insn="add pc, r1"),
    *narrow("cmp_high", "010001 01 high rm:4 low:3", dp.lift_compare_reg, "10, 0", "r(high << 3 | low) r(rm) i(0)", "rm != 15 and (high << 3 | low) != 15", "w", fuse="first", insn="cmp r8, r1"),
    *narrow("move_high", "010001 10 high rm:4 low:3", dp.lift_move_reg, "13, 0, 0", "r(high << 3 | low) r(rm) i(0)", "rm != 15 and (high << 3 | low) != 15", insn="mov r8, r1", select=True),
    *narrow("move_from_pc", "010001 10 high 1111 low:3", dp.lift_move_imm, "0, 0", f"r(high << 3 | low) {_PC}", "(high << 3 | low) != 15", insn="mov r0, pc", select=True),
    *narrow("move_to_pc", "010001 10 1 rm:4 111", thumb.lift_move_to_pc, "rm == 14", "r(rm)", "rm != 15", end="indirect", insn="mov pc, lr"),
    *narrow("bx", "010001 110 rm:4 000", branches.lift_bx, "rm == 14", "r(rm)", "rm != 15", end="indirect", insn="bx lr"),
    *narrow("bx_pc", "010001 110 1111 000", branches.lift_b, "", "to(literal(pc))", end="jump", insn="bx pc"),
    *narrow("blx_reg", "010001 111 rm:4 000", branches.lift_blx, "", f"r(rm) {_NEXT}", "rm != 15", end="icall", insn="blx r1"),
]
_KINDS = "(0, 2, 1, 3, 0, 2, 1, 4)[op]"
_ACCESS: list[Row] = [
    *narrow("ldr_lit", "01001 rt:3 imm:8", loads.lift_load_literal, "0", "r(rt) to(u32(literal(pc) + 4 * imm))", insn="ldr r0, [pc, #8]"),
    *narrow("str_reg", "0101 op:3 rm:3 rn:3 rt:3", loads.lift_store_reg, f"{_KINDS}, 0, 1, 0", "r(rt) r(rn) r(rm) i(0)", "op < 3", insn="str r0, [r1, r2]"),
    *narrow("ldr_reg", "0101 op:3 rm:3 rn:3 rt:3", loads.lift_load_reg, f"{_KINDS}, 0, 1, 0", "r(rt) r(rn) r(rm) i(0)", "op > 2", insn="ldr r0, [r1, r2]"),
    *narrow("str", "011 B 0 imm:5 rn:3 rt:3", loads.lift_store, "B, 0", "r(rt) r(rn) i(imm if B else 4 * imm)", insn="str r0, [r1, #8]"),
    *narrow("ldr", "011 B 1 imm:5 rn:3 rt:3", loads.lift_load, "B, 0", "r(rt) r(rn) i(imm if B else 4 * imm)", insn="ldr r0, [r1, #8]"),
    *narrow("strh", "1000 0 imm:5 rn:3 rt:3", loads.lift_store, "2, 0", "r(rt) r(rn) i(2 * imm)", insn="strh r0, [r1, #8]"),
    *narrow("ldrh", "1000 1 imm:5 rn:3 rt:3", loads.lift_load, "2, 0", "r(rt) r(rn) i(2 * imm)", insn="ldrh r0, [r1, #8]"),
    *narrow("str_sp", "1001 0 rt:3 imm:8", loads.lift_store, "0, 0", "r(rt) r(13) i(4 * imm)", insn="str r0, [sp, #8]"),
    *narrow("ldr_sp", "1001 1 rt:3 imm:8", loads.lift_load, "0, 0", "r(rt) r(13) i(4 * imm)", insn="ldr r0, [sp, #8]"),
    *narrow("adr", "1010 0 rd:3 imm:8", dp.lift_move_imm, "0, 0", "r(rd) to(u32(literal(pc) + 4 * imm))", insn="adr r0, #8", select=True),
    *narrow("add_sp", "1010 1 rd:3 imm:8", dp.lift_dp_imm, "4, 0, 0", "r(rd) r(13) i(4 * imm)", insn="add r0, sp, #8", select=True),
    *narrow("move_sp", "1011 0000 sub imm:7", dp.lift_dp_imm, "4, 0, 0", "r(13) r(13) i(-4 * imm if sub else 4 * imm)", insn="add sp, #8", select=True),
]
_MISC: list[Row] = [
    *narrow("extend", "1011 0010 uns byte rm:3 rd:3", media.lift_extend, "4 * uns + 3 - byte, 0", "r(rd) r(rm) i(0)", insn="sxth r0, r1", select=True),
    *narrow("reverse", "1011 1010 kind:2 rm:3 rd:3", media.lift_reverse, "kind", "r(rd) r(rm)", "kind != 2", insn="rev r0, r1", select=True),
    alone("cbz", "1011 nz 0 i 1 imm:5 rn:3", thumb.lift_cbz, "nz", f"r(rn) to(u32(pc + 4 + (i << 6 | imm << 1))) {_NEXT}", end="branch", insn="cbz r0, #8"),
    alone("it", "1011 1111 cond:4 mask:4", system.lift_nothing, when="mask and cond < 15 and not (cond == 14 and mask & mask - 1)", insn="it eq"),
    *narrow("hint", "1011 1111 imm:4 0000", system.lift_nothing, insn="nop"),
    alone("setend", "1011 0110 0101 big 000", system.lift_setend, "big", _NEXT, end="resync", insn=".short 0xb658 // setend be"),
    *narrow("cps", "1011 0110 011 im 0 a i f", system.lift_nothing, insn=".short 0xb662 // cpsie i"),
    Row("t_bkpt", "xxxx 1011 1110 imm:8 0000000000000000", branches.lift_bkpt, "", "to(pc)", end="trap", insn="bkpt #1"),
    *narrow("break", "1101 1110 0000 0001", branches.lift_bkpt, "", "to(pc)", end="trap", insn=".short 0xde01 // udf #1"),
    *narrow("udf", "1101 1110 imm:8", branches.lift_undefined, "", "to(pc)", end="trap", insn=".short 0xde05 // udf #5"),
    *narrow("svc", "1101 1111 imm:8", branches.lift_svc, "0", _NEXT, end="syscall", insn="svc #0"),
    alone("b_cond", "1101 cc:4 imm:8", branches.lift_b_if, "cc", f"to(u32(pc + 4 + sx(imm << 1, 9))) {_NEXT}", "cc < 14", "r", "branch", "second", ".short 0xd002 // beq #0x400008"),
    alone("b", "11100 imm:11", branches.lift_b, "", "to(u32(pc + 4 + sx(imm << 1, 12)))", end="jump", insn="b #0x400100"),
    Row("t_b_if", "cond:4 11100 imm:11 0000000000000000", branches.lift_b_if, "cond", f"to(u32(pc + 4 + sx(imm << 1, 12))) {_NEXT}", "cond < 14", "r", "branch", "second", "it eq & beq #0x400100"),
]
# fmt: on


def _lists() -> list[Row]:
    """LDM, STM, PUSH, POP: a row per number of registers, as in A32."""
    rows: list[Row] = []
    for n in range(1, 9):
        registers = " ".join(f"r(nth(list, {k}))" for k in range(n))
        names = ", ".join(f"r{k}" for k in range(n))
        when = f"count(list) == {n}"
        base = "r7" if n < 8 else "r0"
        rows += [
            *narrow(f"stm{n}", "1100 0 rn:3 list:8", loads.lift_store_list, "0, 1, 1", f"r(rn) {registers}",
                    f"{when} and not (list >> rn & 1 and nth(list, 0) != rn)", insn=f"stm {base}!, {{{names}}}"),
            *narrow(f"ldm{n}", "1100 1 rn:3 list:8", loads.lift_load_list, "0, 1, not list >> rn & 1",
                    f"r(rn) {registers}", when, insn=f"ldm {base}{'!' * (n < 8)}, {{{names}}}"),
        ]  # fmt: skip
    for n in range(10):
        lr = "list | lr << 14"
        registers = " ".join(f"r(nth({lr}, {k}))" for k in range(n))
        low = ", ".join(f"r{k}" for k in range(min(n, 8)))
        more = f"{low}, " if low else ""
        if n:
            text = low if n < 9 else f"{low}, lr"
            rows += narrow(f"push{n}", "1011 0 10 lr list:8", loads.lift_store_list, "1, 0, 1", f"r(13) {registers}",
                           f"count({lr}) == {n}", insn=f"push {{{text}}}")  # fmt: skip
        if n < 9:
            registers = " ".join(f"r(nth(list, {k}))" for k in range(n))
            if n:
                rows += narrow(f"pop{n}", "1011 1 10 0 list:8", loads.lift_load_list, "0, 1, 1",
                               f"r(13) {registers}", f"count(list) == {n}", insn=f"pop {{{low}}}")  # fmt: skip
            rows += narrow(f"pop{n}_pc", "1011 1 10 1 list:8", loads.lift_load_list_pc, "0, 1, 1, 1",
                           f"r(13) {registers}", f"count(list) == {n}", end="indirect",
                           insn=f"pop {{{more}pc}}")  # fmt: skip
    return rows


ROWS = [*_SHIFT_ADD, *_DATA, *_ACCESS, *_MISC, *_lists()]
