"""VFP arithmetic and comparisons (ARM ARM A7.5), scalars of both precisions. Shapes begin with ``sz``: 1 double.

An accumulator is the destination's old value. Only VFMA and its relatives round once.
"""

from __future__ import annotations

from typing import Final

from hqemu_core.ir import opcodes as op
from hqemu_core.ir import types as ty
from hqemu_core.ir.builder import IRBuilder, Operand
from hqemu_core.isa.fp import helpers
from hqemu_core.isa.fp.env import flush_inputs
from hqemu_core.isa.fp.rules import fp_abs, fp_binary, fp_fma, fp_minmax, fp_neg, fp_nmul, fp_rint, fp_sqrt

from ..state import FP_C, FP_N, FP_V, FP_Z
from .common import FLAG_SLOTS, condition, float_parts, set_flag

HELPERS: Final = tuple(helpers.HELPERS.values())
TYPES: Final = (ty.F32, ty.F64)
INTS: Final = (ty.I32, ty.I64)
_FP_SLOTS: Final = (FP_N, FP_Z, FP_C, FP_V)
_BINARY: Final = (op.FADD, op.FSUB, op.FMUL, op.FDIV)


def lift_binary(b: IRBuilder, shape: tuple[int, ...], rd: Operand, rn: Operand, rm: Operand) -> None:
    """VADD VSUB VMUL VDIV. shape: sz, which."""
    t = TYPES[shape[0]]
    b.set(rd, fp_binary(b, _BINARY[shape[1]], b.get(rn, t), b.get(rm, t)))


def lift_nmul(b: IRBuilder, shape: tuple[int, ...], rd: Operand, rn: Operand, rm: Operand) -> None:
    t = TYPES[shape[0]]
    b.set(rd, fp_nmul(b, b.get(rn, t), b.get(rm, t)))


def lift_mla(b: IRBuilder, shape: tuple[int, ...], rd: Operand, rn: Operand, rm: Operand) -> None:
    """VMLA VMLS VNMLA VNMLS: two roundings. shape: sz, negate the product, negate the accumulator."""
    sz, negate, negate_acc = shape
    t = TYPES[sz]
    product = fp_binary(b, op.FMUL, b.get(rn, t), b.get(rm, t))
    if negate:
        product = fp_neg(b, product)
    acc = b.get(rd, t)
    if negate_acc:
        acc = fp_neg(b, acc)
    b.set(rd, fp_binary(b, op.FADD, acc, product))


def lift_fma(b: IRBuilder, shape: tuple[int, ...], rd: Operand, rn: Operand, rm: Operand) -> None:
    """VFMA VFMS VFNMA VFNMS. shape: sz, negate the product, negate the accumulator."""
    sz, negate, negate_acc = shape
    t = TYPES[sz]
    x, y, acc = b.get(rn, t), b.get(rm, t), b.get(rd, t)
    if negate:
        x = fp_neg(b, x)
    if negate_acc:
        acc = fp_neg(b, acc)
    b.set(rd, fp_fma(b, acc, x, y))


def lift_minmax(b: IRBuilder, shape: tuple[int, ...], rd: Operand, rn: Operand, rm: Operand) -> None:
    """VMAXNM VMINNM. shape: sz, minimum."""
    t = TYPES[shape[0]]
    b.set(rd, fp_minmax(b, ("maxnm", "minnm")[shape[1]], b.get(rn, t), b.get(rm, t)))


def lift_unary(b: IRBuilder, shape: tuple[int, ...], rd: Operand, rm: Operand) -> None:
    """shape: sz, 0 VMOV 1 VABS 2 VNEG 3 VSQRT."""
    sz, kind = shape
    if kind == 0:
        b.set(rd, b.get(rm, INTS[sz]))
    else:
        b.set(rd, (fp_abs, fp_neg, fp_sqrt)[kind - 1](b, b.get(rm, TYPES[sz])))


def lift_round(b: IRBuilder, shape: tuple[int, ...], rd: Operand, rm: Operand) -> None:
    """VRINT*. shape: sz, mode as op.FRINT has it."""
    b.set(rd, fp_rint(b, shape[1], b.get(rm, TYPES[shape[0]])))


def _compare(b: IRBuilder, x: int, y: int, signal: int) -> None:
    """The first comparison raises all the exception flags."""
    less = b.fcmp(op.FLTS if signal else op.FLT, x, y)
    for slot, value in zip(_FP_SLOTS, float_parts(b, x, y, less), strict=True):
        set_flag(b, slot, value)
    b.memo["fp_flags"] = ("float", x, y, less, signal)


def lift_compare(b: IRBuilder, shape: tuple[int, ...], rd: Operand, rm: Operand) -> None:
    """VCMP, VCMPE. shape: sz, signal every NaN."""
    t = TYPES[shape[0]]
    x, y = flush_inputs(b, b.get(rd, t), b.get(rm, t))
    _compare(b, x, y, shape[1])


def lift_compare_zero(b: IRBuilder, shape: tuple[int, ...], rd: Operand) -> None:
    """shape: sz, signal every NaN."""
    t = TYPES[shape[0]]
    (x,) = flush_inputs(b, b.get(rd, t))
    _compare(b, x, b.const(0, t), shape[1])


def lift_flags(b: IRBuilder, shape: tuple[int, ...]) -> None:
    """VMRS APSR_nzcv, FPSCR."""
    known = b.memo.get("fp_flags")
    if known is None:
        values = [b.get(slot, ty.I8) for slot in _FP_SLOTS]
        for slot, value in zip(FLAG_SLOTS, values, strict=True):
            b.set(slot, value)
        b.memo["flags"] = ("nzcv", *(b.trunc(value, ty.I1) for value in values))
        return
    for slot, value in zip(FLAG_SLOTS, float_parts(b, *known[1:4]), strict=True):
        set_flag(b, slot, value)
    b.memo["flags"] = known


def lift_select(b: IRBuilder, shape: tuple[int, ...], rd: Operand, rn: Operand, rm: Operand) -> None:
    """VSEL: a move. shape: sz, condition (0 EQ 1 VS 2 GE 3 GT)."""
    t = INTS[shape[0]]
    b.set(rd, b.select(condition(b, (0, 6, 10, 12)[shape[1]]), b.get(rn, t), b.get(rm, t)))
