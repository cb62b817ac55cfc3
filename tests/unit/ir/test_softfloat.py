"""softfloat against the host FPU: results and flags, all rounding modes, operands biased to the awkward ones."""

from __future__ import annotations

import random
import struct
from collections.abc import Callable

import pytest

from hqemu_core.ir import opcodes as op
from hqemu_core.ir import softfloat as sf
from hqemu_core.ir import softfloat_convert as conv
from hqemu_core.ir import softfloat_ops as ops
from hqemu_core.ir import types as ty
from hqemu_core.testing import host_fpu

ROUNDS = 400
IGNORED = op.FP_DENORMAL
"""raised by softfloat as by SSE arithmetic, but conversions and x87 loads differ; no lifter looks at it"""
SUFFIX = {ty.F32: "ss", ty.F64: "sd"}


def pattern(rng: random.Random, t: int) -> int:
    """A random pattern: zeros, subnormals, extremes, infinities, NaNs, small integers, neighbours of 1."""
    f = sf.FORMATS[t]
    sign = rng.getrandbits(1) << (f.bits - 1)
    explicit = f.stored == f.precision
    fraction_bits = f.precision - 1
    fraction = rng.choice((0, 1, (1 << fraction_bits) - 1, 1 << (fraction_bits - 1), rng.getrandbits(fraction_bits)))
    if rng.random() < 0.3:
        fraction &= -1 << rng.randrange(fraction_bits)
    near = rng.choice((0, 1, 2, f.precision, 2 * f.precision)) + rng.randrange(-2, 3)
    exponent = rng.choice((0, 1, f.top - 1, f.top, f.bias, f.bias + near, f.bias - near, rng.randrange(f.top + 1)))
    exponent = min(max(exponent, 0), f.top)
    if explicit and exponent:
        fraction |= 1 << 63
    return sign | exponent << f.stored | fraction


def is_nan(t: int, x: int) -> bool:
    return sf.unpack(sf.FORMATS[t], x)[0] in (sf.QNAN, sf.SNAN)


def check(
    routine: host_fpu.Routine, mine: Callable[..., int], inputs: Callable[[random.Random], tuple[int, ...]],
    ignored: int = 0, result: int | None = None,
) -> None:  # fmt: skip
    """Equal results and flags; ``result``: the type whose NaN results may differ in payload."""
    rng = random.Random(1)
    for i in range(4 * ROUNDS):
        rounding = i & 3
        operands = inputs(rng)
        env = sf.FpEnv(rounding)
        got = mine(env, *operands)
        want, flags, _ = routine(rounding, *operands)
        where = f"rounding {rounding}, operands {[hex(x) for x in operands]}"
        if result is not None and is_nan(result, want):
            assert is_nan(result, got), where
        else:
            assert hex(got) == hex(want), where
        assert env.flags & ~ignored == flags & ~ignored, where


@pytest.mark.parametrize("t", [ty.F32, ty.F64])
@pytest.mark.parametrize("name", ["add", "sub", "mul", "div"])
def test_binary(t: int, name: str) -> None:
    host_fpu.need()
    f = sf.FORMATS[t]
    routine = host_fpu.sse(f"{name}{SUFFIX[t]} xmm0, xmm1", SUFFIX[t], f.bits)
    function = {"add": ops.fadd, "sub": ops.fsub, "mul": ops.fmul, "div": ops.fdiv}[name]
    check(routine, lambda env, x, y: function(f, env, x, y), lambda r: (pattern(r, t), pattern(r, t)))


@pytest.mark.parametrize("t", [ty.F32, ty.F64])
def test_sqrt(t: int) -> None:
    host_fpu.need()
    f = sf.FORMATS[t]
    routine = host_fpu.sse(f"sqrt{SUFFIX[t]} xmm0, xmm0", SUFFIX[t], f.bits)
    check(routine, lambda env, x: ops.fsqrt(f, env, x), lambda r: (pattern(r, t),))


@pytest.mark.parametrize("t", [ty.F32, ty.F64])
def test_fma(t: int) -> None:
    host_fpu.need("fma")
    f = sf.FORMATS[t]
    routine = host_fpu.sse(f"vfmadd213{SUFFIX[t]} xmm0, xmm1, xmm2", SUFFIX[t], f.bits)

    def inputs(r: random.Random) -> tuple[int, ...]:
        x, y, z = (pattern(r, t) for _ in range(3))
        if r.random() < 0.5:  # a sum that cancels
            z = ops.fmul(f, sf.FpEnv(), x, y) ^ 1 << (f.bits - 1)
        return x, y, z

    check(routine, lambda env, x, y, z: ops.fma(f, env, x, y, z), inputs, result=t)


