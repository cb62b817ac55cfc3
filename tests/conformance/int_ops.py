"""Snippets of integer, carry, comparison, conversion and vector ops."""

from __future__ import annotations

import random
from collections.abc import Sequence

from hqemu_core.ir import opcodes as op
from hqemu_core.ir import types as ty
from hqemu_core.ir.builder import IRBuilder
from hqemu_core.testing.oplists import Snippet

from .values import draw, draw_division, draw_shift

SCALARS = (ty.I8, ty.I16, ty.I32, ty.I64, ty.I128)
VECTORS = (
    ty.I8X16, ty.I16X8, ty.I32X4, ty.I64X2, ty.I8X8, ty.I16X4, ty.I32X2, ty.I64X1,
    ty.vec(ty.I16, 16), ty.vec(ty.I32, 8), ty.vec(ty.I64, 4), ty.vec(ty.I8, 4), ty.vec(ty.I16, 2), ty.vec(ty.I128, 2),
)  # fmt: skip
INTS = SCALARS + VECTORS
SHIFTS = (op.SHL, op.LSHR, op.ASHR)
DIVISIONS = {op.UDIV: False, op.SDIV: True, op.UREM: False, op.SREM: True}
LOGIC = (op.AND, op.OR, op.XOR)


def _name(code: int, *types: int) -> str:
    return f"{op.INFO[code].name} {' '.join(map(ty.name, types))}"


def truth(b: IRBuilder, v: int, t: int) -> int:
    """A truth value of operands of type ``t`` as something state can hold."""
    return v if t >> 16 == 0 else b.sext(v, ty.with_lane(t, ty.I8))


def truth_type(t: int) -> int:
    return ty.I1 if t >> 16 == 0 else ty.with_lane(t, ty.I8)


def int_snippets() -> list[Snippet]:
    found = []
    for info in op.INFO:
        if info.group == "int":
            types = INTS if info.name != "bswap" else [t for t in INTS if ty.lane_bits(t) > 8]
            found += [_int_snippet(info.code, len(info.args), t) for t in types]
    found += [_int_snippet(code, 2, ty.I1) for code in LOGIC]
    return found


def _int_snippet(code: int, count: int, t: int) -> Snippet:
    if code in SHIFTS:
        make = draw_shift(t)
    elif code in DIVISIONS:
        make = draw_division(t, DIVISIONS[code])
    else:
        make = draw(*[t] * count)
    return Snippet(_name(code, t), (t,) * count, (t,), lambda b, v: [b.emit(code, t, *v)], make)


