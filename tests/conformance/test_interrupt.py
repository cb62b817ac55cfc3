"""A thread in native code that another thread wants out of it."""

from __future__ import annotations

import threading
import time

import pytest

from hqemu_core.backend.base import Backend
from hqemu_core.ir import types as ty
from hqemu_core.runtime import host
from hqemu_core.runtime.native import EMPTY_IBTC
from hqemu_core.testing.caserun import CaseMemory, CaseState
from hqemu_core.testing.native import machine_for

from .end_isa import R, assemble, make_isa
from .suite import CODE

ISA = make_isa()
LOOPS = ("add 1 1 1; jump 0 0 -1", "add 1 1 1; goto 0 5", "add 1 1 1; branch 0 1 -1", "call 0 0 2; goto 0 5; ret 0 7")
TIMES = 12


@pytest.mark.parametrize("text", LOOPS)
def test_endless_loops_are_left(native: Backend, text: str) -> None:
    """Also those that go round over indirect branches only, which test nothing but the IBTC."""
    machine = machine_for(ISA, native)
    code = assemble(text)
    machine.run(assemble("add 1 1 1"), CODE, CaseState(bytearray(ISA.state.size)), _memory(assemble("add 1 1 1")))
    for _ in range(TIMES):
        state = CaseState(bytearray(ISA.state.size))
        for n, value in ((1, 1), (5, CODE)):
            state.write(R + 8 * n, ty.I64, value)
        timer = threading.Timer(0.01, machine.engine.interrupt, (machine.thread,))
        timer.start()
        begin = time.monotonic()
        stop = machine.run(code, CODE, state, _memory(code))
        timer.join()
        assert stop.kind == "steps"
        assert time.monotonic() - begin < 10
    words = host.view(machine.engine.global_words[EMPTY_IBTC >> 3], 16 << 16).cast("Q")
    assert not any(words[1:]), "the table that must stay empty"


def _memory(code: bytes) -> CaseMemory:
    memory = CaseMemory()
    memory.map(CODE, len(code))
    memory.write(CODE, code)
    return memory
