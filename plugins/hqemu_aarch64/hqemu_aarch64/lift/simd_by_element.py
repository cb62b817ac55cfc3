"""Advanced SIMD vector x indexed element (Arm ARM C4.1.96.26); scalar x indexed element with q = -1.

The element arrives as the state offset of its bytes, so that its index makes no forms.
"""

from __future__ import annotations

from hqemu_core.ir import types as ty
from hqemu_core.ir.builder import IRBuilder, Operand
from hqemu_core.isa.simd.lanes import Emit2, Emit3, widened

from .simd_lanes import Lift, get_narrow, operand_type
from .simd_regs import set_v


def get_element(b: IRBuilder, element: Operand, t: int) -> int:
    """The element in every lane of ``t``."""
    value = b.get(element, ty.lane(t))
    return b.splat(value, ty.lanes(t)) if ty.is_vector(t) else value


def make_element(emit: Emit2) -> Lift:
    """shape: size, q."""

    def lift_element(b: IRBuilder, shape: tuple[int, ...], rd: Operand, rn: Operand, element: Operand) -> None:
        t = operand_type(shape[0], shape[1])
        set_v(b, rd, emit(b, b.get(rn, t), get_element(b, element, t)))

    return lift_element


def make_element_acc(emit: Emit3) -> Lift:
    """shape: size, q."""

    def lift_element_acc(b: IRBuilder, shape: tuple[int, ...], rd: Operand, rn: Operand, element: Operand) -> None:
        t = operand_type(shape[0], shape[1])
        set_v(b, rd, emit(b, b.get(rd, t), b.get(rn, t), get_element(b, element, t)))

    return lift_element_acc


def make_element_long(emit: Emit2) -> Lift:
    """shape: size, q. The result is twice as wide; q = 1 takes the upper half of ``rn``."""

    def lift_element_long(b: IRBuilder, shape: tuple[int, ...], rd: Operand, rn: Operand, element: Operand) -> None:
        a = get_narrow(b, rn, shape[0], shape[1])
        set_v(b, rd, emit(b, a, get_element(b, element, b.type_of(a))))

    return lift_element_long


def make_element_long_acc(emit: Emit3) -> Lift:
    """shape: size, q."""

    def lift_element_long_acc(
        b: IRBuilder, shape: tuple[int, ...], rd: Operand, rn: Operand, element: Operand
    ) -> None:
        a = get_narrow(b, rn, shape[0], shape[1])
        c = get_element(b, element, b.type_of(a))
        set_v(b, rd, emit(b, b.get(rd, widened(b.type_of(a))), a, c))

    return lift_element_long_acc
