"""Operands that are known only at translation: every class, at the limits of its field, in every kind of use."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from hqemu_core.backend.base import Backend
from hqemu_core.ir import opcodes as op
from hqemu_core.ir import types as ty
from hqemu_core.ir.builder import IRBuilder, Operand, shift_operand
from hqemu_core.isa.spec import IsaSpec
from hqemu_core.isa.state import StateLayout
from hqemu_core.isa.table import OperandKind, Row, Table
from hqemu_core.testing.caserun import RUNNERS, CaseMemory, CaseState, Runner, Stop, runner_for

from .suite import CODE, DATA, memory_differences

LAYOUT = StateLayout()
PC = LAYOUT.add("pc", ty.I64)
A = LAYOUT.add("a", ty.I64)
ADDRESS = LAYOUT.add("address", ty.I64)
OUT = LAYOUT.add("out", ty.I128, 256)

INTS = (ty.I8, ty.I16, ty.I32, ty.I64)
SMALL = (0, 1, -1, 7, 127, 128, -128, -129, 255, 256, 0x7FFF, -0x8000, 0xFFFF, (1 << 31) - 4, 4 - (1 << 31))
"""an operand and the constant added to it must fit the field together"""
WIDE = (*SMALL, 1 << 31, 0xFFFF_FFFF, 1 << 32, -(1 << 32), (1 << 63) - 1, -(1 << 63), 0x1234_5678_9ABC_DEF0)
Lift = Callable[..., None]


def _value(b: IRBuilder, t: int) -> int:
    return b.trunc(b.get(A, ty.I64), t)


def _lift_binary(code: int, t: int, first: bool) -> Lift:
    def lift(b: IRBuilder, shape: tuple[int, ...], out: Operand, imm: Operand) -> None:
        operands = [_value(b, t), b.imm(imm, t)]
        if first:
            operands.reverse()
        b.set(out, b.emit(code, t, *operands))

    return lift


def _lift_truth(code: int, t: int) -> Lift:
    def lift(b: IRBuilder, shape: tuple[int, ...], out: Operand, imm: Operand) -> None:
        b.set(out, b.zext(b.truth(code, _value(b, t), b.imm(imm, t)), ty.I8))

    return lift


def _lift_select(t: int) -> Lift:
    def lift(b: IRBuilder, shape: tuple[int, ...], out: Operand, imm: Operand) -> None:
        b.set(out, b.select(b.slt(_value(b, t), b.const(0, t)), b.imm(imm, t), b.imm(shift_operand(imm, 1), t)))

    return lift


def _lift_shift(code: int, t: int) -> Lift:
    """The immediate modulo the width."""

    def lift(b: IRBuilder, shape: tuple[int, ...], out: Operand, imm: Operand) -> None:
        amount = b.and_(b.imm(imm, t), b.const(ty.bits(t) - 1, t))
        b.set(out, b.emit(code, t, _value(b, t), amount))

    return lift


def _lift_set(t: int) -> Lift:
    def lift(b: IRBuilder, shape: tuple[int, ...], out: Operand, imm: Operand) -> None:
        b.set(out, b.imm(imm, t))
        b.set(shift_operand(out, 8), b.imm(shift_operand(imm, -1), t))

    return lift


def _lift_vector(t: int) -> Lift:
    def lift(b: IRBuilder, shape: tuple[int, ...], out: Operand, imm: Operand) -> None:
        lanes = 128 // ty.bits(t)
        b.set(out, b.add(b.splat(_value(b, t), lanes), b.splat(b.imm(imm, t), lanes)))

    return lift


def _lift_store(t: int) -> Lift:
    def lift(b: IRBuilder, shape: tuple[int, ...], out: Operand, imm: Operand) -> None:
        address = b.get(ADDRESS, ty.I64)
        b.store(address, b.imm(imm, t))
        b.set(out, b.load(address, ty.I64))

    return lift


def _lift_displacement(b: IRBuilder, shape: tuple[int, ...], out: Operand, imm: Operand) -> None:
    """An address, one way and back: a displacement in the host's instruction."""
    there = b.add(b.get(ADDRESS, ty.I64), b.imm(imm, ty.I64))
    home = b.sub(there, b.imm(imm, ty.I64))
    b.set(out, b.load(home, ty.I32))
    b.set(shift_operand(out, 8), there)


