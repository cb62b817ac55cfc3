"""Advanced SIMD three same, integer and logical (Arm ARM C4.1.96.21); scalar three same with q = -1.

The ``emit`` functions take and return lanes of any integer type.
"""

from __future__ import annotations

from hqemu_core.ir import types as ty
from hqemu_core.ir.builder import IRBuilder, Operand
from hqemu_core.isa.simd.lanes import Emit2, Emit3

from .simd_lanes import Lift, operand_type
from .simd_regs import set_v


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


def lift_mov(b: IRBuilder, shape: tuple[int, ...], rd: Operand, rn: Operand) -> None:
    """ORR with equal sources. shape: q."""
    set_v(b, rd, b.get(rn, ty.I64X2 if shape[0] else ty.I64))
