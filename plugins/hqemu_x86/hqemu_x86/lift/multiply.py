"""Multiplication and division (SDM volume 2: MUL, IMUL, DIV, IDIV).

Flags that are undefined are what Intel's CPUs have given for long: SF and PF of the low half, ZF and AF 0; division
leaves all as they are.
"""

from __future__ import annotations

from hqemu_core.ir import opcodes as op
from hqemu_core.ir import types as ty
from hqemu_core.ir.builder import IRBuilder, Operand
from hqemu_core.isa.spec import Helper

from ..state import RAX, RDX
from .common import Place, Reg, Source
from .flags import result_flags, set_flags

AH = RAX + 1


def _flags(b: IRBuilder, low: int, over: int) -> None:
    pf, _, sf = result_flags(b, low)
    set_flags(b, over, pf, b.const(0, ty.I8), b.const(0, ty.I1), sf, over)


def lift_mul(signed: int, b: IRBuilder, source: Place) -> None:
    """MUL, IMUL with one operand: all of the product."""
    bits = source.bits
    t = 2 * bits
    widen = b.sext if signed else b.zext
    product = b.mul(widen(b.get(RAX, bits), t), widen(source.read(b), t))
    low = b.trunc(product, bits)
    if bits == 8:
        b.set(RAX, product)
    else:
        Reg(RAX, bits).write(b, low)
        Reg(RDX, bits).write(b, b.trunc(b.lshr(product, b.const(bits, t)), bits))
    _flags(b, low, b.ne(widen(low, t), product))


def lift_imul(b: IRBuilder, to: Reg, first: Source, second: Source | None = None) -> None:
    """IMUL with two or three operands: the low half."""
    bits = to.bits
    x, y = (to.read(b), first.read(b)) if second is None else (first.read(b), second.read(b))
    t = 2 * bits
    product = b.mul(b.sext(x, t), b.sext(y, t))
    low = b.mul(x, y)
    to.write(b, low)
    _flags(b, low, b.ne(b.sext(low, t), product))


def lift_mulx(b: IRBuilder, high: Reg, low: Reg, source: Place) -> None:
    """When both destinations are one register it gets the high half."""
    bits = source.bits
    t = 2 * bits
    product = b.mul(b.zext(b.get(RDX, bits), t), b.zext(source.read(b), t))
    low.write(b, b.trunc(product, bits))
    high.write(b, b.trunc(b.lshr(product, b.const(bits, t)), bits))


def lift_div(b: IRBuilder, source: Place, pc: Operand) -> None:
    bits = source.bits
    d = source.read(b)
    low, high = _dividend(b, bits)
    b.check(b.ule(d, high), op.TRAP_DIVIDE, pc)  # by 0 as well
    if bits == 64:
        small = b.eq(high, b.const(0, bits))
        # where the helper divides, this division must not overflow or trap
        quotient = b.ccall(b.xor(small, b.const(1, ty.I1)), "x86_udiv128", (high, low, d), b.udiv(low, d))
        _quotient(b, bits, quotient, b.sub(low, b.mul(quotient, d)))
        return
    t = ty.I32 if bits < 32 else ty.I64
    n = b.or_(b.zext(low, t), b.shl(b.zext(high, t), b.const(bits, t)))
    wide = b.zext(d, t)
    _quotient(b, bits, b.trunc(b.udiv(n, wide), bits), b.trunc(b.urem(n, wide), bits))


def _dividend(b: IRBuilder, bits: int) -> tuple[int, int]:
    """Low and high half."""
    return b.get(RAX, bits), b.get(AH if bits == 8 else RDX, bits)


def _quotient(b: IRBuilder, bits: int, quotient: int, rest: int) -> None:
    if bits == 8:
        b.set(RAX, quotient)
        b.set(AH, rest)
    else:
        Reg(RAX, bits).write(b, quotient)
        Reg(RDX, bits).write(b, rest)


