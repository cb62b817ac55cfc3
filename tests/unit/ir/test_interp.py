"""The interpreter as a whole; the ops one by one are in tests/filetests/ir."""

from __future__ import annotations

import random

import pytest

from hqemu_core.errors import GuestFault, IsaError
from hqemu_core.ir import opcodes as op
from hqemu_core.ir import types as ty
from hqemu_core.ir.builder import Hole, IRBuilder
from hqemu_core.ir.fold import fold
from hqemu_core.ir.interp import Interp, Outcome
from hqemu_core.ir.semantics import BINARY, TRUTH
from hqemu_core.isa.spec import Helper


class NoMemory:
    def read(self, addr: int, size: int) -> bytes:
        raise GuestFault(addr)

    def write(self, addr: int, data: bytes) -> None:
        raise GuestFault(addr, True)


def make(helpers: dict[str, Helper] | None = None, size: int = 64) -> Interp:
    return Interp(helpers or {}, bytearray(size), NoMemory())


def test_state_is_kept_between_runs() -> None:
    b = IRBuilder()
    b.set(0, b.add(b.get(0, ty.I64), b.const(1, ty.I64)))
    interp = make()
    for _ in range(3):
        assert interp.run(b.ops, b.types) is None
    assert interp.state[0] == 3


def test_memoryview_state() -> None:
    raw = bytearray(64)
    b = IRBuilder()
    b.set(8, b.const(0x0102, ty.I16))
    Interp({}, memoryview(raw)[16:], NoMemory()).run(b.ops, b.types)
    assert raw[24:26] == b"\x02\x01"


def test_operands_fill_holes() -> None:
    b = IRBuilder()
    b.set(Hole(0, "off"), b.imm(Hole(1, "s32"), ty.I64))
    b.jump(Hole(2, "pc", 4))
    interp = make()
    assert interp.run(b.ops, b.types, (8, -2, 0x1000)) == Outcome(op.JUMP, (0x1004, 0))
    assert bytes(interp.state[8:16]) == b"\xfe" + b"\xff" * 7


def test_nothing_runs_after_a_terminator_and_the_outcome_is_fresh() -> None:
    b = IRBuilder()
    b.trap(op.TRAP_DIVIDE, 0x10)
    b.set(0, b.const(1, ty.I8))
    interp = make()
    outcome = interp.run(b.ops, b.types)
    assert outcome == Outcome(op.TRAP, (op.TRAP_DIVIDE, 0x10))
    assert outcome is not None
    assert outcome.address == 0x10
    assert interp.state[0] == 0
    assert interp.run([], []) is None


def test_a_fault_leaves_the_interpreter_usable() -> None:
    b = IRBuilder()
    b.set(0, b.const(7, ty.I8))
    b.set(1, b.load(b.const(0x123, ty.I64), ty.I8))
    interp = make()
    with pytest.raises(GuestFault) as fault:
        interp.run(b.ops, b.types)
    assert (fault.value.addr, fault.value.write) == (0x123, False)
    assert bytes(interp.state[:2]) == b"\x07\x00"
    ok = IRBuilder()
    ok.jump(0x40)
    assert interp.run(ok.ops, ok.types) == Outcome(op.JUMP, (0x40, 0))


def test_a_helper_is_lifted_once() -> None:
    lifted = []

    def body(b: IRBuilder, x: int) -> int:
        lifted.append(x)
        return b.add(x, x)

    b = IRBuilder()
    x = b.const(3, ty.I32)
    b.set(0, b.call("double", ty.I32, b.call("double", ty.I32, x)))
    interp = make({"double": Helper("double", (ty.I32,), ty.I32, body)})
    interp.run(b.ops, b.types)
    interp.run(b.ops, b.types)
    assert interp.state[0] == 12
    assert len(lifted) == 1


def test_an_unknown_helper_is_named() -> None:
    b = IRBuilder()
    b.call("nobody", ty.I32)
    with pytest.raises(IsaError, match=r"op 0 \(call\): unknown helper 'nobody'"):
        make().run(b.ops, b.types)


def test_a_bytearray_state_does_not_grow() -> None:
    b = IRBuilder()
    b.set(60, b.const(1, ty.I64))
    interp = make()
    with pytest.raises(IsaError, match="outside the state"):
        interp.run(b.ops, b.types)
    assert len(interp.state) == 64


@pytest.mark.parametrize("code", sorted({**BINARY, **TRUTH}), ids=lambda code: op.INFO[code].name)
def test_the_builder_folds_to_what_the_interpreter_computes(code: int) -> None:
    rng = random.Random(code)
    for _ in range(300):
        t = rng.choice((ty.I1, ty.I8, ty.I16, ty.I32, ty.I64, ty.I128))
        n = ty.bits(t)
        values = [rng.choice((0, 1, (1 << n) - 1, 1 << n - 1, rng.getrandbits(n))) & (1 << n) - 1 for _ in range(2)]
        if code in (op.SHL, op.LSHR, op.ASHR):
            values[1] %= n
        result = t if code in BINARY else ty.I1
        known: list[list[int | None]] = [[values[0], values[1]], [values[0], None], [None, values[1]]]
        try:
            want = (BINARY.get(code) or TRUTH[code])(values[0], values[1], n)
        except IsaError:
            continue
        for which in known:
            folded = fold(code, result, [t, t], which, (0, 1))
            if folded is not None:
                is_value, got = folded
                got = values[got] if is_value else got & (1 << ty.bits(result)) - 1
                assert got == want, (ty.name(t), [hex(v) for v in values], which)
