"""Which shapes can a row have? Found by decoding words, so that ``when`` and the rows before it have their say."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from typing import Final

from .table import Row, Table

WIDE: Final = 8
"""bits; a wider field in a shape is an immediate: it is common with the value 0 only, so others are not listed"""
TRIES: Final = 1 << 13


def row_shapes(table: Table, row: Row) -> list[tuple[int, ...]]:
    """The row's shapes, in the order of the fields they are made from.

    Every value of the fields in the shape's expression is tried, with values of the bits that decide whether a word is
    this row's until it is: all their values, or TRIES random ones if they are more. Other bits are random.
    """
    vary = _bits(row, row.shape, WIDE)
    deciding = _bits(row, row.when)
    for other in table.rows[: table.rows.index(row)]:
        if other.when and not (other.value ^ row.value) & other.mask & row.mask:
            deciding |= _bits(other, other.when)
    every = (1 << row.width) - 1
    deciding &= every & ~row.mask & ~vary
    free = every & ~row.mask & ~vary & ~deciding & ~_bits(row, row.shape)
    rng = random.Random(row.name)
    found: dict[tuple[int, ...], None] = {}
    for n in range(1 << vary.bit_count()):
        base = row.value | deposit(n, vary)
        for word in _words(base, deciding, free, rng):
            decoded = table.decode(word)
            if decoded is not None and decoded[0] is row:
                found[decoded[1]] = None
                break
    return list(found)


def _bits(row: Row, expression: str, widest: int = 64) -> int:
    """Mask of the fields that an expression names."""
    used = set(re.findall(r"[A-Za-z_]\w*", expression))
    return sum((1 << width) - 1 << at for name, at, width in row.fields if name in used and width <= widest)


def deposit(value: int, mask: int) -> int:
    """The low bits of ``value`` at the bits of ``mask``."""
    out = 0
    while mask:
        low = mask & -mask
        if value & 1:
            out |= low
        value >>= 1
        mask ^= low
    return out


def _words(base: int, deciding: int, free: int, rng: random.Random) -> Iterator[int]:
    count = deciding.bit_count()
    if 1 << count > TRIES:
        yield base | free & rng.getrandbits(64)
        yield base | deciding | free & rng.getrandbits(64)
        for _ in range(TRIES):
            yield base | (deciding | free) & rng.getrandbits(64)
        return
    for n in range(1 << count if count else 4):
        # an odd factor meets all, and neighbours of one kind late
        yield base | deposit(n * 0x9E5 & (1 << count) - 1, deciding) | free & rng.getrandbits(64)
