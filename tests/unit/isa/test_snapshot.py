"""A snapshot of the tables decodes like the tables."""

from __future__ import annotations

import functools
import marshal
import random

import pytest

from hqemu_core import IsaEntry
from hqemu_core.isa.snapshot import SnapshotTable, buckets_of, take
from hqemu_core.plugins import Plugins

ENTRIES = Plugins().isas()


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.name)
def test_buckets(entry: IsaEntry) -> None:
    isa = entry.load()
    if isa.decoding is None:
        pytest.skip("makes no use of snapshots")
    for table in isa.tables.values():
        number = {row.name: n for n, row in enumerate(table.rows)}
        found = buckets_of(table)
        for key in random.Random(1).sample(range(table.bucket[1] + 1), 200):
            expected = tuple((mask, value, number[row.name]) for mask, value, row in table.candidates(key))
            assert found.get(key, ()) == expected


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.name)
def test_decoding(entry: IsaEntry) -> None:
    rng = random.Random(2)
    isa = entry.load()
    if isa.decoding is None:
        pytest.skip("makes no use of snapshots")
    kinds, namespace = isa.decoding()
    for key, table in isa.tables.items():
        data = marshal.loads(marshal.dumps(take(table)))
        snapshot = SnapshotTable(data, kinds, namespace, functools.partial(isa.tables.__getitem__, key))
        for row in table.rows:
            for _ in range(4):
                word, pc = rng.getrandbits(row.width) & ~row.mask | row.value, rng.getrandbits(32) & ~3
                expected, found = table.decode(word, pc), snapshot.decode(word, pc)
                assert (expected is None) == (found is None)
                if expected is not None and found is not None:
                    assert expected[1:] == found[1:]
                    for name in ("name", "flags", "end", "fuse", "target", "kinds"):
                        assert getattr(expected[0], name) == getattr(found[0], name)


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.name)
def test_random_words(entry: IsaEntry) -> None:
    """Also those that no row has, or several."""
    rng = random.Random(3)
    isa = entry.load()
    if isa.decoding is None:
        pytest.skip("makes no use of snapshots")
    kinds, namespace = isa.decoding()
    for key, table in isa.tables.items():
        data = marshal.loads(marshal.dumps(take(table)))
        snapshot = SnapshotTable(data, kinds, namespace, functools.partial(isa.tables.__getitem__, key))
        decoded = 0
        for _ in range(100_000):
            word = table.split(rng.randbytes(8), 0, 1).keys[0]
            assert isinstance(word, int)
            expected, found = table.decode(word, word), snapshot.decode(word, word)
            if expected is None or found is None:
                assert expected is found
            else:
                decoded += 1
                assert (expected[0].name, *expected[1:]) == (found[0].name, *found[1:])
        assert decoded > 10_000
