"""Data processing, immediate (Arm ARM C4.1.92): add/sub, logical, move wide, bitfield, extract, PC-relative."""

from __future__ import annotations

from hqemu_core.ir import opcodes as op
from hqemu_core.ir import types as ty
from hqemu_core.ir.builder import IRBuilder, Operand

from .common import SHIFTS, flags_add, flags_logic, flags_sub, set_reg, size_type

_LOGIC = (op.AND, op.OR, op.XOR, op.AND)


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


def lift_logical(b: IRBuilder, shape: tuple[int, ...], rd: Operand, rn: Operand, imm: Operand) -> None:
    """shape: sf, opc (AND ORR EOR ANDS)."""
    sf, opc = shape
    t = size_type(sf)
    result = b.bin(_LOGIC[opc], b.get(rn, t), b.imm(imm, t))
    if opc == 3:
        flags_logic(b, result)
    set_reg(b, rd, result)


def lift_test(b: IRBuilder, shape: tuple[int, ...], rn: Operand, imm: Operand) -> None:
    """TST: ANDS without a destination. shape: sf."""
    t = size_type(shape[0])
    flags_logic(b, b.and_(b.get(rn, t), b.imm(imm, t)))


def lift_address(b: IRBuilder, shape: tuple[int, ...], rd: Operand, value: Operand) -> None:
    """ADR, ADRP."""
    b.set(rd, b.imm(value, ty.I64))


def lift_constant(b: IRBuilder, shape: tuple[int, ...], rd: Operand, value: Operand) -> None:
    """MOVZ, MOVN, MOV (bitmask immediate). shape: sf."""
    set_reg(b, rd, b.imm(value, size_type(shape[0])))


def lift_move(b: IRBuilder, shape: tuple[int, ...], rd: Operand, rn: Operand) -> None:
    """Register to register. shape: sf."""
    set_reg(b, rd, b.get(rn, size_type(shape[0])))


def lift_movk(b: IRBuilder, shape: tuple[int, ...], rd: Operand, imm: Operand) -> None:
    """Writes 16 bits in place; the W form also clears the upper half. shape: hw, sf."""
    hw, sf = shape
    t = size_type(sf)
    keep = b.const(~(0xFFFF << (16 * hw)), t)
    old = b.and_(b.get(rd, t), keep)
    set_reg(b, rd, b.or_(old, b.shl(b.imm(imm, t), b.const(16 * hw, t))))


def lift_shift_imm(b: IRBuilder, shape: tuple[int, ...], rd: Operand, rn: Operand, amount: Operand) -> None:
    """LSL, LSR, ASR, ROR by an immediate. shape: sf, kind."""
    sf, kind = shape
    t = size_type(sf)
    set_reg(b, rd, b.bin(SHIFTS[kind], b.get(rn, t), b.imm(amount, t)))


def lift_sign_extend(b: IRBuilder, shape: tuple[int, ...], rd: Operand, rn: Operand) -> None:
    """SXTB, SXTH, SXTW. shape: sf, source bits."""
    sf, bits = shape
    set_reg(b, rd, b.sext(b.trunc(b.get(rn, ty.I32), bits), size_type(sf)))


def lift_zero_extend(b: IRBuilder, shape: tuple[int, ...], rd: Operand, rn: Operand) -> None:
    """UXTB, UXTH, and UBFX of the low word. shape: source bits."""
    b.set(rd, b.zext(b.trunc(b.get(rn, ty.I32), shape[0]), ty.I64))


def lift_sbfm(
    b: IRBuilder, shape: tuple[int, ...], rd: Operand, rn: Operand, left: Operand, right: Operand
) -> None:
    """SBFX, SBFIZ: the field moved to the top, then down with its sign. shape: sf."""
    t = size_type(shape[0])
    top = b.shl(b.get(rn, t), b.imm(left, t))
    set_reg(b, rd, b.ashr(top, b.imm(right, t)))


def lift_ubfm(
    b: IRBuilder, shape: tuple[int, ...], rd: Operand, rn: Operand, left: Operand, right: Operand
) -> None:
    """UBFX, UBFIZ of an X register whose field mask would not fit an immediate."""
    top = b.shl(b.get(rn, ty.I64), b.imm(left, ty.I64))
    b.set(rd, b.lshr(top, b.imm(right, ty.I64)))


def lift_ubfx(
    b: IRBuilder, shape: tuple[int, ...], rd: Operand, rn: Operand, lsb: Operand, mask: Operand
) -> None:
    """shape: sf."""
    t = size_type(shape[0])
    set_reg(b, rd, b.and_(b.lshr(b.get(rn, t), b.imm(lsb, t)), b.imm(mask, t)))


def lift_ubfiz(
    b: IRBuilder, shape: tuple[int, ...], rd: Operand, rn: Operand, lsb: Operand, mask: Operand
) -> None:
    """shape: sf."""
    t = size_type(shape[0])
    set_reg(b, rd, b.shl(b.and_(b.get(rn, t), b.imm(mask, t)), b.imm(lsb, t)))


def lift_bfm(
    b: IRBuilder, shape: tuple[int, ...], rd: Operand, rn: Operand, rotate: Operand, mask: Operand
) -> None:
    """BFI, BFXIL: both are the rotated source under one mask. shape: sf."""
    t = size_type(shape[0])
    old = b.get(rd, t)
    moved = b.rotr(b.get(rn, t), b.imm(rotate, t))
    set_reg(b, rd, b.xor(old, b.and_(b.xor(old, moved), b.imm(mask, t))))


def lift_extract(
    b: IRBuilder, shape: tuple[int, ...], rd: Operand, rn: Operand, rm: Operand, right: Operand, left: Operand
) -> None:
    """EXTR with a non-zero amount. shape: sf."""
    t = size_type(shape[0])
    low = b.lshr(b.get(rm, t), b.imm(right, t))
    set_reg(b, rd, b.or_(b.shl(b.get(rn, t), b.imm(left, t)), low))
