"""Advanced SIMD shift by immediate that changes the lane width: narrowing (SHRN and its saturating and rounding
forms) and lengthening (SSHLL, USHLL).
"""

from __future__ import annotations

from hqemu_core.ir import opcodes as op
from hqemu_core.ir import types as ty
from hqemu_core.ir.builder import IRBuilder, Operand
from hqemu_core.isa.simd.lanes import clamp, lanes_of
from hqemu_core.isa.simd.saturate import emit_qc
from hqemu_core.isa.simd.shifts import rounded

from .simd_regs import SCALARS, VECTORS, get_half, get_v, set_half, set_v, splat


def _narrowed(b: IRBuilder, shape: tuple[int, ...], x: int, amount: Operand) -> tuple[int, int]:
    """The shifted wide lanes before and after saturation. shape: rounding, kind as in :func:`lift_narrow`."""
    rounding, kind = shape
    t = b.type_of(x)
    half = ty.lane_bits(t) // 2
    unsigned = int(kind in (0, 2))
    by = splat(b, amount, t)
    if rounding:
        y = rounded(b, x, by, unsigned)
    else:
        y = b.lshr(x, by) if unsigned else b.ashr(x, by)
    if kind == 1:
        return y, clamp(b, y, -(1 << half - 1), (1 << half - 1) - 1)
    if kind == 2:
        return y, b.bin(op.UMIN, y, lanes_of(b, (1 << half) - 1, t))
    if kind == 3:
        return y, clamp(b, y, 0, (1 << half) - 1)
    return y, y


def lift_narrow(b: IRBuilder, shape: tuple[int, ...], vd: Operand, vn: Operand, amount: Operand) -> None:
    """Right shift to lanes of half the width; ``amount`` comes less 1 when rounding.

    shape: size of a result lane, width of the source, into the high half, rounding,
    kind (0 truncating, 1 signed, 2 unsigned, 3 signed to unsigned saturating)."""
    size, width, high, rounding, kind = shape
    x = get_v(b, vn, VECTORS[size + 1], width)
    exact, y = _narrowed(b, (rounding, kind), x, amount)
    set_half(b, vd, high, b.trunc(y, ty.with_lane(b.type_of(y), SCALARS[size])))
    if kind:
        emit_qc(b, b.xor(exact, y))


def lift_long(b: IRBuilder, shape: tuple[int, ...], vd: Operand, vn: Operand, amount: Operand) -> None:
    """SSHLL, USHLL. shape: size of a source lane, from the high half, unsigned, amount is 0 (SXTL, UXTL)."""
    size, high, unsigned, zero = shape
    t = VECTORS[size + 1]
    x = get_half(b, vn, high, ty.with_lane(t, SCALARS[size]))
    x = b.zext(x, t) if unsigned else b.sext(x, t)
    set_v(b, vd, x if zero else b.shl(x, splat(b, amount, t)))
