"""Advanced SIMD shift by immediate, vector and scalar (Arm ARM C4.1.94): same-width and saturating left shifts.

Shapes begin with ``size`` (log2 of a lane's bytes) and ``width`` (bits of the operand: 64, 128, or one lane for
scalars). Shift amounts are operands; only what an amount below the lane width cannot say is in the shape.
"""

from __future__ import annotations

from hqemu_core.ir.builder import IRBuilder, Operand
from hqemu_core.isa.simd.lanes import lanes_of
from hqemu_core.isa.simd.saturate import emit_qc
from hqemu_core.isa.simd.shifts import limit, rounded

from .simd_regs import VECTORS, get_v, set_v, splat


def lift_right(b: IRBuilder, shape: tuple[int, ...], vd: Operand, vn: Operand, amount: Operand) -> None:
    """SSHR USHR SSRA USRA. shape: size, width, unsigned, accumulate, shift out every bit (unsigned only)."""
    size, width, unsigned, accumulate, all_out = shape
    t = VECTORS[size]
    if all_out:
        result = b.const(0, t)
    else:
        x, by = get_v(b, vn, t, width), splat(b, amount, t)
        result = b.lshr(x, by) if unsigned else b.ashr(x, by)
    set_v(b, vd, b.add(get_v(b, vd, t, width), result) if accumulate else result)


def lift_right_rounded(b: IRBuilder, shape: tuple[int, ...], vd: Operand, vn: Operand, less: Operand) -> None:
    """SRSHR URSHR SRSRA URSRA. ``less``: the amount - 1. shape: size, width, unsigned, accumulate."""
    size, width, unsigned, accumulate = shape
    t = VECTORS[size]
    result = rounded(b, get_v(b, vn, t, width), splat(b, less, t), unsigned)
    set_v(b, vd, b.add(get_v(b, vd, t, width), result) if accumulate else result)


def lift_left(b: IRBuilder, shape: tuple[int, ...], vd: Operand, vn: Operand, amount: Operand) -> None:
    """SHL. shape: size, width."""
    size, width = shape
    t = VECTORS[size]
    set_v(b, vd, b.shl(get_v(b, vn, t, width), splat(b, amount, t)))


def lift_insert(b: IRBuilder, shape: tuple[int, ...], vd: Operand, vn: Operand, amount: Operand) -> None:
    """SLI, SRI: bits that no source bit is shifted to are kept. shape: size, width, right, shift out every bit."""
    size, width, right, all_out = shape
    t = VECTORS[size]
    old = get_v(b, vd, t, width)
    if all_out:
        set_v(b, vd, old)
        return
    x, by, ones = get_v(b, vn, t, width), splat(b, amount, t), lanes_of(b, -1, t)
    mask = b.lshr(ones, by) if right else b.shl(ones, by)
    moved = b.lshr(x, by) if right else b.shl(x, by)
    set_v(b, vd, b.or_(b.and_(old, b.not_(mask)), moved))


def lift_left_saturated(b: IRBuilder, shape: tuple[int, ...], vd: Operand, vn: Operand, amount: Operand) -> None:
    """SQSHL, UQSHL, SQSHLU: a result that cannot be shifted back to its source saturates.

    shape: size, width, kind (0 signed, 1 unsigned, 2 signed to unsigned: negative becomes 0)."""
    size, width, kind = shape
    t = VECTORS[size]
    source, by = get_v(b, vn, t, width), splat(b, amount, t)
    x = source
    if kind == 2:
        x = b.select(b.slt(source, b.const(0, t)), b.const(0, t), source)
    moved = b.shl(x, by)
    back = b.ashr(moved, by) if kind == 0 else b.lshr(moved, by)
    set_v(b, vd, b.select(b.eq(back, x), moved, limit(b, x, kind != 0)))
    emit_qc(b, b.xor(source, back))


