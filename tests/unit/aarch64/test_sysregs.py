"""System registers: the ID registers agree with the instructions there are, the counter runs."""

from __future__ import annotations

import time

from hqemu_aarch64.cases import make_case_spec
from hqemu_aarch64.emulation import emulate
from hqemu_aarch64.state import X
from hqemu_aarch64.sysregs import COUNTER_HZ, id_register
from hqemu_core.ir import types as ty
from hqemu_core.testing.caserun import CaseMemory

ISAR0 = {"aes": 4, "sha1": 8, "sha2": 12, "crc32": 16, "lse": 20, "rdm": 28}
"""feature -> lowest bit of its field in ID_AA64ISAR0_EL1"""


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


def test_isar0_names_the_features_of_the_tables() -> None:
    value = id_register(6, 0)
    assert value is not None
    shown = {name for name, bit in ISAR0.items() if value >> bit & 15}
    assert shown == make_case_spec().isa.features & ISAR0.keys()
    assert value & ~sum(15 << bit for bit in ISAR0.values()) == 0


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
