"""The row check passes for AArch64 and sees a row that lifts to bad IR."""

from __future__ import annotations

import random

from hqemu_aarch64.spec import make_spec
from hqemu_core.ir import opcodes as op
from hqemu_core.ir import types as ty
from hqemu_core.ir.builder import IRBuilder, Operand
from hqemu_core.isa.spec import IsaSpec
from hqemu_core.isa.table import Row, Table
from hqemu_core.testing.rowcheck import check_row, check_spec, random_words


def test_aarch64() -> None:
    assert check_spec(make_spec(), per_row=3) == []


def _lift_badly(b: IRBuilder, shape: tuple[int, ...], rd: Operand) -> None:
    b.set(rd, b.emit(op.ADD, ty.I64, b.const(1, ty.I32), b.const(1, ty.I64)))


def test_bad_row() -> None:
    spec = make_spec()
    good = spec.tables[0]
    row = Row("bad", "1010 imm:23 rd:5", _lift_badly, "", "xd(rd)")
    table = Table([row], good.kinds)
    text = check_row(spec, table, row, random_words(table, row, random.Random(0), 1))
    assert text.startswith("row bad: 0xa")
    assert text.endswith("op 2 (add): operand 1 is i32, must be i64")


def test_undeclared_effects_of_a_helper() -> None:
    full = make_spec()
    name = next(name for name, helper in full.helpers.items() if helper.effects == "fp")
    helpers = {**full.helpers, name: full.helpers[name]._replace(effects="pure")}
    spec = IsaSpec("aarch64", 64, full.state, {}, full.pc, helpers=helpers, make_builder=full.make_builder)
    assert any(line.startswith(f"helper {name}: ") and "needs effects" in line for line in check_spec(spec))
