"""Saturation, packing, extension, reversal, bit fields, sums of differences (ARM ARM A5.2.6, A5.4)."""

from __future__ import annotations

from hqemu_core.ir import opcodes as op
from hqemu_core.ir import types as ty
from hqemu_core.ir.builder import IRBuilder, Operand

from ..state import GE
from .common import set_reg
from .dp import shift_imm
from .status import raise_q

I16X2 = ty.vec(ty.I16, 2)
I8X4 = ty.vec(ty.I8, 4)
I8X2 = ty.vec(ty.I8, 2)
I32X2 = ty.vec(ty.I32, 2)
I16X4 = ty.vec(ty.I16, 4)


def _saturate(b: IRBuilder, code: int, a: int, c: int) -> int:
    """SADDSAT or SSUBSAT, raising Q."""
    raise_q(b, b.truth(op.SADDO if code == op.SADDSAT else op.SSUBO, a, c))
    return b.bin(code, a, c)


def lift_qadd(b: IRBuilder, shape: tuple[int, ...], rd: Operand, rm: Operand, rn: Operand) -> None:
    """QADD, QSUB, QDADD, QDSUB. shape: subtract, double rn."""
    subtract, double = shape
    a, c = b.get(rm, ty.I32), b.get(rn, ty.I32)
    if double:
        c = _saturate(b, op.SADDSAT, c, c)
    b.set(rd, _saturate(b, op.SSUBSAT if subtract else op.SADDSAT, a, c))


def lift_sat(b: IRBuilder, shape: tuple[int, ...], rd: Operand, top: Operand, rn: Operand, by: Operand) -> None:
    """SSAT, USAT to at most ``top``. shape: unsigned, shift kind."""
    unsigned, kind = shape
    value, _ = shift_imm(b, b.get(rn, ty.I32), kind, by, False)
    high = b.imm(top, ty.I32)
    low = b.const(0, ty.I32) if unsigned else b.not_(high)
    result = b.bin(op.SMIN, b.bin(op.SMAX, value, low), high)
    raise_q(b, b.ne(result, value))
    b.set(rd, result)


def lift_sat16(b: IRBuilder, shape: tuple[int, ...], rd: Operand, top: Operand, rn: Operand) -> None:
    """SSAT16, USAT16. shape: unsigned."""
    value = b.bitcast(b.get(rn, ty.I32), I16X2)
    one = b.trunc(b.imm(top, ty.I32), ty.I16)
    high = b.splat(one, 2)
    low = b.const(0, I16X2) if shape[0] else b.splat(b.not_(one), 2)
    result = b.bitcast(b.bin(op.SMIN, b.bin(op.SMAX, value, low), high), ty.I32)
    raise_q(b, b.ne(result, b.get(rn, ty.I32)))
    b.set(rd, result)


def lift_pkh(b: IRBuilder, shape: tuple[int, ...], rd: Operand, rn: Operand, rm: Operand, by: Operand) -> None:
    """PKHBT, PKHTB. shape: top from rn, shift kind of rm."""
    top, kind = shape
    n = b.get(rn, ty.I32)
    m, _ = shift_imm(b, b.get(rm, ty.I32), kind, by, False)
    low, high = (m, n) if top else (n, m)
    set_reg(b, rd, b.or_(b.and_(low, b.const(0xFFFF, ty.I32)), b.and_(high, b.const(0xFFFF0000, ty.I32))))


def lift_sel(b: IRBuilder, shape: tuple[int, ...], rd: Operand, rn: Operand, rm: Operand) -> None:
    n, m, ge = b.get(rn, ty.I32), b.get(rm, ty.I32), b.get(GE, ty.I32)
    set_reg(b, rd, b.xor(m, b.and_(b.xor(n, m), ge)))


def _extend(b: IRBuilder, shape: tuple[int, ...], rm: Operand, by: Operand) -> int:
    """shape: kind (0 16-bit pairs of bytes, 2 byte, 3 half; 4 more when unsigned), rotated."""
    kind, rotated = shape
    value = b.get(rm, ty.I32)
    if rotated:
        value = b.rotr(value, b.imm(by, ty.I32))
    extend = b.zext if kind & 4 else b.sext
    if kind & 3:
        return extend(b.trunc(value, ty.I8 if kind & 3 == 2 else ty.I16), ty.I32)
    return b.bitcast(extend(b.trunc(b.bitcast(value, I16X2), I8X2), I16X2), ty.I32)


def lift_extend(b: IRBuilder, shape: tuple[int, ...], rd: Operand, rm: Operand, by: Operand) -> None:
    """SXTB and the like. shape: kind, rotated."""
    set_reg(b, rd, _extend(b, shape, rm, by))


def lift_extend_add(
    b: IRBuilder, shape: tuple[int, ...], rd: Operand, rn: Operand, rm: Operand, by: Operand
) -> None:
    """SXTAB and the like. shape: kind, rotated."""
    n, value = b.get(rn, ty.I32), _extend(b, shape, rm, by)
    if shape[0] & 3:
        result = b.add(n, value)
    else:
        result = b.bitcast(b.add(b.bitcast(n, I16X2), b.bitcast(value, I16X2)), ty.I32)
    set_reg(b, rd, result)


