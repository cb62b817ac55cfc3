"""Integer, vector and crypto ops against the host's own SIMD instructions."""

from __future__ import annotations

import random

import pytest

from hqemu_core.ir import opcodes as op
from hqemu_core.ir import types as ty
from hqemu_core.ir.builder import IRBuilder
from hqemu_core.ir.interp import Interp
from hqemu_core.testing import host_fpu

BINARY = [
    (op.ADD, ty.I8X16, "paddb"), (op.ADD, ty.I64X2, "paddq"), (op.SUB, ty.I16X8, "psubw"), (op.SUB, ty.I32X4, "psubd"),
    (op.MUL, ty.I16X8, "pmullw"), (op.MUL, ty.I32X4, "pmulld"), (op.AND, ty.I8X16, "pand"), (op.OR, ty.I8X16, "por"),
    (op.XOR, ty.I8X16, "pxor"), (op.UMIN, ty.I8X16, "pminub"), (op.UMIN, ty.I32X4, "pminud"),
    (op.UMAX, ty.I16X8, "pmaxuw"),
    (op.SMIN, ty.I16X8, "pminsw"), (op.SMIN, ty.I8X16, "pminsb"), (op.SMAX, ty.I32X4, "pmaxsd"),
    (op.SMAX, ty.I8X16, "pmaxsb"),
    (op.UADDSAT, ty.I8X16, "paddusb"), (op.UADDSAT, ty.I16X8, "paddusw"), (op.SADDSAT, ty.I8X16, "paddsb"),
    (op.SADDSAT, ty.I16X8, "paddsw"), (op.USUBSAT, ty.I8X16, "psubusb"), (op.USUBSAT, ty.I16X8, "psubusw"),
    (op.SSUBSAT, ty.I8X16, "psubsb"), (op.SSUBSAT, ty.I16X8, "psubsw"),
]  # fmt: skip


def run(build: IRBuilder, result: int, *operands: int) -> int:
    state = bytearray(64)
    for i, x in enumerate(operands):
        state[16 * i : 16 * i + 16] = x.to_bytes(16, "little")
    build.set(48, result)
    Interp({}, state, None).run(build.ops, build.types)  # type: ignore[arg-type]
    return int.from_bytes(state[48:], "little")


