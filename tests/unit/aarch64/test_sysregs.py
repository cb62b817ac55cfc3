"""System registers: the ID registers agree with the instructions there are, the counter runs."""

from __future__ import annotations

import time

import pytest

from hqemu_aarch64.cpus import MODELS
from hqemu_aarch64.emulation import emulate
from hqemu_aarch64.plugin import CPUS
from hqemu_aarch64.spec import make_spec
from hqemu_aarch64.state import X
from hqemu_aarch64.sysregs import COUNTER_HZ, ISAR0, id_registers
from hqemu_core.ir import types as ty
from hqemu_core.testing.caserun import CaseMemory


class _Cpu:
    def __init__(self, pc: int) -> None:
        self.pc = pc
        self.fp_flags = self.fp_rounding = 0
        self.values: dict[int, int] = {}

    def read(self, offset: int, t: int) -> int:
        return self.values.get(offset, 0)

    def write(self, offset: int, t: int, value: int) -> None:
        assert t == ty.I64
        self.values[offset] = value

    def read_bytes(self, offset: int, size: int) -> bytes:
        raise AssertionError

    def write_bytes(self, offset: int, data: bytes) -> None:
        raise AssertionError


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
    cpu, memory = _Cpu(0x1000), _memory(0xD53BE047)  # mrs x7, cntvct_el0
    assert emulate(cpu, memory)
    assert cpu.pc == 0x1004
    first = cpu.values[X + 7 * 8]
    time.sleep(0.02)
    cpu.pc = 0x1000
    assert emulate(cpu, memory)
    passed = (cpu.values[X + 7 * 8] - first) / COUNTER_HZ
    assert 0.02 <= passed < 2


def test_other_words_stay_illegal() -> None:
    cpu = _Cpu(0x1000)
    assert not emulate(cpu, _memory(0))
    assert cpu.pc == 0x1000
    assert not cpu.values
    assert emulate(cpu, _memory(0xD53BE05F))  # mrs xzr, cntvct_el0
    assert not cpu.values
