"""CRC32 and CRC32C (ARM ARM F2.9.2)."""

from __future__ import annotations

from hqemu_core.ir import types as ty
from hqemu_core.ir.builder import IRBuilder, Operand
from hqemu_core.isa.simd.crc import emit_crc32


def lift_crc32(b: IRBuilder, shape: tuple[int, ...], rd: Operand, rn: Operand, rm: Operand) -> None:
    """shape: size, Castagnoli."""
    size, which = shape
    b.set(rd, emit_crc32(b, which, size, b.get(rn, ty.I32), b.zext(b.get(rm, ty.I32), ty.I64)))
