"""Data processing, immediate (Arm ARM C4.1.92): add/sub, logical, move wide, bitfield, extract, PC-relative."""

from __future__ import annotations

from hqemu_core.ir import opcodes as op
from hqemu_core.ir import types as ty
from hqemu_core.ir.builder import IRBuilder, Operand

from .common import flags_add, flags_logic, flags_sub, set_reg, size_type


def lift_add_sub(b: IRBuilder, shape: tuple[int, ...], rd: Operand, rn: Operand, imm: Operand) -> None:
    """shape: sf, subtract, set flags."""
    sf, sub, setflags = shape
    t = size_type(sf)
    a, c = b.get(rn, t), b.imm(imm, t)
    result = b.sub(a, c) if sub else b.add(a, c)
    if setflags:
        (flags_sub if sub else flags_add)(b, a, c, result)
    set_reg(b, rd, result)


def lift_compare(b: IRBuilder, shape: tuple[int, ...], rn: Operand, imm: Operand) -> None:
    """CMP, CMN: as add_sub without a destination. shape: sf, subtract."""
    sf, sub = shape
    t = size_type(sf)
    a, c = b.get(rn, t), b.imm(imm, t)
    if sub:
        flags_sub(b, a, c, b.sub(a, c))
    else:
        flags_add(b, a, c, b.add(a, c))


_LOGIC = (op.AND, op.OR, op.XOR, op.AND)


def lift_logical(b: IRBuilder, shape: tuple[int, ...], rd: Operand, rn: Operand, imm: Operand) -> None:
    """shape: sf, opc (AND ORR EOR ANDS), immediate is wide (unused: it only splits the forms)."""
    sf, opc, _ = shape
    t = size_type(sf)
    result = b.bin(_LOGIC[opc], b.get(rn, t), b.imm(imm, t))
    if opc == 3:
        flags_logic(b, result)
    set_reg(b, rd, result)


def lift_constant(b: IRBuilder, shape: tuple[int, ...], rd: Operand, value: Operand) -> None:
    """MOVZ, MOVN, ADR, ADRP: the register's new value is known at translation."""
    b.set(rd, b.imm(value, ty.I64))


def lift_movk(b: IRBuilder, shape: tuple[int, ...], rd: Operand, imm: Operand) -> None:
    """shape: hw. Writes 16 bits in place; the W form also clears the upper half. shape: hw, sf."""
    hw, sf = shape
    t = size_type(sf)
    keep = b.const(~(0xFFFF << (16 * hw)), t)
    old = b.and_(b.get(rd, t), keep)
    set_reg(b, rd, b.or_(old, b.shl(b.imm(imm, t), b.const(16 * hw, t))))
