"""Scalar comparisons and conditional select (Arm ARM C4.1.96)."""

from __future__ import annotations

from hqemu_core.ir import opcodes as op
from hqemu_core.ir import types as ty
from hqemu_core.ir.builder import IRBuilder, Operand
from hqemu_core.isa.fp.env import flush_inputs

from .common import condition, flags_float, flags_parts, float_parts
from .fp_common import HELPERS as HELPERS
from .fp_common import TYPES, set_scalar


def lift_compare(b: IRBuilder, shape: tuple[int, ...], rn: Operand, rm: Operand) -> None:
    """FCMP, FCMPE. shape: type, signal every NaN."""
    kind, signal = shape
    t = TYPES[kind]
    x, y = flush_inputs(b, b.get(rn, t), b.get(rm, t))
    flags_float(b, x, y, signal)


def lift_compare_zero(b: IRBuilder, shape: tuple[int, ...], rn: Operand) -> None:
    """FCMP, FCMPE with 0.0. shape: type, signal every NaN."""
    kind, signal = shape
    t = TYPES[kind]
    (x,) = flush_inputs(b, b.get(rn, t))
    flags_float(b, x, b.const(0, t), signal)


def lift_cond_compare(b: IRBuilder, shape: tuple[int, ...], rn: Operand, rm: Operand, *nzcv: Operand) -> None:
    """FCCMP, FCCMPE: nothing is compared, so nothing raised, unless the condition holds. shape: type, signal every
    NaN, condition."""
    kind, signal, cond = shape
    t = TYPES[kind]
    holds = condition(b, cond)
    zero = b.const(0, t)
    operands = (b.select(holds, b.get(r, t), zero) for r in (rn, rm))
    x, y = flush_inputs(b, *operands)
    less = b.fcmp(op.FLTS if signal else op.FLT, x, y)
    flags = zip(float_parts(b, x, y, less), nzcv, strict=True)
    flags_parts(b, *(b.select(holds, flag, b.trunc(b.imm(n, ty.I32), ty.I1)) for flag, n in flags))


def lift_select(b: IRBuilder, shape: tuple[int, ...], rd: Operand, rn: Operand, rm: Operand) -> None:
    """FCSEL, as integers: a move, not arithmetic. shape: type, condition."""
    kind, cond = shape
    t = ty.as_int(TYPES[kind])
    x, y = b.get(rn, t), b.get(rm, t)
    set_scalar(b, rd, b.select(condition(b, cond), x, y))
