"""The tables' columns against what the lift functions really do, and the decoder against an assembler."""

from __future__ import annotations

import random

import pytest

from hqemu_arm.cases import make_case_spec
from hqemu_arm.state import FLAGS
from hqemu_core.ir import opcodes as op
from hqemu_core.ir.builder import IRBuilder
from hqemu_core.isa.table import Row
from hqemu_core.testing.caserun import lift_with_holes
from hqemu_core.testing.cases import assemble
from hqemu_core.testing.lockstep import disassemble, random_word

SPEC = make_case_spec()
TABLE = SPEC.isa.tables[0]
ENDS = {
    op.JUMP: {"jump", "call", "branch"},
    op.BRANCH: {"branch"},
    op.INDIRECT: {"indirect", "icall", "ret"},
    op.SYSCALL: {"syscall"},
    op.TRAP: {"trap"},
    op.RESYNC: {"resync"},
}


def _lifted(row: Row) -> list[IRBuilder]:
    """The row's forms, found by trying random words from its example on."""
    rng = random.Random(row.name)
    shapes: dict[tuple[int, ...], IRBuilder] = {}
    words = [int.from_bytes(assemble(SPEC, row.insn), "little")]
    words += [word for word in (random_word(SPEC, row, rng) for _ in range(20)) if word is not None]
    for word in words:
        found = TABLE.decode(word, 0x1000)
        assert found is not None
        assert found[0] is row
        if found[1] not in shapes:
            shapes[found[1]] = lift_with_holes(SPEC.isa, found, 0)
    return list(shapes.values())


COMMON = [row for row in TABLE.rows if not row.name.startswith(("ldm", "stm"))]
"""Words of the lists' rows are rare among random ones; the rows are alike."""


@pytest.mark.parametrize("row", [*COMMON, TABLE.by_name["ldm4"], TABLE.by_name["ldm4_pc_if"]], ids=lambda row: row.name)
def test_row(row: Row) -> None:
    """The flags and end columns say what the IR does."""
    pytest.importorskip("keystone")
    for b in _lifted(row):
        written = {o[2] for o in b.ops if o[0] == op.SET} & FLAGS
        reads = {o[2] for o in b.ops if o[0] == op.GET} & FLAGS
        assert not written or row.flags in ("w", "p", "rw")
        if row.flags in ("w", "p"):
            assert written == FLAGS if row.flags == "w" else written
            assert not reads
        assert not reads or "r" in row.flags
        ends = [o[0] for o in b.ops if o[0] in op.END]
        assert len(ends) == bool(row.end)
        if row.end:
            assert row.end in ENDS[ends[0]]
        guarded = b.ops[-1][0] == op.UNGUARD if b.ops else False
        assert guarded == any(o[0] == op.GUARD for o in b.ops)
        if guarded:
            assert row.name.endswith("_if")
            assert row.end not in ("jump", "call", "indirect", "ret")


@pytest.mark.parametrize("row", COMMON, ids=lambda row: row.name)
def test_example(row: Row) -> None:
    """The example is an encoding of the row."""
    pytest.importorskip("keystone")
    pytest.importorskip("capstone")
    word = int.from_bytes(assemble(SPEC, row.insn), "little")
    found = TABLE.decode(word, 0x1000)
    assert found is not None
    assert found[0] is row
    if "//" in row.insn:
        assert disassemble(SPEC, word).split(" ", 1)[1].split() == row.insn.partition("//")[2].split()


def test_forms_do_not_depend_on_registers_or_immediates() -> None:
    """Shapes are what stencils are counted by; operands must not leak into them."""
    rng = random.Random(1)
    limits = {"dp_imm": 7, "dp_reg": 7 * 7, "ldr": 2 * 3, "ldr_reg": 2 * 3 * 2 * 7, "cmp_imm_if": 2 * 14, "ldm2": 8}
    for name, limit in limits.items():
        row = TABLE.by_name[name]
        shapes = set()
        for _ in range(100):
            word = random_word(SPEC, row, rng)
            assert word is not None
            found = TABLE.decode(word)
            assert found is not None
            shapes.add(found[1])
        assert len(shapes) <= limit, name
