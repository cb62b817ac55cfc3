"""Instruction tables: one :class:`Row` per encoding, compiled to a fast decoder.

A row's ``pattern`` lists the encoding from the most significant bit: ``0``/``1`` fixed bits, ``x`` ignored
bits, ``name:width`` (or ``name`` for one bit) fields. ``shape``, ``operands`` and ``when`` are Python
expressions over the field names (and the names of the table's ``namespace``):

* ``when``   false: this row does not match (the next matching row is tried; none: unallocated);
* ``shape``  comma-separated; ints the lift function gets as they are; together with the row they are the *form*:
  one stencil is compiled per distinct shape, so keep them few;
* ``operands``  space-separated ``kind(expr)``: what is patched into the stencil. ``kind`` names an
  :class:`OperandKind` of the ISA. A ``pc`` kind's expression may use ``pc``.

``flags`` tells the frontend what the instruction does to the ISA's flag slots: "" nothing, "w" writes all of them
without reading, "r" reads some, "rw" both (partial writers are "rw").
``end``: "" or how it ends a block: jump call branch indirect icall ret syscall trap resync. ``syscall`` continues.
``fuse``: "first" when the instruction may be compiled together with a following "second" (compare + branch).
``insn`` is an assembler example for documentation and tests. ``feature`` names the architecture extension.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from hqemu_core.errors import IsaError


class OperandKind(NamedTuple):
    """``cls``: "off" (register file: ``offsets[value]`` is the state offset), "s32", "i64" or "pc"."""

    name: str
    cls: str
    offsets: tuple[int, ...] = ()


@dataclass(frozen=True, eq=False)
class Row:
    name: str
    pattern: str
    lift: Callable[..., None]
    shape: str = ""
    operands: str = ""
    when: str = ""
    flags: str = ""
    end: str = ""
    fuse: str = ""
    insn: str = ""
    feature: str = ""
    mask: int = field(default=0, init=False)
    value: int = field(default=0, init=False)
    width: int = field(default=0, init=False)
    fields: tuple[tuple[str, int, int], ...] = field(default=(), init=False)
    """(name, lowest bit, width)"""
    kinds: tuple[str, ...] = field(default=(), init=False)

    def __post_init__(self) -> None:
        mask = value = 0
        parts: list[tuple[str, int]] = []
        for token in self.pattern.split():
            if re.fullmatch(r"[01x]+", token):
                parts.extend((c, 1) for c in token)
            else:
                name, _, width = token.partition(":")
                parts.append((name, int(width or 1)))
        total = sum(width for _, width in parts)
        at = total
        fields = []
        for name, width in parts:
            at -= width
            if name in ("0", "1"):
                mask |= 1 << at
                value |= int(name) << at
            elif name != "x":
                fields.append((name, at, width))
        if total not in (16, 32):
            raise IsaError(f"row {self.name}: pattern has {total} bits")
        put = object.__setattr__
        put(self, "mask", mask)
        put(self, "value", value)
        put(self, "width", total)
        put(self, "fields", tuple(fields))
        put(self, "kinds", tuple(kind for kind, _ in split_operands(self.operands)))


Decoded = tuple[Row, tuple[int, ...], tuple[int, ...]]
"""(row, shape, operands). Operands of "off" kinds are state offsets already; "pc" kinds absolute addresses."""


def split_operands(text: str) -> list[tuple[str, str]]:
    """``"x(rd) s32(imm << 2)"`` to ``[("x", "rd"), ("s32", "imm << 2")]``."""
    result = []
    at = 0
    while at < len(text):
        if text[at] == " ":
            at += 1
            continue
        start = text.index("(", at)
        depth, end = 0, start
        for end in range(start, len(text)):
            depth += {"(": 1, ")": -1}.get(text[end], 0)
            if depth == 0:
                break
        result.append((text[at:start], text[start + 1 : end]))
        at = end + 1
    return result


class Table:
    """All rows of an ISA (or of one of its instruction sets) and the decoder compiled from them.

    Rows are tried in order, so a special case stands before the general one.
    """

    def __init__(
        self, rows: Sequence[Row], kinds: Mapping[str, OperandKind], namespace: Mapping[str, Any] | None = None,
        bucket: tuple[int, int] = (21, 0x7FF),
    ) -> None:  # fmt: skip
        self.rows = list(rows)
        self.kinds = dict(kinds)
        self.namespace = dict(namespace or {})
        self.by_name = {row.name: row for row in self.rows}
        if len(self.by_name) != len(self.rows):
            names = [row.name for row in self.rows]
            raise IsaError(f"duplicate row names: {sorted({n for n in names if names.count(n) > 1})}")
        self._shift, self._keep = bucket
        self._buckets: dict[int, list[tuple[int, int, Row]]] = {}
        self._extract: dict[str, Callable[[int, int], Any]] = {}

    def extractor(self, row: Row) -> Callable[[int, int], tuple[tuple[int, ...], tuple[int, ...]] | None]:
        """``f(word, pc)`` -> (shape, operands), or None when the row's condition fails. Compiled at first use."""
        found = self._extract.get(row.name)
        if found is None:
            found = self._extract[row.name] = self._compile(row)
        return found

    def _compile(self, row: Row) -> Callable[[int, int], Any]:
        space = dict(self.namespace)
        lines = ["def extract(w, pc):"]
        for name, at, width in row.fields:
            lines.append(f"    {name} = w >> {at} & {(1 << width) - 1}")
        if row.when:
            lines.append(f"    if not ({row.when}): return None")
        values = []
        for kind, expr in split_operands(row.operands):
            if kind not in self.kinds:
                raise IsaError(f"row {row.name}: unknown operand kind {kind!r}")
            if self.kinds[kind].cls == "off":
                space[f"_{kind}"] = self.kinds[kind].offsets
                values.append(f"_{kind}[{expr}]")
            else:
                values.append(f"({expr})")
        shape = f"({row.shape},)" if row.shape else "()"
        lines.append(f"    return {shape}, ({''.join(v + ',' for v in values)})")
        try:
            exec(compile("\n".join(lines), f"<row {row.name}>", "exec"), space)
        except SyntaxError as error:
            raise IsaError(f"row {row.name}: {error}") from error
        extract: Callable[[int, int], Any] = space["extract"]
        return extract

    def _bucket(self, key: int) -> list[tuple[int, int, Row]]:
        keep = self._keep << self._shift
        bits = key << self._shift
        rows = [(r.mask, r.value, r) for r in self.rows if not (r.value ^ bits) & r.mask & keep]
        self._buckets[key] = rows
        return rows

    def decode(self, word: int, pc: int = 0) -> Decoded | None:
        """The instruction word's row, shape and operands; None: unallocated."""
        key = word >> self._shift & self._keep
        for mask, value, row in self._buckets.get(key) or self._bucket(key):
            if word & mask == value:
                found = self.extractor(row)(word, pc)
                if found is not None:
                    return row, found[0], found[1]
        return None
