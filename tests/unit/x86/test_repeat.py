"""Repeated string instructions against the host CPU: all sizes, directions, overlaps, counts."""

from __future__ import annotations

import random

import pytest

from .hostcpu import DATA, DATA_SIZE
from .isas import isa
from .streams import host, run_ours

OPCODES = (0xA4, 0xA6, 0xAA, 0xAC, 0xAE)
MIDDLE = DATA + DATA_SIZE // 2


def _codes(bits: int) -> list[bytes]:
    codes = []
    for opcode in OPCODES:
        for prefix in (b"\xf3", b"\xf2"):
            codes.append(prefix + bytes((opcode,)))
            for size in (b"", b"\x66") + ((b"\x48",) if bits == 64 else ()):
                parts = size + prefix if size == b"\x66" else prefix + size
                codes.append(parts + bytes((opcode + 1,)))
    return codes


def _registers(rng: random.Random) -> list[int]:
    registers = [rng.getrandbits(32) for _ in range(16)]
    registers[0] = rng.choice((0, 0x4141414141414141 & 0xFFFFFFFF))
    registers[1] = rng.choice((0, 1, 7, 8, 9, 30, 64, 100, 300))
    registers[4] = MIDDLE
    registers[6] = MIDDLE + rng.randrange(-40, 40)
    registers[7] = rng.choice((registers[6] + rng.randrange(-70, 70), MIDDLE + rng.randrange(-3000, 3000)))
    return registers


@pytest.mark.parametrize("runner", ["interp", "stencil"])
@pytest.mark.parametrize("bits", [64, 32])
def test_repeat(bits: int, runner: str) -> None:
    rng = random.Random(f"{bits} {runner}")
    for code in _codes(bits):
        for _ in range(5):
            registers = _registers(rng)
            flags = rng.choice((0, 0x400)) | rng.getrandbits(8) & 0xD5
            # runs of equal bytes, for those that compare
            data = b"".join(
                bytes((rng.choice((0, 0x41)),)) * rng.randrange(1, 60) for _ in range(DATA_SIZE // 8)
            ).ljust(DATA_SIZE, b"A")[:DATA_SIZE]
            ours = run_ours(isa(bits), runner, code, registers, flags, data)
            if ours.stop.kind == "steps":
                continue
            cpu = host()
            cpu.data()[:] = data
            after, their_flags = cpu.run(bits, code, registers, flags)
            count = 16 if bits == 64 else 8
            assert ours.registers[:count] == after[:count], (code.hex(" "), registers, flags)
            assert ours.flags & 0xCD5 == their_flags & 0xCD5, (code.hex(" "), registers, flags)
            assert ours.data == bytes(cpu.data()), (code.hex(" "), registers, flags)
