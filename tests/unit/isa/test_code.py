"""How bytes become instructions."""

from __future__ import annotations

import struct

from hqemu_core.isa.code import split_halfwords, split_words
from hqemu_core.isa.snapshot import SnapshotTable, take
from hqemu_core.isa.table import Row, Table


def test_words() -> None:
    source = struct.pack("<3I", 1, 0xFFFFFFFF, 3) + b"\1\2\3"
    code = split_words(source, 0x1000, 10)
    assert list(code.keys) == [1, 0xFFFFFFFF, 3]
    assert list(code.pcs) == [0x1000, 0x1004, 0x1008, 0x100C]
    code = split_words(source, 0x1000, 2)
    assert (list(code.keys), list(code.pcs)) == ([1, 0xFFFFFFFF], [0x1000, 0x1004, 0x1008])
    assert (list(split_words(b"\1\2", 8, 2).keys), list(split_words(b"\1\2", 8, 2).pcs)) == ([], [8])


def test_halfwords() -> None:
    source = struct.pack("<5H", 0x4770, 0xE800, 0x1234, 0xE7FF, 0xF000)
    code = split_halfwords(source, 0x1001, 10, 0xE800)
    assert list(code.keys) == [0x4770, 0xE8001234, 0xE7FF]  # the last is cut off
    assert list(code.pcs) == [0x1001, 0x1003, 0x1007, 0x1009]
    assert list(split_halfwords(source, 1, 2, 0xE800).pcs) == [1, 3, 7]


def lift_nothing(b: object) -> None:
    """Never called."""


def test_rows_of_both_sizes_in_a_table() -> None:
    rows = [Row("short", "0100 a:12", lift_nothing, "a"), Row("long", "11101 a:11 b:16", lift_nothing, "a, b")]
    table = Table(rows, {}, wide=0xE800)
    for decoder in (table, SnapshotTable(take(table), {}, {}, lambda: table)):
        code = decoder.split(struct.pack("<3H", 0x4770, 0xE801, 2), 0, 9)
        found = [decoder.decode(key) for key in code.keys if isinstance(key, int)]
        assert [(f[0].name, f[1]) for f in found if f is not None] == [("short", (0x770,)), ("long", (1, 2))]
        assert decoder.decode(0x14770) is None
