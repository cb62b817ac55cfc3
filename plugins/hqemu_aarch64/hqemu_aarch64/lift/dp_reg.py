"""Data processing, register (Arm ARM C4.1.95): logical, add/sub, carry, conditional, multiply, divide, bits."""

from __future__ import annotations

from hqemu_core.ir import opcodes as op
from hqemu_core.ir import types as ty
from hqemu_core.ir.builder import IRBuilder, Operand

from .common import (
    SHIFTS,
    condition,
    flags_add,
    flags_bytes,
    flags_logic,
    flags_parts,
    flags_sub,
    get_flags,
    set_reg,
    size_type,
)

_LOGIC = (op.AND, op.OR, op.XOR, op.AND)
_EXTEND_BITS = (ty.I8, ty.I16, ty.I32)


def shifted(b: IRBuilder, kind: int, rm: Operand, amount: Operand, t: int) -> int:
    """A shifted register operand; ``kind`` as ``shift_kind`` of the tables gives it."""
    value = b.get(rm, t)
    return b.bin(SHIFTS[kind - 1], value, b.imm(amount, t)) if kind else value


def extended(b: IRBuilder, option: int, scaled: int, rm: Operand, amount: Operand, t: int) -> int:
    """An extended register operand; ``option`` as ``extend_kind`` of the tables gives it."""
    value = b.get(rm, t)
    if option & 3 != 3:
        narrow = b.trunc(value, _EXTEND_BITS[option & 3])
        value = b.sext(narrow, t) if option & 4 else b.zext(narrow, t)
    return b.shl(value, b.imm(amount, t)) if scaled else value


def _logic(
    b: IRBuilder, opc: int, invert: int, kind: int, rn: Operand, rm: Operand, amount: Operand, t: int
) -> int:
    c = shifted(b, kind, rm, amount, t)
    return b.bin(_LOGIC[opc], b.get(rn, t), b.not_(c) if invert else c)


def lift_logical(
    b: IRBuilder, shape: tuple[int, ...], rd: Operand, rn: Operand, rm: Operand, amount: Operand
) -> None:
    """AND BIC ORR ORN EOR EON ANDS BICS. shape: sf, opc, invert, shift kind."""
    sf, opc, invert, kind = shape
    result = _logic(b, opc, invert, kind, rn, rm, amount, size_type(sf))
    if opc == 3:
        flags_logic(b, result)
    set_reg(b, rd, result)


def lift_test(b: IRBuilder, shape: tuple[int, ...], rn: Operand, rm: Operand, amount: Operand) -> None:
    """TST, BICS without destination. shape: sf, invert, shift kind."""
    sf, invert, kind = shape
    flags_logic(b, _logic(b, 3, invert, kind, rn, rm, amount, size_type(sf)))


def _add_sub(b: IRBuilder, sub: int, setflags: int, a: int, c: int) -> int:
    result = b.sub(a, c) if sub else b.add(a, c)
    if setflags:
        (flags_sub if sub else flags_add)(b, a, c, result)
    return result


def lift_add_sub(
    b: IRBuilder, shape: tuple[int, ...], rd: Operand, rn: Operand, rm: Operand, amount: Operand
) -> None:
    """shape: sf, subtract, set flags, shift kind."""
    sf, sub, setflags, kind = shape
    t = size_type(sf)
    set_reg(b, rd, _add_sub(b, sub, setflags, b.get(rn, t), shifted(b, kind, rm, amount, t)))


def lift_compare(b: IRBuilder, shape: tuple[int, ...], rn: Operand, rm: Operand, amount: Operand) -> None:
    """CMP, CMN. shape: sf, subtract, shift kind."""
    sf, sub, kind = shape
    t = size_type(sf)
    _add_sub(b, sub, 1, b.get(rn, t), shifted(b, kind, rm, amount, t))


def lift_add_sub_ext(
    b: IRBuilder, shape: tuple[int, ...], rd: Operand, rn: Operand, rm: Operand, amount: Operand
) -> None:
    """shape: sf, subtract, set flags, extension, amount not 0."""
    sf, sub, setflags, option, scaled = shape
    t = size_type(sf)
    set_reg(b, rd, _add_sub(b, sub, setflags, b.get(rn, t), extended(b, option, scaled, rm, amount, t)))


def lift_compare_ext(b: IRBuilder, shape: tuple[int, ...], rn: Operand, rm: Operand, amount: Operand) -> None:
    """shape: sf, subtract, extension, amount not 0."""
    sf, sub, option, scaled = shape
    t = size_type(sf)
    _add_sub(b, sub, 1, b.get(rn, t), extended(b, option, scaled, rm, amount, t))