def pairs(seed: int, lane: int = 8) -> list[tuple[int, int]]:
    rng = random.Random(seed)
    special = (0, 1, (1 << lane) - 1, 1 << lane - 1, (1 << lane - 1) - 1)

    def vector() -> int:
        value = 0
        for _ in range(128 // lane):
            value = value << lane | rng.choice((*special, rng.getrandbits(lane), rng.getrandbits(lane)))
        return value

    return [(vector(), vector()) for _ in range(200)]


@pytest.mark.parametrize("code,t,text", BINARY)
def test_binary(code: int, t: int, text: str) -> None:
    host_fpu.need("sse4_1")
    routine = host_fpu.sse(f"{text} xmm0, xmm1", "ups", 128)
    for x, y in pairs(code, ty.lane_bits(t)):
        b = IRBuilder()
        assert run(b, b.bin(code, b.get(0, t), b.get(16, t)), x, y) == routine(0, x, y)[0], (hex(x), hex(y))


@pytest.mark.parametrize("code,t,text", [
    (op.EQ, ty.I8X16, "pcmpeqb"), (op.EQ, ty.I64X2, "pcmpeqq"), (op.SLT, ty.I32X4, "pcmpgtd"),
    (op.SLT, ty.I64X2, "pcmpgtq"),
])  # fmt: skip
def test_compare(code: int, t: int, text: str) -> None:
    """pcmpgt is slt with the operands exchanged."""
    host_fpu.need("sse4_2")
    routine = host_fpu.sse(f"{text} xmm0, xmm1", "ups", 128)
    for x, y in pairs(code, ty.lane_bits(t)):
        b = IRBuilder()
        v, w = b.get(0, t), b.get(16, t)
        got = run(b, b.sext(b.truth(code, v, w) if code == op.EQ else b.truth(code, w, v), t), x, y)
        assert got == routine(0, x, y)[0], (hex(x), hex(y))


def test_abs_and_shifts() -> None:
    host_fpu.need("ssse3")
    routine = host_fpu.sse("pabsw xmm0, xmm0; psraw xmm0, 3; psllw xmm0, 5; psrlw xmm0, 1", "ups", 128)
    for x, _ in pairs(3, 16):
        b = IRBuilder()
        v = b.un(op.ABS, b.get(0, ty.I16X8))
        for code, amount in ((op.ASHR, 3), (op.SHL, 5), (op.LSHR, 1)):
            v = b.bin(code, v, b.splat(b.const(amount, ty.I16), 8))
        assert run(b, v, x) == routine(0, x)[0], hex(x)


def test_shuffle_as_unpack_and_pack() -> None:
    host_fpu.need()
    routine = host_fpu.sse(
        "movups xmm2, xmm0; punpcklbw xmm0, xmm1; punpckhwd xmm2, xmm0; movups xmm0, xmm2", "ups", 128
    )
    for x, y in pairs(4):
        b = IRBuilder()
        v = b.get(0, ty.I8X16)
        low = b.shuffle(v, b.get(16, ty.I8X16), [i // 2 + 16 * (i % 2) for i in range(16)])
        high = b.shuffle(b.bitcast(v, ty.I16X8), b.bitcast(low, ty.I16X8), [4, 12, 5, 13, 6, 14, 7, 15])
        assert run(b, high, x, y) == routine(0, x, y)[0]


def test_tbl() -> None:
    """As pshufb for indices that are in range or have bit 7 set."""
    host_fpu.need("ssse3")
    routine = host_fpu.sse("pshufb xmm0, xmm1", "ups", 128)
    for x, y in pairs(5):
        y &= 0x8F8F8F8F8F8F8F8F8F8F8F8F8F8F8F8F
        b = IRBuilder()
        assert run(b, b.tbl(b.get(0, ty.I8X16), b.get(16, ty.I8X16)), x, y) == routine(0, x, y)[0]


def test_truth_bits_are_movemask() -> None:
    host_fpu.need()
    routine = host_fpu.Routine("movups xmm0, [rdi + 16]; pmovmskb eax, xmm0; mov [rdi + 64], eax", 32)
    for x, _ in pairs(6):
        b = IRBuilder()
        negative = b.slt(b.get(0, ty.I8X16), b.const(0, ty.I8X16))
        assert run(b, b.zext(b.bitcast(negative, ty.I16), ty.I32), x) == routine(0, x)[0]


def test_clmul() -> None:
    host_fpu.need("pclmulqdq")
    routine = host_fpu.sse("pclmulqdq xmm0, xmm1, 0x10", "ups", 128)
    for x, y in pairs(7):
        b = IRBuilder()
        high = b.extract(b.get(16, ty.I64X2), 1)
        assert run(b, b.clmul(b.extract(b.get(0, ty.I64X2), 0), high), x, y) == routine(0, x, y)[0]


@pytest.mark.parametrize("kind,text", [
    (0, "pxor xmm1, xmm1; aesenclast xmm0, xmm1"),
    (1, "pxor xmm1, xmm1; aesdeclast xmm0, xmm1"),
    (2, "pxor xmm1, xmm1; aesdeclast xmm0, xmm1; aesenc xmm0, xmm1"),
    (3, "aesimc xmm0, xmm0"),
])  # fmt: skip
def test_aes(kind: int, text: str) -> None:
    """MixColumns alone: the inverse last round, then a whole round, leave just it."""
    host_fpu.need("aes")
    routine = host_fpu.sse(text, "ups", 128)
    for x, _ in pairs(8):
        b = IRBuilder()
        assert run(b, b.aes(kind, b.get(0, ty.I8X16)), x) == routine(0, x)[0], hex(x)
