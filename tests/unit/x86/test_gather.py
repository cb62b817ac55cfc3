"""AVX2's gathers against the host's CPU."""

from __future__ import annotations

import ctypes
import mmap
from random import Random
from typing import Any

import pytest

from hqemu_core.errors import GuestFault
from hqemu_core.ir import types as ty
from hqemu_core.testing.statecpu import FlatMemory, StateCpu
from hqemu_x86.gather import emulate_gather
from hqemu_x86.state import GPR, LAYOUT, PC, YMM

from . import host_cpu
from .host_cpu import HostCpu

SIZE = 0x10000
CODE = FlatMemory.BASE
TABLE = FlatMemory.BASE + 0x8000


def _instruction(r: Random) -> tuple[bytes, int, int, int, int]:
    """(bytes, result, index, mask, bytes of an index); the base is rsi."""
    to, index, mask = r.sample(range(16), 3)
    opcode, wide, long, scale = 0x90 | r.randrange(4), r.randrange(2), r.randrange(2), r.randrange(4)
    first = (~to >> 3 & 1) << 7 | (~index >> 3 & 1) << 6 | 0x20 | 2
    second = wide << 7 | (~mask & 15) << 3 | long << 2 | 1
    mode = r.choice((0, 1, 2))
    disp = {0: b"", 1: b"\x10", 2: (-64).to_bytes(4, "little", signed=True)}[mode]
    modrm, sib = mode << 6 | (to & 7) << 3 | 4, scale << 6 | (index & 7) << 3 | 6
    return bytes((0xC4, first, second, opcode, modrm, sib)) + disp, to, index, mask, 8 if opcode & 1 else 4


@pytest.mark.parametrize("seed", range(20))
def test_against_the_host(seed: int) -> None:
    with open("/proc/cpuinfo") as file:
        if " avx2 " not in file.read():
            pytest.skip("the host has no AVX2")
    r = Random(seed)
    code, _, index, _, step = _instruction(r)
    data = mmap.mmap(-1, SIZE)
    data[:] = r.randbytes(SIZE)
    host = HostCpu()
    cpu: Any = StateCpu(LAYOUT, PC)
    memory: Any = FlatMemory()
    memory.data[:] = data[:]
    memory.write(CODE, code)
    for n in range(16):
        value = r.getrandbits(256)
        if n == index:
            value = sum((r.randrange(-200, 200) & (1 << 8 * step) - 1) << 8 * step * k for k in range(32 // step))
        host.put(host_cpu.YMM + 32 * n, value, 32)
        cpu.write_bytes(YMM + 32 * n, value.to_bytes(32, "little"))
    middle = TABLE - FlatMemory.BASE
    host.put(host_cpu.GPR + 48, ctypes.addressof(ctypes.c_char.from_buffer(data)) + middle, 8)
    cpu.write(GPR + 48, ty.I64, TABLE)
    cpu.pc = CODE
    host.run(code)
    assert emulate_gather(cpu, memory, 64)
    assert cpu.pc == CODE + len(code)
    for n in range(16):
        assert cpu.read_bytes(YMM + 32 * n, 32).hex() == bytes(host.context[32 * n : 32 * n + 32]).hex(), n


def test_fault_keeps_what_was_done() -> None:
    """vgatherdps xmm0, [rsi + xmm1 * 1], xmm2 whose third lane is nowhere."""
    cpu: Any = StateCpu(LAYOUT, PC)
    memory: Any = FlatMemory()
    memory.write(CODE, bytes.fromhex("c4e26992040e"))
    memory.write(TABLE, b"abcdefgh")
    cpu.write_bytes(YMM + 32, b"".join(n.to_bytes(4, "little") for n in (0, 4, 0x7000000, 0)))
    cpu.write_bytes(YMM + 64, b"\xff" * 16)
    cpu.write(GPR + 48, ty.I64, TABLE)
    cpu.pc = CODE
    with pytest.raises(GuestFault):
        emulate_gather(cpu, memory, 64)
    assert cpu.pc == CODE
    assert cpu.read_bytes(YMM, 8) == b"abcdefgh"
    assert cpu.read_bytes(YMM + 64, 16) == bytes(8) + b"\xff" * 8


def test_other_instructions_are_none() -> None:
    """ud2; no index register; result and mask the same; no memory."""
    cpu: Any = StateCpu(LAYOUT, PC)
    memory: Any = FlatMemory()
    cpu.pc = CODE
    for text in ("0f0b", "c4e2699200", "c4e27992040e", "c4e26992c8"):
        memory.write(CODE, bytes.fromhex(text).ljust(15, b"\x90"))
        assert not emulate_gather(cpu, memory, 64)