def lift_reverse(b: IRBuilder, shape: tuple[int, ...], rd: Operand, rm: Operand) -> None:
    """shape: 0 REV 1 REV16 2 RBIT 3 REVSH 4 CLZ."""
    value = b.get(rm, ty.I32)
    kind = shape[0]
    if kind == 1:
        result = b.bitcast(b.un(op.BSWAP, b.bitcast(value, I16X2)), ty.I32)
    elif kind == 3:
        result = b.sext(b.un(op.BSWAP, b.trunc(value, ty.I16)), ty.I32)
    else:
        result = b.un({0: op.BSWAP, 2: op.BITREV, 4: op.CLZ}[kind], value)
    set_reg(b, rd, result)


def lift_bfx(b: IRBuilder, shape: tuple[int, ...], rd: Operand, rn: Operand, left: Operand, right: Operand) -> None:
    """SBFX, UBFX: the field to the top, then down. shape: unsigned."""
    high = b.shl(b.get(rn, ty.I32), b.imm(left, ty.I32))
    set_reg(b, rd, (b.lshr if shape[0] else b.ashr)(high, b.imm(right, ty.I32)))


def lift_bfi(b: IRBuilder, shape: tuple[int, ...], rd: Operand, rn: Operand, lsb: Operand, mask: Operand) -> None:
    keep = b.imm(mask, ty.I32)
    old, new = b.get(rd, ty.I32), b.shl(b.get(rn, ty.I32), b.imm(lsb, ty.I32))
    set_reg(b, rd, b.xor(old, b.and_(b.xor(old, new), keep)))


def lift_bfc(b: IRBuilder, shape: tuple[int, ...], rd: Operand, keep: Operand) -> None:
    set_reg(b, rd, b.and_(b.get(rd, ty.I32), b.imm(keep, ty.I32)))


def _differences(b: IRBuilder, rn: Operand, rm: Operand) -> int:
    n, m = (b.zext(b.bitcast(b.get(r, ty.I32), I8X4), I16X4) for r in (rn, rm))
    lanes = b.un(op.ABS, b.sub(n, m))
    parts = [b.zext(b.extract(lanes, k), ty.I32) for k in range(4)]
    return b.add(b.add(parts[0], parts[1]), b.add(parts[2], parts[3]))


def lift_usad8(b: IRBuilder, shape: tuple[int, ...], rd: Operand, rn: Operand, rm: Operand) -> None:
    set_reg(b, rd, _differences(b, rn, rm))


def lift_usada8(b: IRBuilder, shape: tuple[int, ...], rd: Operand, rn: Operand, rm: Operand, ra: Operand) -> None:
    set_reg(b, rd, b.add(_differences(b, rn, rm), b.get(ra, ty.I32)))


# -- parallel addition and subtraction (A5.4.1, A5.4.2)


def _lanes(b: IRBuilder, kind: int, unsigned: int, subtract: int, n: int, m: int) -> tuple[int, int | None]:
    """(result, GE mask as a vector or None). ``kind``: 1 modulo 2 saturating 3 halving."""
    t = b.type_of(n)
    wide = I32X2 if t == I16X2 else I16X4
    if kind == 2:
        codes = (op.SADDSAT, op.SSUBSAT, op.UADDSAT, op.USUBSAT)
        return b.bin(codes[2 * unsigned + subtract], n, m), None
    extend = b.zext if unsigned else b.sext
    a, c = extend(n, wide), extend(m, wide)
    total = b.sub(a, c) if subtract else b.add(a, c)
    if kind == 3:
        shift = b.const(0x0000_0001_0000_0001 if t == I16X2 else 0x0001_0001_0001_0001, wide)
        return b.trunc(b.lshr(total, shift), t), None
    if not unsigned:
        truth = b.sle(b.const(0, wide), total)
    else:
        truth = b.ule(m, n) if subtract else b.truth(op.UADDO, n, m)
    return b.trunc(total, t), b.sext(truth, t)


def lift_parallel(b: IRBuilder, shape: tuple[int, ...], rd: Operand, rn: Operand, rm: Operand) -> None:
    """shape: kind, unsigned, operation: 0 ADD16 1 ASX 2 SAX 3 SUB16 4 ADD8 7 SUB8."""
    kind, unsigned, operation = shape
    t = I8X4 if operation & 4 else I16X2
    n, m = b.get(rn, ty.I32), b.get(rm, ty.I32)
    if operation in (1, 2):
        m = b.rotr(m, b.const(16, ty.I32))
        n, m = b.bitcast(n, t), b.bitcast(m, t)
        sums, differences = (_lanes(b, kind, unsigned, subtract, n, m) for subtract in (0, 1))
        first, second = (differences, sums) if operation == 1 else (sums, differences)
        result = b.shuffle(first[0], second[0], (0, 3))
        ge = None if first[1] is None or second[1] is None else b.shuffle(first[1], second[1], (0, 3))
    else:
        result, ge = _lanes(b, kind, unsigned, int(operation in (3, 7)), b.bitcast(n, t), b.bitcast(m, t))
    b.set(rd, b.bitcast(result, ty.I32))
    if ge is not None:
        b.set(GE, b.bitcast(ge, ty.I32))
