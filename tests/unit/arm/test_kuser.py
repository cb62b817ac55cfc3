"""The page of user helpers: the words are what their comments say, at the documented places; and they work."""

from __future__ import annotations

import re
import struct
from pathlib import Path

import capstone
import pytest

from hqemu_arm import kuser


def test_words_are_what_the_comments_say() -> None:
    machine = capstone.Cs(capstone.CS_ARCH_ARM, capstone.CS_MODE_ARM)
    lines = re.findall(r"^    0x(\w{8}),  # (?:\d: )?(\w+)", Path(kuser.__file__).read_text(), re.M)
    assert len(lines) > 25
    for word, name in lines:
        (found,) = machine.disasm(struct.pack("<I", int(word, 16)), 0)
        assert found.mnemonic == name


def test_helpers_are_where_programs_call_them() -> None:
    page = kuser.page()
    assert len(page) == 4096
    assert struct.unpack_from("<I", page, 0xFFC) == (5,)
    for at in (0xF60, 0xFA0, 0xFC0, 0xFE0):
        assert page[at : at + 4] != bytes(4)
    # none runs into the next
    for end in (0xFA0, 0xFC0, 0xFE0):
        last = page[0xF60:end].rstrip(b"\0")[-4:]
        assert last in (struct.pack("<I", 0xE12FFF1E), struct.pack("<I", 0xEAFFFFEF))


def call(at: int, arguments: list[int], data: bytes) -> tuple[int, int, bytes]:
    """(r0, C flag, memory) after a call on Unicorn."""
    unicorn = pytest.importorskip("unicorn")
    from unicorn import arm_const as regs

    cpu = unicorn.Uc(unicorn.UC_ARCH_ARM, unicorn.UC_MODE_ARM)
    cpu.ctl_set_cpu_model(regs.UC_CPU_ARM_MAX)
    cpu.mem_map(0xFFFF0000, 0x1000)
    cpu.mem_write(0xFFFF0000, kuser.page())
    cpu.mem_map(0x10000, 0x2000)
    cpu.mem_write(0x10000, data)
    for n, value in enumerate(arguments):
        cpu.reg_write(regs.UC_ARM_REG_R0 + n, value)
    cpu.reg_write(regs.UC_ARM_REG_SP, 0x12000)
    cpu.reg_write(regs.UC_ARM_REG_LR, 0x11000)
    cpu.emu_start(at, 0x11000, count=100)
    assert cpu.reg_read(regs.UC_ARM_REG_PC) == 0x11000
    carry = cpu.reg_read(regs.UC_ARM_REG_CPSR) >> 29 & 1
    return cpu.reg_read(regs.UC_ARM_REG_R0), carry, bytes(cpu.mem_read(0x10000, len(data)))


@pytest.mark.parametrize("old, done", [(5, True), (6, False), (0x80000005, False)])
def test_cmpxchg(old: int, done: bool) -> None:
    result, carry, memory = call(0xFFFF0FC0, [5, 9, 0x10000], struct.pack("<I", old))
    assert ((result == 0), carry) == (done, done)
    assert struct.unpack("<I", memory) == (9 if done else old,)


@pytest.mark.parametrize("now, done", [(0x100000005, True), (5, False), (0x100000006, False)])
def test_cmpxchg64(now: int, done: bool) -> None:
    data = struct.pack("<QQQ", 0x100000005, 0x700000008, now)
    result, carry, memory = call(0xFFFF0F60, [0x10000, 0x10008, 0x10010], data)
    assert ((result == 0), carry) == (done, done)
    assert struct.unpack("<QQQ", memory)[2] == (0x700000008 if done else now)


def test_memory_barrier() -> None:
    assert call(0xFFFF0FA0, [3], bytes(4))[0] == 3
