"""Registers, flags and conditions shared by the lift functions."""

from __future__ import annotations

from hqemu_core.ir import opcodes as op
from hqemu_core.ir import types as ty
from hqemu_core.ir.builder import IRBuilder, Operand

from ..state import FLAGS, C, N, V_FLAG, Z

SHIFTS = (op.SHL, op.LSHR, op.ASHR, op.ROTR)
"""LSL, LSR, ASR, ROR as the encodings number them."""


def size_type(sf: int) -> int:
    """The type of a W (0) or X (1) register."""
    return ty.I64 if sf else ty.I32


def set_reg(b: IRBuilder, rd: Operand, value: int) -> None:
    """Write a W or X register; a W result clears the upper half."""
    b.set(rd, b.zext(value, ty.I64))


def _set_flags(b: IRBuilder, n: int, z: int, c: int, v: int) -> None:
    for offset, value in ((N, n), (Z, z), (C, c), (V_FLAG, v)):
        b.set(offset, b.zext(value, ty.I8))


def flags_sub(b: IRBuilder, a: int, c: int, result: int) -> None:
    """NZCV of ``a - c``; remembered so that a fused condition compares ``a`` and ``c`` directly."""
    zero = b.const(0, b.type_of(a))
    carry = b.ule(c, a)
    overflow = b.truth(op.SSUBO, a, c)
    _set_flags(b, b.slt(result, zero), b.eq(result, zero), carry, overflow)
    b.memo["flags"] = ("sub", a, c, result)


def flags_add(b: IRBuilder, a: int, c: int, result: int) -> None:
    """NZCV of ``a + c``."""
    zero = b.const(0, b.type_of(a))
    parts = b.slt(result, zero), b.eq(result, zero), b.truth(op.UADDO, a, c), b.truth(op.SADDO, a, c)
    _set_flags(b, *parts)
    b.memo["flags"] = ("nzcv", *parts)


def flags_logic(b: IRBuilder, result: int) -> None:
    """NZCV of a logical operation: C and V clear."""
    zero, false = b.const(0, b.type_of(result)), b.const(0, ty.I1)
    parts = b.slt(result, zero), b.eq(result, zero), false, false
    _set_flags(b, *parts)
    b.memo["flags"] = ("nzcv", *parts)


def flags_parts(b: IRBuilder, n: int, z: int, c: int, v: int) -> None:
    """NZCV from four i1 values."""
    _set_flags(b, n, z, c, v)
    b.memo["flags"] = ("nzcv", n, z, c, v)


def flags_bytes(b: IRBuilder, n: int, z: int, c: int, v: int) -> None:
    """NZCV from four I8 values that are 0 or 1."""
    for offset, value in ((N, n), (Z, z), (C, c), (V_FLAG, v)):
        b.set(offset, value)
    b.memo["flags"] = ("nzcv", *(b.trunc(x, ty.I1) for x in (n, z, c, v)))


def float_parts(b: IRBuilder, x: int, y: int, less: int) -> tuple[int, int, int, int]:
    """NZCV of comparing ``x`` with ``y`` (FPCompare); ``less`` is ``x < y``."""
    return less, b.fcmp(op.FEQ, x, y), b.xor(less, b.const(1, ty.I1)), b.fcmp(op.FUNO, x, y)


def flags_float(b: IRBuilder, x: int, y: int, signal: int) -> None:
    """FCMP, FCMPE. The first comparison raises all the exception flags. When NZCV is dead it is not used yet: it is
    *free*, and the condition that follows turns it into the comparison that it needs. What is remembered: operands,
    value of ``x < y`` (-1: not there), signal, free."""
    less = b.fcmp(op.FLTS if signal else op.FLT, x, y)
    free = b.dead >= FLAGS
    if not free:
        _set_flags(b, *float_parts(b, x, y, less))
    b.memo["flags"] = ("float", x, y, less, signal, free)


def get_flags(b: IRBuilder) -> tuple[int, int, int, int]:
    """N, Z, C, V as i1: the remembered values if an earlier instruction of this unit set them."""
    known = b.memo.get("flags")
    if known is not None and known[0] == "float":
        _, x, y, less, signal, _ = known
        if less < 0:
            less = b.fcmp(op.FLTS if signal else op.FLT, x, y)
        b.memo["flags"] = ("float", x, y, less, signal, False)
        return float_parts(b, x, y, less)
    if known is not None and known[0] == "nzcv":
        return known[1], known[2], known[3], known[4]
    if known is not None:
        _, a, c, result = known
        zero = b.const(0, b.type_of(a))
        return b.slt(result, zero), b.eq(result, zero), b.ule(c, a), b.truth(op.SSUBO, a, c)
    zero8 = b.const(0, ty.I8)
    n, z, c, v = (b.ne(b.get(o, ty.I8), zero8) for o in (N, Z, C, V_FLAG))
    return n, z, c, v


def condition(b: IRBuilder, cond: int) -> int:
    """The i1 value of condition code ``cond`` (Arm ARM C1.2.4). 14 and 15 are always true."""
    if cond >= 14:
        return b.const(1, ty.I1)
    known = b.memo.get("flags")
    if known is not None and known[0] == "sub" and cond >> 1 not in (2, 3):
        _, a, c, _ = known
        return _compare(b, cond, a, c)
    if known is not None and known[0] == "float":
        return _compare_float(b, cond, *known[1:])
    one = b.const(1, ty.I1)
    n, z, c, v = get_flags(b)
    base = cond >> 1
    if base == 0:
        value = z
    elif base == 1:
        value = c
    elif base == 2:
        value = n
    elif base == 3:
        value = v
    elif base == 4:
        value = b.and_(c, b.xor(z, one))
    elif base == 5:
        value = b.eq(n, v)
    else:
        value = b.and_(b.eq(n, v), b.xor(z, one))
    return b.xor(value, one) if cond & 1 else value


def _compare(b: IRBuilder, cond: int, a: int, c: int) -> int:
    """The condition after ``cmp a, c`` as one comparison."""
    if cond == 0:
        return b.eq(a, c)
    if cond == 1:
        return b.ne(a, c)
    if cond == 2:
        return b.ule(c, a)
    if cond == 3:
        return b.ult(a, c)
    if cond == 8:
        return b.ult(c, a)
    if cond == 9:
        return b.ule(a, c)
    if cond == 10:
        return b.sle(c, a)
    if cond == 11:
        return b.slt(a, c)
    if cond == 12:
        return b.slt(c, a)
    return b.sle(a, c)


def _compare_float(b: IRBuilder, cond: int, x: int, y: int, less: int, signal: int, free: bool) -> int:
    """The condition after ``fcmp x, y`` as one comparison (C1.2.4: LT and LE are true of unordered operands).
    Comparing again, signalling again, changes nothing."""
    base = cond >> 1
    # CS, HI are "not less", "not less or equal"; elsewhere the odd codes are the negations.
    negate = (cond & 1) != (base in (1, 4))
    lt, le = (op.FLTS, op.FLES) if signal else (op.FLT, op.FLE)
    if base in (1, 2) and less >= 0:
        value = less
        b.memo["flags"] = ("float", x, y, less, signal, False)
    else:
        code = (op.FEQ, lt, lt, op.FUNO, le, le, lt)[base]
        operands = (x, y) if base < 5 else (y, x)
        if free and code in (lt, le):
            b.ops[less] = (code, ty.I1, *operands)
            b.memo["flags"] = ("float", x, y, -1, signal, False)
            value = less
        else:
            value = b.fcmp(code, *operands)
    return b.xor(value, b.const(1, ty.I1)) if negate else value
