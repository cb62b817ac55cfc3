"""The shapes that the tables promise are those that decoding finds."""

from __future__ import annotations

import random
from array import array
from pathlib import Path

import pytest

from hqemu_core import IsaEntry
from hqemu_core.isa.shapes import WIDE, deposit, row_shapes
from hqemu_core.isa.table import OperandKind, Row, Table
from hqemu_core.plugins import Plugins

ENTRIES = Plugins().isas()


def lift_nothing(*_: object) -> None:
    pass


def make_table(*rows: Row) -> Table:
    return Table(rows, {"i": OperandKind("i", "s32")})


def test_deposit() -> None:
    assert deposit(0b1011, 0x1_0810_0001) == 0x1_0010_0001


def test_every_value_of_a_shape_field() -> None:
    row = Row("r", "size:2 0 k:13 0000000000000000", lift_nothing, "size, size + 1", "i(k)", when="size != 1")
    assert row_shapes(make_table(row), row) == [(0, 1), (2, 3), (3, 4)]


def test_rare_conditions_are_met() -> None:
    """Too many deciding bits to try all of them."""
    row = Row("r", "a b:15 c:15 0", lift_nothing, "a", "i(b)", when="b >> 9 == c >> 9")
    assert row_shapes(make_table(row), row) == [(0,), (1,)]


def test_what_an_earlier_row_takes_is_not_listed() -> None:
    special = Row("s", "a:2 b:2 0000000000000000000000000000", lift_nothing, "b", "", when="a == 3 and b")
    general = Row("g", "a:2 b:2 0000000000000000000000000000", lift_nothing, "a and b", "", when="a == 3")
    table = make_table(special, general)
    assert row_shapes(table, special) == [(1,), (2,), (3,)]
    assert row_shapes(table, general) == [(0,)]


def test_a_row_that_special_rows_leave_little() -> None:
    special = Row("s", "a:2 0000000000 b:20", lift_nothing, "", "", when="b != 0")
    general = Row("g", "a:2 0000000000 b:20", lift_nothing, "a", "")
    table = make_table(special, general)
    assert len(row_shapes(table, general)) == 4


def test_wide_fields_count_as_immediates() -> None:
    row = Row("r", "imm:16 a 000000000000000", lift_nothing, "imm, a", "")
    assert row_shapes(make_table(row), row) == [(0, 0), (0, 1)]


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.name)
def test_random_words_have_listed_shapes(entry: IsaEntry) -> None:
    rng = random.Random(entry.name)
    for table in entry.load().tables.values():
        if table.pairs is None or table.forms is not None:
            pytest.skip("its library is not built from all shapes")
        for row in table.rows:
            known = set(row_shapes(table, row))
            assert known, f"{row.name}: no word decodes to it"
            wide = any(name in row.shape for name, _, width in row.fields if width > WIDE)
            for _ in range(0 if wide else 100):
                found = table.decode(rng.getrandbits(row.width) & ~row.mask | row.value)
                assert found is None or found[0] is not row or found[1] in known, f"{row.name}: {found[1]}"


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.name)
def test_programs_have_listed_shapes(entry: IsaEntry) -> None:
    """All words of the bundled programs, data too."""
    table = entry.load().tables[0]
    if table.pairs is None or table.forms is not None:
        pytest.skip("its library is not built from all shapes")
    known: dict[str, set[tuple[int, ...]]] = {}
    for demo in entry.demos() if entry.demos is not None else ():
        image = Path(demo.path).read_bytes()
        words = array("I", image[: len(image) & ~3])
        for word in set(words):
            found = table.decode(word)
            if found is None:
                continue
            row, shape, _ = found
            if row.name not in known:
                known[row.name] = set(row_shapes(table, row))
            if not any(name in row.shape for name, _, width in row.fields if width > WIDE):
                assert shape in known[row.name], f"{row.name}: {shape}"
