"""The tables' columns against what the lift functions really do, and the decoder against two disassemblers."""

from __future__ import annotations

import random

import pytest

from hqemu_arm.cases import make_case_spec
from hqemu_arm.state import FLAGS
from hqemu_core.errors import IsaError
from hqemu_core.ir import opcodes as op
from hqemu_core.ir.builder import IRBuilder
from hqemu_core.isa.table import Row
from hqemu_core.testing.caserun import lift_with_holes
from hqemu_core.testing.cases import assemble
from hqemu_core.testing.lockstep import disassemble, random_word

SPEC = make_case_spec()
TABLE = SPEC.isa.tables[0]
ENDS = {
    op.JUMP: {"jump", "call"},
    op.BRANCH: {"branch"},
    op.INDIRECT: {"indirect", "icall", "ret"},
    op.SYSCALL: {"syscall"},
    op.TRAP: {"trap"},
    op.RESYNC: {"resync"},
}


def _lifted(row: Row) -> list[IRBuilder]:
    """The row's forms, found by trying random words."""
    rng = random.Random(row.name)
    shapes: dict[tuple[int, ...], IRBuilder] = {}
    for _ in range(40):
        word = random_word(SPEC, row, rng)
        assert word is not None
        found = TABLE.decode(word, 0x1000)
        assert found is not None
        if found[1] not in shapes:
            shapes[found[1]] = lift_with_holes(SPEC.isa, found, 0)
    return list(shapes.values())


@pytest.mark.parametrize("row", TABLE.rows, ids=lambda row: row.name)
def test_row(row: Row) -> None:
    """The flags and end columns say what the IR does."""
    reads: set[int] = set()
    for b in _lifted(row):
        written = {o[2] for o in b.ops if o[0] == op.SET} & FLAGS
        reads |= {o[2] for o in b.ops if o[0] == op.GET} & FLAGS
        assert bool(written) == ("w" in row.flags)
        if row.flags == "w":
            assert written == FLAGS
        ends = [o[0] for o in b.ops if o[0] in op.END]
        assert len(ends) == bool(row.end)
        if row.end:
            assert b.ops[-1][0] == ends[0]
            assert row.end in ENDS[ends[0]]
    assert bool(reads) == ("r" in row.flags)


@pytest.mark.parametrize("row", TABLE.rows, ids=lambda row: row.name)
def test_example(row: Row) -> None:
    """The example is an encoding of the row; where keystone does not know it, its mnemonic is the row's."""
    pytest.importorskip("keystone")
    pytest.importorskip("capstone")
    try:
        word = int.from_bytes(assemble(SPEC, row.insn), "little")
    except IsaError:
        rng = random.Random(row.name)
        words = [random_word(SPEC, row, rng) for _ in range(60)]
        mnemonics = {disassemble(SPEC, word).split()[1] for word in words if word is not None}
        assert row.insn.split()[0] in mnemonics
        return
    found = TABLE.decode(word, 0x1000)
    assert found is not None
    assert found[0] is row
    if "//" in row.insn:
        assert disassemble(SPEC, word).split(" ", 1)[1].split() == row.insn.partition("//")[2].split()


def test_forms_do_not_depend_on_registers_or_immediates() -> None:
    """Shapes are what stencils are counted by; operands must not leak into them."""
    rng = random.Random(1)
    for name in ("add_imm", "ldr", "bfm", "ubfm_wide", "stp_pre", "ccmp_imm", "movk", "mov_wide"):
        row = TABLE.by_name[name]
        shapes = set()
        for _ in range(100):
            word = random_word(SPEC, row, rng)
            assert word is not None
            found = TABLE.decode(word)
            assert found is not None
            shapes.add(found[1])
        assert len(shapes) <= 64, name
