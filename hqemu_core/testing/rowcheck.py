"""Lifts random words of every row of an ISA's tables, both ways (concrete and with holes), and verifies the IR."""

from __future__ import annotations

import random
from collections.abc import Iterator

from hqemu_core.errors import IsaError
from hqemu_core.ir.builder import Hole, IRBuilder
from hqemu_core.ir.parser import parse_ops
from hqemu_core.ir.printer import format_ops
from hqemu_core.ir.verifier import verify, verify_helper
from hqemu_core.isa.spec import IsaSpec
from hqemu_core.isa.table import Row, Table
from hqemu_core.passes.dce import dce
from hqemu_core.passes.state_ssa import state_ssa

PC = 0x1234_0000_0000
TRIES = 40


def random_words(table: Table, row: Row, rng: random.Random, count: int) -> Iterator[int]:
    """Up to ``count`` words that decode to the row; none when the row is too rare to hit."""
    for _ in range(count * TRIES):
        word = rng.getrandbits(row.width) & ~row.mask | row.value
        found = table.decode(word, PC)
        if found is not None and found[0] is row:
            yield word
            count -= 1
            if count == 0:
                return


def check_ir(b: IRBuilder, spec: IsaSpec) -> None:
    """Raise IsaError unless the builder's ops verify, round-trip as text, and still verify after the passes."""
    verify(b.ops, b.types, spec.helpers)
    if parse_ops(format_ops(b.ops)) != b.ops:
        raise IsaError("the text form does not round-trip")
    code = state_ssa(b.ops, b.types, True, spec.helpers)
    verify(*code, spec.helpers)
    verify(*dce(*code, spec.helpers), spec.helpers)


def check_row(spec: IsaSpec, table: Table, row: Row, words: Iterator[int]) -> str:
    """What is wrong with the row's IR; "" when nothing is."""
    for word in words:
        found = table.decode(word, PC)
        if found is None:
            raise IsaError(f"{word:#x} does not decode")
        _, shape, operands = found
        holes = tuple(Hole(n, table.kinds[kind].cls) for n, kind in enumerate(row.kinds))
        for arguments in (operands, holes):
            b = spec.builder()
            try:
                row.lift(b, shape, *arguments)
                check_ir(b, spec)
            except IsaError as error:
                return f"row {row.name}: {word:#010x} {'holes' if arguments is holes else 'concrete'}: {error}"
    return ""


def check_spec(spec: IsaSpec, per_row: int = 8, seed: int = 0) -> list[str]:
    """What is wrong with any row or helper; one line each."""
    rng = random.Random(seed)
    wrong = []
    for table in spec.tables.values():
        for row in table.rows:
            wrong.append(check_row(spec, table, row, random_words(table, row, rng, per_row)))
    for name in spec.helpers:
        try:
            verify_helper(name, spec.helpers, spec.builder)
        except IsaError as error:
            wrong.append(str(error))
    return [line for line in wrong if line]
