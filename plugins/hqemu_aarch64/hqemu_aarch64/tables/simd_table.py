"""Rows: Advanced SIMD table lookup."""

from __future__ import annotations

from hqemu_core.isa.table import Row

from ..lift import simd_table as lift

# fmt: off
ROWS = [
    Row("tbl_1", "0 q 0 01110 00 0 rm:5 0 00 0 00 rn:5 rd:5", lift.lift_tbl, "q", "v(rd) v(rm) v(rn)", insn="tbl v0.16b, {v1.16b}, v5.16b"),
    Row("tbl_2", "0 q 0 01110 00 0 rm:5 0 01 0 00 rn:5 rd:5", lift.lift_tbl, "q", "v(rd) v(rm) v(rn) v(rn + 1 & 31)", insn="tbl v0.16b, {v1.16b, v2.16b}, v5.16b"),
    Row("tbl_3", "0 q 0 01110 00 0 rm:5 0 10 0 00 rn:5 rd:5", lift.lift_tbl, "q", "v(rd) v(rm) v(rn) v(rn + 1 & 31) v(rn + 2 & 31)", insn="tbl v0.16b, {v1.16b, v2.16b, v3.16b}, v5.16b"),
    Row("tbl_4", "0 q 0 01110 00 0 rm:5 0 11 0 00 rn:5 rd:5", lift.lift_tbl, "q", "v(rd) v(rm) v(rn) v(rn + 1 & 31) v(rn + 2 & 31) v(rn + 3 & 31)", insn="tbl v0.16b, {v1.16b, v2.16b, v3.16b, v4.16b}, v5.16b"),
    Row("tbx_1", "0 q 0 01110 00 0 rm:5 0 00 1 00 rn:5 rd:5", lift.lift_tbx, "q", "v(rd) v(rm) v(rn)", insn="tbx v0.16b, {v1.16b}, v5.16b"),
    Row("tbx_2", "0 q 0 01110 00 0 rm:5 0 01 1 00 rn:5 rd:5", lift.lift_tbx, "q", "v(rd) v(rm) v(rn) v(rn + 1 & 31)", insn="tbx v0.16b, {v1.16b, v2.16b}, v5.16b"),
    Row("tbx_3", "0 q 0 01110 00 0 rm:5 0 10 1 00 rn:5 rd:5", lift.lift_tbx, "q", "v(rd) v(rm) v(rn) v(rn + 1 & 31) v(rn + 2 & 31)", insn="tbx v0.16b, {v1.16b, v2.16b, v3.16b}, v5.16b"),
    Row("tbx_4", "0 q 0 01110 00 0 rm:5 0 11 1 00 rn:5 rd:5", lift.lift_tbx, "q", "v(rd) v(rm) v(rn) v(rn + 1 & 31) v(rn + 2 & 31) v(rn + 3 & 31)", insn="tbx v0.16b, {v1.16b, v2.16b, v3.16b, v4.16b}, v5.16b"),
]
