"""Rows: data processing."""

from __future__ import annotations

from hqemu_core.isa.table import Row

from ..lift import dp as lift
from .variants import conditional, with_pc

_IMM = "i(expand(imm))"
_PLAIN = (0, 1, 2, 3, 4, 12, 14)
_GROUPS = (
    # suffix, opcodes, S, flags, fuse, example's mnemonic
    ("", _PLAIN, 0, "", "", "add"),
    ("_carry", (5, 6, 7), 0, "r", "", "adc"),
    ("_arith_s", (2, 3, 4), 1, "w", "first", "adds"),
    ("_carry_s", (5, 6, 7), 1, "rw", "", "adcs"),
    ("_logic_s", (0, 1, 12, 14), 1, "p", "first", "ands"),
)
_COMPARES = (("cmp", "code > 1", "w"), ("tst", "code < 2", "p"))
_NO_RRX = "(imm5 or kind != 3)"
_RRX = "not imm5 and kind == 3"
_BY = "r(rm) i(imm5)"
_RSR = "15 not in (rd, rn, rm, rs)"


def _immediate() -> list[Row]:
    rows: list[Row] = [
        *conditional("adr", "001 0 add sub 0 0 1111 rd:4 imm:12", lift.lift_move_imm, "0, 0",
                     "r(rd) to(u32(pc + 8 + (expand(imm) if add else -expand(imm))))",
                     when="sub != add and rd != 15", insn="add r0, pc, #8", select=True),
    ]  # fmt: skip
    for suffix, codes, s, flags, fuse, name in _GROUPS:
        carry = "expand_carry(imm)" if flags == "p" else "0"
        rows += with_pc(
            "dp_imm" + suffix, f"001 code:4 {s} rn:4 rd:4 imm:12", lift.lift_dp_imm, f"code, {s}, {carry}",
            f"r(rd) r(rn) {_IMM}", "rn", "rd", f"code in {codes}", flags, fuse, f"{name} r0, r1, #4080",
            f"{name} r0, pc, #4080" if suffix else "rsb r0, pc, #4080", "" if s else f"{name} pc, r1, #4080", select=not s,
        )  # fmt: skip
    for name, when, flags in _COMPARES:
        rows += with_pc(
            f"{name}_imm", "001 10 code:2 1 rn:4 0000 imm:12", lift.lift_compare_imm,
            f"code + 8, {'expand_carry(imm)' if flags == 'p' else '0'}", f"r(rn) {_IMM}", "rn", "", when, flags,
            "first", f"{name} r1, #4080", f"{name} pc, #4080",
        )  # fmt: skip
    for s in (0, 1):
        rows += with_pc(
            "mov_imm" + "_s" * s, f"001 11 inv 1 {s} 0000 rd:4 imm:12", lift.lift_move_imm,
            f"{s}, {'expand_carry(imm)' if s else '0'}", "r(rd) i(~expand(imm) if inv else expand(imm))", "", "rd",
            "", "p" if s else "", "first" if s else "", f"mov{'s' * s} r0, #4080", "",
            "" if s else "mov pc, #4080", select=not s,
        )  # fmt: skip
    rows += conditional("movw", "0011 0000 high:4 rd:4 low:12", lift.lift_move_imm, "0, 0",
                        "r(rd) i(high << 12 | low)", "rd != 15", insn="movw r0, #0x1234", select=True)  # fmt: skip
    rows += conditional("movt", "0011 0100 high:4 rd:4 low:12", lift.lift_movt, "",
                        "r(rd) i(sx((high << 12 | low) << 16, 32))", "rd != 15", insn="movt r0, #0x1234",
                        select=True)  # fmt: skip
    return rows


