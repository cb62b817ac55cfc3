"""The arithmetic flags: setting them, and conditions (SDM volume 1, appendix B).

What set the flags last is remembered in the builder's ``memo["flags"]``, so that a condition lifted with it compares
the operands: ("sub", a, c, result), ("add", x, y, result), ("logic", result), ("step", result) when CF is not that of
the result, or ("carry", i1) when the others are another instruction's.
"""

from __future__ import annotations

from hqemu_core.ir import opcodes as op
from hqemu_core.ir import types as ty
from hqemu_core.ir.builder import IRBuilder

from ..state import AF, CF, OF, PF, SF, ZF

OFFSETS = (CF, PF, AF, ZF, SF, OF)


def forget(b: IRBuilder) -> None:
    """The flags changed in a way that conditions cannot profit from."""
    b.memo.pop("flags", None)


def set_flags(b: IRBuilder, cf: int, pf: int, af: int, zf: int, sf: int, of: int) -> None:
    """i1 values; ``pf``, ``af`` i8 in the form that state has them in; -1: unchanged."""
    for offset, value in zip(OFFSETS, (cf, pf, af, zf, sf, of), strict=True):
        if value >= 0:
            b.set(offset, b.zext(value, ty.I8))
    forget(b)


def result_flags(b: IRBuilder, result: int) -> tuple[int, int, int]:
    """PF, ZF, SF of a result."""
    zero = b.const(0, b.type_of(result))
    return b.trunc(result, ty.I8), b.eq(result, zero), b.slt(result, zero)


def half_carry(b: IRBuilder, x: int, y: int, result: int) -> int:
    """AF of a sum or difference."""
    return b.trunc(b.xor(b.xor(x, y), result), ty.I8)


def flags_add(b: IRBuilder, x: int, y: int, result: int) -> None:
    pf, zf, sf = result_flags(b, result)
    set_flags(b, b.ult(result, x), pf, half_carry(b, x, y, result), zf, sf, b.truth(op.SADDO, x, y))
    b.memo["flags"] = ("add", x, y, result)


def flags_sub(b: IRBuilder, x: int, y: int, result: int) -> None:
    pf, zf, sf = result_flags(b, result)
    set_flags(b, b.ult(x, y), pf, half_carry(b, x, y, result), zf, sf, b.truth(op.SSUBO, x, y))
    b.memo["flags"] = ("sub", x, y, result)


def flags_logic(b: IRBuilder, result: int) -> None:
    """CF and OF clear; AF, which is undefined, as well."""
    pf, zf, sf = result_flags(b, result)
    false = b.const(0, ty.I1)
    set_flags(b, false, pf, b.const(0, ty.I8), zf, sf, false)
    b.memo["flags"] = ("logic", result)


def get_flag(b: IRBuilder, offset: int) -> int:
    """CF, ZF, SF or OF as i1."""
    return b.ne(b.get(offset, ty.I8), b.const(0, ty.I8))


def parity(b: IRBuilder, low: int) -> int:
    """PF of a result's low byte, as i1."""
    ones = b.un(op.POPCNT, low)
    return b.eq(b.and_(ones, b.const(1, ty.I8)), b.const(0, ty.I8))


def get_parity(b: IRBuilder) -> int:
    return parity(b, b.get(PF, ty.I8))


def carry_in(b: IRBuilder) -> int:
    """CF as i1."""
    known = b.memo.get("flags")
    if known is not None and known[0] == "sub":
        return b.ult(known[1], known[2])
    return get_flag(b, CF)


def condition(b: IRBuilder, cc: int) -> int:
    """The i1 value of a condition code."""
    known = b.memo.get("flags")
    base = cc >> 1
    value = -1
    if known is not None:
        if known[0] == "sub":
            value = _after_sub(b, base, *known[1:])
        elif known[0] == "logic":
            value = _after_logic(b, base, known[1])
        elif known[0] == "add":
            value = _after_add(b, base, *known[1:])
        elif known[0] == "carry" and base == 1:
            value = known[1]
        elif known[0] == "step" and base in (2, 4, 5):
            value = _after_logic(b, base, known[1])
    if value < 0:
        value = _from_state(b, base)
    return b.xor(value, b.const(1, ty.I1)) if cc & 1 else value


def _after_sub(b: IRBuilder, base: int, x: int, y: int, result: int) -> int:
    zero = b.const(0, b.type_of(x))
    match base:
        case 0:
            return b.truth(op.SSUBO, x, y)
        case 1:
            return b.ult(x, y)
        case 2:
            return b.eq(x, y)
        case 3:
            return b.ule(x, y)
        case 4:
            return b.slt(result, zero)
        case 5:
            return parity(b, b.trunc(result, ty.I8))
        case 6:
            return b.slt(x, y)
        case _:
            return b.sle(x, y)


def _after_logic(b: IRBuilder, base: int, result: int) -> int:
    zero = b.const(0, b.type_of(result))
    match base:
        case 0 | 1:
            return b.const(0, ty.I1)
        case 2 | 3:
            return b.eq(result, zero)
        case 4 | 6:
            return b.slt(result, zero)
        case 5:
            return parity(b, b.trunc(result, ty.I8))
        case _:
            return b.sle(result, zero)


def _after_add(b: IRBuilder, base: int, x: int, y: int, result: int) -> int:
    zero = b.const(0, b.type_of(x))
    match base:
        case 0:
            return b.truth(op.SADDO, x, y)
        case 1:
            return b.ult(result, x)
        case 2:
            return b.eq(result, zero)
        case 3:
            return b.or_(b.ult(result, x), b.eq(result, zero))
        case 4:
            return b.slt(result, zero)
        case 5:
            return parity(b, b.trunc(result, ty.I8))
        case 6:
            return b.xor(b.slt(result, zero), b.truth(op.SADDO, x, y))
        case _:
            less = b.xor(b.slt(result, zero), b.truth(op.SADDO, x, y))
            return b.or_(less, b.eq(result, zero))


def _from_state(b: IRBuilder, base: int) -> int:
    match base:
        case 0:
            return get_flag(b, OF)
        case 1:
            return get_flag(b, CF)
        case 2:
            return get_flag(b, ZF)
        case 3:
            return b.ne(b.or_(b.get(CF, ty.I8), b.get(ZF, ty.I8)), b.const(0, ty.I8))
        case 4:
            return get_flag(b, SF)
        case 5:
            return get_parity(b)
        case 6:
            return b.ne(b.get(SF, ty.I8), b.get(OF, ty.I8))
        case _:
            less = b.xor(b.get(SF, ty.I8), b.get(OF, ty.I8))
            return b.ne(b.or_(less, b.get(ZF, ty.I8)), b.const(0, ty.I8))
