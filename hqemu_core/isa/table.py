"""Instruction tables: one :class:`Row` per encoding, compiled to a fast decoder.

A row's ``pattern`` lists the encoding from the most significant bit: ``0``/``1`` fixed bits, ``x`` ignored
bits, ``name:width`` (or ``name`` for one bit) fields. It has 16 or 32 bits, or 36 where what comes before an
instruction changes it and is put above it. ``shape``, ``operands`` and ``when`` are Python
expressions over the field names (and the names of the table's ``namespace``):

* ``when``   false: this row does not match (the next matching row is tried; none: unallocated);
* ``shape``  comma-separated; ints the lift function gets as they are; together with the row they are the *form*:
  one stencil is compiled per distinct shape, so keep them few;
* ``operands``  space-separated ``kind(expr)``: what is patched into the stencil. ``kind`` names an
  :class:`OperandKind` of the ISA. A ``pc`` kind's expression may use ``pc``.

``flags`` tells the frontend what the instruction does to the ISA's flag slots: "" nothing, "w" writes all of them
without reading, "p" writes some and reads none, "r" reads some, "rw" both.
``end``: "" or how it ends a block: jump call branch indirect icall ret syscall trap resync. ``syscall`` continues.
``fuse``: "first" when the instruction may be compiled together with a following "second" (compare + branch).
``insn`` is an assembler example for documentation and tests. ``feature`` names the architecture extension.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from hqemu_core.errors import IsaError

from .code import Code, join_halfwords, join_word, split_halfwords, split_words


class OperandKind(NamedTuple):
    """``cls``: "off" (register file: ``offsets[value]`` is the state offset), "s32", "i64" or "pc"."""

    name: str
    cls: str
    offsets: tuple[int, ...] = ()


class Row:
    """One encoding. Compared by identity; do not assign to its attributes.

    ``mask``/``value``/``width`` are the fixed bits and the size in bits, ``fields`` (name, lowest bit, width),
    ``kinds`` the operands' kinds: all computed from ``pattern`` and ``operands``. (A plain class: ``dataclass``
    would cost each start 4 ms.)
    """

    __slots__ = (
        "end", "feature", "fields", "flags", "fuse", "insn", "kinds", "lift", "mask", "name", "operands", "parts",
        "pattern", "shape", "target", "value", "when", "width",
    )  # fmt: skip

    def __init__(
        self, name: str, pattern: str, lift: Callable[..., None], shape: str = "", operands: str = "", when: str = "",
        flags: str = "", end: str = "", fuse: str = "", insn: str = "", feature: str = "",
    ) -> None:  # fmt: skip
        self.name = name
        self.pattern = pattern
        self.lift = lift
        self.shape = shape
        self.operands = operands
        self.when = when
        self.flags = flags
        self.end = end
        self.fuse = fuse
        self.insn = insn
        self.feature = feature
        self.mask, self.value, self.width, self.fields = parse_pattern(name, pattern)
        self.parts: tuple[Row, ...] = ()

    def __getattr__(self, name: str) -> Any:
        """``kinds`` and ``target`` are computed when first asked for: splitting operands would be half of a row's cost.

        ``target`` is the index of the first operand that depends on the pc (a branch's destination), or -1.
        """
        if name == "kinds":
            self.kinds: tuple[str, ...] = tuple([kind for kind, _ in split_operands(self.operands)])
            return self.kinds
        if name != "target":
            raise AttributeError(name)
        exprs = [expr for _, expr in split_operands(self.operands)]
        uses = [n for n, expr in enumerate(exprs) if "pc" in re.findall(r"\w+", expr)]
        self.target: int = uses[0] if uses else -1
        return self.target

    def __repr__(self) -> str:
        return f"Row({self.name!r})"


def parse_pattern(row: str, pattern: str) -> tuple[int, int, int, tuple[tuple[str, int, int], ...]]:
    """(mask, value, width, fields) of a row's pattern; a field is (name, lowest bit, width)."""
    mask = value = total = 0
    ends: list[tuple[str, int, int]] = []
    for token in pattern.split():
        if token.strip("01x"):
            name, _, size = token.partition(":")
            width = int(size or 1)
            total += width
            mask <<= width
            value <<= width
            ends.append((name, total, width))
        else:
            width = len(token)
            total += width
            mask = mask << width | int(token.replace("0", "1").replace("x", "0"), 2)
            value = value << width | int(token.replace("x", "0"), 2)
    if total not in (16, 32, 36):
        raise IsaError(f"row {row}: pattern has {total} bits")
    return mask, value, total, tuple([(name, total - end, width) for name, end, width in ends])


Decoded = tuple[Row, tuple[int, ...], tuple[int, ...]]
"""(row, shape, operands). Operands of "off" kinds are state offsets already; "pc" kinds absolute addresses."""


def row_mask(row: Row) -> int:
    """The bits that must be ``row.value``'s in a word: those of 16-bit rows have zeros above."""
    return row.mask | (0xFFFF0000 if row.width == 16 else 0)


Pairs = Mapping[str, Mapping[str, str]]
"""``{"first SHAPE": {"second": "SHAPE SHAPE..."}}`` with row names; a shape is its numbers with commas."""
Forms = Mapping[str, str]
"""``{"row": "SHAPE SHAPE..."}``; "-" is the shape without numbers"""


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

    Rows are tried in order, so a special case stands before the general one. A :class:`hqemu_core.isa.code.Decoder`.
    """

    def __init__(
        self, rows: Sequence[Row], kinds: Mapping[str, OperandKind], namespace: Mapping[str, Any] | None = None,
        bucket: tuple[int, int] = (21, 0x7FF), pairs: Callable[[], Pairs] | None = None, wide: int | str | None = None,
        forms: Callable[[], Forms] | None = None,
    ) -> None:  # fmt: skip
        self.rows = list(rows)
        self.kinds = dict(kinds)
        self.namespace = dict(namespace or {})
        self.by_name = {row.name: row for row in self.rows}
        if len(self.by_name) != len(self.rows):
            names = [row.name for row in self.rows]
            raise IsaError(f"duplicate row names: {sorted({n for n in names if names.count(n) > 1})}")
        self.pairs = pairs
        """which fusible pairs compilers emit, for building stencils in advance; None: unknown"""
        self.forms = forms
        """where rows have more shapes than are worth building in advance: those that compilers emit; None: all are"""
        self.wide = wide
        """None: instructions of 32 bits. Else of 16, or of 32 when the first 16 are this or more: their words have
        those in the upper half, and 16-bit rows match words below 1 << 16 only. A name: of what the
        functions ``split_<name>`` and ``join_<name>`` of ``namespace`` do"""
        self.align = 4 if wide is None else 2
        self.longest = 4
        self.bucket = bucket
        self._shift, self._keep = bucket
        self._buckets: dict[int, list[tuple[int, int, Row]]] = {}
        self._extract: dict[str, Callable[[int, int], Any]] = {}

    @property
    def features(self) -> frozenset[str]:
        """The rows' ``feature`` names."""
        return frozenset(row.feature for row in self.rows if row.feature)

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

    def split(self, source: bytes, pc: int, limit: int) -> Code:
        if self.wide is None:
            return split_words(source, pc, limit)
        if isinstance(self.wide, str):
            return self.namespace[f"split_{self.wide}"](source, pc, limit)  # type: ignore[no-any-return]
        return split_halfwords(source, pc, limit, self.wide)

    def join(self, key: int) -> bytes:
        if isinstance(self.wide, str):
            return self.namespace[f"join_{self.wide}"](key)  # type: ignore[no-any-return]
        return join_word(key) if self.wide is None else join_halfwords(key)

    def candidates(self, key: int) -> list[tuple[int, int, Row]]:
        """(mask, value, row) of the rows that words with these bucket bits may match, in order."""
        keep = self._keep << self._shift
        bits = key << self._shift
        rows = [(row_mask(r), r.value, r) for r in self.rows if not (r.value ^ bits) & row_mask(r) & keep]
        self._buckets[key] = rows
        return rows

    def decode(self, word: int, pc: int = 0) -> Decoded | None:
        """The instruction word's row, shape and operands; None: unallocated."""
        key = word >> self._shift & self._keep
        for mask, value, row in self._buckets.get(key) or self.candidates(key):
            if word & mask == value:
                found = self.extractor(row)(word, pc)
                if found is not None:
                    return row, found[0], found[1]
        return None