def constant_shift_snippets() -> list[Snippet]:
    """Amounts that are known take other paths through instruction selection."""
    found = []
    for t in INTS:
        bits = ty.lane_bits(t)
        for code in (*SHIFTS, op.ROTR):
            for amount in sorted({1, bits // 2, bits - 1}):

                def build(b: IRBuilder, v: list[int], code: int = code, t: int = t, amount: int = amount) -> list[int]:
                    pattern = sum(amount << ty.lane_bits(t) * n for n in range(ty.lanes(t)))
                    return [b.emit(code, t, v[0], b.const(pattern, t))]

                found.append(Snippet(f"{_name(code, t)} by {amount}", (t,), (t,), build, draw(t)))
    return found


def truth_snippets() -> list[Snippet]:
    found = []
    for info in op.INFO:
        if info.group == "carry" or (info.group == "compare" and info.result == "1"):
            types = INTS if info.group == "carry" or info.name not in ("eq", "ne") else (*INTS, ty.I1)
            found += [_truth_snippet(info.code, t) for t in types]
    return found


def _truth_snippet(code: int, t: int) -> Snippet:
    def build(b: IRBuilder, v: list[int]) -> list[int]:
        return [truth(b, b.emit(code, ty.with_lane(t, ty.I1), *v), t)]

    return Snippet(_name(code, t), (t, t), (truth_type(t),), build, draw(t, t))


def select_snippets() -> list[Snippet]:
    found = []
    for t in (*INTS, ty.I1, ty.F32, ty.F64, ty.F32X4, ty.F64X2):
        found.append(
            Snippet(f"select i1 {ty.name(t)}", (ty.I1, t, t), (t,), lambda b, v: [b.select(*v)], draw(ty.I1, t, t))
        )
        if ty.is_vector(t):

            def build(b: IRBuilder, v: list[int], t: int = t) -> list[int]:
                n = ty.as_int(t)
                mask = b.slt(v[0], b.const(0, n))
                other = b.ne(v[0], b.const(0, n))
                both = b.and_(mask, b.xor(other, b.const(-1, ty.with_lane(t, ty.I1))))
                return [b.select(mask, v[1], v[2]), b.select(b.or_(both, mask), v[2], v[1])]

            types = (ty.as_int(t), t, t)
            found.append(Snippet(f"select lanes {ty.name(t)}", types, (t, t), build, draw(*types)))
    return found


def _resize(code: int, source: int, t: int) -> Snippet:
    def build(b: IRBuilder, v: list[int]) -> list[int]:
        return [b.emit(code, t, v[0])]

    return Snippet(_name(code, source, t), (source,), (t,), build, draw(source))


def convert_snippets() -> list[Snippet]:
    found = []
    for lanes in (0, 1, 2, 4, 8, 16):
        for small in (ty.I1, *SCALARS):
            for big in SCALARS:
                if small < big and (not lanes or (small != ty.I1 and small * lanes >= 32 and big * lanes <= 256)):
                    a, c = lanes << 16 | small, lanes << 16 | big
                    found += [_resize(op.ZEXT, a, c), _resize(op.SEXT, a, c), _resize(op.TRUNC, c, a)]
    by_width: dict[int, list[int]] = {}
    for t in (*INTS, ty.F32, ty.F64, ty.F32X4, ty.F64X2, ty.F32X2, ty.F16X8, ty.F16X4, ty.F16):
        by_width.setdefault(ty.bits(t), []).append(t)
    for types in by_width.values():
        for a, c in zip(types, types[1:] + types[:1], strict=True):
            if a != c:
                found.append(_resize(op.BITCAST, a, c))
    return found


def vector_snippets() -> list[Snippet]:
    found = []
    for t in (*VECTORS, ty.F32X4, ty.F64X2, ty.F32X2, ty.F16X8):
        n, lane = ty.lanes(t), ty.lane(t)
        for at in sorted({0, n // 2, n - 1}):

            def build_extract(b: IRBuilder, v: list[int], at: int = at) -> list[int]:
                return [b.extract(v[0], at)]

            def build_insert(b: IRBuilder, v: list[int], at: int = at) -> list[int]:
                return [b.insert(v[0], at, v[1])]

            found.append(Snippet(f"extract {ty.name(t)} {at}", (t,), (lane,), build_extract, draw(t)))
            found.append(Snippet(f"insert {ty.name(t)} {at}", (t, lane), (t,), build_insert, draw(t, lane)))

        def build_splat(b: IRBuilder, v: list[int], n: int = n) -> list[int]:
            return [b.splat(v[0], n)]

        found.append(Snippet(f"splat {ty.name(t)}", (lane,), (t,), build_splat, draw(lane)))
        found += [_shuffle(t, mask) for mask in _masks(t)]
    found.append(Snippet("tbl", (ty.I8X16, ty.I8X16), (ty.I8X16,), lambda b, v: [b.tbl(*v)], _draw_tbl))
    return found


def _draw_tbl(rng: random.Random) -> list[int]:
    """Indices about the end of the table and any others."""
    index = bytes(rng.choice((rng.randrange(20), rng.randrange(256), 0x7F, 0x80, 0x8F)) for _ in range(16))
    return [rng.getrandbits(128), int.from_bytes(index, "little")]


def _masks(t: int) -> list[tuple[int, ...]]:
    """Reversal, interleaving, halves, widening, narrowing, a random pick."""
    n = ty.lanes(t)
    rng = random.Random(t)
    masks = [
        tuple(range(n - 1, -1, -1)),
        tuple(x for i in range(n) for x in (i, n + i))[:n],
        tuple(range(n // 2, n // 2 + n)),
        tuple(range(2 * n)) if ty.bits(t) <= 128 else tuple(range(n)),
        tuple(range(n // 2)) if n > 1 and ty.bits(t) > 32 else tuple(range(n)),
        tuple(range(1, 2 * n, 2)),
        tuple(rng.randrange(2 * n) for _ in range(n)),
    ]
    return list(dict.fromkeys(masks))


def _shuffle(t: int, mask: Sequence[int]) -> Snippet:
    result = ty.vec(ty.lane(t), len(mask))
    name = f"shuffle {ty.name(t)} {','.join(map(str, mask))}"
    return Snippet(name, (t, t), (result,), lambda b, v: [b.shuffle(v[0], v[1], mask)], draw(t, t))


def crypto_snippets() -> list[Snippet]:
    found = [Snippet("clmul", (ty.I64, ty.I64), (ty.I128,), lambda b, v: [b.clmul(*v)], draw(ty.I64, ty.I64))]
    for kind in range(4):

        def build(b: IRBuilder, v: list[int], kind: int = kind) -> list[int]:
            return [b.aes(kind, v[0])]

        found.append(Snippet(f"aes {kind}", (ty.I8X16,), (ty.I8X16,), build, draw(ty.I8X16)))
    return found
