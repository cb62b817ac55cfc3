"""Advanced SIMD shift by register, vector and scalar (Arm ARM C4.1.94, "three same"): SSHL and its saturating and
rounding forms. The amount is the signed low byte of each lane of the second operand; negative shifts right.
"""

from __future__ import annotations

from hqemu_core.ir.builder import IRBuilder, Operand
from hqemu_core.isa.simd.lanes import lanes_of
from hqemu_core.isa.simd.saturate import emit_qc
from hqemu_core.isa.simd.shifts import saturated_left, shift_left, shift_right

from .simd_regs import VECTORS, get_v, set_v


def lift_shift(b: IRBuilder, shape: tuple[int, ...], vd: Operand, vn: Operand, vm: Operand) -> None:
    """shape: size, width, unsigned, rounding, saturating."""
    size, width, unsigned, rounding, saturating = shape
    t = VECTORS[size]
    x, amounts = get_v(b, vn, t, width), get_v(b, vm, t, width)
    top = lanes_of(b, (8 << size) - 8, t)
    by = b.ashr(b.shl(amounts, top), top) if size else amounts
    zero = b.const(0, t)
    backwards = b.slt(by, zero)
    right = shift_right(b, x, b.sub(zero, by), unsigned, rounding)
    if not saturating:
        set_v(b, vd, b.select(backwards, right, shift_left(b, x, by)))
        return
    left, fits = saturated_left(b, x, by, unsigned)
    set_v(b, vd, b.select(backwards, right, left))
    emit_qc(b, b.not_(b.sext(b.or_(backwards, fits), t)))
