"""Scalar floating-point arithmetic (Arm ARM C4.1.96: data processing with 1, 2 and 3 sources)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from hqemu_core.ir import opcodes as op
from hqemu_core.ir.builder import IRBuilder, Operand
from hqemu_core.isa.fp.rules import MINMAX, fp_abs, fp_binary, fp_fma, fp_minmax, fp_neg, fp_nmul, fp_rint, fp_sqrt

from .fp_common import HELPERS as HELPERS
from .fp_common import TYPES, set_scalar

_ARITHMETIC: Final = (op.FMUL, op.FDIV, op.FADD, op.FSUB)
_UNARY: Final[dict[int, Callable[[IRBuilder, int], int]]] = {1: fp_abs, 2: fp_neg, 3: fp_sqrt}
_ROUNDINGS: Final = (0, 2, 1, 3, 6, -1, 4, 5)
"""FRINT N P M Z A - X I as op.FRINT's modes"""


def lift_binary(b: IRBuilder, shape: tuple[int, ...], rd: Operand, rn: Operand, rm: Operand) -> None:
    """shape: type, opcode (FMUL FDIV FADD FSUB FMAX FMIN FMAXNM FMINNM FNMUL)."""
    kind, opcode = shape
    x, y = b.get(rn, TYPES[kind]), b.get(rm, TYPES[kind])
    if opcode < 4:
        result = fp_binary(b, _ARITHMETIC[opcode], x, y)
    elif opcode < 8:
        result = fp_minmax(b, MINMAX[opcode - 4], x, y)
    else:
        result = fp_nmul(b, x, y)
    set_scalar(b, rd, result)


def lift_unary(b: IRBuilder, shape: tuple[int, ...], rd: Operand, rn: Operand) -> None:
    """shape: type, opcode (1 FABS 2 FNEG 3 FSQRT)."""
    kind, opcode = shape
    set_scalar(b, rd, _UNARY[opcode](b, b.get(rn, TYPES[kind])))


def lift_round(b: IRBuilder, shape: tuple[int, ...], rd: Operand, rn: Operand) -> None:
    """FRINT*. shape: type, rmode of the opcode."""
    kind, rmode = shape
    set_scalar(b, rd, fp_rint(b, _ROUNDINGS[rmode], b.get(rn, TYPES[kind])))


def lift_fma(b: IRBuilder, shape: tuple[int, ...], rd: Operand, rn: Operand, rm: Operand, ra: Operand) -> None:
    """FMADD FMSUB FNMADD FNMSUB: operands are negated, so are NaNs from them. shape: type, negate product (o0 != o1),
    negate addend (o1)."""
    kind, negate, negate_addend = shape
    t = TYPES[kind]
    x, y, addend = b.get(rn, t), b.get(rm, t), b.get(ra, t)
    if negate:
        x = fp_neg(b, x)
    if negate_addend:
        addend = fp_neg(b, addend)
    set_scalar(b, rd, fp_fma(b, addend, x, y))