def lift_add_carry(b: IRBuilder, shape: tuple[int, ...], rd: Operand, rn: Operand, rm: Operand) -> None:
    """ADC SBC ADCS SBCS: SBC adds the complement. shape: sf, subtract, set flags."""
    sf, sub, setflags = shape
    t = size_type(sf)
    a, c = b.get(rn, t), b.get(rm, t)
    if sub:
        c = b.not_(c)
    carry = b.zext(get_flags(b)[2], t)
    partial = b.add(a, c)
    result = b.add(partial, carry)
    if setflags:
        zero = b.const(0, t)
        carry_out = b.or_(b.truth(op.UADDO, a, c), b.truth(op.UADDO, partial, carry))
        overflow = b.slt(b.and_(b.xor(a, result), b.xor(c, result)), zero)
        flags_parts(b, b.slt(result, zero), b.eq(result, zero), carry_out, overflow)
    set_reg(b, rd, result)


def _ccmp(b: IRBuilder, sub: int, cond: int, a: int, c: int, nzcv: tuple[Operand, ...]) -> None:
    holds = condition(b, cond)
    zero = b.const(0, b.type_of(a))
    result = b.sub(a, c) if sub else b.add(a, c)
    carry = b.ule(c, a) if sub else b.truth(op.UADDO, a, c)
    overflow = b.truth(op.SSUBO if sub else op.SADDO, a, c)
    compared = b.slt(result, zero), b.eq(result, zero), carry, overflow
    flags = [b.select(holds, b.zext(x, ty.I8), b.imm(y, ty.I8)) for x, y in zip(compared, nzcv, strict=True)]
    flags_bytes(b, *flags)


def lift_ccmp_imm(b: IRBuilder, shape: tuple[int, ...], rn: Operand, imm: Operand, *nzcv: Operand) -> None:
    """CCMP, CCMN with an immediate. shape: sf, subtract, condition. The flags are four operands to save forms."""
    sf, sub, cond = shape
    t = size_type(sf)
    _ccmp(b, sub, cond, b.get(rn, t), b.imm(imm, t), nzcv)


def lift_ccmp_reg(b: IRBuilder, shape: tuple[int, ...], rn: Operand, rm: Operand, *nzcv: Operand) -> None:
    """shape: sf, subtract, condition."""
    sf, sub, cond = shape
    t = size_type(sf)
    _ccmp(b, sub, cond, b.get(rn, t), b.get(rm, t), nzcv)


def lift_cset(b: IRBuilder, shape: tuple[int, ...], rd: Operand) -> None:
    """shape: condition under which the result is 1."""
    b.set(rd, b.zext(condition(b, shape[0]), ty.I64))


def lift_csetm(b: IRBuilder, shape: tuple[int, ...], rd: Operand) -> None:
    """shape: sf, condition under which the result is all ones."""
    sf, cond = shape
    set_reg(b, rd, b.sext(condition(b, cond), size_type(sf)))


def lift_csel(b: IRBuilder, shape: tuple[int, ...], rd: Operand, rn: Operand, rm: Operand) -> None:
    """CSEL CSINC CSINV CSNEG. shape: sf, invert, increment, condition."""
    sf, invert, increment, cond = shape
    t = size_type(sf)
    holds = condition(b, cond)
    other = b.get(rm, t)
    if invert:
        other = b.neg(other) if increment else b.not_(other)
    elif increment:
        other = b.add(other, b.const(1, t))
    set_reg(b, rd, b.select(holds, b.get(rn, t), other))


def lift_mul(b: IRBuilder, shape: tuple[int, ...], rd: Operand, rn: Operand, rm: Operand) -> None:
    """shape: sf."""
    t = size_type(shape[0])
    set_reg(b, rd, b.mul(b.get(rn, t), b.get(rm, t)))


def lift_madd(
    b: IRBuilder, shape: tuple[int, ...], rd: Operand, rn: Operand, rm: Operand, ra: Operand
) -> None:
    """MADD, MSUB. shape: sf, subtract."""
    sf, sub = shape
    t = size_type(sf)
    product = b.mul(b.get(rn, t), b.get(rm, t))
    base = b.get(ra, t)
    set_reg(b, rd, b.sub(base, product) if sub else b.add(base, product))


def _long_product(b: IRBuilder, unsigned: int, rn: Operand, rm: Operand) -> int:
    widen = b.zext if unsigned else b.sext
    return b.mul(widen(b.get(rn, ty.I32), ty.I64), widen(b.get(rm, ty.I32), ty.I64))


