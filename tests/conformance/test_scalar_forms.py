"""Scalar floating point in vector registers: results with zeros above them, NaNs repaired by a conditional call."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable

import pytest

from hqemu_core.backend.base import Backend
from hqemu_core.ir import opcodes as op
from hqemu_core.ir import types as ty
from hqemu_core.ir.builder import IRBuilder, Operand, shift_operand
from hqemu_core.isa.spec import Helper, IsaSpec
from hqemu_core.isa.state import StateLayout
from hqemu_core.isa.table import OperandKind, Row, Table
from hqemu_core.testing.caserun import RUNNERS, CaseMemory, CaseState, Stop, runner_for

from .suite import CODE
from .values import draw_value

LAYOUT = StateLayout()
PC = LAYOUT.add("pc", ty.I64)
V = LAYOUT.add("v", ty.I128, 4)
OPS = {op.FADD: 2, op.FSUB: 2, op.FMUL: 2, op.FDIV: 2, op.FSQRT: 1, op.FMA: 3}
ROUNDS = 12
Lift = Callable[..., None]


def _set_with_zeros(b: IRBuilder, out: Operand, value: int) -> None:
    at = ty.bits(b.type_of(value)) // 8
    b.set(out, value)
    while at < 16:
        size = 8 if at == 8 else 4
        b.set(shift_operand(out, at), b.const(0, 8 * size))
        at += size


def _make_lift(code: int, t: int, repaired: bool) -> Lift:
    def lift(b: IRBuilder, shape: tuple[int, ...], out: Operand, *sources: Operand) -> None:
        operands = [b.get(source, t) for source in sources[: OPS[code]]]
        value = b.emit(code, t, *operands)
        if repaired:
            is_nan = b.fcmp(op.FUNO, value, value)
            value = b.ccall(is_nan, f"default_{ty.name(t)}", operands[:1], value)
        _set_with_zeros(b, out, value)

    return lift


def _lift_low(b: IRBuilder, shape: tuple[int, ...], out: Operand, *sources: Operand) -> None:
    """No zeros above: what is there stays. The result is used again."""
    value = b.fbin(op.FADD, b.get(sources[0], ty.F64), b.get(sources[1], ty.F64))
    b.set(out, value)
    b.set(shift_operand(out, 8), b.add(b.bitcast(value, ty.I64), b.const(1, ty.I64)))


def _lift_twice(b: IRBuilder, shape: tuple[int, ...], out: Operand, *sources: Operand) -> None:
    """An operand is a result, too."""
    a, c = b.get(sources[0], ty.F32), b.get(sources[1], ty.F32)
    _set_with_zeros(b, out, b.fbin(op.FMUL, a, c))
    _set_with_zeros(b, sources[1], b.fbin(op.FSUB, a, c))


def _default(t: int) -> Callable[..., int]:
    """The sign of the operand stays, so that the helper's argument matters."""
    bits = ty.bits(t)
    infinity = {32: 0x7F800000, 64: 0x7FF << 52}[bits]

    def body(b: IRBuilder, x: int) -> int:
        raw = b.bitcast(x, bits)
        sign = b.and_(raw, b.const(1 << bits - 1, bits))
        return b.bitcast(b.or_(sign, b.const(infinity | infinity >> 1, bits)), t)

    return body


def _make_isa() -> IsaSpec:
    lifts = {
        f"{op.INFO[code].name} {ty.name(t)}{' repaired' if repaired else ''}": _make_lift(code, t, repaired)
        for code, t, repaired in itertools.product(OPS, (ty.F32, ty.F64), (False, True))
    }
    lifts |= {"low": _lift_low, "twice": _lift_twice}
    rows = [
        Row(name, f"{n:08b} out:2 a:2 b:2 c:2 0000000000000000", lift, "", "v(out) v(a) v(b) v(c)")
        for n, (name, lift) in enumerate(lifts.items())
    ]
    helpers = {f"default_{ty.name(t)}": Helper(f"default_{ty.name(t)}", (t,), t, _default(t)) for t in (ty.F32, ty.F64)}
    table = Table(rows, {"v": OperandKind("v", "off", tuple(range(V, V + 64, 16)))}, bucket=(24, 0xFF))
    return IsaSpec(name="scalars", bits=64, state=LAYOUT, tables={0: table}, pc=PC, helpers=helpers)


ISA = _make_isa()


@pytest.mark.parametrize("row", ISA.tables[0].rows, ids=lambda row: row.name)
def test_form(backend: Backend, row: Row) -> None:
    """With every choice of registers that may overlap."""
    rng = random.Random(row.name)
    wide = "f64" in row.name or row.name == "low"
    for out, a, c in itertools.product(range(3), range(2), range(2)):
        code = (row.value | out << 22 | a << 20 | c << 18 | 3 << 16).to_bytes(4, "little")
        for n in range(ROUNDS):
            start = CaseState(bytearray(ISA.state.size), 0, n % 4)
            for register in range(4):
                start.write(V + 16 * register, ty.I128, draw_value(rng, ty.F64X2 if wide else ty.F32X4))
            results = []
            for run in (RUNNERS["interp"], runner_for(backend)):
                state, memory = start.copy(), CaseMemory()
                memory.map(CODE, 4)
                memory.write(CODE, code)
                assert run(ISA, code, CODE, state, memory) == Stop("end", CODE + 4)
                results.append(state)
            want, got = results
            assert got.fp_flags == want.fp_flags
            for register in range(4):
                x, y = (state.read(V + 16 * register, ty.I128) for state in (want, got))
                assert x == y or ("repaired" not in row.name and _same_nan(x, y, 64 if wide else 32)), (out, a, c)


def _same_nan(x: int, y: int, bits: int) -> bool:
    """Both are NaNs in the low lane and equal above."""
    infinity = {32: 0x7F800000, 64: 0x7FF << 52}[bits]
    low = (1 << bits - 1) - 1
    nans = all(value & low > infinity for value in (x, y))
    return nans and x >> bits == y >> bits
