"""Terminators and faults: where control stands and what state and memory hold then, like on the interpreter."""

from __future__ import annotations

import random

import pytest

from hqemu_core.backend.base import Backend
from hqemu_core.ir import opcodes as op
from hqemu_core.ir import types as ty
from hqemu_core.testing.caserun import RUNNERS, CaseMemory, CaseState, Stop, runner_for

from .end_isa import ACCESSES, TRAPS, R, assemble, make_isa
from .suite import CODE, memory_differences

ISA = make_isa()
DATA = 0x20_0000_0000
GONE = 0x30_0000_0000
"""nothing is mapped there"""

CONTROL = (
    "add 1 1 5",
    "jump 0 0 2; add 1 1 1; add 1 1 2",
    "jump 0 0 5; add 1 1 1",
    "call 0 0 2; add 1 1 1; add 2 7 0",
    "branch 0 1 2; add 2 2 1; add 3 3 1",
    "branch 0 0 2; add 2 2 1; add 3 3 1",
    "branch 0 0 3; branch 0 1 3; add 2 2 1; add 3 3 1; add 1 1 -1; branch 0 1 -4",
    "countdown 0 6 1; add 2 2 1; countdown 0 6 -1; add 3 3 1",
    "add 2 2 1; countdown 0 6 -1",
    "countdown 0 6 0",
    "add 2 2 1; jump 0 0 2; trap 0 0 3; countdown 0 6 -3",
    "goto 0 5 0; add 1 1 1; add 1 1 2; add 1 1 4",
    "call 0 0 3; add 1 1 1; jump 0 0 3; add 2 2 1; ret 0 7; add 3 3 1",
    "icall 0 5; add 1 1 1; add 1 1 2; add 2 2 1",
    "ret 0 4",
    "add 1 1 1; syscall; add 1 1 1",
    "where 1; mode 0 2; where 3; mode 0 0; where 4",
    "mode 0 2; add 1 1 1; countdown 0 6 -1; where 3",
)
"""r1 1 r2 3 r4 outside r5 CODE + 8 r6 5, others 0"""


def _state() -> CaseState:
    state = CaseState(bytearray(ISA.state.size))
    for n, value in enumerate((0, 1, 3, 0, 0x123450, CODE + 8, 5, 0)):
        state.write(R + 8 * n, ty.I64, value)
    return state


def _memory(code: bytes, data: int = 2) -> CaseMemory:
    memory = CaseMemory()
    memory.map(CODE, len(code))
    memory.write(CODE, code)
    memory.map(DATA, data * 4096)
    memory.write(DATA, random.Random(5).randbytes(data * 4096))
    return memory


def _registers(state: CaseState) -> list[int]:
    return [state.read(R + 8 * n, ty.I64) for n in range(8)]


def _check(backend: Backend, code: bytes, start: CaseState) -> Stop:
    """Like the interpreter; why it stopped."""
    results = []
    for run in (RUNNERS["interp"], runner_for(backend)):
        state, memory = start.copy(), _memory(code)
        results.append((run(ISA, code, CODE, state, memory), state, memory))
    (want, state, memory), (got, other, other_memory) = results
    assert got == want
    assert _registers(other) == _registers(state)
    assert memory_differences(memory, other_memory) == []
    return got


@pytest.mark.parametrize("text", CONTROL)
def test_control_flow(backend: Backend, text: str) -> None:
    for _ in range(2):  # the second time every exit is linked
        _check(backend, assemble(text), _state())


@pytest.mark.parametrize("kind", TRAPS)
def test_trap(backend: Backend, kind: int) -> None:
    stop = _check(backend, assemble(f"add 1 1 1; trap 0 0 {kind}; add 1 1 1"), _state())
    assert stop == Stop(op.TRAP_NAMES[kind], CODE + 4)


def test_illegal(backend: Backend) -> None:
    stop = _check(backend, assemble("add 1 1 1") + b"\xff" * 4, _state())
    assert stop == Stop("illegal", CODE + 4)


FAULTING = (
    *(f"{name} 2 3 {n}" for name in ("load", "store") for n in range(len(ACCESSES))),
    "cas 2 3", *(f"rmw 2 3 {kind}" for kind in range(len(op.RMW_NAMES))), "pair 2 3", "helper 2 3 0", "helper 2 3 1",
)  # fmt: skip
PLACES = {
    "unmapped": GONE,
    "low": 8,
    "beyond the guest": 0xFFFF_8000_0000_0000,
    "not canonical": 0x1234_5678_9ABC_DEF0,
    "end": DATA + 2 * 4096 - 1,
    "past the end": DATA + 2 * 4096 - 8,
    "before": DATA - 4,
    "odd": DATA + 0x101,
    "aligned": DATA + 0x100,
    "across pages": DATA + 4096 - 3,
}


@pytest.mark.parametrize("place", PLACES)
def test_access(backend: Backend, place: str) -> None:
    """Accesses that fault or do not, amid writes of state: what came before is there, what comes after is not."""
    for text in FAULTING:
        state = _state()
        state.write(R + 24, ty.I64, PLACES[place])
        code = assemble(f"add 1 1 1; add 0 2 5; {text}; add 1 1 2; add 2 2 1; add 3 3 16; {text}; add 4 4 1")
        stop = _check(backend, code, state)
        assert stop.kind in ("fault", "end")
        if place == "aligned" and not text.startswith("pair"):  # it leads the second one astray
            assert stop.kind == "end", text


def test_faults_are_seen() -> None:
    """The places above are what they say."""
    kinds = {}
    for place, address in PLACES.items():
        state = _state()
        state.write(R + 24, ty.I64, address)
        code = assemble("load 2 3 0")
        kinds[place] = RUNNERS["interp"](ISA, code, CODE, state, _memory(code)).kind
    fine = {place for place, kind in kinds.items() if kind == "end"}
    assert fine == {"past the end", "odd", "aligned", "across pages"}