def lift_mull(b: IRBuilder, shape: tuple[int, ...], rd: Operand, rn: Operand, rm: Operand) -> None:
    """SMULL, UMULL. shape: unsigned."""
    b.set(rd, _long_product(b, shape[0], rn, rm))


def lift_maddl(
    b: IRBuilder, shape: tuple[int, ...], rd: Operand, rn: Operand, rm: Operand, ra: Operand
) -> None:
    """SMADDL SMSUBL UMADDL UMSUBL. shape: unsigned, subtract."""
    unsigned, sub = shape
    product = _long_product(b, unsigned, rn, rm)
    base = b.get(ra, ty.I64)
    b.set(rd, b.sub(base, product) if sub else b.add(base, product))


def lift_mulh(b: IRBuilder, shape: tuple[int, ...], rd: Operand, rn: Operand, rm: Operand) -> None:
    """SMULH, UMULH. shape: unsigned."""
    widen = b.zext if shape[0] else b.sext
    product = b.mul(widen(b.get(rn, ty.I64), ty.I128), widen(b.get(rm, ty.I64), ty.I128))
    b.set(rd, b.trunc(b.lshr(product, b.const(64, ty.I128)), ty.I64))


def lift_udiv(b: IRBuilder, shape: tuple[int, ...], rd: Operand, rn: Operand, rm: Operand) -> None:
    """Division by zero gives zero. shape: sf."""
    t = size_type(shape[0])
    a, c = b.get(rn, t), b.get(rm, t)
    zero = b.const(0, t)
    by_zero = b.eq(c, zero)
    quotient = b.udiv(a, b.select(by_zero, b.const(1, t), c))
    set_reg(b, rd, b.select(by_zero, zero, quotient))


def lift_sdiv(b: IRBuilder, shape: tuple[int, ...], rd: Operand, rn: Operand, rm: Operand) -> None:
    """Divisors 0 (result 0) and -1 (may overflow, result wraps) are products instead. shape: sf."""
    t = size_type(shape[0])
    a, c = b.get(rn, t), b.get(rm, t)
    one = b.const(1, t)
    special = b.ult(b.add(c, one), b.const(2, t))
    quotient = b.sdiv(a, b.select(special, one, c))
    set_reg(b, rd, b.select(special, b.mul(a, c), quotient))


def lift_shift_var(b: IRBuilder, shape: tuple[int, ...], rd: Operand, rn: Operand, rm: Operand) -> None:
    """LSLV LSRV ASRV RORV: the amount counts modulo the width. shape: sf, kind."""
    sf, kind = shape
    t = size_type(sf)
    amount = b.and_(b.get(rm, t), b.const(ty.bits(t) - 1, t))
    set_reg(b, rd, b.bin(SHIFTS[kind], b.get(rn, t), amount))


def lift_rbit(b: IRBuilder, shape: tuple[int, ...], rd: Operand, rn: Operand) -> None:
    """shape: sf."""
    set_reg(b, rd, b.un(op.BITREV, b.get(rn, size_type(shape[0]))))


def lift_rev(b: IRBuilder, shape: tuple[int, ...], rd: Operand, rn: Operand) -> None:
    """shape: sf."""
    set_reg(b, rd, b.un(op.BSWAP, b.get(rn, size_type(shape[0]))))


def lift_rev16(b: IRBuilder, shape: tuple[int, ...], rd: Operand, rn: Operand) -> None:
    """shape: sf."""
    t = size_type(shape[0])
    low, eight = b.const(0x00FF00FF00FF00FF, t), b.const(8, t)
    value = b.get(rn, t)
    set_reg(b, rd, b.or_(b.and_(b.lshr(value, eight), low), b.shl(b.and_(value, low), eight)))


def lift_rev32(b: IRBuilder, shape: tuple[int, ...], rd: Operand, rn: Operand) -> None:
    b.set(rd, b.rotr(b.un(op.BSWAP, b.get(rn, ty.I64)), b.const(32, ty.I64)))


def lift_clz(b: IRBuilder, shape: tuple[int, ...], rd: Operand, rn: Operand) -> None:
    """shape: sf."""
    set_reg(b, rd, b.un(op.CLZ, b.get(rn, size_type(shape[0]))))


def lift_cls(b: IRBuilder, shape: tuple[int, ...], rd: Operand, rn: Operand) -> None:
    """Copies of the sign bit below it: leading zeros of x ^ (x >> 1), not counting the top bit. shape: sf."""
    t = size_type(shape[0])
    value, one = b.get(rn, t), b.const(1, t)
    changes = b.xor(value, b.ashr(value, one))
    set_reg(b, rd, b.sub(b.un(op.CLZ, changes), one))
