"""Decoding tables as plain data for the disk, so that a start needs neither the rows nor the lift functions.

Building an ISA's tables imports every lift module and compiles a function per row; a snapshot holds what decoding
needs of them (patterns by bucket, properties, compiled extraction functions) and loads in a millisecond. Its rows
fetch the real row when something has to be lifted.
"""

from __future__ import annotations

import marshal
from collections.abc import Callable, Mapping
from types import FunctionType
from typing import Any, Final

from .code import Code, join_halfwords, join_word, split_halfwords, split_words
from .table import Decoded, OperandKind, Row, Table, row_mask

_PROPERTIES: Final = ("name", "flags", "end", "fuse", "target", "kinds", "feature")


def take(table: Table) -> tuple[Any, ...]:
    """A marshallable value from which :class:`SnapshotTable` is made."""
    rows = []
    for row in table.rows:
        code = table.extractor(row).__code__
        rows.append(marshal.dumps((tuple(getattr(row, p) for p in _PROPERTIES), code)))
    return table.bucket, tuple(rows), buckets_of(table), table.wide


def buckets_of(table: Table) -> dict[int, tuple[tuple[int, int, int], ...]]:
    """(mask, value, row number) by bucket, as :meth:`Table.candidates` gives them, but row by row: a row is in few."""
    shift, keep = table.bucket
    buckets: dict[int, list[tuple[int, int, int]]] = {}
    for n, row in enumerate(table.rows):
        mask = row_mask(row)
        fixed = mask >> shift & keep
        rest = keep & ~fixed
        part = rest
        while True:  # every subset of the bits that the row leaves open
            buckets.setdefault(row.value >> shift & fixed | part, []).append((mask, row.value, n))
            if not part:
                break
            part = part - 1 & rest
    return {key: tuple(found) for key, found in buckets.items()}


class SnapshotRow:
    """A row as far as translation needs it; ``lift`` is the real row's."""

    __slots__ = ("_real", "end", "extract", "feature", "flags", "fuse", "kinds", "name", "parts", "target")

    def __init__(self, values: tuple[Any, ...], extract: Callable[[int, int], Any], real: Callable[[], Table]) -> None:
        self.name, self.flags, self.end, self.fuse, self.target, self.kinds, self.feature = values
        self.parts: tuple[Row, ...] = ()
        self.extract = extract
        self._real = real

    @property
    def lift(self) -> Callable[..., None]:
        return self._real().by_name[self.name].lift

    def __repr__(self) -> str:
        return f"SnapshotRow({self.name!r})"


class SnapshotTable:
    """Decodes like the :class:`Table` it was taken from."""

    def __init__(
        self, data: tuple[Any, ...], kinds: Mapping[str, OperandKind], namespace: Mapping[str, Any],
        real: Callable[[], Table],
    ) -> None:  # fmt: skip
        (self._shift, self._keep), self._stored, self._buckets, self._wide = data
        self.align = 4 if self._wide is None else 2
        self.longest = 4
        self._rows: list[SnapshotRow | None] = [None] * len(self._stored)
        self.kinds = dict(kinds)
        self._real = real
        space = dict(namespace)
        for kind in kinds.values():
            if kind.cls == "off":
                space["_" + kind.name] = kind.offsets
        self._space = space

    def _row(self, n: int) -> SnapshotRow:
        values, code = marshal.loads(self._stored[n])
        row = self._rows[n] = SnapshotRow(values, FunctionType(code, self._space), self._real)
        return row

    def extractor(self, row: Any) -> Callable[[int, int], Any]:
        extract: Callable[[int, int], Any] = row.extract
        return extract

    def split(self, source: bytes, pc: int, limit: int) -> Code:
        if self._wide is None:
            return split_words(source, pc, limit)
        if isinstance(self._wide, str):
            return self._space[f"split_{self._wide}"](source, pc, limit)  # type: ignore[no-any-return]
        return split_halfwords(source, pc, limit, self._wide)

    def join(self, key: int) -> bytes:
        if isinstance(self._wide, str):
            return self._space[f"join_{self._wide}"](key)  # type: ignore[no-any-return]
        return join_word(key) if self._wide is None else join_halfwords(key)

    def decode(self, word: int, pc: int = 0) -> Decoded | None:
        rows = self._rows
        for mask, value, n in self._buckets.get(word >> self._shift & self._keep, ()):
            if word & mask == value:
                row = rows[n] or self._row(n)
                found = row.extract(word, pc)
                if found is not None:
                    return row, found[0], found[1]  # type: ignore[return-value]
        return None
