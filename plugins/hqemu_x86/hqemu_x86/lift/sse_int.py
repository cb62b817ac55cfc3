"""Packed integers: what one instruction computes of one or two vectors, in any of its encodings."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from hqemu_core.ir import opcodes as op
from hqemu_core.ir import types as ty
from hqemu_core.ir.builder import IRBuilder

from .common import Mem, Reg
from .flags import set_flags
from .natives import Body, packed
from .vector import MMX, bits_of, by_halves, enter, read, vector, write


def op_binary(code: int, b: IRBuilder, x: int, y: int) -> int:
    return b.bin(code, x, y)


def op_andn(b: IRBuilder, x: int, y: int) -> int:
    return b.and_(b.not_(x), y)


def op_compare(code: int, b: IRBuilder, x: int, y: int) -> int:
    """All ones where true. ``code`` EQ or SLT; of SLT the operands change places."""
    t = b.type_of(x)
    return b.sext(b.eq(x, y) if code == op.EQ else b.slt(y, x), t)


def op_average(b: IRBuilder, x: int, y: int) -> int:
    """Rounded up: (x | y) - ((x ^ y) >> 1)."""
    t = b.type_of(x)
    return b.sub(b.or_(x, y), b.lshr(b.xor(x, y), splat_const(b, t, 1)))


def splat_const(b: IRBuilder, t: int, value: int) -> int:
    """The same number in all lanes."""
    width = ty.lane_bits(t)
    whole = 0
    for n in range(ty.lanes(t)):
        whole |= (value & ((1 << width) - 1)) << width * n
    return b.const(whole, t)


def widen(b: IRBuilder, x: int, signed: bool) -> int:
    t = b.type_of(x)
    wide = ty.with_lane(t, 2 * ty.lane_bits(t))
    return b.sext(x, wide) if signed else b.zext(x, wide)


def op_mul_high(signed: bool, b: IRBuilder, x: int, y: int) -> int:
    t = b.type_of(x)
    product = b.mul(widen(b, x, signed), widen(b, y, signed))
    return b.trunc(b.lshr(product, splat_const(b, b.type_of(product), ty.lane_bits(t))), t)


def op_mul_round(b: IRBuilder, x: int, y: int) -> int:
    """PMULHRSW: bits 30 to 15 of the product, rounded."""
    t = b.type_of(x)
    product = b.mul(widen(b, x, True), widen(b, y, True))
    wide = b.type_of(product)
    half = b.add(b.lshr(product, splat_const(b, wide, 14)), splat_const(b, wide, 1))
    return b.trunc(b.lshr(half, splat_const(b, wide, 1)), t)


def op_mul_even(signed: bool, b: IRBuilder, x: int, y: int) -> int:
    """PMULUDQ, PMULDQ on 64-bit lanes: their low halves multiplied."""
    t = b.type_of(x)
    if signed:
        shift = splat_const(b, t, 32)
        x, y = (b.ashr(b.shl(v, shift), shift) for v in (x, y))
    else:
        low = splat_const(b, t, 0xFFFFFFFF)
        x, y = b.and_(x, low), b.and_(y, low)
    return b.mul(x, y)


def pairs(b: IRBuilder, x: int) -> tuple[int, int]:
    """The even and the odd lanes."""
    count = ty.lanes(b.type_of(x))
    return b.shuffle(x, x, range(0, count, 2)), b.shuffle(x, x, range(1, count, 2))


def op_madd(b: IRBuilder, x: int, y: int) -> int:
    """PMADDWD: products of signed words, neighbours added."""
    t = b.type_of(x)
    even, odd = pairs(b, b.mul(widen(b, x, True), widen(b, y, True)))
    return b.bitcast(b.add(even, odd), t)


def op_madd_bytes(b: IRBuilder, x: int, y: int) -> int:
    """PMADDUBSW: unsigned times signed bytes, neighbours added with saturation."""
    t = b.type_of(x)
    even, odd = pairs(b, b.mul(widen(b, x, False), widen(b, y, True)))
    return b.bitcast(b.bin(op.SADDSAT, even, odd), t)


def op_sad(b: IRBuilder, x: int, y: int) -> int:
    """PSADBW: sums of absolute differences of each 8 bytes."""
    t = b.type_of(x)
    low = b.bin(op.UMIN, x, y)
    total = widen(b, b.sub(b.bin(op.UMAX, x, y), low), False)
    for _ in range(3):
        even, odd = pairs(b, total)
        total = b.add(even, odd)
    return b.bitcast(b.zext(total, vector(ty.I64, ty.bits(t))), t)


def op_pack(signed: bool, b: IRBuilder, x: int, y: int) -> int:
    """PACKSS, PACKUS: both operands' lanes cut to half with saturation, by 128 bits."""
    t = b.type_of(x)
    width = ty.lane_bits(t) // 2
    low, high = (-(1 << width - 1), (1 << width - 1) - 1) if signed else (0, (1 << width) - 1)

    def cut(v: int) -> int:
        kept = b.bin(op.SMAX, b.bin(op.SMIN, v, splat_const(b, t, high)), splat_const(b, t, low))
        return b.trunc(kept, ty.with_lane(t, width))

    count = ty.lanes(t)
    per = min(count, 128 // ty.lane_bits(t))
    order: list[int] = []
    for base in range(0, count, per):
        order += [*range(base, base + per), *range(count + base, count + base + per)]
    return b.bitcast(b.shuffle(cut(x), cut(y), order), t)


def op_unpack(high: bool, b: IRBuilder, x: int, y: int) -> int:
    """PUNPCKL, PUNPCKH: lanes of both halves interleaved, by 128 bits."""
    t = b.type_of(x)
    per = min(ty.lanes(t), 128 // ty.lane_bits(t))
    first = per // 2 if high else 0
    mask = [lane for n in range(first, first + per // 2) for lane in (n, per + n)]
    return b.shuffle(x, y, by_halves(b, t, mask))


def op_shift(code: int, b: IRBuilder, x: int, count: int) -> int:
    """By the low 64 bits of ``count``; too far gives zeros or sign bits."""
    t = b.type_of(x)
    width = ty.lane_bits(t)
    amount = b.extract(bits_of(b, count, ty.I64), 0)
    far = b.ule(b.const(width, ty.I64), amount)
    top = b.const(width - 1, ty.I64) if code == op.ASHR else b.const(0, ty.I64)
    near = b.trunc(b.select(far, top, amount), ty.lane(t))
    shifted = b.bin(code, x, b.splat(near, ty.lanes(t)))
    if code == op.ASHR:
        return shifted
    return b.select(far, b.const(0, t), shifted)


def op_shift_imm(code: int, b: IRBuilder, x: int, count: int) -> int:
    t = b.type_of(x)
    width = ty.lane_bits(t)
    if count >= width:
        if code != op.ASHR:
            return b.const(0, t)
        count = width - 1
    return b.bin(code, x, splat_const(b, t, count))


def op_shift_each(code: int, b: IRBuilder, x: int, counts: int) -> int:
    """VPSLLV, VPSRLV, VPSRAV: each lane by its own count."""
    t = b.type_of(x)
    width = ty.lane_bits(t)
    far = b.ule(splat_const(b, t, width), counts)
    top = splat_const(b, t, width - 1 if code == op.ASHR else 0)
    shifted = b.bin(code, x, b.select(far, top, counts))
    return shifted if code == op.ASHR else b.select(far, b.const(0, t), shifted)


def op_shift_bytes(right: bool, b: IRBuilder, x: int, count: int) -> int:
    """PSLLDQ, PSRLDQ: bytes of each 128 bits."""
    t = b.type_of(x)
    count = min(count, 16)
    zero = b.const(0, t)
    if right:
        return b.shuffle(x, zero, by_halves(b, t, range(count, count + 16)))
    return b.shuffle(zero, x, by_halves(b, t, range(16 - count, 32 - count)))


def op_align(b: IRBuilder, x: int, y: int, count: int) -> int:
    """PALIGNR: ``x`` above ``y``, moved down by bytes."""
    t = b.type_of(x)
    zero, size = b.const(0, t), min(16, ty.lanes(t))
    mask = list(range(count, count + size))
    if count < size:
        return b.shuffle(y, x, by_halves(b, t, mask))
    if count >= 2 * size:
        return zero
    return b.shuffle(x, zero, by_halves(b, t, [m - size for m in mask]))


def op_shuffle_words(kind: int, b: IRBuilder, x: int, order: int) -> int:
    """PSHUFLW (kind 0), PSHUFHW (4): four words of each 128 bits; PSHUFW (0, of 64 bits)."""
    t = b.type_of(x)
    mask = list(range(min(8, ty.lanes(t))))
    mask[kind : kind + 4] = [kind + (order >> 2 * n & 3) for n in range(4)]
    return b.shuffle(x, x, by_halves(b, t, mask))


def op_shuffle_dwords(b: IRBuilder, x: int, order: int) -> int:
    t = b.type_of(x)
    return b.shuffle(x, x, by_halves(b, t, [order >> 2 * n & 3 for n in range(4)]))


def op_shuffle_bytes(b: IRBuilder, x: int, order: int) -> int:
    """PSHUFB: bytes of the first picked by the second's low bits; zero where its bit 7 is set."""
    t = b.type_of(x)
    if ty.lanes(t) == 8:  # MMX: three bits pick
        wide = b.shuffle(x, x, [*range(8), *range(8)])
        index = b.and_(order, splat_const(b, t, 0x87))
        full = b.shuffle(index, index, [*range(8), *range(8)])
        return b.shuffle(b.tbl(wide, _dropped(b, full)), b.const(0, ty.I8X16), range(8))
    parts = []
    for base in range(0, ty.lanes(t), 16):
        lanes = range(base, base + 16)
        part, index = b.shuffle(x, x, lanes), b.shuffle(order, order, lanes)
        parts.append(b.tbl(part, _dropped(b, index)))
    return parts[0] if len(parts) == 1 else b.shuffle(parts[0], parts[1], range(32))


def _dropped(b: IRBuilder, index: int) -> int:
    """Indices for ``tbl``, which gives 0 above 15: bits 4 to 6 do not count."""
    return b.and_(index, splat_const(b, b.type_of(index), 0x8F))


def op_sign(b: IRBuilder, x: int, y: int) -> int:
    """PSIGN: the first negated, kept or zero, by the sign of the second."""
    t = b.type_of(x)
    zero = b.const(0, t)
    return b.select(b.slt(y, zero), b.neg(x), b.select(b.eq(y, zero), zero, x))


def op_abs(b: IRBuilder, x: int) -> int:
    return b.un(op.ABS, x)


def op_horizontal(function: Callable[[IRBuilder, int, int], int], b: IRBuilder, x: int, y: int) -> int:
    """PHADD, PHSUB, HADDPS and so on: neighbours of the first, then of the second, by 128 bits."""
    t = b.type_of(x)
    count = ty.lanes(t)
    per = min(count, 128 // ty.lane_bits(t))
    even: list[int] = []
    for base in range(0, count, per):
        even += [*range(base, base + per, 2), *range(count + base, count + base + per, 2)]
    return function(b, b.shuffle(x, y, even), b.shuffle(x, y, [m + 1 for m in even]))


op_hadd = partial(op_horizontal, partial(op_binary, op.ADD))
op_hsub = partial(op_horizontal, partial(op_binary, op.SUB))
op_hadds = partial(op_horizontal, partial(op_binary, op.SADDSAT))
op_hsubs = partial(op_horizontal, partial(op_binary, op.SSUBSAT))


def mask_of(b: IRBuilder, x: int) -> int:
    """The lanes' sign bits as an i32."""
    t = b.type_of(x)
    signs = b.slt(x, b.const(0, t))
    count = ty.lanes(t)
    if count < 8:
        signs = b.shuffle(signs, b.const(0, b.type_of(signs)), [min(n, count) for n in range(8)])
    return b.zext(b.bitcast(signs, max(count, 8)), ty.I32)


def op_min_position(b: IRBuilder, x: int) -> int:
    """PHMINPOSUW: the least word and, beside it, the number of the first lane that has it."""
    best, at = b.extract(x, 0), b.const(0, ty.I16)
    for n in range(1, 8):
        word = b.extract(x, n)
        less = b.ult(word, best)
        best, at = b.select(less, word, best), b.select(less, b.const(n, ty.I16), at)
    return b.insert(b.insert(b.const(0, b.type_of(x)), 0, best), 1, at)


def op_sad_multi(b: IRBuilder, x: int, y: int, imm: int) -> int:
    """MPSADBW: eight sums of absolute differences of four bytes, by 128 bits with three bits of ``imm`` each."""
    t = b.type_of(x)
    count, parts = ty.lanes(t), []
    for half in range(count // 16):
        control = imm >> 3 * half
        first, second = (control >> 2 & 1) * 4, (control & 3) * 4
        total = -1
        for k in range(4):
            a = b.shuffle(x, x, [16 * half + first + n + k for n in range(8)])
            c = b.shuffle(y, y, [16 * half + second + k] * 8)
            difference = widen(b, b.sub(b.bin(op.UMAX, a, c), b.bin(op.UMIN, a, c)), False)
            total = difference if total < 0 else b.add(total, difference)
        parts.append(total)
    whole = parts[0] if len(parts) == 1 else b.shuffle(parts[0], parts[1], range(16))
    return b.bitcast(whole, t)


def op_blend_imm(b: IRBuilder, x: int, y: int, imm: int) -> int:
    """Lanes of the second where bits of ``imm`` are set; words take the same eight bits in both halves."""
    t = b.type_of(x)
    count = ty.lanes(t)
    return b.shuffle(x, y, [n + count if imm >> n % 8 & 1 else n for n in range(count)])


FAST = {
    name: packed(name, lane, body)
    for name, lane, body in (
        ("packsswb", ty.I16, partial(op_pack, True)),
        ("packssdw", ty.I32, partial(op_pack, True)),
        ("packuswb", ty.I16, partial(op_pack, False)),
        ("packusdw", ty.I32, partial(op_pack, False)),
        ("pshufb", ty.I8, op_shuffle_bytes),
        ("psadbw", ty.I8, op_sad),
        ("pmaddwd", ty.I16, op_madd),
        ("pmaddubsw", ty.I8, op_madd_bytes),
        ("pmulhrsw", ty.I16, op_mul_round),
        ("psignb", ty.I8, op_sign),
        ("psignw", ty.I16, op_sign),
        ("psignd", ty.I32, op_sign),
    )
}
"""operations that the host has one instruction for where LLVM would make several"""


def lift_shift(encoding: int, lane: int, compute: Body, b: IRBuilder, to: Reg, *sources: Reg | Mem) -> None:
    """By a count in a vector, which has 128 bits whatever the others have."""
    enter(b, encoding)
    first, count = sources if len(sources) == 2 else (to, sources[0])
    amount = read(b, encoding, count, vector(ty.I64, 64 if encoding == MMX else 128))
    write(b, encoding, to, compute(b, read(b, encoding, first, vector(lane, to.bits)), amount))


def lift_shift_imm(encoding: int, lane: int, compute: Body, b: IRBuilder, to: Reg, *rest: Reg | int) -> None:
    """The register itself, with VEX another, by a byte."""
    enter(b, encoding)
    *sources, count = rest
    first = sources[0] if sources else to
    assert isinstance(first, Reg)
    write(b, encoding, to, compute(b, read(b, encoding, first, vector(lane, to.bits)), count))


def lift_blend(encoding: int, lane: int, b: IRBuilder, to: Reg, *rest: Reg | Mem) -> None:
    """PBLENDVB, BLENDVPS, BLENDVPD: the second's lanes where the mask's sign is set."""
    *sources, mask = rest
    first, second = sources if len(sources) == 2 else (to, sources[0])
    t = vector(lane, to.bits)
    chosen = b.slt(read(b, encoding, mask, t), b.const(0, t))
    write(b, encoding, to, b.select(chosen, read(b, encoding, second, t), read(b, encoding, first, t)))


def lift_test(encoding: int, lane: int, b: IRBuilder, first: Reg, second: Reg | Mem) -> None:
    """PTEST: ZF no common bit, CF no bit of the second beyond the first's."""
    t = vector(lane, first.bits)
    x, y = read(b, encoding, first, t), read(b, encoding, second, t)
    common, beyond = b.and_(x, y), b.and_(b.not_(x), y)
    zero, none = b.const(0, ty.I1), b.const(0, ty.I8)
    set_flags(b, _no_bit(b, beyond), b.const(1, ty.I8), none, _no_bit(b, common), zero, zero)


def _no_bit(b: IRBuilder, value: int) -> int:
    words = bits_of(b, value, ty.I64)
    total = b.extract(words, 0)
    for n in range(1, ty.lanes(b.type_of(words))):
        total = b.or_(total, b.extract(words, n))
    return b.eq(total, b.const(0, ty.I64))
