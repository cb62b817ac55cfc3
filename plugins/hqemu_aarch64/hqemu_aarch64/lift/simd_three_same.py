"""Advanced SIMD three same, integer and logical (Arm ARM C4.1.96.21); scalar three same with q = -1.

The ``emit`` functions take and return lanes of any integer type.
"""

from __future__ import annotations

from hqemu_core.ir import opcodes as op
from hqemu_core.ir import types as ty
from hqemu_core.ir.builder import IRBuilder, Operand

from .simd_lanes import Emit2, Emit3, Lift, operand_type
from .simd_regs import lanes_of, set_v


def make_same(emit: Emit2) -> Lift:
    """shape: size, q."""

    def lift_same(b: IRBuilder, shape: tuple[int, ...], rd: Operand, rn: Operand, rm: Operand) -> None:
        t = operand_type(shape[0], shape[1])
        set_v(b, rd, emit(b, b.get(rn, t), b.get(rm, t)))

    return lift_same


def make_same_acc(emit: Emit3) -> Lift:
    """shape: size, q. The destination is the first source."""

    def lift_same_acc(b: IRBuilder, shape: tuple[int, ...], rd: Operand, rn: Operand, rm: Operand) -> None:
        t = operand_type(shape[0], shape[1])
        set_v(b, rd, emit(b, b.get(rd, t), b.get(rn, t), b.get(rm, t)))

    return lift_same_acc


def make_op(code: int) -> Emit2:
    """One IR op."""
    return lambda b, a, c: b.bin(code, a, c)


def make_compare(code: int, swap: int = 0) -> Emit2:
    """All ones where the comparison holds, else zero."""

    def emit(b: IRBuilder, a: int, c: int) -> int:
        return b.sext(b.truth(code, c, a) if swap else b.truth(code, a, c), b.type_of(a))

    return emit


def emit_cmtst(b: IRBuilder, a: int, c: int) -> int:
    t = b.type_of(a)
    return b.sext(b.ne(b.and_(a, c), b.const(0, t)), t)


def make_halving_add(signed: int, rounding: int) -> Emit2:
    """(a + c [+ 1]) >> 1 without the carry: a + c = 2 * (a & c) + (a ^ c) = 2 * (a | c) - (a ^ c)."""

    def emit(b: IRBuilder, a: int, c: int) -> int:
        one = lanes_of(b, 1, b.type_of(a))
        differ = b.xor(a, c)
        half = b.ashr(differ, one) if signed else b.lshr(differ, one)
        return b.sub(b.or_(a, c), half) if rounding else b.add(b.and_(a, c), half)

    return emit


def make_halving_sub(signed: int) -> Emit2:
    """(a - c) >> 1: a - c = (a ^ c) - 2 * (~a & c)."""

    def emit(b: IRBuilder, a: int, c: int) -> int:
        one = lanes_of(b, 1, b.type_of(a))
        differ = b.xor(a, c)
        half = b.ashr(differ, one) if signed else b.lshr(differ, one)
        return b.sub(half, b.and_(b.not_(a), c))

    return emit


def emit_sabd(b: IRBuilder, a: int, c: int) -> int:
    return b.sub(b.bin(op.SMAX, a, c), b.bin(op.SMIN, a, c))


def emit_uabd(b: IRBuilder, a: int, c: int) -> int:
    return b.sub(b.bin(op.UMAX, a, c), b.bin(op.UMIN, a, c))


def emit_saba(b: IRBuilder, d: int, a: int, c: int) -> int:
    return b.add(d, emit_sabd(b, a, c))


def emit_uaba(b: IRBuilder, d: int, a: int, c: int) -> int:
    return b.add(d, emit_uabd(b, a, c))


def emit_mla(b: IRBuilder, d: int, a: int, c: int) -> int:
    return b.add(d, b.mul(a, c))


def emit_mls(b: IRBuilder, d: int, a: int, c: int) -> int:
    return b.sub(d, b.mul(a, c))


def emit_bic(b: IRBuilder, a: int, c: int) -> int:
    return b.and_(a, b.not_(c))


def emit_orn(b: IRBuilder, a: int, c: int) -> int:
    return b.or_(a, b.not_(c))


def emit_bsl(b: IRBuilder, d: int, a: int, c: int) -> int:
    """``a`` where ``d`` has ones."""
    return b.xor(c, b.and_(b.xor(a, c), d))


def emit_bit(b: IRBuilder, d: int, a: int, c: int) -> int:
    """``a`` where ``c`` has ones, else unchanged."""
    return b.xor(d, b.and_(b.xor(d, a), c))


def emit_bif(b: IRBuilder, d: int, a: int, c: int) -> int:
    """``a`` where ``c`` has zeros, else unchanged."""
    return b.xor(a, b.and_(b.xor(d, a), c))


def lift_mov(b: IRBuilder, shape: tuple[int, ...], rd: Operand, rn: Operand) -> None:
    """ORR with equal sources. shape: q."""
    set_v(b, rd, b.get(rn, ty.I64X2 if shape[0] else ty.I64))
