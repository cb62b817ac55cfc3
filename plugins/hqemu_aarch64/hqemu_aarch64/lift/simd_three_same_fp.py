"""Advanced SIMD three same, floating-point, with its pairwise and by-element relatives; scalar with q = -1.

Shapes begin with ``sz`` (0 single, 1 double precision) and ``q``.
"""

from __future__ import annotations

from typing import Final

from hqemu_core.ir import types as ty
from hqemu_core.ir.builder import IRBuilder, Operand
from hqemu_core.isa.fp.helpers import HELPERS as FP_HELPERS
from hqemu_core.isa.fp.rules import fp_binary, fp_compare, fp_fma, fp_minmax, fp_neg
from hqemu_core.isa.simd.lanes import Emit2, Emit3

from .simd_by_element import get_element
from .simd_lanes import Lift
from .simd_pairwise import split_pairs
from .simd_regs import set_v

HELPERS: Final = tuple(FP_HELPERS.values())


def floats_of(sz: int, q: int) -> int:
    """The floating-point type of a register operand; a scalar type for q = -1."""
    lane = ty.F64 if sz else ty.F32
    return lane if q < 0 else ty.vec(lane, (2 << q) >> sz)


def make_same(emit: Emit2) -> Lift:
    """shape: sz, q."""

    def lift_same(b: IRBuilder, shape: tuple[int, ...], rd: Operand, rn: Operand, rm: Operand) -> None:
        t = floats_of(shape[0], shape[1])
        set_v(b, rd, emit(b, b.get(rn, t), b.get(rm, t)))

    return lift_same


def make_same_acc(emit: Emit3) -> Lift:
    """shape: sz, q. The destination is the first source."""

    def lift_same_acc(b: IRBuilder, shape: tuple[int, ...], rd: Operand, rn: Operand, rm: Operand) -> None:
        t = floats_of(shape[0], shape[1])
        set_v(b, rd, emit(b, b.get(rd, t), b.get(rn, t), b.get(rm, t)))

    return lift_same_acc


def make_pairwise(emit: Emit2) -> Lift:
    """shape: sz, q."""

    def lift_pairwise(b: IRBuilder, shape: tuple[int, ...], rd: Operand, rn: Operand, rm: Operand) -> None:
        t = floats_of(shape[0], shape[1])
        set_v(b, rd, emit(b, *split_pairs(b, b.get(rn, t), b.get(rm, t))))

    return lift_pairwise


def make_scalar_pair(emit: Emit2) -> Lift:
    """The two lanes of one register. shape: sz."""

    def lift_scalar_pair(b: IRBuilder, shape: tuple[int, ...], rd: Operand, rn: Operand) -> None:
        v = b.get(rn, ty.vec(floats_of(shape[0], -1), 2))
        set_v(b, rd, emit(b, b.extract(v, 0), b.extract(v, 1)))

    return lift_scalar_pair


def make_across(emit: Emit2) -> Lift:
    """FMAXV and the like on four single-precision lanes: pairs, then pairs of pairs (Reduce)."""

    def lift_across(b: IRBuilder, shape: tuple[int, ...], rd: Operand, rn: Operand) -> None:
        v = b.get(rn, ty.F32X4)
        pairs = emit(b, b.shuffle(v, v, (0, 2)), b.shuffle(v, v, (1, 3)))
        set_v(b, rd, emit(b, b.extract(pairs, 0), b.extract(pairs, 1)))

    return lift_across


def make_element(emit: Emit2) -> Lift:
    """shape: sz, q."""

    def lift_element(b: IRBuilder, shape: tuple[int, ...], rd: Operand, rn: Operand, element: Operand) -> None:
        t = floats_of(shape[0], shape[1])
        set_v(b, rd, emit(b, b.get(rn, t), get_element(b, element, t)))

    return lift_element


def make_element_acc(emit: Emit3) -> Lift:
    """shape: sz, q."""

    def lift_element_acc(b: IRBuilder, shape: tuple[int, ...], rd: Operand, rn: Operand, element: Operand) -> None:
        t = floats_of(shape[0], shape[1])
        set_v(b, rd, emit(b, b.get(rd, t), b.get(rn, t), get_element(b, element, t)))

    return lift_element_acc


def make_binary(code: int) -> Emit2:
    """FADD FSUB FMUL FDIV."""
    return lambda b, x, y: fp_binary(b, code, x, y)


def make_minmax(kind: str) -> Emit2:
    return lambda b, x, y: fp_minmax(b, kind, x, y)


def make_compare(kind: str) -> Emit2:
    """All ones where the comparison holds, else zero."""

    def emit(b: IRBuilder, x: int, y: int) -> int:
        t = ty.as_int(b.type_of(x))
        return b.sext(fp_compare(b, kind, x, y), t)

    return emit


def emit_fmls(b: IRBuilder, acc: int, x: int, y: int) -> int:
    return fp_fma(b, acc, fp_neg(b, x), y)


