"""System registers: the ID registers agree with the instructions there are, the counter runs."""

from __future__ import annotations

import time

import pytest

from hqemu_aarch64.cpus import MODELS
from hqemu_aarch64.emulation import emulate
from hqemu_aarch64.plugin import CPUS
from hqemu_aarch64.spec import make_spec
from hqemu_aarch64.state import LAYOUT, PC, X
from hqemu_aarch64.sysregs import COUNTER_HZ, ISAR0, id_registers
from hqemu_core.ir import opcodes as op
from hqemu_core.ir import types as ty
from hqemu_core.testing.caserun import CaseMemory
from hqemu_core.testing.statecpu import StateCpu


def _cpu(pc: int) -> StateCpu:
    cpu = StateCpu(LAYOUT, PC)
    cpu.pc = pc
    return cpu


@pytest.mark.parametrize("cpu", CPUS)
def test_a_model_names_the_features_of_its_tables(cpu: str) -> None:
    register = id_registers(MODELS[cpu])
    value = register(6, 0)
    assert value is not None
    assert {name for name, field in ISAR0.items() if value & field} == make_spec(cpu).features & ISAR0.keys()
    assert register(0, 0) == MODELS[cpu].midr


def test_the_plugin_lists_the_models() -> None:
    assert tuple(MODELS) == CPUS


def _memory(word: int) -> CaseMemory:
    memory = CaseMemory()
    memory.map(0x1000, 4)
    memory.write(0x1000, word.to_bytes(4, "little"))
    return memory


def test_counter_counts_at_its_frequency() -> None:
    cpu, memory = _cpu(0x1000), _memory(0xD53BE047)  # mrs x7, cntvct_el0
    assert emulate(cpu, memory, op.TRAP_ILLEGAL)
    assert cpu.pc == 0x1004
    first = cpu.read(X + 7 * 8, ty.I64)
    time.sleep(0.02)
    cpu.pc = 0x1000
    assert emulate(cpu, memory, op.TRAP_ILLEGAL)
    passed = (cpu.read(X + 7 * 8, ty.I64) - first) / COUNTER_HZ
    assert 0.02 <= passed < 2


def test_other_words_stay_illegal() -> None:
    cpu = _cpu(0x1000)
    before = bytes(cpu.state)
    assert not emulate(cpu, _memory(0), op.TRAP_ILLEGAL)
    assert cpu.state == before
    assert emulate(cpu, _memory(0xD53BE05F), op.TRAP_ILLEGAL)  # mrs xzr, cntvct_el0
    cpu.pc = 0x1000
    assert cpu.state == before
