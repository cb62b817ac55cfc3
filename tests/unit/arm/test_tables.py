"""The tables' columns against what the lift functions really do, and the decoder against an assembler."""

from __future__ import annotations

import inspect
import random
from importlib import import_module

import pytest

from hqemu_arm.cases import make_case_spec, make_thumb_case_spec
from hqemu_arm.state import FLAGS
from hqemu_arm.tables import SHARED
from hqemu_arm.tables.t32_from_a32 import t32_word
from hqemu_core.ir import opcodes as op
from hqemu_core.ir.builder import IRBuilder
from hqemu_core.isa.casespec import CaseSpec
from hqemu_core.isa.table import Row
from hqemu_core.testing.caserun import lift_with_holes
from hqemu_core.testing.cases import assemble
from hqemu_core.testing.lockstep import disassemble, random_word

SPECS = {0: make_case_spec(), 1: make_thumb_case_spec()}
A32, T32 = SPECS[0].table, SPECS[1].table
ENDS = {
    op.JUMP: {"jump", "call", "branch"},
    op.BRANCH: {"branch"},
    op.INDIRECT: {"indirect", "icall", "ret"},
    op.SYSCALL: {"syscall"},
    op.TRAP: {"trap"},
    op.RESYNC: {"resync"},
}


def _example(spec: CaseSpec, row: Row) -> tuple[int, int]:
    """The key of the example's last instruction, and its address."""
    keys, pcs, _ = spec.table.split(assemble(spec, row.insn), 0x1000 | spec.mode, 9)
    assert isinstance(keys[-1], int)
    return keys[-1], pcs[-2]


def _lifted(spec: CaseSpec, row: Row) -> list[IRBuilder]:
    """The row's forms, found by trying random words from its example on."""
    rng = random.Random(row.name)
    shapes: dict[tuple[int, ...], IRBuilder] = {}
    words = [_example(spec, row)[0]]
    words += [word for word in (random_word(spec, row, rng) for _ in range(20)) if word is not None]
    for word in words:
        found = spec.table.decode(word, 0x1000 | spec.mode)
        assert found is not None
        assert found[0] is row
        if found[1] not in shapes:
            shapes[found[1]] = lift_with_holes(spec.isa, found, 0)
    return list(shapes.values())


def _is_common(row: Row) -> bool:
    """Words of the lists' rows are rare among random ones; the rows are alike."""
    return not row.name.removeprefix("t_").startswith(("ldm", "stm", "push", "pop"))


ROWS = [(0, row) for row in A32.rows] + [(1, row) for row in T32.rows if row.name not in A32.by_name]
COMMON = [(mode, row) for mode, row in ROWS if _is_common(row)]
LISTS = [(mode, SPECS[mode].table.by_name[name]) for mode in (0, 1) for name in ("ldm4", "ldm4_pc_if")]


def _name(value: object) -> str:
    return value.name if isinstance(value, Row) else "T32" if value else "A32"


@pytest.mark.parametrize(("mode", "row"), [*COMMON, *LISTS], ids=_name)
def test_row(mode: int, row: Row) -> None:
    """The flags and end columns say what the IR does."""
    pytest.importorskip("keystone")
    for b in _lifted(SPECS[mode], row):
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


EXAMPLES = [pair for pair in [(0, row) for row in A32.rows] + [(1, row) for row in T32.rows] if _is_common(pair[1])]


@pytest.mark.parametrize(("mode", "row"), EXAMPLES, ids=_name)
def test_example(mode: int, row: Row) -> None:
    """The example is an encoding of the row."""
    pytest.importorskip("keystone")
    pytest.importorskip("capstone")
    spec = SPECS[mode]
    word, pc = _example(spec, row)
    found = spec.table.decode(word, pc)
    assert found is not None
    assert found[0] is row
    # a condition is in an IT instruction; capstone knows no conditional UDF, which Linux takes for a breakpoint
    if "//" in row.insn and not (mode and row.name.endswith("_if")) and row.name != "break_if":
        assert disassemble(spec, word).split(" ", 1)[1].split() == row.insn.partition("//")[2].split()


def test_rows_of_one_name_are_one_form() -> None:
    """Both instruction sets use the same stencils for them."""
    for row in T32.rows:
        other = A32.by_name.get(row.name)
        if other is not None:
            assert row.kinds == other.kinds
            assert (row.flags, row.end, row.fuse) == (other.flags, other.end, other.fuse)
            assert inspect.unwrap(row.lift) is inspect.unwrap(other.lift)


@pytest.mark.parametrize("module", SHARED)
def test_shared_rows_decode_alike(module: str) -> None:
    rng = random.Random(module)
    for row in import_module(f"hqemu_arm.tables.{module}").ROWS:
        for _ in range(20):
            word = random_word(SPECS[0], row, rng)
            assert word is not None
            always = word >> 28 == 15 or word >> 28 == 14
            ours = A32.decode(word, 0x1000)
            theirs = T32.decode((14 if always else word >> 28) << 32 | t32_word(word), 0x1005)
            assert ours is not None
            assert theirs is not None
            assert (ours[0].name, ours[1]) == (theirs[0].name, theirs[1]), f"{word:#x}"
            if not row.end:  # else it names the next instruction, which is elsewhere
                assert ours[2] == theirs[2], f"{word:#x}"


def test_forms_do_not_depend_on_registers_or_immediates() -> None:
    """Shapes are what stencils are counted by; operands must not leak into them."""
    rng = random.Random(1)
    limits = {"dp_imm": 7, "dp_reg": 7 * 7, "ldr": 2 * 3, "ldr_reg": 2 * 3 * 2 * 7, "cmp_imm_if": 2 * 14, "ldm2": 8}
    for name, limit in limits.items():
        row = A32.by_name[name]
        shapes = set()
        for _ in range(100):
            word = random_word(SPECS[0], row, rng)
            assert word is not None
            found = A32.decode(word)
            assert found is not None
            shapes.add(found[1])
        assert len(shapes) <= limit, name