def lift_idiv(b: IRBuilder, source: Place, pc: Operand) -> None:
    bits = source.bits
    d = source.read(b)
    low, high = _dividend(b, bits)
    if bits == 64:
        _idiv64(b, d, low, high, pc)
        return
    t = ty.I32 if bits < 32 else ty.I64
    n = b.or_(b.zext(low, t), b.shl(b.zext(high, t), b.const(bits, t)))
    if t > 2 * bits:
        n = b.sext(b.trunc(n, 2 * bits), t)
    wide = b.sext(d, t)
    bad = b.eq(d, b.const(0, bits))
    if t == 2 * bits:
        least = b.eq(n, b.const(1 << t - 1, t))
        bad = b.or_(bad, b.and_(least, b.eq(d, b.const(-1, bits))))
    b.check(bad, op.TRAP_DIVIDE, pc)
    quotient = b.sdiv(n, wide)
    result = b.trunc(quotient, bits)
    b.check(b.ne(b.sext(result, t), quotient), op.TRAP_DIVIDE, pc)
    _quotient(b, bits, result, b.trunc(b.srem(n, wide), bits))


def _idiv64(b: IRBuilder, d: int, low: int, high: int, pc: Operand) -> None:
    """Nearly always the dividend is a 64-bit number with its sign in the upper half."""
    t = ty.I64
    one, zero = b.const(1, t), b.const(0, t)
    large = b.ne(high, b.ashr(low, b.const(63, t)))
    least = b.eq(low, b.const(1 << 63, t))
    bad = b.or_(b.eq(d, zero), b.and_(least, b.eq(d, b.const(-1, t))))
    flag = b.ccall(large, "x86_idiv128_fails", (high, low, d), b.zext(bad, t))
    b.check(b.ne(flag, zero), op.TRAP_DIVIDE, pc)
    quotient = b.ccall(large, "x86_idiv128", (high, low, d), b.sdiv(low, b.select(large, one, d)))
    _quotient(b, 64, quotient, b.sub(low, b.mul(quotient, d)))


def _udiv128(b: IRBuilder, high: int, low: int, d: int) -> int:
    """Quotient of high:low by d; high is below d. One bit at a time."""
    t = ty.I64
    one, zero = b.const(1, t), b.const(0, t)
    for _ in range(64):
        carry = b.slt(high, zero)
        high = b.or_(b.shl(high, one), b.lshr(low, b.const(63, t)))
        take = b.or_(carry, b.ule(d, high))
        high = b.select(take, b.sub(high, d), high)
        low = b.or_(b.shl(low, one), b.zext(take, t))
    return low


def _magnitudes(b: IRBuilder, high: int, low: int, d: int) -> tuple[int, int, int, int]:
    """Absolute values of high:low (high, low) and d, and whether the quotient is negative."""
    zero = b.const(0, ty.I64)
    minus, minus_d = b.slt(high, zero), b.slt(d, zero)
    borrow = b.zext(b.ne(low, zero), ty.I64)
    up = b.select(minus, b.sub(b.sub(zero, high), borrow), high)
    down = b.select(minus, b.sub(zero, low), low)
    return up, down, b.select(minus_d, b.sub(zero, d), d), b.xor(minus, minus_d)


def _idiv128_fails(b: IRBuilder, high: int, low: int, d: int) -> int:
    """1 where the quotient has more than 64 bits or there is none."""
    up, down, by, minus = _magnitudes(b, high, low, d)
    over = b.ule(by, up)
    safe = b.select(over, b.const(0, ty.I64), up)
    quotient = b.call("x86_udiv128", ty.I64, safe, down, by)
    limit = b.add(b.const((1 << 63) - 1, ty.I64), b.zext(minus, ty.I64))
    return b.zext(b.or_(over, b.ult(limit, quotient)), ty.I64)


def _idiv128(b: IRBuilder, high: int, low: int, d: int) -> int:
    up, down, by, minus = _magnitudes(b, high, low, d)
    quotient = b.call("x86_udiv128", ty.I64, up, down, by)
    return b.select(minus, b.neg(quotient), quotient)


_THREE = (ty.I64, ty.I64, ty.I64)
HELPERS = [
    Helper("x86_udiv128", _THREE, ty.I64, _udiv128),
    Helper("x86_idiv128", _THREE, ty.I64, _idiv128),
    Helper("x86_idiv128_fails", _THREE, ty.I64, _idiv128_fails),
]
