"""Advanced SIMD single precision (ARM ARM A7.4): always with the standard modes (``vfp_env``). Shapes begin with q."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeAlias

from hqemu_core.ir import opcodes as op
from hqemu_core.ir import types as ty
from hqemu_core.ir.builder import IRBuilder, Operand
from hqemu_core.isa.fp import helpers
from hqemu_core.isa.fp.bits import every, format_of
from hqemu_core.isa.fp.conversions import fp_convert
from hqemu_core.isa.fp.estimate import fp_recpe, fp_rsqrte, fp_urecpe, fp_ursqrte
from hqemu_core.isa.fp.integers import fp_from_int
from hqemu_core.isa.fp.rules import (
    fp_abd,
    fp_binary,
    fp_compare,
    fp_fma,
    fp_minmax,
    fp_neg,
    fp_rint,
    without_zero_times_inf,
)
from hqemu_core.isa.fp.vector_integers import vector_to_int
from hqemu_core.isa.simd.lanes import Emit1, Emit2, Emit3

from .neon_regs import FLOATS, get_element, pairs_of
from .vfp_env import rounding_to_nearest, standard_modes

HELPERS: Final = tuple(helpers.HELPERS.values())
Lift: TypeAlias = Callable[..., None]


def make_one(emit: Emit1) -> Lift:
    """shape: q."""

    def lift_one(b: IRBuilder, shape: tuple[int, ...], rd: Operand, rm: Operand) -> None:
        with standard_modes(b):
            result = emit(b, b.get(rm, FLOATS[shape[0]]))
        b.set(rd, result)

    return lift_one


def make_two(emit: Emit2) -> Lift:
    """shape: q."""

    def lift_two(b: IRBuilder, shape: tuple[int, ...], rd: Operand, rn: Operand, rm: Operand) -> None:
        t = FLOATS[shape[0]]
        with standard_modes(b):
            result = emit(b, b.get(rn, t), b.get(rm, t))
        b.set(rd, result)

    return lift_two


def make_acc(emit: Emit3) -> Lift:
    """shape: q. The destination is the first source."""

    def lift_acc(b: IRBuilder, shape: tuple[int, ...], rd: Operand, rn: Operand, rm: Operand) -> None:
        t = FLOATS[shape[0]]
        with standard_modes(b):
            result = emit(b, b.get(rd, t), b.get(rn, t), b.get(rm, t))
        b.set(rd, result)

    return lift_acc


def make_pairs(emit: Emit2) -> Lift:
    """VPADD and the like, of D registers. No shape."""

    def lift_pairs(b: IRBuilder, shape: tuple[int, ...], rd: Operand, rn: Operand, rm: Operand) -> None:
        with standard_modes(b):
            result = emit(b, *pairs_of(b, b.get(rn, ty.F32X2), b.get(rm, ty.F32X2)))
        b.set(rd, result)

    return lift_pairs


def make_element(emit: Emit2) -> Lift:
    """By scalar. shape: q."""

    def lift_element(b: IRBuilder, shape: tuple[int, ...], rd: Operand, rn: Operand, element: Operand) -> None:
        t = FLOATS[shape[0]]
        with standard_modes(b):
            result = emit(b, b.get(rn, t), get_element(b, element, t))
        b.set(rd, result)

    return lift_element


def make_element_acc(emit: Emit3) -> Lift:
    """By scalar. shape: q."""

    def lift_element_acc(b: IRBuilder, shape: tuple[int, ...], rd: Operand, rn: Operand, element: Operand) -> None:
        t = FLOATS[shape[0]]
        with standard_modes(b):
            result = emit(b, b.get(rd, t), b.get(rn, t), get_element(b, element, t))
        b.set(rd, result)

    return lift_element_acc


# -- values


def make_binary(code: int) -> Emit2:
    """FADD FSUB FMUL."""
    return lambda b, x, y: fp_binary(b, code, x, y)


def make_minmax(kind: str) -> Emit2:
    return lambda b, x, y: fp_minmax(b, kind, x, y)


def emit_abd(b: IRBuilder, x: int, y: int) -> int:
    return fp_abd(b, x, y)


def make_mla(sub: int) -> Emit3:
    """VMLA, VMLS: two roundings."""

    def emit(b: IRBuilder, acc: int, x: int, y: int) -> int:
        product = fp_binary(b, op.FMUL, x, y)
        return fp_binary(b, op.FADD, acc, fp_neg(b, product) if sub else product)

    return emit


def make_fma(sub: int) -> Emit3:
    return lambda b, acc, x, y: fp_fma(b, acc, fp_neg(b, x) if sub else x, y)


def make_compare(kind: str) -> Emit2:
    """All ones where the comparison holds, else zero."""

    def emit(b: IRBuilder, x: int, y: int) -> int:
        return b.sext(fp_compare(b, kind, x, y), ty.as_int(b.type_of(x)))

    return emit


def make_zero_compare(kind: str, swap: int = 0) -> Emit1:
    """With zero; ``swap``: zero stands left."""

    def emit(b: IRBuilder, x: int) -> int:
        zero = b.const(0, b.type_of(x))
        truth = fp_compare(b, kind, zero, x) if swap else fp_compare(b, kind, x, zero)
        return b.sext(truth, ty.as_int(b.type_of(x)))

    return emit


def emit_recps(b: IRBuilder, x: int, y: int) -> int:
    """VRECPS: 2 - x * y in two roundings, unlike AArch64's; infinity times zero gives 2."""
    t = b.type_of(x)
    product = fp_binary(b, op.FMUL, *without_zero_times_inf(b, x, y))
    return fp_binary(b, op.FSUB, every(b, format_of(t).power(1), t), product)


