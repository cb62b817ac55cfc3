"""Flags, conditions, and the wrappers that make conditional and PC-using variants of a lift function."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from hqemu_core.ir import opcodes as op
from hqemu_core.ir import types as ty
from hqemu_core.ir.builder import IRBuilder, Operand
from hqemu_core.ir.opcodes import MemOp

from ..state import R15, C, N, V_FLAG, Z

Lift = Callable[..., None]

FLAG_SLOTS = (N, Z, C, V_FLAG)

# -- flags
# memo["flags"] is what is known of NZCV: ("sub", a, c, result), ("nzcv", n, z, c, v) as i1, ("nz", result, carry)
# after an instruction that leaves V (and C where carry is None) alone, or ("float", x, y, less, signal) after a
# floating-point comparison; memo["fp_flags"] the same of FPSCR's NZCV, always a comparison.


def set_flag(b: IRBuilder, offset: int, value: int) -> None:
    b.set(offset, b.zext(value, ty.I8))


def get_flag(b: IRBuilder, offset: int) -> int:
    return b.ne(b.get(offset, ty.I8), b.const(0, ty.I8))


def _set_nz(b: IRBuilder, result: int) -> None:
    zero = b.const(0, b.type_of(result))
    set_flag(b, N, b.slt(result, zero))
    set_flag(b, Z, b.eq(result, zero))


def flags_sub(b: IRBuilder, a: int, c: int, result: int) -> None:
    """NZCV of ``a - c``; remembered so that a fused condition compares ``a`` and ``c`` directly."""
    _set_nz(b, result)
    set_flag(b, C, b.ule(c, a))
    set_flag(b, V_FLAG, b.truth(op.SSUBO, a, c))
    b.memo["flags"] = ("sub", a, c, result)


def flags_all(b: IRBuilder, result: int, carry: int, overflow: int) -> None:
    """NZ of the result, and C and V as i1."""
    zero = b.const(0, b.type_of(result))
    n, z = b.slt(result, zero), b.eq(result, zero)
    for offset, value in ((N, n), (Z, z), (C, carry), (V_FLAG, overflow)):
        set_flag(b, offset, value)
    b.memo["flags"] = ("nzcv", n, z, carry, overflow)


def flags_logic(b: IRBuilder, result: int, carry: int | None = None) -> None:
    """NZ of the result, and C where the shifter gives one (i1); V is left alone."""
    _set_nz(b, result)
    if carry is not None:
        set_flag(b, C, carry)
    b.memo["flags"] = ("nz", result, carry)


def get_carry(b: IRBuilder) -> int:
    """C as i1."""
    known = b.memo.get("flags")
    if known is not None and known[0] == "sub":
        return b.ule(known[2], known[1])
    if known is not None and known[0] == "nzcv":
        return int(known[3])
    if known is not None and known[0] == "float":
        return b.xor(known[3], b.const(1, ty.I1))
    if known is not None and known[2] is not None:
        return int(known[2])
    return get_flag(b, C)


def get_flags(b: IRBuilder) -> tuple[int, int, int, int]:
    """N, Z, C, V as i1."""
    known = b.memo.get("flags")
    if known is None:
        return get_flag(b, N), get_flag(b, Z), get_flag(b, C), get_flag(b, V_FLAG)
    if known[0] == "nzcv":
        return known[1], known[2], known[3], known[4]
    if known[0] == "float":
        return float_parts(b, *known[1:4])
    result = known[1] if known[0] == "nz" else known[3]
    zero = b.const(0, b.type_of(result))
    overflow = get_flag(b, V_FLAG) if known[0] == "nz" else b.truth(op.SSUBO, known[1], known[2])
    return b.slt(result, zero), b.eq(result, zero), get_carry(b), overflow


def float_parts(b: IRBuilder, x: int, y: int, less: int) -> tuple[int, int, int, int]:
    """N, Z, C, V of comparing ``x`` with ``y`` (FPCompare); ``less`` is ``x < y``."""
    return less, b.fcmp(op.FEQ, x, y), b.xor(less, b.const(1, ty.I1)), b.fcmp(op.FUNO, x, y)


# -- conditions


def condition(b: IRBuilder, cond: int) -> int:
    """The i1 value of condition code ``cond`` below 14 (ARM ARM A8.3)."""
    known = b.memo.get("flags")
    base = cond >> 1
    if known is not None and known[0] == "sub" and base not in (2, 3):
        return _compare(b, cond, known[1], known[2])
    if known is not None and known[0] == "float":
        return _compare_float(b, cond, *known[1:])
    if known is not None and known[0] == "nz" and base in (0, 2):
        zero = b.const(0, b.type_of(known[1]))
        value = b.slt(known[1], zero) if base else b.eq(known[1], zero)
    else:
        value = _of_flags(b, base)
    return b.xor(value, b.const(1, ty.I1)) if cond & 1 else value


def _of_flags(b: IRBuilder, base: int) -> int:
    if b.memo.get("flags") is None and base < 4:
        return get_flag(b, (Z, C, N, V_FLAG)[base])
    n, z, c, v = get_flags(b)
    if base < 4:
        return (z, c, n, v)[base]
    one = b.const(1, ty.I1)
    if base == 4:
        return b.and_(c, b.xor(z, one))
    same = b.eq(n, v)
    return same if base == 5 else b.and_(same, b.xor(z, one))


def _compare(b: IRBuilder, cond: int, a: int, c: int) -> int:
    """The condition after ``cmp a, c`` as one comparison."""
    if cond < 2:
        return b.ne(a, c) if cond else b.eq(a, c)
    if cond < 4:
        return b.ult(a, c) if cond & 1 else b.ule(c, a)
    if cond < 10:
        return b.ule(a, c) if cond & 1 else b.ult(c, a)
    if cond < 12:
        return b.slt(a, c) if cond & 1 else b.sle(c, a)
    return b.sle(a, c) if cond & 1 else b.slt(c, a)


def _compare_float(b: IRBuilder, cond: int, x: int, y: int, less: int, signal: int) -> int:
    """The condition after ``vcmp x, y`` as one comparison (LT and LE are true of unordered operands). Comparing again,
    signalling again, changes nothing."""
    base = cond >> 1
    # CS, HI are "not less", "not less or equal"; elsewhere the odd codes are the negations.
    negate = (cond & 1) != (base in (1, 4))
    lt, le = (op.FLTS, op.FLES) if signal else (op.FLT, op.FLE)
    if base in (1, 2):
        value = less
    else:
        code = (op.FEQ, lt, lt, op.FUNO, le, le, lt)[base]
        value = b.fcmp(code, *((x, y) if base < 5 else (y, x)))
    return b.xor(value, b.const(1, ty.I1)) if negate else value


# -- memory


def is_big(b: IRBuilder) -> bool:
    """Data is big-endian (CPSR.E, which is the context)."""
    return bool(b.memo.get("big"))


def mem(b: IRBuilder, size: int, align: int = 1, order: str = "") -> MemOp:
    """An access of ``size`` bytes that are one number."""
    return MemOp(size, is_big(b), align, order)


# -- variants of lift functions


def guarded(lift: Lift) -> Lift:
    """The conditional form: condition first in the shape; skipped when it does not hold."""

    @wraps(lift)
    def lift_guarded(b: IRBuilder, shape: tuple[int, ...], *operands: Operand) -> None:
        b.guard(condition(b, shape[0]))
        before = {name: b.memo.get(name) for name in ("flags", "fp_flags")}
        lift(b, shape[1:], *operands)
        for name, known in before.items():
            if b.memo.get(name) is not known:
                b.memo[name] = None
        b.unguard()

    return lift_guarded


def selected(lift: Lift) -> Lift:
    """The conditional form of what only writes registers by :func:`set_reg`, without flags: always computed, written
    where the condition holds."""

    @wraps(lift)
    def lift_selected(b: IRBuilder, shape: tuple[int, ...], *operands: Operand) -> None:
        b.memo["predicate"] = condition(b, shape[0])
        lift(b, shape[1:], *operands)
        b.memo["predicate"] = None

    return lift_selected


def set_reg(b: IRBuilder, rd: Operand, value: int) -> None:
    """Write a register, under the predicate of :func:`selected` if there is one."""
    predicate = b.memo.get("predicate")
    if predicate is not None:
        value = b.select(predicate, value, b.get(rd, ty.I32))
    b.set(rd, value)


def reading_pc(lift: Lift) -> Lift:
    """The form with PC among the operands that are read: its value (the last operand) is put into R15's slot."""

    @wraps(lift)
    def lift_reading(b: IRBuilder, shape: tuple[int, ...], *operands: Any) -> None:
        b.set(R15, b.imm(operands[-1], ty.I32))
        lift(b, shape, *operands[:-1])

    return lift_reading


def writing_pc(lift: Lift) -> Lift:
    """The form whose result goes to PC: an interworking branch (ALUWritePC and LoadWritePC in Arm state, A2.3.1)."""

    @wraps(lift)
    def lift_writing(b: IRBuilder, shape: tuple[int, ...], *operands: Any) -> None:
        b.set(R15, b.imm(operands[-1], ty.I32))
        lift(b, shape, *operands[:-1])
        b.indirect(b.get(R15, ty.I32))

    return lift_writing
