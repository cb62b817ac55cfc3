"""Rows: polynomial multiplication."""

from __future__ import annotations

from hqemu_core.isa.table import Row

from ..lift import simd_poly as lift

# fmt: off
ROWS = [
    Row("pmull_64", "0 q 0 01110 11 1 rm:5 1110 00 rn:5 rd:5", lift.lift_pmull_64, "q", "v(rd) v(rn) v(rm)", insn="pmull v0.1q, v1.1d, v2.1d", feature="pmull"),
    Row("pmull_8", "0 q 0 01110 00 1 rm:5 1110 00 rn:5 rd:5", lift.lift_pmull_8, "q", "v(rd) v(rn) v(rm)", insn="pmull v0.8h, v1.8b, v2.8b"),
    Row("pmul", "0 q 1 01110 00 1 rm:5 10011 1 rn:5 rd:5", lift.lift_pmul, "q", "v(rd) v(rn) v(rm)", insn="pmul v0.16b, v1.16b, v2.16b"),
]
