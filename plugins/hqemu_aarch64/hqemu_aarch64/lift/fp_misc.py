"""Scalar moves and the floating-point system registers (Arm ARM C4.1.96, C5.2)."""

from __future__ import annotations

from hqemu_core.ir import types as ty
from hqemu_core.ir.builder import IRBuilder, Operand, shift_operand

from .common import set_reg, size_type
from .fp_common import HELPERS as HELPERS
from .fp_common import TYPES, set_scalar
from .fp_status import read_fpcr, read_fpsr, write_fpcr, write_fpsr


def lift_move(b: IRBuilder, shape: tuple[int, ...], rd: Operand, rn: Operand) -> None:
    """FMOV between SIMD&FP registers. shape: type."""
    set_scalar(b, rd, b.get(rn, ty.as_int(TYPES[shape[0]])))


def lift_constant(b: IRBuilder, shape: tuple[int, ...], rd: Operand, bits: Operand) -> None:
    """FMOV (immediate). shape: type."""
    set_scalar(b, rd, b.imm(bits, ty.as_int(TYPES[shape[0]])))


def lift_to_general(b: IRBuilder, shape: tuple[int, ...], rd: Operand, rn: Operand) -> None:
    """FMOV to a general register. shape: sf."""
    set_reg(b, rd, b.get(rn, size_type(shape[0])))


def lift_from_general(b: IRBuilder, shape: tuple[int, ...], rd: Operand, rn: Operand) -> None:
    """FMOV from a general register. shape: sf."""
    set_scalar(b, rd, b.get(rn, size_type(shape[0])))


def lift_top_to_general(b: IRBuilder, shape: tuple[int, ...], rd: Operand, rn: Operand) -> None:
    """FMOV Xd, Vn.D[1]."""
    b.set(rd, b.get(shift_operand(rn, 8), ty.I64))


def lift_top_from_general(b: IRBuilder, shape: tuple[int, ...], rd: Operand, rn: Operand) -> None:
    """FMOV Vd.D[1], Xn: the only scalar write that keeps the rest of the register."""
    b.set(shift_operand(rd, 8), b.get(rn, ty.I64))


def lift_read_fpcr(b: IRBuilder, shape: tuple[int, ...], rt: Operand) -> None:
    set_reg(b, rt, read_fpcr(b))


def lift_write_fpcr(b: IRBuilder, shape: tuple[int, ...], rt: Operand, following: Operand) -> None:
    """What follows may need another context."""
    write_fpcr(b, b.get(rt, ty.I32))
    b.resync(following)


def lift_read_fpsr(b: IRBuilder, shape: tuple[int, ...], rt: Operand) -> None:
    set_reg(b, rt, read_fpsr(b))


def lift_write_fpsr(b: IRBuilder, shape: tuple[int, ...], rt: Operand) -> None:
    write_fpsr(b, b.get(rt, ty.I32))