def _register() -> list[Row]:
    rows: list[Row] = []
    for suffix, codes, s, flags, fuse, name in _GROUPS:
        for rrx in (0, 1):
            rows += with_pc(
                "dp_reg" + suffix + "_rrx" * rrx, f"000 code:4 {s} rn:4 rd:4 imm5:5 kind:2 0 rm:4", lift.lift_dp_reg,
                f"code, {s}, shift_kind(kind, imm5)", f"r(rd) r(rn) {_BY}", "rn rm", "rd",
                f"code in {codes} and {_RRX if rrx else _NO_RRX}", "rw" if rrx else flags, "" if rrx else fuse,
                f"{name} r0, r1, r2, {'rrx' if rrx else 'lsl #3'}", f"{name} r0, pc, r2{', rrx' * rrx}",
                "" if s else f"{name} pc, r1, r2{', rrx' * rrx}", select=not s,
            )  # fmt: skip
    for name, when, flags in _COMPARES:
        for rrx in (0, 1):
            rows += with_pc(
                f"{name}_reg" + "_rrx" * rrx, "000 10 code:2 1 rn:4 0000 imm5:5 kind:2 0 rm:4",
                lift.lift_compare_reg, "code + 8, shift_kind(kind, imm5)", f"r(rn) {_BY}", "rn rm", "",
                f"{when} and {_RRX if rrx else _NO_RRX}", "rw" if rrx else flags, "" if rrx else "first",
                f"{name} r1, r2, {'rrx' if rrx else 'lsl #3'}", f"{name} pc, r2{', rrx' * rrx}",
            )  # fmt: skip
    for s in (0, 1):
        for rrx in (0, 1):
            name = f"mov{'s' * s}"
            rows += with_pc(
                "mov_reg" + "_s" * s + "_rrx" * rrx, f"000 11 inv 1 {s} 0000 rd:4 imm5:5 kind:2 0 rm:4",
                lift.lift_move_reg, f"13 + 2 * inv, {s}, shift_kind(kind, imm5)", f"r(rd) {_BY}", "rm", "rd",
                _RRX if rrx else _NO_RRX, "rw" if rrx else "p" if s else "", "first" if s and not rrx else "",
                f"{name} r0, r2, {'rrx' if rrx else 'lsl #3'}", f"{name} r0, pc{', rrx' * rrx}",
                "" if s else f"mov pc, r2{', rrx' * rrx}", select=not s,
            )  # fmt: skip
    return rows


def _register_shifted() -> list[Row]:
    """S reads C too: a shift by 0 leaves it as it is."""
    rows: list[Row] = []
    for suffix, codes, s, flags, _, name in _GROUPS:
        rows += conditional(
            "dp_rsr" + suffix, f"000 code:4 {s} rn:4 rd:4 rs:4 0 kind:2 1 rm:4", lift.lift_dp_rsr, f"code, {s}, kind",
            "r(rd) r(rn) r(rm) r(rs)", f"code in {codes} and {_RSR}", "rw" if flags == "p" else flags,
            insn=f"{name} r0, r1, r2, lsl r3", select=not s,
        )  # fmt: skip
    for name, when, flags in _COMPARES:
        rows += conditional(
            f"{name}_rsr", "000 10 code:2 1 rn:4 0000 rs:4 0 kind:2 1 rm:4", lift.lift_compare_rsr, "code + 8, kind",
            "r(rn) r(rm) r(rs)", f"{when} and 15 not in (rn, rm, rs)", "rw" if flags == "p" else flags,
            fuse="first" if flags == "w" else "", insn=f"{name} r1, r2, lsl r3",
        )  # fmt: skip
    for s in (0, 1):
        rows += conditional(
            "mov_rsr" + "_s" * s, f"000 11 inv 1 {s} 0000 rd:4 rs:4 0 kind:2 1 rm:4", lift.lift_move_rsr,
            f"13 + 2 * inv, {s}, kind", "r(rd) r(rm) r(rs)", "15 not in (rd, rm, rs)", "rw" if s else "",
            insn=f"lsl{'s' * s} r0, r2, r3", select=not s,
        )  # fmt: skip
    return rows


ROWS = [*_immediate(), *_register(), *_register_shifted()]
