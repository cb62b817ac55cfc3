"""Advanced SIMD shifts (ARM ARM A7.4.4 and the three-register ones of A7.4.1). Shapes begin with ``size``.

Amounts are operands; only what an amount below the lane width cannot say is in the shape.
"""

from __future__ import annotations

from hqemu_core.ir import opcodes as op
from hqemu_core.ir import types as ty
from hqemu_core.ir.builder import IRBuilder, Operand
from hqemu_core.isa.simd.lanes import INTS, clamp, extend, lanes_of
from hqemu_core.isa.simd.saturate import emit_qc
from hqemu_core.isa.simd.shifts import limit, rounded, saturated_left, shift_left, shift_right

from .neon_regs import lanes_type, splat


def lift_right(b: IRBuilder, shape: tuple[int, ...], rd: Operand, rm: Operand, amount: Operand) -> None:
    """VSHR, VSRA. shape: size, q, unsigned, accumulate, shift out every bit (unsigned only)."""
    size, q, unsigned, accumulate, all_out = shape
    t = lanes_type(size, q)
    if all_out:
        result = b.const(0, t)
    else:
        x, by = b.get(rm, t), splat(b, amount, t)
        result = b.lshr(x, by) if unsigned else b.ashr(x, by)
    b.set(rd, b.add(b.get(rd, t), result) if accumulate else result)


def lift_right_rounded(b: IRBuilder, shape: tuple[int, ...], rd: Operand, rm: Operand, less: Operand) -> None:
    """VRSHR, VRSRA. ``less``: the amount - 1. shape: size, q, unsigned, accumulate."""
    size, q, unsigned, accumulate = shape
    t = lanes_type(size, q)
    result = rounded(b, b.get(rm, t), splat(b, less, t), unsigned)
    b.set(rd, b.add(b.get(rd, t), result) if accumulate else result)


def lift_left(b: IRBuilder, shape: tuple[int, ...], rd: Operand, rm: Operand, amount: Operand) -> None:
    """VSHL (immediate). shape: size, q."""
    t = lanes_type(*shape)
    b.set(rd, b.shl(b.get(rm, t), splat(b, amount, t)))


def lift_insert(b: IRBuilder, shape: tuple[int, ...], rd: Operand, rm: Operand, amount: Operand) -> None:
    """VSLI, VSRI: bits that no source bit is shifted to are kept. shape: size, q, right, shift out every bit."""
    size, q, right, all_out = shape
    if all_out:
        return
    t = lanes_type(size, q)
    x, by, ones = b.get(rm, t), splat(b, amount, t), lanes_of(b, -1, t)
    mask = b.lshr(ones, by) if right else b.shl(ones, by)
    moved = b.lshr(x, by) if right else b.shl(x, by)
    b.set(rd, b.or_(b.and_(b.get(rd, t), b.not_(mask)), moved))


def lift_left_saturated(b: IRBuilder, shape: tuple[int, ...], rd: Operand, rm: Operand, amount: Operand) -> None:
    """VQSHL, VQSHLU (immediate): a result that cannot be shifted back to its source saturates.

    shape: size, q, kind (0 signed, 1 unsigned, 2 signed to unsigned: negative becomes 0)."""
    size, q, kind = shape
    t = lanes_type(size, q)
    source, by = b.get(rm, t), splat(b, amount, t)
    x = source
    if kind == 2:
        x = b.select(b.slt(source, b.const(0, t)), b.const(0, t), source)
    moved = b.shl(x, by)
    back = b.lshr(moved, by) if kind else b.ashr(moved, by)
    b.set(rd, b.select(b.eq(back, x), moved, limit(b, x, kind != 0)))
    emit_qc(b, b.xor(source, back))


def lift_narrow(b: IRBuilder, shape: tuple[int, ...], rd: Operand, rm: Operand, amount: Operand) -> None:
    """VSHRN and its relatives; ``amount`` comes less 1 when rounding.

    shape: size of a result lane, rounding, kind (0 truncating, 1 signed, 2 unsigned, 3 signed to unsigned)."""
    size, rounding, kind = shape
    t = lanes_type(size + 1, 1)
    x, by = b.get(rm, t), splat(b, amount, t)
    unsigned = int(kind in (0, 2))
    if rounding:
        exact = rounded(b, x, by, unsigned)
    else:
        exact = b.lshr(x, by) if unsigned else b.ashr(x, by)
    half = 8 << size
    result = exact
    if kind == 1:
        result = clamp(b, exact, -(1 << half - 1), (1 << half - 1) - 1)
    elif kind == 2:
        result = b.bin(op.UMIN, exact, lanes_of(b, (1 << half) - 1, t))
    elif kind == 3:
        result = clamp(b, exact, 0, (1 << half) - 1)
    b.set(rd, b.trunc(result, ty.with_lane(t, INTS[size])))
    if kind:
        emit_qc(b, b.xor(exact, result))


def lift_long(b: IRBuilder, shape: tuple[int, ...], rd: Operand, rm: Operand, amount: Operand) -> None:
    """VSHLL, VMOVL. shape: size of a source lane, unsigned, amount is 0 (VMOVL)."""
    size, unsigned, zero = shape
    x = extend(b, b.get(rm, lanes_type(size, 0)), 1 - unsigned)
    b.set(rd, x if zero else b.shl(x, splat(b, amount, b.type_of(x))))


def lift_by_register(b: IRBuilder, shape: tuple[int, ...], rd: Operand, rm: Operand, rn: Operand) -> None:
    """VSHL VQSHL VRSHL VQRSHL: the amount is the signed low byte of each lane of ``rn``; negative shifts right.

    shape: size, q, unsigned, rounding, saturating."""
    size, q, unsigned, rounding, saturating = shape
    t = lanes_type(size, q)
    x, amounts = b.get(rm, t), b.get(rn, t)
    top = lanes_of(b, (8 << size) - 8, t)
    by = b.ashr(b.shl(amounts, top), top) if size else amounts
    zero = b.const(0, t)
    backwards = b.slt(by, zero)
    right = shift_right(b, x, b.sub(zero, by), unsigned, rounding)
    if not saturating:
        b.set(rd, b.select(backwards, right, shift_left(b, x, by)))
        return
    left, fits = saturated_left(b, x, by, unsigned)
    b.set(rd, b.select(backwards, right, left))
    emit_qc(b, b.not_(b.sext(b.or_(backwards, fits), t)))