@pytest.mark.parametrize("t", [ty.F32, ty.F64])
@pytest.mark.parametrize("name", ["ucomi", "comi"])
def test_compare(t: int, name: str) -> None:
    host_fpu.need()
    f = sf.FORMATS[t]
    routine = host_fpu.sse_compare(name + SUFFIX[t], SUFFIX[t])
    rng = random.Random(2)
    meaning = {0: ops.GREATER, 0x01: ops.LESS, 0x40: ops.EQUAL, 0x45: ops.UNORDERED}
    for _ in range(4 * ROUNDS):
        x = pattern(rng, t)
        y = rng.choice((x, x ^ 1, x ^ 1 << (f.bits - 1), pattern(rng, t)))
        env = sf.FpEnv()
        got = ops.compare(f, env, x, y, name == "comi")
        _, flags, eflags = routine(0, x, y)
        assert (got, env.flags) == (meaning[eflags & 0x45], flags), (hex(x), hex(y))


@pytest.mark.parametrize("source,to,text", [
    (ty.F32, ty.F64, "cvtss2sd xmm0, xmm0"),
    (ty.F64, ty.F32, "cvtsd2ss xmm0, xmm0"),
    (ty.F16, ty.F32, "vcvtph2ps xmm0, xmm0"),
    (ty.F32, ty.F16, "vcvtps2ph xmm0, xmm0, 4"),
])  # fmt: skip
def test_convert(source: int, to: int, text: str) -> None:
    host_fpu.need("f16c")
    a, b = sf.FORMATS[source], sf.FORMATS[to]
    routine = host_fpu.sse(text, "sd" if source == ty.F64 else "ss", b.bits)
    ignored = IGNORED if ty.F16 in (source, to) else 0
    check(routine, lambda env, x: conv.convert(a, b, env, x), lambda r: (pattern(r, source),), ignored)


@pytest.mark.parametrize("t", [ty.F32, ty.F64])
@pytest.mark.parametrize("bits", [32, 64])
def test_to_int(t: int, bits: int) -> None:
    host_fpu.need()
    f = sf.FORMATS[t]
    routine = host_fpu.sse_to_int(f"cvtt{SUFFIX[t]}2si", SUFFIX[t], bits)

    def inputs(r: random.Random) -> tuple[int, ...]:
        near = conv.from_int(f, sf.FpEnv(), r.choice((-1, 1)) * (1 << bits - 1)) + r.randrange(-2, 3)
        return (r.choice((near, pattern(r, t))),)

    check(routine, lambda env, x: conv.to_int(f, env, x, bits), inputs)


@pytest.mark.parametrize("t", [ty.F32, ty.F64])
@pytest.mark.parametrize("bits", [32, 64])
def test_from_int(t: int, bits: int) -> None:
    host_fpu.need()
    f = sf.FORMATS[t]
    size = "qword" if bits == 64 else "dword"
    routine = host_fpu.Routine(
        f"cvtsi2{SUFFIX[t]} xmm0, {size} ptr [rdi + 16]; movups [rdi + 64], xmm0", f.bits
    )  # fmt: skip

    def mine(env: sf.FpEnv, x: int) -> int:
        return conv.from_int(f, env, x - (1 << bits) if x >> (bits - 1) else x)

    check(routine, mine, lambda r: (r.getrandbits(bits) >> r.randrange(bits) | r.getrandbits(1) << (bits - 1),))


@pytest.mark.parametrize("t", [ty.F32, ty.F64])
@pytest.mark.parametrize("mode,imm", [(0, 8), (1, 9), (2, 10), (3, 11), (4, 4), (5, 12)])
def test_to_integral(t: int, mode: int, imm: int) -> None:
    host_fpu.need("sse4_1")
    f = sf.FORMATS[t]
    routine = host_fpu.sse(f"round{SUFFIX[t]} xmm0, xmm0, {imm}", SUFFIX[t], f.bits)
    check(routine, lambda env, x: conv.to_integral(f, env, x, mode), lambda r: (pattern(r, t),))


