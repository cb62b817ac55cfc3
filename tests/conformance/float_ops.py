"""Snippets of floating-point ops; each also gives the exception flags it raised."""

from __future__ import annotations

import random
from collections.abc import Callable

from hqemu_core.ir import opcodes as op
from hqemu_core.ir import types as ty
from hqemu_core.ir.builder import IRBuilder
from hqemu_core.testing.oplists import Snippet

from .int_ops import truth, truth_type
from .values import Draw, draw

SCALARS = (ty.F32, ty.F64)
VECTORS = (ty.F32X4, ty.F64X2, ty.F32X2, ty.vec(ty.F64, 1), ty.vec(ty.F32, 8), ty.vec(ty.F64, 4))
FLOATS = SCALARS + VECTORS
HALVES = (ty.F16, ty.F16X4, ty.F16X8)
WIDTHS = (0, 1, 2, 4)
NO_DENORMAL = 63 & ~op.FP_DENORMAL


def _flagged(
    name: str, inputs: tuple[int, ...], output: int, build: Callable[[IRBuilder, list[int]], int], make: Draw
) -> Snippet:
    # when the denormal flag is set is left open where SSE does not have the operation
    silent = any(ty.lane(t) == ty.F16 for t in (*inputs, output)) or (name.startswith("frint") and name[-1] == "6")

    def whole(b: IRBuilder, v: list[int]) -> list[int]:
        b.fpset(b.const(0, ty.I32))
        result = build(b, v)
        return [result, b.and_(b.fpget(), b.const(NO_DENORMAL if silent else 63, ty.I32))]

    return Snippet(name, inputs, (output, ty.I32), whole, make)


def arithmetic_snippets() -> list[Snippet]:
    found = []
    for code, count in ((op.FADD, 2), (op.FSUB, 2), (op.FMUL, 2), (op.FDIV, 2), (op.FSQRT, 1), (op.FMA, 3)):
        for t in FLOATS if code == op.FMA else (*FLOATS, *HALVES):

            def build(b: IRBuilder, v: list[int], code: int = code, t: int = t) -> int:
                return b.emit(code, t, *v)

            types = (t,) * count
            make = _draw_fma(t) if code == op.FMA else draw(*types)
            found.append(_flagged(f"{op.INFO[code].name} {ty.name(t)}", types, t, build, make))
    return found


def _draw_fma(t: int) -> Draw:
    """The addend is now and then about the product's size with the other sign."""
    plain = draw(t, t, t)
    sign = sum(1 << ty.lane_bits(t) * n - 1 for n in range(1, ty.lanes(t) + 1))

    def make(rng: random.Random) -> list[int]:
        a, c, d = plain(rng)
        if rng.randrange(3) == 0:
            one = ((1 << ty.lane_bits(t) - 2) - 1) >> {16: 10, 32: 23, 64: 52}[ty.lane_bits(t)]
            one <<= {16: 10, 32: 23, 64: 52}[ty.lane_bits(t)]
            c = sum(one << ty.lane_bits(t) * n for n in range(ty.lanes(t)))
            d = a ^ sign
        return [a, c, d]

    return make


def compare_snippets() -> list[Snippet]:
    found = []
    for code in (op.FEQ, op.FLT, op.FLE, op.FUNO, op.FLTS, op.FLES):
        for t in (*FLOATS, *HALVES):

            def build(b: IRBuilder, v: list[int], code: int = code, t: int = t) -> int:
                return truth(b, b.fcmp(code, *v), t)

            found.append(_flagged(f"{op.INFO[code].name} {ty.name(t)}", (t, t), truth_type(t), build, draw(t, t)))
    return found


def _conversion(code: int, source: int, t: int) -> Snippet:
    def build(b: IRBuilder, v: list[int]) -> int:
        return b.fconv(code, v[0], t)

    return _flagged(f"{op.INFO[code].name} {ty.name(source)} {ty.name(t)}", (source,), t, build, draw(source))


def conversion_snippets() -> list[Snippet]:
    found = []
    for n in WIDTHS:
        for small, big in ((ty.F16, ty.F32), (ty.F16, ty.F64), (ty.F32, ty.F64)):
            a, c = n << 16 | small, n << 16 | big
            found += [_conversion(op.FWIDEN, a, c), _conversion(op.FNARROW, c, a)]
        for f in (ty.F16, ty.F32, ty.F64):
            for i in (ty.I8, ty.I16, ty.I32, ty.I64):
                if f != ty.F16 or i == ty.I32:
                    found += [_conversion(code, n << 16 | i, n << 16 | f) for code in (op.SITOF, op.UITOF)]
            found += [_conversion(op.FTOSI, n << 16 | f, n << 16 | i) for i in (ty.I32, ty.I64)]
    return found


def rounding_snippets() -> list[Snippet]:
    found = []
    for t in (*FLOATS, *HALVES):
        for mode in range(7):

            def build(b: IRBuilder, v: list[int], mode: int = mode) -> int:
                return b.frint(v[0], mode)

            found.append(_flagged(f"frint {ty.name(t)} {mode}", (t,), t, build, draw(t)))
    return found


def environment_snippets() -> list[Snippet]:
    """Rounding changed between operations, flags read and written around them."""

    def each_mode(b: IRBuilder, v: list[int]) -> list[int]:
        results = []
        for mode in range(4):
            b.fpround(b.const(mode, ty.I32))
            results.append(b.fbin(op.FDIV, v[0], v[1]))
        b.fpround(v[2])
        return results

    def flags(b: IRBuilder, v: list[int]) -> list[int]:
        b.fpset(v[2])
        before = b.fpget()
        total = b.fbin(op.FMUL, v[0], v[1])
        after = b.fpget()
        b.fpset(b.const(0, ty.I32))
        b.fbin(op.FADD, v[0], v[1])
        unused = b.fpget()
        return [total, before, after, unused]

    def constants(b: IRBuilder, v: list[int]) -> list[int]:
        """Nothing may be computed when compiling: the rounding mode is not known."""
        b.fpset(b.const(0, ty.I32))
        third = b.fbin(op.FDIV, b.const(0x3FF0 << 48, ty.F64), b.const(0x4008 << 48, ty.F64))
        return [third, b.fpget()]

    def modes(rng: random.Random) -> list[int]:
        return [*draw(ty.F64, ty.F64)(rng), 0]

    def some_flags(rng: random.Random) -> list[int]:
        return [*draw(ty.F64, ty.F64)(rng), rng.getrandbits(6)]

    inputs = (ty.F64, ty.F64, ty.I32)
    return [
        Snippet("fpround", inputs, (ty.F64,) * 4, each_mode, modes),
        Snippet("fpset fpget", inputs, (ty.F64, ty.I32, ty.I32, ty.I32), flags, some_flags),
        Snippet("float constants", (), (ty.F64, ty.I32), constants, draw()),
    ]
