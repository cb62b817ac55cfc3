"""Loads and stores of general registers (Arm ARM C4.1.94): literal, immediate, register offset, pairs.

``size`` is the logarithm of the bytes; ``opc`` is 1 zero-extend, 2 sign-extend to X, 3 sign-extend to W, as encoded.
Write-back with the base among the transferred registers is constrained unpredictable: here the base wins on a
load and the old value is stored, as on common cores.
"""

from __future__ import annotations

from hqemu_core.ir import types as ty
from hqemu_core.ir.builder import IRBuilder, Operand

from .common import size_type

_SIZES = (ty.I8, ty.I16, ty.I32, ty.I64)


def widen(b: IRBuilder, value: int, opc: int) -> int:
    """A loaded value as the X register's new content."""
    if opc == 1:
        return b.zext(value, ty.I64)
    return b.zext(b.sext(value, ty.I64 if opc == 2 else ty.I32), ty.I64)


def narrow(b: IRBuilder, rt: Operand, size: int) -> int:
    """The part of a register that a store writes."""
    return b.trunc(b.get(rt, size_type(size == 3)), _SIZES[size])


def _offset(b: IRBuilder, rn: Operand, imm: Operand) -> int:
    return b.add(b.get(rn, ty.I64), b.imm(imm, ty.I64))


def _indexed(b: IRBuilder, option: int, scale: int, rn: Operand, rm: Operand) -> int:
    if option == 3:
        index = b.get(rm, ty.I64)
    else:
        word = b.get(rm, ty.I32)
        index = b.sext(word, ty.I64) if option & 4 else b.zext(word, ty.I64)
    return b.add(b.get(rn, ty.I64), b.shl(index, b.const(scale, ty.I64)))


def lift_prefetch(b: IRBuilder, shape: tuple[int, ...]) -> None:
    """A hint."""


def lift_load_literal(b: IRBuilder, shape: tuple[int, ...], rt: Operand, addr: Operand) -> None:
    """shape: size, opc."""
    size, opc = shape
    b.set(rt, widen(b, b.load(b.imm(addr, ty.I64), _SIZES[size]), opc))


def lift_load(b: IRBuilder, shape: tuple[int, ...], rt: Operand, rn: Operand, imm: Operand) -> None:
    """shape: size, opc."""
    size, opc = shape
    b.set(rt, widen(b, b.load(_offset(b, rn, imm), _SIZES[size]), opc))


def lift_store(b: IRBuilder, shape: tuple[int, ...], rt: Operand, rn: Operand, imm: Operand) -> None:
    """shape: size."""
    b.store(_offset(b, rn, imm), narrow(b, rt, shape[0]))


def lift_load_pre(b: IRBuilder, shape: tuple[int, ...], rt: Operand, rn: Operand, imm: Operand) -> None:
    """shape: size, opc."""
    size, opc = shape
    addr = _offset(b, rn, imm)
    value = b.load(addr, _SIZES[size])
    b.set(rt, widen(b, value, opc))
    b.set(rn, addr)


def lift_load_post(b: IRBuilder, shape: tuple[int, ...], rt: Operand, rn: Operand, imm: Operand) -> None:
    """shape: size, opc."""
    size, opc = shape
    addr = b.get(rn, ty.I64)
    value = b.load(addr, _SIZES[size])
    b.set(rt, widen(b, value, opc))
    b.set(rn, b.add(addr, b.imm(imm, ty.I64)))


def lift_store_pre(b: IRBuilder, shape: tuple[int, ...], rt: Operand, rn: Operand, imm: Operand) -> None:
    """shape: size."""
    addr = _offset(b, rn, imm)
    b.store(addr, narrow(b, rt, shape[0]))
    b.set(rn, addr)


def lift_store_post(b: IRBuilder, shape: tuple[int, ...], rt: Operand, rn: Operand, imm: Operand) -> None:
    """shape: size."""
    addr = b.get(rn, ty.I64)
    b.store(addr, narrow(b, rt, shape[0]))
    b.set(rn, b.add(addr, b.imm(imm, ty.I64)))


def lift_load_reg(b: IRBuilder, shape: tuple[int, ...], rt: Operand, rn: Operand, rm: Operand) -> None:
    """shape: size, opc, extension, shift."""
    size, opc, option, scale = shape
    b.set(rt, widen(b, b.load(_indexed(b, option, scale, rn, rm), _SIZES[size]), opc))


def lift_store_reg(b: IRBuilder, shape: tuple[int, ...], rt: Operand, rn: Operand, rm: Operand) -> None:
    """shape: size, extension, shift."""
    size, option, scale = shape
    b.store(_indexed(b, option, scale, rn, rm), narrow(b, rt, size))


def _load_two(b: IRBuilder, shape: tuple[int, ...], rt: Operand, rt2: Operand, addr: int) -> None:
    sf, signed = shape
    t = size_type(sf)
    first = b.load(addr, t)
    second = b.load(b.add(addr, b.const(4 << sf, ty.I64)), t)
    extend = b.sext if signed else b.zext
    b.set(rt, extend(first, ty.I64))
    b.set(rt2, extend(second, ty.I64))


def _store_two(b: IRBuilder, sf: int, rt: Operand, rt2: Operand, addr: int) -> None:
    t = size_type(sf)
    first, second = b.get(rt, t), b.get(rt2, t)
    b.store(addr, first)
    b.store(b.add(addr, b.const(4 << sf, ty.I64)), second)


def lift_load_pair(
    b: IRBuilder, shape: tuple[int, ...], rt: Operand, rt2: Operand, rn: Operand, imm: Operand
) -> None:
    """shape: sf, sign-extend."""
    _load_two(b, shape, rt, rt2, _offset(b, rn, imm))


def lift_load_pair_pre(
    b: IRBuilder, shape: tuple[int, ...], rt: Operand, rt2: Operand, rn: Operand, imm: Operand
) -> None:
    """shape: sf, sign-extend."""
    addr = _offset(b, rn, imm)
    _load_two(b, shape, rt, rt2, addr)
    b.set(rn, addr)


def lift_load_pair_post(
    b: IRBuilder, shape: tuple[int, ...], rt: Operand, rt2: Operand, rn: Operand, imm: Operand
) -> None:
    """shape: sf, sign-extend."""
    addr = b.get(rn, ty.I64)
    _load_two(b, shape, rt, rt2, addr)
    b.set(rn, b.add(addr, b.imm(imm, ty.I64)))


def lift_store_pair(
    b: IRBuilder, shape: tuple[int, ...], rt: Operand, rt2: Operand, rn: Operand, imm: Operand
) -> None:
    """shape: sf."""
    _store_two(b, shape[0], rt, rt2, _offset(b, rn, imm))


def lift_store_pair_pre(
    b: IRBuilder, shape: tuple[int, ...], rt: Operand, rt2: Operand, rn: Operand, imm: Operand
) -> None:
    """shape: sf."""
    addr = _offset(b, rn, imm)
    _store_two(b, shape[0], rt, rt2, addr)
    b.set(rn, addr)


def lift_store_pair_post(
    b: IRBuilder, shape: tuple[int, ...], rt: Operand, rt2: Operand, rn: Operand, imm: Operand
) -> None:
    """shape: sf."""
    addr = b.get(rn, ty.I64)
    _store_two(b, shape[0], rt, rt2, addr)
    b.set(rn, b.add(addr, b.imm(imm, ty.I64)))
