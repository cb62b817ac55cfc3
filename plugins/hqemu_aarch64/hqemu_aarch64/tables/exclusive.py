"""Rows: exclusive and ordered loads and stores."""

from __future__ import annotations

from hqemu_core.isa.table import Row

from ..lift import exclusive as lift

# fmt: off
ROWS = [
    Row("stxr", "size:2 001000 0 0 0 rs:5 o xxxxx rn:5 rt:5", lift.lift_store_exclusive, "size", "xd(rs) x(rt) sp(rn)", insn="stxr w0, x1, [x2]"),
    Row("stxp", "1 sf 001000 0 0 1 rs:5 o rt2:5 rn:5 rt:5", lift.lift_store_exclusive_pair, "sf", "xd(rs) x(rt) x(rt2) sp(rn)", insn="stxp w0, x1, x3, [x2]"),
    Row("ldxr", "size:2 001000 0 1 0 xxxxx o xxxxx rn:5 rt:5", lift.lift_load_exclusive, "size, o", "xd(rt) sp(rn)", insn="ldxr x0, [x1]"),
    Row("ldxp", "1 sf 001000 0 1 1 xxxxx o rt2:5 rn:5 rt:5", lift.lift_load_exclusive_pair, "sf, o", "xd(rt) xd(rt2) sp(rn)", insn="ldxp x0, x2, [x1]"),
    Row("stlr", "size:2 001000 1 0 0 xxxxx o xxxxx rn:5 rt:5", lift.lift_store_release, "size", "x(rt) sp(rn)", insn="stlr x0, [x1]"),
    Row("ldar", "size:2 001000 1 1 0 xxxxx o xxxxx rn:5 rt:5", lift.lift_load_acquire, "size", "xd(rt) sp(rn)", insn="ldar x0, [x1]"),
]
