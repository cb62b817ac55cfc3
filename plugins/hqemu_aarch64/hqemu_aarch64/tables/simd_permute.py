"""Rows: Advanced SIMD permute and extract."""

from __future__ import annotations

from hqemu_core.isa.table import Row

from ..lift import simd_permute as lift

# fmt: off
ROWS = [
    Row("ext", "0 q 1 01110 00 0 rm:5 0 imm4:4 0 rn:5 rd:5", lift.lift_ext, "imm4, q", "v(rd) v(rn) v(rm)", when="q or imm4 < 8", insn="ext v0.16b, v1.16b, v2.16b, #3"),
    Row("uzp", "0 q 0 01110 size:2 0 rm:5 0 part 01 10 rn:5 rd:5", lift.lift_permute, "1, part, size, q", "v(rd) v(rn) v(rm)", when="q or size != 3", insn="uzp1 v0.4s, v1.4s, v2.4s"),
    Row("trn", "0 q 0 01110 size:2 0 rm:5 0 part 10 10 rn:5 rd:5", lift.lift_permute, "2, part, size, q", "v(rd) v(rn) v(rm)", when="q or size != 3", insn="trn1 v0.4s, v1.4s, v2.4s"),
    Row("zip", "0 q 0 01110 size:2 0 rm:5 0 part 11 10 rn:5 rd:5", lift.lift_permute, "3, part, size, q", "v(rd) v(rn) v(rm)", when="q or size != 3", insn="zip1 v0.4s, v1.4s, v2.4s"),
]
