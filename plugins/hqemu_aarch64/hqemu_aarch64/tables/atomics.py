"""Rows: Armv8.1 atomics (FEAT_LSE)."""

from __future__ import annotations

from hqemu_core.isa.table import Row

from ..lift import atomics as lift

# fmt: off
ROWS = [
    Row("casp", "0 sf 001000 0 A 1 rs:4 0 R 11111 rn:5 rt:4 0", lift.lift_casp, "sf", "x(rs * 2) xd(rs * 2) x(rs * 2 + 1) xd(rs * 2 + 1) x(rt * 2) x(rt * 2 + 1) sp(rn)", insn=".word 0x48207c82 // casp x0, x1, x2, x3, [x4]", feature="lse"),
    Row("cas", "size:2 001000 1 A 1 rs:5 R 11111 rn:5 rt:5", lift.lift_cas, "size", "x(rs) xd(rs) x(rt) sp(rn)", insn=".word 0xc8a07c41 // cas x0, x1, [x2]", feature="lse"),
    Row("swp", "size:2 111 0 00 A R 1 rs:5 1 000 00 rn:5 rt:5", lift.lift_atomic, "size, 8", "x(rs) xd(rt) sp(rn)", insn=".word 0xf8208041 // swp x0, x1, [x2]", feature="lse"),
    Row("ld_op", "size:2 111 0 00 A R 1 rs:5 0 opc:3 00 rn:5 rt:5", lift.lift_atomic, "size, opc", "x(rs) xd(rt) sp(rn)", insn=".word 0xf8200041 // ldadd x0, x1, [x2]", feature="lse"),
]