@pytest.mark.parametrize("text,name", [("faddp", "fadd"), ("fsubp", "fsub"), ("fmulp", "fmul"), ("fdivp", "fdiv")])
def test_x87_binary(text: str, name: str) -> None:
    host_fpu.need()
    f = sf.FORMATS[ty.F80]
    function = getattr(ops, name)
    check(
        host_fpu.x87(text, 2), lambda env, x, y: function(f, env, x, y),
        lambda r: (pattern(r, ty.F80), pattern(r, ty.F80)), IGNORED, ty.F80,
    )  # fmt: skip


@pytest.mark.parametrize("text", ["fsqrt", "frndint"])
def test_x87_unary(text: str) -> None:
    host_fpu.need()
    f = sf.FORMATS[ty.F80]

    def mine(env: sf.FpEnv, x: int) -> int:
        return ops.fsqrt(f, env, x) if text == "fsqrt" else conv.to_integral(f, env, x, 4)

    check(host_fpu.x87(text, 1), mine, lambda r: (pattern(r, ty.F80),), IGNORED, ty.F80)


@pytest.mark.parametrize("t,size", [(ty.F32, "dword"), (ty.F64, "qword")])
def test_x87_narrow(t: int, size: str) -> None:
    host_fpu.need()
    a, b = sf.FORMATS[ty.F80], sf.FORMATS[t]
    routine = host_fpu.Routine(f"fld tbyte ptr [rdi + 16]; fstp {size} ptr [rdi + 64]", b.bits, x87=True)
    check(routine, lambda env, x: conv.convert(a, b, env, x), lambda r: (pattern(r, ty.F80),), IGNORED)


@pytest.mark.parametrize("t,size", [(ty.F32, "dword"), (ty.F64, "qword")])
def test_x87_widen(t: int, size: str) -> None:
    host_fpu.need()
    a, b = sf.FORMATS[t], sf.FORMATS[ty.F80]
    routine = host_fpu.Routine(f"fld {size} ptr [rdi + 16]; fstp tbyte ptr [rdi + 64]", 80, x87=True)
    check(routine, lambda env, x: conv.convert(a, b, env, x), lambda r: (pattern(r, t),), IGNORED)


@pytest.mark.parametrize("name", ["add", "sub", "mul", "div", "sqrt"])
def test_half(name: str) -> None:
    """f16 through f32 on the host: for these operations rounding twice is harmless (24 >= 2 * 11 + 2), to nearest."""
    host_fpu.need("f16c")
    f = sf.FORMATS[ty.F16]
    widen = "vcvtph2ps xmm0, xmm0; vcvtph2ps xmm1, xmm1; "
    second = "xmm0" if name == "sqrt" else "xmm1"
    routine = host_fpu.sse(f"{widen}{name}ss xmm0, {second}; vcvtps2ph xmm0, xmm0, 4", "ss", 16)
    rng = random.Random(3)
    for _ in range(4 * ROUNDS):
        x, y = pattern(rng, ty.F16), pattern(rng, ty.F16)
        env = sf.FpEnv()
        if name == "sqrt":
            y = 0x3C00
            got = ops.fsqrt(f, env, x)
        else:
            got = getattr(ops, "f" + name)(f, env, x, y)
        want, flags, _ = routine(0, x, y)
        assert hex(got) == hex(want), (hex(x), hex(y))
        kept = op.FP_INVALID | op.FP_DIVZERO | op.FP_OVERFLOW
        assert env.flags & kept == flags & kept, (hex(x), hex(y))


def test_ties_away() -> None:
    f = sf.FORMATS[ty.F64]
    for value, want in ((0.5, 1.0), (-0.5, -1.0), (1.5, 2.0), (2.5, 3.0), (-2.5, -3.0), (0.49999999999999994, 0.0)):
        env = sf.FpEnv()
        got = conv.to_integral(f, env, int.from_bytes(_double(value), "little"), 6)
        assert got == int.from_bytes(_double(want), "little"), value
        assert env.flags == 0


def test_x87_rejects_unnormal() -> None:
    """Integer bit clear with a non-zero exponent: invalid operand (SDM vol. 1, 8.2.2)."""
    host_fpu.need()
    f = sf.FORMATS[ty.F80]
    unnormal = 0x4000 << 64 | 0x7000000000000000
    one = 0x3FFF << 64 | 1 << 63
    env = sf.FpEnv()
    assert ops.fadd(f, env, unnormal, one) == host_fpu.x87("faddp", 2)(0, unnormal, one)[0]
    assert env.flags == op.FP_INVALID


def _double(value: float) -> bytes:
    return struct.pack("<d", value)