def _lift_chain(b: IRBuilder, shape: tuple[int, ...], out: Operand, imm: Operand) -> None:
    """One operand in many places."""
    x = b.add(b.get(A, ty.I64), b.imm(imm, ty.I64))
    y = b.mul(x, b.imm(imm, ty.I64))
    z = b.xor(y, b.imm(shift_operand(imm, 3), ty.I64))
    b.set(out, b.select(b.ult(z, b.imm(imm, ty.I64)), b.add(z, b.imm(imm, ty.I64)), z))
    b.set(shift_operand(out, 8), b.get(shift_operand(out, 0), ty.I64))


def _lifts() -> dict[str, Lift]:
    found: dict[str, Lift] = {"displacement": _lift_displacement, "chain": _lift_chain}
    for t in INTS:
        name = ty.name(t)
        for code in (op.ADD, op.SUB, op.MUL, op.AND, op.OR, op.XOR, op.UMIN, op.SMAX, op.UADDSAT, op.SSUBSAT):
            found[f"{op.INFO[code].name} {name}"] = _lift_binary(code, t, False)
        found[f"sub first {name}"] = _lift_binary(op.SUB, t, True)
        for code in (op.EQ, op.ULT, op.SLE, op.SSUBO, op.UADDO):
            found[f"{op.INFO[code].name} {name}"] = _lift_truth(code, t)
        for code in (op.SHL, op.LSHR, op.ASHR, op.ROTR):
            found[f"{op.INFO[code].name} {name}"] = _lift_shift(code, t)
        found[f"select {name}"] = _lift_select(t)
        found[f"set {name}"] = _lift_set(t)
        found[f"splat {name}"] = _lift_vector(t)
        found[f"store {name}"] = _lift_store(t)
    return found


def _make_isa(kind: str) -> IsaSpec:
    """One row per use; the low bits of a word pick the immediate, which also says where the result goes."""
    kinds = {
        k.name: k
        for k in (
            OperandKind("out", "off", tuple(range(OUT, OUT + 256 * 16, 16))),
            OperandKind("i", "s32"),
            OperandKind("wide", "i64"),
        )
    }
    rows = [
        Row(name, f"{n:012b} at:8 imm:12", lift, "", f"out(at) {kind}(IMM[imm])")
        for n, (name, lift) in enumerate(_lifts().items())
    ]
    values = SMALL if kind == "i" else WIDE
    table = Table(rows, kinds, {"IMM": values}, (20, 0xFFF))
    return IsaSpec(name=f"holes-{kind}", bits=64, state=LAYOUT, tables={0: table}, pc=PC)


ISAS = {"i": (_make_isa("i"), SMALL), "wide": (_make_isa("wide"), WIDE)}


VALUES = (0, 5, 0x8000_0000_0000_0080, (1 << 64) - 1, 0x7FFF_FFFF_7FFF_7F7F)


@pytest.mark.parametrize("kind", ISAS)
def test_immediates(backend: Backend, kind: str) -> None:
    isa, values = ISAS[kind]
    for row in isa.tables[0].rows:
        words = [row.value | n << 12 | n for n in range(len(values))]
        code = b"".join(word.to_bytes(4, "little") for word in words)
        for a in VALUES:
            (want, memory), (got, other) = (_run(isa, run, code, a) for run in (RUNNERS["interp"], runner_for(backend)))
            for n, value in enumerate(values):
                offset = OUT + 16 * n
                assert got.read(offset, ty.I128) == want.read(offset, ty.I128), (row.name, hex(value))
            assert memory_differences(memory, other) == []


def _run(isa: IsaSpec, run: Runner, code: bytes, a: int) -> tuple[CaseState, CaseMemory]:
    state, memory = CaseState(bytearray(isa.state.size)), CaseMemory()
    state.write(A, ty.I64, a)
    state.write(ADDRESS, ty.I64, DATA + 8)
    memory.map(CODE, len(code))
    memory.write(CODE, code)
    memory.map(DATA, 64)
    memory.write(DATA, bytes(range(64)))
    assert run(isa, code, CODE, state, memory) == Stop("end", CODE + len(code))
    return state, memory
