"""CRC32, CRC32C (Arm ARM C6.2, BitReverse and Poly32Mod2)."""

from __future__ import annotations

from hqemu_core.ir import types as ty
from hqemu_core.ir.builder import IRBuilder, Operand
from hqemu_core.isa.simd.crc import emit_crc32

from .common import set_reg


def lift_crc32(b: IRBuilder, shape: tuple[int, ...], rd: Operand, rn: Operand, rm: Operand) -> None:
    """shape: Castagnoli, size."""
    which, size = shape
    set_reg(b, rd, emit_crc32(b, which, size, b.get(rn, ty.I32), b.get(rm, ty.I64)))
