"""Random op lists mean the same before and after the passes, also at a fault when exact."""

from __future__ import annotations

import random

import pytest

from hqemu_core.errors import GuestFault
from hqemu_core.ir import opcodes as op
from hqemu_core.ir import types as ty
from hqemu_core.ir.builder import IRBuilder, Op
from hqemu_core.ir.interp import Interp
from hqemu_core.ir.verifier import verify
from hqemu_core.isa.spec import Helper
from hqemu_core.passes.dce import dce
from hqemu_core.passes.state_ssa import state_ssa

SIZE = 256
INTS = (ty.I8, ty.I16, ty.I32, ty.I64, ty.I128)
TYPES = (*INTS, ty.I1, ty.F64, ty.I8X16, ty.I32X4, ty.F80)


class FaultyMemory:
    """64 bytes; the ``countdown``-th access faults."""

    def __init__(self, countdown: int) -> None:
        self.data = bytearray(64)
        self.countdown = countdown

    def _touch(self, addr: int) -> int:
        self.countdown -= 1
        if self.countdown == 0:
            raise GuestFault(addr)
        return addr % 48

    def read(self, addr: int, size: int) -> bytes:
        at = self._touch(addr)
        return bytes(self.data[at : at + size])

    def write(self, addr: int, data: bytes) -> None:
        at = self._touch(addr)
        self.data[at : at + len(data)] = data


def _body_pure(b: IRBuilder, x: int) -> int:
    return b.add(x, b.const(3, ty.I64))


def _body_state(b: IRBuilder, x: int) -> int:
    old = b.get(16, ty.I64)
    b.set(16, x)
    return b.xor(old, b.get(40, ty.I64))


def _body_memory(b: IRBuilder, x: int) -> int:
    b.set(24, x)
    return b.load(x, ty.I64)


HELPERS = {
    "pure": Helper("pure", (ty.I64,), ty.I64, _body_pure, "pure"),
    "state": Helper("state", (ty.I64,), ty.I64, _body_state, "state"),
    "memory": Helper("memory", (ty.I64,), ty.I64, _body_memory, "memory"),
}


def random_list(rng: random.Random) -> tuple[list[Op], list[int]]:
    b = IRBuilder()
    by_type: dict[int, list[int]] = {}

    def pick(t: int) -> int:
        found = by_type.setdefault(t, [])
        if not found or rng.random() < 0.1:
            found.append(b.const(rng.getrandbits(ty.bits(t)), t))
        return rng.choice(found)

    def note(v: int) -> None:
        by_type.setdefault(b.type_of(v), []).append(v)

    def offset(t: int) -> int:
        step = max(1, ty.bits(t) // 8)
        if rng.random() < 0.05:
            return rng.randrange(SIZE - 16)
        return rng.randrange(0, 96, 16 if t == ty.F80 else min(step, 16))

    for _ in range(rng.randrange(5, 60)):
        kind = rng.random()
        t = rng.choice(TYPES)
        n = pick(ty.I64)
        if kind < 0.3:
            note(b.get(offset(t), t))
        elif kind < 0.6:
            b.set(offset(t), pick(t))
        elif kind < 0.75:
            t = rng.choice(INTS)
            note(b.emit(rng.choice((op.ADD, op.XOR, op.UMAX)), t, pick(t), pick(t)))
        elif kind < 0.8:
            note(b.emit(op.SELECT, t, pick(ty.I1), pick(t), pick(t)))
        elif kind < 0.85:
            note(b.load(n, ty.I64))
        elif kind < 0.9:
            b.store(n, pick(ty.I32))
        elif kind < 0.92:
            note(b.rmw(op.RMW_ADD, n, pick(ty.I64), op.MemOp(8)))
        else:
            name = rng.choice(("pure", "state", "memory"))
            note(b.call(name, ty.I64, n) if kind < 0.96 else b.ccall(pick(ty.I1), name, (n,), pick(ty.I64)))
    if rng.random() < 0.5:
        b.indirect(pick(ty.I64))
    return b.ops, b.types


def observe(ops: list[Op], types: list[int], seed: int, countdown: int) -> tuple[object, ...]:
    rng = random.Random(seed)
    state, memory = bytearray(rng.randbytes(SIZE)), FaultyMemory(countdown)
    interp = Interp(HELPERS, state, memory)
    try:
        end: object = interp.run(ops, types)
    except GuestFault as fault:
        end = ("fault", fault.addr)
    return end, bytes(state), bytes(memory.data), memory.countdown


@pytest.mark.parametrize("seed", range(300))
def test_same_meaning(seed: int) -> None:
    rng = random.Random(seed)
    ops, types = random_list(rng)
    verify(ops, types, HELPERS)
    for exact in (False, True):
        new_ops, new_types = state_ssa(ops, types, exact, HELPERS)
        verify(new_ops, new_types, HELPERS)
        small_ops, small_types = dce(new_ops, new_types, HELPERS)
        verify(small_ops, small_types, HELPERS)
        for countdown in (0, 1, 2, 4) if exact else (0,):
            want = observe(ops, types, seed, countdown)
            assert observe(new_ops, new_types, seed, countdown) == want
            assert observe(small_ops, small_types, seed, countdown) == want


def test_without_helpers_every_call_is_a_barrier() -> None:
    b = IRBuilder()
    x = b.get(16, ty.I64)
    b.set(24, b.call("pure", ty.I64, x))
    b.set(32, b.get(16, ty.I64))
    assert len(state_ssa(b.ops, b.types)[0]) == len(b.ops)
    assert len(state_ssa(b.ops, b.types, helpers=HELPERS)[0]) == len(b.ops) - 1


def test_inputs_are_left_alone() -> None:
    ops, types = random_list(random.Random(7))
    before = list(ops), list(types)
    state_ssa(ops, types)
    dce(ops, types)
    assert (ops, types) == before
