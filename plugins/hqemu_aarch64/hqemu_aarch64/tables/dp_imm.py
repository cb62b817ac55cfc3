"""Rows: data processing, immediate."""

from __future__ import annotations

from hqemu_core.isa.table import Row

from ..lift import dp_imm as lift

_BFM = "N:1 immr:6 imms:6 rn:5 rd:5"
_OK = "is_bitfield(N, immr, imms, sf)"

# fmt: off
ROWS = [
    Row("adr", "0 immlo:2 10000 immhi:19 rd:5", lift.lift_address, "", "xd(rd) to(pc + sx(immhi << 2 | immlo, 21))", insn="adr x0, #8"),
    Row("adrp", "1 immlo:2 10000 immhi:19 rd:5", lift.lift_address, "", "xd(rd) to((pc & ~0xfff) + (sx(immhi << 2 | immlo, 21) << 12))", insn="adrp x0, #4096"),

    Row("cmp_imm", "sf sub 1 100010 sh imm12:12 rn:5 11111", lift.lift_compare, "sf, sub", "sp(rn) i(imm12 << 12 * sh)", flags="w", fuse="first", insn="cmp x1, #1"),
    Row("adds_imm", "sf sub 1 100010 sh imm12:12 rn:5 rd:5", lift.lift_add_sub, "sf, sub, 1", "xd(rd) sp(rn) i(imm12 << 12 * sh)", flags="w", fuse="first", insn="adds x0, x1, #1"),
    Row("mov_sp", "sf 00 100010 0 000000000000 rn:5 rd:5", lift.lift_move, "sf", "sp(rd) sp(rn)", insn="mov x0, sp"),
    Row("add_imm", "sf sub 0 100010 sh imm12:12 rn:5 rd:5", lift.lift_add_sub, "sf, sub, 0", "sp(rd) sp(rn) i(imm12 << 12 * sh)", insn="add x0, x1, #1"),

    Row("mov_mask", "sf 01 100100 N immr:6 imms:6 11111 rd:5", lift.lift_constant, "sf", "sp(rd) i(bitmask(N, immr, imms, sf))", when="bitmask(N, immr, imms, sf) and fits(bitmask(N, immr, imms, sf))", insn="orr x0, xzr, #0x1ffe"),
    Row("mov_mask_wide", "1 01 100100 N immr:6 imms:6 11111 rd:5", lift.lift_constant, "1", "sp(rd) wide(bitmask(N, immr, imms, 1))", when="bitmask(N, immr, imms, 1)", insn="orr x0, xzr, #0x1000100010001"),
    Row("tst_imm", "sf 11 100100 N immr:6 imms:6 rn:5 11111", lift.lift_test, "sf", "x(rn) i(bitmask(N, immr, imms, sf))", when="bitmask(N, immr, imms, sf) and fits(bitmask(N, immr, imms, sf))", flags="w", fuse="first", insn="tst x1, #1"),
    Row("tst_imm_wide", "1 11 100100 N immr:6 imms:6 rn:5 11111", lift.lift_test, "1", "x(rn) wide(bitmask(N, immr, imms, 1))", when="bitmask(N, immr, imms, 1)", flags="w", fuse="first", insn="tst x1, #0x100000000"),
    Row("ands_imm", "sf 11 100100 N immr:6 imms:6 rn:5 rd:5", lift.lift_logical, "sf, 3", "xd(rd) x(rn) i(bitmask(N, immr, imms, sf))", when="bitmask(N, immr, imms, sf) and fits(bitmask(N, immr, imms, sf))", flags="w", fuse="first", insn="ands x0, x1, #1"),
    Row("ands_imm_wide", "1 11 100100 N immr:6 imms:6 rn:5 rd:5", lift.lift_logical, "1, 3", "xd(rd) x(rn) wide(bitmask(N, immr, imms, 1))", when="bitmask(N, immr, imms, 1)", flags="w", fuse="first", insn="ands x0, x1, #0x100000000"),
    Row("logical_imm", "sf opc:2 100100 N immr:6 imms:6 rn:5 rd:5", lift.lift_logical, "sf, opc", "sp(rd) x(rn) i(bitmask(N, immr, imms, sf))", when="opc != 3 and bitmask(N, immr, imms, sf) and fits(bitmask(N, immr, imms, sf))", insn="and x0, x1, #1"),
    Row("logical_imm_wide", "1 opc:2 100100 N immr:6 imms:6 rn:5 rd:5", lift.lift_logical, "1, opc", "sp(rd) x(rn) wide(bitmask(N, immr, imms, 1))", when="opc != 3 and bitmask(N, immr, imms, 1)", insn="eor x0, x1, #0x100000000"),

    Row("mov_wide", "sf op 0 100101 hw:2 imm:16 rd:5", lift.lift_constant, "sf", "xd(rd) i(move_wide(not op, hw, imm, sf))", when="(sf or hw < 2) and fits(move_wide(not op, hw, imm, sf))", insn="mov x0, #1"),
    Row("mov_wide_64", "1 op 0 100101 hw:2 imm:16 rd:5", lift.lift_constant, "1", "xd(rd) wide(move_wide(not op, hw, imm, 1))", insn="mov x0, #0x100000000"),
    Row("movk", "sf 11 100101 hw:2 imm:16 rd:5", lift.lift_movk, "hw, sf", "xd(rd) i(imm)", when="sf or hw < 2", insn="movk x0, #1, lsl #16"),

    Row("sxt", f"sf 00 100110 {_BFM}", lift.lift_sign_extend, "sf, imms + 1", "xd(rd) x(rn)", when=f"immr == 0 and imms in (7, 15, 31) and imms + 1 < width(sf) and {_OK}", insn="sxtw x0, w1"),
    Row("asr_imm", f"sf 00 100110 {_BFM}", lift.lift_shift_imm, "sf, 2", "xd(rd) x(rn) i(immr)", when=f"imms + 1 == width(sf) and {_OK}", insn="asr x0, x1, #3"),
    Row("sbfm", f"sf 00 100110 {_BFM}", lift.lift_sbfm, "sf", "xd(rd) x(rn) i(width(sf) - 1 - imms) i((immr - imms - 1) % width(sf))", when=_OK, insn="sbfx x0, x1, #3, #4"),
    Row("bfm", f"sf 01 100110 {_BFM}", lift.lift_bfm, "sf", "xd(rd) x(rn) i(immr) i(insert_mask(immr, imms, sf))", when=f"{_OK} and fits(insert_mask(immr, imms, sf))", insn="bfi x0, x1, #3, #4"),
    Row("bfm_wide", f"1 01 100110 {_BFM}", lift.lift_bfm, "1", "xd(rd) x(rn) i(immr) wide(insert_mask(immr, imms, 1))", when="N", insn="bfi x0, x1, #32, #4"),
    Row("lsr_imm", f"sf 10 100110 {_BFM}", lift.lift_shift_imm, "sf, 1", "xd(rd) x(rn) i(immr)", when=f"imms + 1 == width(sf) and {_OK}", insn="lsr x0, x1, #3"),
    Row("lsl_imm", f"sf 10 100110 {_BFM}", lift.lift_shift_imm, "sf, 0", "xd(rd) x(rn) i(width(sf) - immr)", when=f"imms + 1 == immr and {_OK}", insn="lsl x0, x1, #3"),
    Row("uxt", f"sf 10 100110 {_BFM}", lift.lift_zero_extend, "imms + 1", "xd(rd) x(rn)", when=f"immr == 0 and imms in (7, 15, 31) and {_OK}", insn="uxtb w0, w1"),
    Row("ubfx", f"sf 10 100110 {_BFM}", lift.lift_ubfx, "sf", "xd(rd) x(rn) i(immr) i(ones(imms - immr + 1))", when=f"immr <= imms < immr + 31 and {_OK}", insn="ubfx x0, x1, #3, #4"),
    Row("ubfiz", f"sf 10 100110 {_BFM}", lift.lift_ubfiz, "sf", "xd(rd) x(rn) i(width(sf) - immr) i(ones(imms + 1))", when=f"imms < immr and imms < 31 and {_OK}", insn="ubfiz x0, x1, #3, #4"),
    Row("ubfm_wide", f"1 10 100110 {_BFM}", lift.lift_ubfm, "", "xd(rd) x(rn) i(63 - imms) i((immr - imms - 1) % 64)", when="N", insn="ubfx x0, x1, #3, #40"),

    Row("ror_imm", "sf 00 100111 N 0 rm:5 imms:6 rn:5 rd:5", lift.lift_shift_imm, "sf, 3", "xd(rd) x(rn) i(imms)", when="rn == rm and N == sf and imms < width(sf)", insn="ror x0, x1, #3"),
    Row("extr_0", "sf 00 100111 N 0 rm:5 000000 rn:5 rd:5", lift.lift_move, "sf", "xd(rd) x(rm)", when="N == sf", insn="extr x0, x1, x2, #0"),
    Row("extr", "sf 00 100111 N 0 rm:5 imms:6 rn:5 rd:5", lift.lift_extract, "sf", "xd(rd) x(rn) x(rm) i(imms) i(width(sf) - imms)", when="N == sf and imms < width(sf)", insn="extr x0, x1, x2, #3"),
]
