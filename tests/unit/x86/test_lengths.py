"""Instruction lengths and operands against capstone, on random bytes; ``HQEMU_FUZZ=sequences`` makes it long.

What differs, and why:

=====================  ================================================================================
``66`` near branches   in 64-bit mode Intel's CPUs ignore the prefix; capstone reads 16-bit displacements
UD0, UD1               have a ModRM byte on CPUs; not in capstone
EVEX, XOP, SSE4A,      are not supported here: their bytes are other instructions or none
3DNow!, PadLock
=====================  ================================================================================
"""

from __future__ import annotations

import os
import random
from typing import Any

import pytest

from hqemu_x86.decode.length import Lengths

COUNT = int(os.environ.get("HQEMU_FUZZ", "20000"))
PREFIXES = (0x66, 0x67, 0xF2, 0xF3, 0xF0, 0x2E, 0x36, 0x3E, 0x64, 0x65, 0x26)
OTHERS = ("ud0", "ud1", "insertq", "extrq", "xsha", "xcrypt", "xstore", "montmul")


def sequences(bits: int, count: int, seed: int = 1) -> list[bytes]:
    rng = random.Random(seed)
    found = []
    for _ in range(count):
        prefix = bytes(rng.choice(PREFIXES) for _ in range(rng.choice((0, 0, 0, 1, 1, 2))))
        if bits == 64 and rng.random() < 0.4:
            prefix += bytes((0x40 + rng.randrange(16),))
        body = rng.randbytes(14)
        kind = rng.random()
        if kind < 0.3:
            body = b"\x0f" + body
        elif kind < 0.4:
            body = b"\x0f\x38" + body
        elif kind < 0.45:
            body = b"\x0f\x3a" + body
        elif kind < 0.55:
            prefix, body = b"\xc5", bytes((rng.getrandbits(8) | (0 if bits == 64 else 0xC0),)) + body
        elif kind < 0.65:
            top = rng.getrandbits(3) << 5 if bits == 64 else 0xE0
            prefix, body = b"\xc4", bytes((top | rng.choice((1, 2, 3)),)) + body
        found.append(prefix + body)
    return found


def explained(bits: int, code: bytes, mnemonic: str, size: int) -> bool:
    stem = code.lstrip(bytes(PREFIXES))
    if bits == 64 and stem[:1] and stem[0] & 0xF0 == 0x40:
        stem = stem[1:]
    if mnemonic.startswith(OTHERS) or stem[:1] == b"\x62" or stem[:2] == b"\x0f\x0f":
        return True
    near = stem[:1] in (b"\xe8", b"\xe9") or (stem[:1] == b"\x0f" and stem[1] & 0xF0 == 0x80)
    return bits == 64 and near and 0x66 in code[:size]


@pytest.mark.parametrize("bits", [64, 32])
def test_lengths(bits: int) -> None:
    capstone: Any = pytest.importorskip("capstone")
    engine = capstone.Cs(capstone.CS_ARCH_X86, capstone.CS_MODE_64 if bits == 64 else capstone.CS_MODE_32)
    lengths = Lengths(bits == 64)
    seen = 0
    for code in sequences(bits, COUNT):
        found = next(engine.disasm_lite(code, 0x1000, 1), None)
        if found is not None and not explained(bits, code, found[2], found[1]):
            seen += 1
            assert lengths.length(code, 0) == found[1], f"{code.hex(' ')}: {found[2]} {found[3]}"
    assert seen > COUNT // 4
