"""Advanced SIMD moves of lanes: VEXT VTBL VTBX VDUP VSWP VTRN VUZP VZIP VREV, constants (ARM ARM A7.4.6)."""

from __future__ import annotations

from hqemu_core.ir import types as ty
from hqemu_core.ir.builder import IRBuilder, Operand, shift_operand
from hqemu_core.isa.simd.lanes import INTS, lanes_of

from .neon_regs import lanes_type, splat


def lift_move(b: IRBuilder, shape: tuple[int, ...], rd: Operand, rm: Operand) -> None:
    """VORR with equal sources. shape: q."""
    b.set(rd, b.get(rm, ty.I64X2 if shape[0] else ty.I64))


def lift_constant(b: IRBuilder, shape: tuple[int, ...], rd: Operand, pattern: Operand) -> None:
    """VMOV, VMVN, VORR, VBIC (immediate); BIC's pattern comes inverted. shape: q, 0 move 1 or 2 and."""
    q, kind = shape
    t = ty.I64X2 if q else ty.I64
    value = splat(b, pattern, t)
    if kind:
        old = b.get(rd, t)
        value = b.or_(old, value) if kind == 1 else b.and_(old, value)
    b.set(rd, value)


def lift_dup(b: IRBuilder, shape: tuple[int, ...], rd: Operand, element: Operand) -> None:
    """VDUP (scalar). shape: size, q."""
    size, q = shape
    b.set(rd, b.splat(b.get(element, INTS[size]), (8 << q) >> size))


def lift_dup_core(b: IRBuilder, shape: tuple[int, ...], rd: Operand, rt: Operand) -> None:
    """VDUP (core register). shape: size, q."""
    size, q = shape
    b.set(rd, b.splat(b.trunc(b.get(rt, ty.I32), INTS[size]), (8 << q) >> size))


def lift_ext(b: IRBuilder, shape: tuple[int, ...], rd: Operand, rn: Operand, rm: Operand) -> None:
    """shape: first byte, q."""
    first, q = shape
    count = 8 << q
    t = ty.vec(ty.I8, count)
    b.set(rd, b.shuffle(b.get(rn, t), b.get(rm, t), range(first, first + count)))


def lift_rev(b: IRBuilder, shape: tuple[int, ...], rd: Operand, rm: Operand) -> None:
    """VREV64, VREV32, VREV16: lanes reversed inside containers. shape: size, q, log2 of lanes per container."""
    size, q, group = shape
    v = b.get(rm, lanes_type(size, q))
    last = (1 << group) - 1
    b.set(rd, b.shuffle(v, v, [n ^ last for n in range(ty.lanes(b.type_of(v)))]))


def lift_swap(b: IRBuilder, shape: tuple[int, ...], rd: Operand, rm: Operand) -> None:
    """shape: q."""
    t = ty.I64X2 if shape[0] else ty.I64
    x, y = b.get(rd, t), b.get(rm, t)
    b.set(rd, y)
    b.set(rm, x)


def _zip(count: int, part: int) -> list[int]:
    return [part * count // 2 + n // 2 + n % 2 * count for n in range(count)]


def _uzp(count: int, part: int) -> list[int]:
    return [2 * n + part for n in range(count)]


def _trn(count: int, part: int) -> list[int]:
    return [n - n % 2 + part + n % 2 * count for n in range(count)]


def lift_both(b: IRBuilder, shape: tuple[int, ...], rd: Operand, rm: Operand) -> None:
    """VTRN, VUZP, VZIP: both registers change. shape: size, q, 0 VTRN 1 VUZP 2 VZIP."""
    size, q, kind = shape
    t = lanes_type(size, q)
    x, y = b.get(rd, t), b.get(rm, t)
    low, high = (b.shuffle(x, y, (_trn, _uzp, _zip)[kind](ty.lanes(t), part)) for part in (0, 1))
    b.set(rd, low)
    b.set(rm, high)


def lift_table(b: IRBuilder, shape: tuple[int, ...], rd: Operand, rn: Operand, rm: Operand) -> None:
    """VTBL, VTBX. A byte whose index is out of range becomes 0, or is kept. shape: registers, keep.

    Two registers at a time: an index less 16 wraps round to above 15, so each part yields its own bytes and zero
    elsewhere."""
    count, keep = shape
    index = b.get(rm, ty.I8X8)
    wide = b.shuffle(index, b.const(0, ty.I8X8), range(16))
    result = b.const(0, ty.I8X16)
    for n in range(0, count, 2):
        low = b.get(shift_operand(rn, 8 * n), ty.I64)
        high = b.get(shift_operand(rn, 8 * n + 8), ty.I64) if n + 1 < count else b.const(0, ty.I64)
        pair = b.insert(b.insert(b.const(0, ty.I64X2), 0, low), 1, high)
        part = b.tbl(b.bitcast(pair, ty.I8X16), b.sub(wide, lanes_of(b, 8 * n, ty.I8X16)))
        result = b.or_(result, part)
    found = b.shuffle(result, result, range(8))
    if keep:
        found = b.select(b.ult(index, lanes_of(b, 8 * count, ty.I8X8)), found, b.get(rd, ty.I8X8))
    b.set(rd, found)
