"""Rows: CRC32 (FEAT_CRC32)."""

from __future__ import annotations

from hqemu_core.isa.table import Row

from ..lift import crc as lift

# fmt: off
ROWS = [
    Row("crc32", "sf 00 11010110 rm:5 010 C size:2 rn:5 rd:5", lift.lift_crc32, "C, size", "xd(rd) x(rn) x(rm)", when="sf == (size == 3)", insn="crc32w w0, w1, w2", feature="crc32"),
]