def emit_rsqrts(b: IRBuilder, x: int, y: int) -> int:
    """VRSQRTS: (3 - x * y) / 2 in two roundings, of the product and of the rest."""
    t = b.type_of(x)
    fmt = format_of(t)
    product = fp_binary(b, op.FMUL, *without_zero_times_inf(b, x, y))
    half, base = every(b, fmt.sign | fmt.power(-1), t), every(b, fmt.power(0) | fmt.quiet, t)
    return fp_fma(b, base, product, half)


def make_round(mode: int) -> Emit1:
    return lambda b, x: fp_rint(b, mode, x)


def make_to_int(signed: bool, mode: int) -> Emit1:
    return lambda b, x: vector_to_int(b, x, signed, mode)


emit_recpe: Final[Emit1] = fp_recpe
emit_rsqrte: Final[Emit1] = fp_rsqrte


def _ints(q: int) -> int:
    return ty.as_int(FLOATS[q])


def lift_estimate_int(b: IRBuilder, shape: tuple[int, ...], rd: Operand, rm: Operand) -> None:
    """VRECPE.U32, VRSQRTE.U32. shape: q, square root."""
    q, root = shape
    b.set(rd, (fp_ursqrte if root else fp_urecpe)(b, b.get(rm, _ints(q))))


def lift_from_int(b: IRBuilder, shape: tuple[int, ...], rd: Operand, rm: Operand) -> None:
    """shape: q, unsigned."""
    q, unsigned = shape
    with rounding_to_nearest(b):
        result = fp_from_int(b, b.get(rm, _ints(q)), FLOATS[q], not unsigned)
    b.set(rd, result)


def lift_from_fixed(b: IRBuilder, shape: tuple[int, ...], rd: Operand, rm: Operand, fbits: Operand) -> None:
    """shape: q, unsigned."""
    q, unsigned = shape
    with rounding_to_nearest(b):
        result = fp_from_int(b, b.get(rm, _ints(q)), FLOATS[q], not unsigned, fbits)
    b.set(rd, result)


def lift_to_fixed(b: IRBuilder, shape: tuple[int, ...], rd: Operand, rm: Operand, fbits: Operand) -> None:
    """shape: q, unsigned."""
    q, unsigned = shape
    with standard_modes(b):
        result = vector_to_int(b, b.get(rm, FLOATS[q]), not unsigned, 3, fbits)
    b.set(rd, result)


def lift_from_half(b: IRBuilder, shape: tuple[int, ...], rd: Operand, rm: Operand) -> None:
    with standard_modes(b):
        result = fp_convert(b, b.get(rm, ty.F16X4), ty.F32X4)
    b.set(rd, result)


def lift_to_half(b: IRBuilder, shape: tuple[int, ...], rd: Operand, rm: Operand) -> None:
    with standard_modes(b):
        result = fp_convert(b, b.get(rm, ty.F32X4), ty.F16X4)
    b.set(rd, result)
