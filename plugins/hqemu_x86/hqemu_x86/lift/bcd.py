"""Decimal arithmetic (SDM volume 2: AAA, AAD, AAM, AAS, DAA, DAS). Undefined flags are those of the result in AL."""

from __future__ import annotations

from hqemu_core.ir import opcodes as op
from hqemu_core.ir import types as ty
from hqemu_core.ir.builder import IRBuilder, Operand

from ..state import AF, CF, RAX
from .common import Imm
from .flags import get_flag, result_flags, set_flags


def _half(b: IRBuilder, al: int) -> int:
    """Is the low digit above 9, or AF set?"""
    low = b.and_(al, b.const(15, ty.I8))
    carry = b.ne(b.and_(b.get(AF, ty.I8), b.const(0x10, ty.I8)), b.const(0, ty.I8))
    return b.or_(b.ult(b.const(9, ty.I8), low), carry)


def _af(b: IRBuilder, half: int) -> int:
    return b.shl(b.zext(half, ty.I8), b.const(4, ty.I8))


def lift_ascii(minus: int, b: IRBuilder) -> None:
    """AAA, AAS."""
    ax = b.get(RAX, ty.I16)
    half = _half(b, b.trunc(ax, ty.I8))
    step = b.const(0x106, ty.I16)
    new = b.select(half, b.sub(ax, step) if minus else b.add(ax, step), ax)
    new = b.and_(new, b.const(0xFF0F, ty.I16))
    b.set(RAX, new)
    pf, zf, sf = result_flags(b, b.trunc(new, ty.I8))
    set_flags(b, half, pf, _af(b, half), zf, sf, b.const(0, ty.I1))


def lift_decimal(minus: int, b: IRBuilder) -> None:
    """DAA, DAS."""
    al = b.get(RAX, ty.I8)
    half = _half(b, al)
    high = b.or_(b.ult(b.const(0x99, ty.I8), al), get_flag(b, CF))
    zero = b.const(0, ty.I8)
    step = b.add(b.select(half, b.const(6, ty.I8), zero), b.select(high, b.const(0x60, ty.I8), zero))
    new = b.sub(al, step) if minus else b.add(al, step)
    carry = high
    if minus:
        carry = b.or_(high, b.and_(half, b.ult(al, b.const(6, ty.I8))))
    b.set(RAX, new)
    pf, zf, sf = result_flags(b, new)
    set_flags(b, carry, pf, _af(b, half), zf, sf, b.const(0, ty.I1))


def lift_aam(b: IRBuilder, base: Imm, pc: Operand) -> None:
    divisor = base.read(b)
    b.check(b.eq(divisor, b.const(0, ty.I8)), op.TRAP_DIVIDE, pc)
    al = b.get(RAX, ty.I8)
    rest = b.urem(al, divisor)
    b.set(RAX + 1, b.udiv(al, divisor))
    b.set(RAX, rest)
    _digits(b, rest)


def lift_aad(b: IRBuilder, base: Imm) -> None:
    new = b.add(b.get(RAX, ty.I8), b.mul(b.get(RAX + 1, ty.I8), base.read(b)))
    b.set(RAX, b.zext(new, ty.I16))
    _digits(b, new)


def _digits(b: IRBuilder, al: int) -> None:
    pf, zf, sf = result_flags(b, al)
    false = b.const(0, ty.I1)
    set_flags(b, false, pf, b.const(0, ty.I8), zf, sf, false)
