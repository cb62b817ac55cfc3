"""Rows: CRC32 (ARMv8). Conditional ones are unpredictable."""

from __future__ import annotations

from hqemu_core.isa.table import Row

from ..lift.crc import lift_crc32

# fmt: off
ROWS = [
    Row("crc32", "1110 00010 size:2 0 rn:4 rd:4 00 c 0 0100 rm:4", lift_crc32, "size, c", "r(rd) r(rn) r(rm)", "size < 3 and 15 not in (rd, rn, rm)", insn=".word 0xe1010042 // crc32b r0, r1, r2", feature="crc32"),
]
