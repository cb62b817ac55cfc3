"""Loads and stores of SIMD&FP registers (Arm ARM C4.1.94): LDR, STR, LDUR, STUR, LDP, STP, LDNP, STNP, literal.

``scale`` in a shape is log2 of the bytes of one register: 0 B, 1 H, 2 S, 3 D, 4 Q.
"""

from __future__ import annotations

from hqemu_core.ir import types as ty
from hqemu_core.ir.builder import IRBuilder, Operand

from .simd_regs import set_v

_TYPES = (ty.I8, ty.I16, ty.I32, ty.I64, ty.I64X2)

OFFSET, POST, PRE = 0, 1, 2
"""How a shape names the index mode."""


def _address(b: IRBuilder, mode: int, rn: Operand, imm: Operand) -> tuple[int, int]:
    """The address of the access and the base's new value."""
    base = b.get(rn, ty.I64)
    moved = b.add(base, b.imm(imm, ty.I64))
    return (base if mode == POST else moved), moved


def lift_load(b: IRBuilder, shape: tuple[int, ...], vt: Operand, rn: Operand, imm: Operand) -> None:
    """shape: scale, index mode."""
    scale, mode = shape
    address, moved = _address(b, mode, rn, imm)
    value = b.load(address, _TYPES[scale])
    set_v(b, vt, value)
    if mode != OFFSET:
        b.set(rn, moved)


def lift_store(b: IRBuilder, shape: tuple[int, ...], vt: Operand, rn: Operand, imm: Operand) -> None:
    """shape: scale, index mode."""
    scale, mode = shape
    address, moved = _address(b, mode, rn, imm)
    b.store(address, b.get(vt, _TYPES[scale]))
    if mode != OFFSET:
        b.set(rn, moved)


UXTW, LSL, SXTW = 0, 1, 2


def _register_offset(b: IRBuilder, extend: int, shift: int, rn: Operand, rm: Operand) -> int:
    if extend == LSL:
        offset = b.get(rm, ty.I64)
    else:
        low = b.get(rm, ty.I32)
        offset = b.sext(low, ty.I64) if extend == SXTW else b.zext(low, ty.I64)
    return b.add(b.get(rn, ty.I64), b.shl(offset, b.const(shift, ty.I64)))


def lift_load_register_offset(b: IRBuilder, shape: tuple[int, ...], vt: Operand, rn: Operand, rm: Operand) -> None:
    """shape: scale, extension of the offset (UXTW LSL SXTW), its left shift."""
    scale, extend, shift = shape
    set_v(b, vt, b.load(_register_offset(b, extend, shift, rn, rm), _TYPES[scale]))


def lift_store_register_offset(b: IRBuilder, shape: tuple[int, ...], vt: Operand, rn: Operand, rm: Operand) -> None:
    """shape: scale, extension of the offset (UXTW LSL SXTW), its left shift."""
    scale, extend, shift = shape
    b.store(_register_offset(b, extend, shift, rn, rm), b.get(vt, _TYPES[scale]))


def lift_load_literal(b: IRBuilder, shape: tuple[int, ...], vt: Operand, address: Operand) -> None:
    """shape: scale."""
    (scale,) = shape
    set_v(b, vt, b.load(b.imm(address, ty.I64), _TYPES[scale]))


def lift_load_pair(
    b: IRBuilder, shape: tuple[int, ...], vt: Operand, vt2: Operand, rn: Operand, imm: Operand
) -> None:  # fmt: skip
    """shape: scale, index mode. Equal destinations are CONSTRAINED UNPREDICTABLE; here the second one wins."""
    scale, mode = shape
    address, moved = _address(b, mode, rn, imm)
    first = b.load(address, _TYPES[scale])
    second = b.load(b.add(address, b.const(1 << scale, ty.I64)), _TYPES[scale])
    set_v(b, vt, first)
    set_v(b, vt2, second)
    if mode != OFFSET:
        b.set(rn, moved)


def lift_store_pair(
    b: IRBuilder, shape: tuple[int, ...], vt: Operand, vt2: Operand, rn: Operand, imm: Operand
) -> None:  # fmt: skip
    """shape: scale, index mode."""
    scale, mode = shape
    address, moved = _address(b, mode, rn, imm)
    first, second = b.get(vt, _TYPES[scale]), b.get(vt2, _TYPES[scale])
    b.store(address, first)
    b.store(b.add(address, b.const(1 << scale, ty.I64)), second)
    if mode != OFFSET:
        b.set(rn, moved)
