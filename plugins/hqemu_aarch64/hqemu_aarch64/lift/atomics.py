"""Armv8.1 atomics (Arm ARM C3.2.12, C3.2.13): compare-and-swap, swap, read-modify-write.

Every host atomic is a full barrier, so the acquire and release bits make no difference.
"""

from __future__ import annotations

from hqemu_core.ir import opcodes as op
from hqemu_core.ir import types as ty
from hqemu_core.ir.builder import IRBuilder, Operand
from hqemu_core.ir.opcodes import MemOp

from .common import set_reg, size_type

_SIZES = (ty.I8, ty.I16, ty.I32, ty.I64)
_KINDS = (
    op.RMW_ADD,
    op.RMW_AND,
    op.RMW_XOR,
    op.RMW_OR,
    op.RMW_SMAX,
    op.RMW_SMIN,
    op.RMW_UMAX,
    op.RMW_UMIN,
    op.RMW_XCHG,
)
"""LDADD LDCLR LDEOR LDSET LDSMAX LDSMIN LDUMAX LDUMIN, then SWP."""


def _memop(size: int) -> MemOp:
    return MemOp(size, align=size, order="seq")


def lift_atomic(b: IRBuilder, shape: tuple[int, ...], rs: Operand, rt: Operand, rn: Operand) -> None:
    """shape: size, operation. LDCLR clears the bits that are set in the operand."""
    size, kind = shape
    value = b.trunc(b.get(rs, ty.I64), _SIZES[size])
    if kind == 1:
        value = b.not_(value)
    set_reg(b, rt, b.rmw(_KINDS[kind], b.get(rn, ty.I64), value, _memop(1 << size)))


def lift_cas(
    b: IRBuilder, shape: tuple[int, ...], expected: Operand, old: Operand, new: Operand, rn: Operand
) -> None:
    """shape: size. The first two operands are one register, to read and to write."""
    t = _SIZES[shape[0]]
    compare, value = b.trunc(b.get(expected, ty.I64), t), b.trunc(b.get(new, ty.I64), t)
    set_reg(b, old, b.cas(b.get(rn, ty.I64), compare, value, _memop(1 << shape[0])))


def lift_casp(
    b: IRBuilder, shape: tuple[int, ...], expected: Operand, old: Operand, expected2: Operand, old2: Operand,
    new: Operand, new2: Operand, rn: Operand,
) -> None:  # fmt: skip
    """shape: sf. The pair's first register holds the bytes at the lower address."""
    t = size_type(shape[0])
    bits = ty.bits(t)
    double = 2 * bits
    high = b.const(bits, double)

    def join(low: Operand, top: Operand) -> int:
        return b.or_(b.zext(b.get(low, t), double), b.shl(b.zext(b.get(top, t), double), high))

    compare, value = join(expected, expected2), join(new, new2)
    found = b.cas(b.get(rn, ty.I64), compare, value, _memop(double // 8))
    set_reg(b, old, b.trunc(found, t))
    set_reg(b, old2, b.trunc(b.lshr(found, high), t))
