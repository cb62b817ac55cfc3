"""Pairwise instructions: neighbouring lanes of the first source, then of the second, are combined.

Integer: ADDP SMAXP SMINP UMAXP UMINP. Scalar forms combine the two lanes of one register.
"""

from __future__ import annotations

from hqemu_core.ir import types as ty
from hqemu_core.ir.builder import IRBuilder, Operand
from hqemu_core.isa.simd.lanes import Emit2

from .simd_lanes import Lift, operand_type
from .simd_regs import set_v


def split_pairs(b: IRBuilder, a: int, c: int) -> tuple[int, int]:
    """Even and odd lanes of ``a`` followed by ``c``."""
    n = ty.lanes(b.type_of(a))
    return b.shuffle(a, c, range(0, 2 * n, 2)), b.shuffle(a, c, range(1, 2 * n, 2))


def make_pairwise(emit: Emit2) -> Lift:
    """shape: size, q."""

    def lift_pairwise(b: IRBuilder, shape: tuple[int, ...], rd: Operand, rn: Operand, rm: Operand) -> None:
        t = operand_type(shape[0], shape[1])
        set_v(b, rd, emit(b, *split_pairs(b, b.get(rn, t), b.get(rm, t))))

    return lift_pairwise


def make_scalar_pair(emit: Emit2) -> Lift:
    """ADDP (scalar). shape: size."""

    def lift_scalar_pair(b: IRBuilder, shape: tuple[int, ...], rd: Operand, rn: Operand) -> None:
        v = b.get(rn, ty.vec(operand_type(shape[0], -1), 2))
        set_v(b, rd, emit(b, b.extract(v, 0), b.extract(v, 1)))

    return lift_scalar_pair
