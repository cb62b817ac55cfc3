"""Blocks of random VFP and Advanced SIMD instructions: the native tiers leave the state that the interpreter leaves."""

from __future__ import annotations

import os
import random
from types import ModuleType

import pytest

from hqemu_arm.cases import make_case_spec
from hqemu_arm.tables import neon_fp, neon_loads, neon_long, neon_shift, neon_three, neon_two, vfp, vfp_moves
from hqemu_core.ir import opcodes as op
from hqemu_core.isa.state import STATE_BASE
from hqemu_core.testing.caserun import RUNNERS, CaseMemory, CaseState
from hqemu_core.testing.cases import CODE, write_register
from hqemu_core.testing.lockstep import disassemble, random_word

from .test_fp_lockstep import random_fpscr, random_register

SPEC = make_case_spec()
TRIALS = int(os.environ.get("HQEMU_LOCKSTEP", "4"))
LENGTH = 4
DATA, SIZE = 0x10000, 0x30000
MODULES = [vfp, vfp_moves, neon_three, neon_long, neon_shift, neon_two, neon_fp, neon_loads]
STICKY = ~op.FP_DENORMAL
"""The guest has no such flag."""


def random_state(rng: random.Random, pointers: bool) -> CaseState:
    state = CaseState(bytearray(SPEC.isa.state.size))
    for name, (_, t) in SPEC.registers.items():
        if name[0] == "d" or (name[0] == "r" and not pointers):
            write_register(SPEC, state, name, random_register(rng, name, t))
        elif name[0] == "r":
            write_register(SPEC, state, name, rng.randrange(DATA + SIZE // 4, DATA + SIZE // 4 * 3) & -16)
        elif name in ("n", "z", "c", "v"):
            write_register(SPEC, state, name, rng.getrandbits(1))
    write_register(SPEC, state, "fpscr", random_fpscr(rng))
    return state


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__.rpartition(".")[2])
def test_tiers_agree(module: ModuleType) -> None:
    rng = random.Random(f"tiers {module.__name__}")
    plain = [row for row in module.ROWS if not row.end and "_pc" not in row.name]
    for _ in range(TRIALS):
        words = [random_word(SPEC, rng.choice(plain), rng) for _ in range(LENGTH)]
        known = [word for word in words if word is not None]
        code = b"".join(word.to_bytes(4, "little") for word in known)
        start = random_state(rng, module in (neon_loads, vfp_moves))
        memory = CaseMemory()
        for address, data in ((DATA, rng.randbytes(SIZE)), (CODE - 0x1000, bytes(0x2000)), (CODE, code)):
            memory.map(address, len(data))
            memory.write(address, data)
        results = {}
        for name in sorted(RUNNERS):
            state, changed = start.copy(), memory.copy()
            stop = RUNNERS[name](SPEC.isa, code, CODE, state, changed)
            env = state.fp_flags & STICKY, state.fp_rounding
            # One of the interpreters has the block's address when it faults.
            results[name] = stop.kind, stop.detail, state.cells[STATE_BASE:], env, changed.read(DATA, SIZE)
        text = "; ".join(disassemble(SPEC, word) for word in known)
        assert all(result == results["interp"] for result in results.values()), text
