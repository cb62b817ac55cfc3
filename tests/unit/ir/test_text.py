"""Printer and parser are inverse of each other, for every op and for units."""

from __future__ import annotations

import random
from typing import Any

import pytest

from hqemu_core.ir import opcodes as op
from hqemu_core.ir import types as ty
from hqemu_core.ir.builder import Hole, Op
from hqemu_core.ir.opcodes import MemOp
from hqemu_core.ir.parser import parse_ops, parse_types, parse_unit
from hqemu_core.ir.printer import format_ops, format_unit

TYPES = (*ty.SCALARS, ty.I8X16, ty.F32X4, ty.I64X1, ty.vec(ty.I1, 16))


def random_argument(rng: random.Random, row: op.OpInfo, kind: str, index: int) -> Any:
    if kind == "v":
        return rng.randrange(index + 1)
    if kind == "V":
        return tuple(rng.randrange(index + 1) for _ in range(rng.randrange(4)))
    if kind == "s":
        return tuple(rng.randrange(-1, 8) for _ in range(rng.randrange(1, 9)))
    if kind == "h":
        return rng.choice(("helper", "sys_1"))
    if kind == "m":
        order = rng.choice(("", "acq", "rel", "seq"))
        return MemOp(rng.choice((1, 2, 4, 8, 16)), rng.random() < 0.3, rng.choice((1, 4)), order, rng.randrange(3))
    if row.code == op.HOLE or (kind in "ot" and rng.random() < 0.5):
        return Hole(rng.randrange(4), rng.choice(("off", "s32", "i64", "pc")), rng.choice((0, 8, -8)))
    if row.code == op.TRAP and kind == "i":
        return rng.choice(list(op.TRAP_NAMES))
    return rng.getrandbits(rng.choice((3, 64))) if row.code == op.CONST or kind == "t" else rng.randrange(9)


def random_ops(rng: random.Random) -> list[Op]:
    ops: list[Op] = []
    for row in rng.sample(op.INFO, len(op.INFO)):
        t = rng.choice(TYPES)
        if row.result == "-" and row.code not in (op.SET, op.STORE):
            t = ty.VOID
        ops.append((row.code, t, *(random_argument(rng, row, kind, len(ops)) for kind in row.args)))
    return ops


@pytest.mark.parametrize("seed", range(20))
def test_round_trip(seed: int) -> None:
    rng = random.Random(seed)
    ops = random_ops(rng)
    text = format_ops(ops)
    assert parse_ops(text) == ops
    assert parse_types(ops) == [o[1] for o in ops]
    assert text.count("\n") == len(ops)


def test_unit_round_trip() -> None:
    rng = random.Random(0)
    unit = [(0x1000, random_ops(rng)), (0x2000, []), (0xFFFFFFFFFFFFFFF0, random_ops(rng))]
    text = format_unit(unit)
    assert parse_unit("# a unit\n" + text) == unit
    assert parse_unit("") == []


def test_unit_errors_name_the_line() -> None:
    with pytest.raises(ValueError, match="line 3: unknown op"):
        parse_unit("block 0x1000:\n  fence 2\n  bad 1\n")
    with pytest.raises(ValueError, match="no block"):
        parse_unit("fence 2\n")
