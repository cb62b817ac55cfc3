"""AVX and AVX2 beyond the wider forms of SSE: broadcasts, permutations, 128-bit parts, masked and gathered accesses."""

from __future__ import annotations

from hqemu_core.ir import types as ty
from hqemu_core.ir.builder import IRBuilder, shift_operand

from ..state import SCRATCH, YMM
from .common import Mem, Reg
from .flags import set_flags
from .natives import instruction, packed
from .sse_int import mask_of, splat_const
from .vector import VEX, by_halves, read, vector, write


def lift_zero(everything: int, b: IRBuilder) -> None:
    """VZEROUPPER, VZEROALL."""
    zero = b.const(0, ty.I128)
    for n in range(16 if b.memo["word"] == ty.I64 else 8):
        if everything:
            b.set(YMM + 32 * n, zero)
        b.set(YMM + 32 * n + 16, zero)


def lift_broadcast(lane: int, b: IRBuilder, to: Reg, source: Reg | Mem) -> None:
    """VBROADCASTSS, SD, VPBROADCAST: the lowest lane everywhere."""
    value = b.load(source.address, lane) if isinstance(source, Mem) else b.get(source.offset, lane)
    write(b, VEX, to, b.splat(value, to.bits // lane))


def lift_broadcast128(b: IRBuilder, to: Reg, source: Mem) -> None:
    value = b.load(source.address, ty.I64X2)
    write(b, VEX, to, b.shuffle(value, value, [0, 1, 0, 1]))


def lift_extract128(b: IRBuilder, to: Reg | Mem, source: Reg, imm: int) -> None:
    value = b.get(shift_operand(source.offset, 16 * (imm & 1)), ty.I64X2)
    write(b, VEX, to, value)


def lift_insert128(b: IRBuilder, to: Reg, first: Reg, second: Reg | Mem, imm: int) -> None:
    value = b.load(second.address, ty.I64X2) if isinstance(second, Mem) else b.get(second.offset, ty.I64X2)
    old = b.get(first.offset, vector(ty.I64, 256))
    wide = b.shuffle(value, value, [0, 1, 0, 1])
    write(b, VEX, to, b.shuffle(old, wide, [0, 1, 4, 5] if imm & 1 else [4, 5, 2, 3]))


def lift_perm128(b: IRBuilder, to: Reg, first: Reg, second: Reg | Mem, imm: int) -> None:
    """VPERM2F128, VPERM2I128."""
    t = vector(ty.I64, 256)
    x, y = read(b, VEX, first, t), read(b, VEX, second, t)
    value = b.shuffle(x, y, [2 * (imm >> 4 * half & 3) + n for half in (0, 1) for n in (0, 1)])
    for half in (0, 1):
        if imm >> 4 * half & 8:
            keep = [4, 5, 2, 3] if half == 0 else [0, 1, 6, 7]
            value = b.shuffle(value, b.const(0, t), keep)
    write(b, VEX, to, value)


def lift_permq(b: IRBuilder, to: Reg, source: Reg | Mem, imm: int) -> None:
    """VPERMQ, VPERMPD."""
    t = vector(ty.I64, 256)
    value = read(b, VEX, source, t)
    write(b, VEX, to, b.shuffle(value, value, [imm >> 2 * n & 3 for n in range(4)]))


def _pick(b: IRBuilder, value: int, index: int, count: int) -> int:
    """Lanes of ``value`` by number; ``count`` of them to choose from, in each part of the result."""
    t = b.type_of(value)
    result = b.const(0, t)
    for n in range(ty.lanes(t)):
        base = n // count * count
        at = b.extract(index, n)
        lane = b.extract(value, base)
        for k in range(1, count):
            lane = b.select(b.eq(at, b.const(k, b.type_of(at))), b.extract(value, base + k), lane)
        result = b.insert(result, n, lane)
    return result


def lift_permd(b: IRBuilder, to: Reg, index: Reg, source: Reg | Mem) -> None:
    """VPERMD, VPERMPS."""
    t = vector(ty.I32, 256)
    write(b, VEX, to, PERMD(b, read(b, VEX, index, t), read(b, VEX, source, t)))


def _permuted(b: IRBuilder, index: int, value: int) -> int:
    return _pick(b, value, b.and_(index, splat_const(b, b.type_of(index), 7)), 8)


def _in_parts(b: IRBuilder, value: int, control: int) -> int:
    """VPERMILPS, VPERMILPD: within 128 bits; for 64-bit lanes by bit 1 of the control."""
    t = b.type_of(value)
    lane = ty.lane_bits(t)
    index = b.lshr(control, splat_const(b, t, 1)) if lane == 64 else control
    count = 128 // lane
    return _pick(b, value, b.and_(index, splat_const(b, t, count - 1)), count)


_I32X8 = vector(ty.I32, 256)
PERMD = instruction("vpermd", (_I32X8, _I32X8), _I32X8, _permuted, "vpermd $2, $1, $0", "=x,x,x", "avx2")
PERMIL = {ty.I32: packed("permilps", ty.I32, _in_parts), ty.I64: packed("permilpd", ty.I64, _in_parts)}


def lift_permil_imm(lane: int, b: IRBuilder, to: Reg, source: Reg | Mem, imm: int) -> None:
    """VPERMILPS, VPERMILPD by a byte."""
    t = vector(lane, to.bits)
    value = read(b, VEX, source, t)
    if lane == ty.I32:
        order = by_halves(b, t, [imm >> 2 * n & 3 for n in range(4)])
    else:
        order = tuple((n & ~1) + (imm >> n & 1) for n in range(ty.lanes(t)))
    write(b, VEX, to, b.shuffle(value, value, order))


def lift_permil(lane: int, b: IRBuilder, to: Reg, first: Reg, control: Reg | Mem) -> None:
    t = vector(lane, to.bits)
    write(b, VEX, to, PERMIL[lane](b, read(b, VEX, first, t), read(b, VEX, control, t)))


def lift_testp(lane: int, b: IRBuilder, first: Reg, second: Reg | Mem) -> None:
    """VTESTPS, VTESTPD: ZF no sign in common, CF no sign of the second beyond the first's."""
    t = vector(lane, first.bits)
    x, y = read(b, VEX, first, t), read(b, VEX, second, t)
    zero, false = b.const(0, ty.I32), b.const(0, ty.I1)
    common, beyond = mask_of(b, b.and_(x, y)), mask_of(b, b.and_(b.not_(x), y))
    none = b.const(0, ty.I8)
    set_flags(b, b.eq(beyond, zero), b.const(1, ty.I8), none, b.eq(common, zero), false, false)


def lift_maskload(lane: int, b: IRBuilder, to: Reg, mask: Reg, source: Mem) -> None:
    """VMASKMOVPS, VPMASKMOVD: lanes whose mask's sign is clear are zero and not read."""
    t = vector(lane, to.bits)
    for n in range(ty.lanes(t)):
        b.set(SCRATCH + n * lane // 8, b.const(0, lane))
    step = lane // 8
    for n in range(ty.lanes(t)):
        sign = b.get(shift_operand(mask.offset, step * n), lane)
        b.guard(b.slt(sign, b.const(0, lane)))
        b.set(SCRATCH + step * n, b.load(b.add(source.address, b.const(step * n, ty.I64)), lane))
        b.unguard()
    write(b, VEX, to, b.get(SCRATCH, t))


def lift_maskstore(lane: int, b: IRBuilder, to: Mem, mask: Reg, source: Reg) -> None:
    step = lane // 8
    for n in range(to.bits // lane):
        sign = b.get(shift_operand(mask.offset, step * n), lane)
        b.guard(b.slt(sign, b.const(0, lane)))
        b.store(b.add(to.address, b.const(step * n, ty.I64)), b.get(shift_operand(source.offset, step * n), lane))
        b.unguard()
