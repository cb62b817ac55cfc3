"""Rows: data processing, immediate."""

from __future__ import annotations

from hqemu_core.isa.table import Row

from ..lift import dp_imm as lift

# fmt: off
ROWS = [
    Row("adr", "0 immlo:2 10000 immhi:19 rd:5", lift.lift_constant, "", "xd(rd) to(pc + sx(immhi << 2 | immlo, 21))", insn="adr x0, #8"),
    Row("adrp", "1 immlo:2 10000 immhi:19 rd:5", lift.lift_constant, "", "xd(rd) to((pc & ~0xfff) + (sx(immhi << 2 | immlo, 21) << 12))", insn="adrp x0, #4096"),
    Row("cmp_imm", "sf sub 1 100010 sh imm12:12 rn:5 11111", lift.lift_compare, "sf, sub", "sp(rn) i(imm12 << 12 * sh)", flags="w", fuse="first", insn="cmp x1, #1"),
    Row("adds_imm", "sf sub 1 100010 sh imm12:12 rn:5 rd:5", lift.lift_add_sub, "sf, sub, 1", "xd(rd) sp(rn) i(imm12 << 12 * sh)", flags="w", fuse="first", insn="adds x0, x1, #1"),
    Row("add_imm", "sf sub 0 100010 sh imm12:12 rn:5 rd:5", lift.lift_add_sub, "sf, sub, 0", "sp(rd) sp(rn) i(imm12 << 12 * sh)", insn="add x0, x1, #1"),
    Row("movn", "sf 00 100101 hw:2 imm:16 rd:5", lift.lift_constant, "not fits(movn(imm, hw, sf))", "xd(rd) wide(movn(imm, hw, sf))", when="sf or hw < 2", insn="movn x0, #1"),
]
