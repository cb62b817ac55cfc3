"""Advanced SIMD modified immediate (Arm ARM C4.1.96, AdvSIMDExpandImm): MOVI, MVNI, FMOV, ORR, BIC.

The rows expand the 8-bit immediate; what is left is a 32-bit pattern repeated over the register, or a 64-bit one.
"""

from __future__ import annotations

from hqemu_core.ir import types as ty
from hqemu_core.ir.builder import IRBuilder, Operand

from .simd_regs import get_v, set_v, splat


def lift_pattern(b: IRBuilder, shape: tuple[int, ...], vd: Operand, pattern: Operand) -> None:
    """shape: 0 64 bits, 1 128 bits, 2 the pattern is zero."""
    (kind,) = shape
    if kind == 2:
        b.set(vd, b.const(0, ty.I32X4))
    elif kind == 1:
        b.set(vd, splat(b, pattern, ty.I32X4))
    else:
        low = b.splat(b.imm(pattern, ty.I32), 2)
        set_v(b, vd, low)


def lift_pattern64(b: IRBuilder, shape: tuple[int, ...], vd: Operand, pattern: Operand) -> None:
    """shape: q."""
    (q,) = shape
    value = b.imm(pattern, ty.I64)
    set_v(b, vd, b.splat(value, 2) if q else value)


def lift_logic(b: IRBuilder, shape: tuple[int, ...], vd: Operand, pattern: Operand) -> None:
    """ORR, BIC. shape: q, bic. BIC's pattern comes inverted."""
    q, bic = shape
    old = get_v(b, vd, ty.I32X4, 64 << q)
    mask = splat(b, pattern, ty.I32X4) if q else get_low(b, pattern)
    set_v(b, vd, b.and_(old, mask) if bic else b.or_(old, mask))


def get_low(b: IRBuilder, pattern: Operand) -> int:
    """A 32-bit pattern in the two low lanes, zero above."""
    value = b.imm(pattern, ty.I32)
    return b.insert(b.insert(b.const(0, ty.I32X4), 0, value), 1, value)
