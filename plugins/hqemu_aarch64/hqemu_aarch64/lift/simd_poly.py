"""Polynomial multiplication over {0, 1} (Arm ARM C4.1.94): PMUL, PMULL, PMULL2."""

from __future__ import annotations

from hqemu_core.ir import types as ty
from hqemu_core.ir.builder import IRBuilder, Operand
from hqemu_core.isa.simd.lanes import lanes_of
from hqemu_core.isa.simd.poly import emit_products

from .simd_regs import get_half, get_v, set_v


def lift_pmull_64(b: IRBuilder, shape: tuple[int, ...], vd: Operand, vn: Operand, vm: Operand) -> None:
    """64 by 64 to 128 bits. shape: high half."""
    (high,) = shape
    x, y = (b.extract(b.get(v, ty.I64X2), high) for v in (vn, vm))
    set_v(b, vd, b.clmul(x, y))


def lift_pmull_8(b: IRBuilder, shape: tuple[int, ...], vd: Operand, vn: Operand, vm: Operand) -> None:
    """8 by 8 to 16 bits, eight lanes. shape: high half."""
    (high,) = shape
    x, y = (b.zext(get_half(b, v, high, ty.I8X8), ty.I16X8) for v in (vn, vm))
    b.set(vd, emit_products(b, x, y))


def lift_pmul(b: IRBuilder, shape: tuple[int, ...], vd: Operand, vn: Operand, vm: Operand) -> None:
    """8 by 8 bits, low 8 bits of the products: even and odd bytes apart. shape: q."""
    (q,) = shape
    x, y = (get_v(b, v, ty.I16X8, 64 << q) for v in (vn, vm))
    low, eight = lanes_of(b, 0xFF, ty.I16X8), lanes_of(b, 8, ty.I16X8)
    even = emit_products(b, x, y)
    odd = emit_products(b, b.lshr(x, eight), b.lshr(y, eight))
    set_v(b, vd, b.or_(b.and_(even, low), b.shl(odd, eight)))
