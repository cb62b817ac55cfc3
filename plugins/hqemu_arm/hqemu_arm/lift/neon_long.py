"""Advanced SIMD instructions whose lanes change width (ARM ARM A7.4.2, A7.4.3). Shapes begin with ``size``: that of
the narrow lanes.
"""

from __future__ import annotations

from hqemu_core.ir import types as ty
from hqemu_core.ir.builder import IRBuilder, Operand
from hqemu_core.isa.simd.lanes import Emit2, Emit3, extend, lanes_of, narrowed, widened
from hqemu_core.isa.simd.ops import pair_sums
from hqemu_core.isa.simd.poly import emit_products
from hqemu_core.isa.simd.saturate import emit_narrow

from .neon_regs import Lift, get_element, lanes_type


def make_long(emit: Emit2) -> Lift:
    """D and D to Q. shape: size."""

    def lift_long(b: IRBuilder, shape: tuple[int, ...], rd: Operand, rn: Operand, rm: Operand) -> None:
        t = lanes_type(shape[0], 0)
        b.set(rd, emit(b, b.get(rn, t), b.get(rm, t)))

    return lift_long


def make_long_acc(emit: Emit3) -> Lift:
    """shape: size. ``emit`` takes the wide accumulator first."""

    def lift_long_acc(b: IRBuilder, shape: tuple[int, ...], rd: Operand, rn: Operand, rm: Operand) -> None:
        t = lanes_type(shape[0], 0)
        b.set(rd, emit(b, b.get(rd, widened(t)), b.get(rn, t), b.get(rm, t)))

    return lift_long_acc


def make_long_element(emit: Emit2) -> Lift:
    """By scalar. shape: size."""

    def lift_long_element(b: IRBuilder, shape: tuple[int, ...], rd: Operand, rn: Operand, element: Operand) -> None:
        t = lanes_type(shape[0], 0)
        b.set(rd, emit(b, b.get(rn, t), get_element(b, element, t)))

    return lift_long_element


def make_long_element_acc(emit: Emit3) -> Lift:
    """By scalar. shape: size."""

    def lift_long_element_acc(
        b: IRBuilder, shape: tuple[int, ...], rd: Operand, rn: Operand, element: Operand
    ) -> None:
        t = lanes_type(shape[0], 0)
        b.set(rd, emit(b, b.get(rd, widened(t)), b.get(rn, t), get_element(b, element, t)))

    return lift_long_element_acc


def lift_wide(b: IRBuilder, shape: tuple[int, ...], rd: Operand, rn: Operand, rm: Operand) -> None:
    """VADDW, VSUBW: only the second source is narrow. shape: size, unsigned, subtract."""
    size, unsigned, sub = shape
    c = extend(b, b.get(rm, lanes_type(size, 0)), 1 - unsigned)
    a = b.get(rn, b.type_of(c))
    b.set(rd, b.sub(a, c) if sub else b.add(a, c))


def lift_high_half(b: IRBuilder, shape: tuple[int, ...], rd: Operand, rn: Operand, rm: Operand) -> None:
    """VADDHN, VSUBHN: upper half of each lane's sum. shape: size, rounding, subtract."""
    size, rounding, sub = shape
    t = lanes_type(size + 1, 1)
    half = ty.lane_bits(t) // 2
    a, c = b.get(rn, t), b.get(rm, t)
    total = b.sub(a, c) if sub else b.add(a, c)
    if rounding:
        total = b.add(total, lanes_of(b, 1 << (half - 1), t))
    b.set(rd, b.trunc(b.lshr(total, lanes_of(b, half, t)), narrowed(t)))


def lift_poly(b: IRBuilder, shape: tuple[int, ...], rd: Operand, rn: Operand, rm: Operand) -> None:
    """VMULL.P8."""
    x, y = (b.zext(b.get(r, ty.I8X8), ty.I16X8) for r in (rn, rm))
    b.set(rd, emit_products(b, x, y))


def lift_poly_8(b: IRBuilder, shape: tuple[int, ...], rd: Operand, rn: Operand, rm: Operand) -> None:
    """VMUL.P8: low 8 bits of the products, of even and odd bytes apart. shape: q."""
    t = lanes_type(1, shape[0])
    x, y = (b.get(r, t) for r in (rn, rm))
    low, eight = lanes_of(b, 0xFF, t), lanes_of(b, 8, t)
    even, odd = emit_products(b, x, y), emit_products(b, b.lshr(x, eight), b.lshr(y, eight))
    b.set(rd, b.or_(b.and_(even, low), b.shl(odd, eight)))


def lift_poly_64(b: IRBuilder, shape: tuple[int, ...], rd: Operand, rn: Operand, rm: Operand) -> None:
    """VMULL.P64."""
    b.set(rd, b.bitcast(b.clmul(b.get(rn, ty.I64), b.get(rm, ty.I64)), ty.I64X2))


def lift_movn(b: IRBuilder, shape: tuple[int, ...], rd: Operand, rm: Operand) -> None:
    """VMOVN. shape: size."""
    b.set(rd, b.trunc(b.get(rm, lanes_type(shape[0] + 1, 1)), lanes_type(shape[0], 0)))


def make_narrow(source_signed: int, signed: int) -> Lift:
    """VQMOVN, VQMOVUN. shape: size."""

    def lift_narrow(b: IRBuilder, shape: tuple[int, ...], rd: Operand, rm: Operand) -> None:
        b.set(rd, emit_narrow(b, b.get(rm, lanes_type(shape[0] + 1, 1)), source_signed, signed))

    return lift_narrow


def lift_shll_max(b: IRBuilder, shape: tuple[int, ...], rd: Operand, rm: Operand) -> None:
    """VSHLL by the lane width. shape: size."""
    wide = extend(b, b.get(rm, lanes_type(shape[0], 0)), 0)
    b.set(rd, b.shl(wide, lanes_of(b, 8 << shape[0], b.type_of(wide))))


def lift_pair_sums(b: IRBuilder, shape: tuple[int, ...], rd: Operand, rm: Operand) -> None:
    """VPADDL, VPADAL. shape: size, q, unsigned, accumulate."""
    size, q, unsigned, accumulate = shape
    sums = pair_sums(b, b.get(rm, lanes_type(size, q)), 1 - unsigned)
    b.set(rd, b.add(b.get(rd, b.type_of(sums)), sums) if accumulate else sums)
