"""Loads and stores of general registers (ARM ARM A5.2.8, A5.3, A5.5): words, bytes, halves, doubles, lists.

Unaligned addresses work everywhere but for exclusives: where the architecture faults (LDM, LDRD), Linux completes the
access for the program. The T variants are the ordinary ones to a user program.

``mode``: 0 offset, 1 pre-indexed, 2 post-indexed.
"""

from __future__ import annotations

from hqemu_core.ir import types as ty
from hqemu_core.ir.builder import IRBuilder, Operand, shift_operand

from ..state import R15
from .common import is_big, mem
from .dp import shift_imm

_TYPES = (ty.I32, ty.I8, ty.I16, ty.I8, ty.I16)
"""by kind: 0 word 1 byte 2 half 3 signed byte 4 signed half"""


def load_value(b: IRBuilder, kind: int, addr: int) -> int:
    t = _TYPES[kind]
    value = b.load(addr, t, mem(b, ty.bits(t) // 8))
    return b.sext(value, ty.I32) if kind > 2 else b.zext(value, ty.I32)


def _address(b: IRBuilder, mode: int, rn: Operand, offset: int) -> tuple[int, int | None]:
    """(address, what the base register becomes)."""
    base = b.get(rn, ty.I32)
    moved = b.add(base, offset)
    return (base if mode == 2 else moved), (moved if mode else None)


def _index(b: IRBuilder, up: int, kind: int, rm: Operand, by: Operand) -> int:
    value, _ = shift_imm(b, b.get(rm, ty.I32), kind, by, False)
    return value if up else b.neg(value)


def _finish_load(b: IRBuilder, kind: int, rt: Operand, rn: Operand, place: tuple[int, int | None]) -> None:
    value = load_value(b, kind, place[0])
    if place[1] is not None:
        b.set(rn, place[1])
    b.set(rt, value)


def _finish_store(b: IRBuilder, kind: int, rt: Operand, rn: Operand, place: tuple[int, int | None]) -> None:
    t = _TYPES[kind]
    b.store(place[0], b.trunc(b.get(rt, ty.I32), t), mem(b, ty.bits(t) // 8))
    if place[1] is not None:
        b.set(rn, place[1])


def lift_load_literal(b: IRBuilder, shape: tuple[int, ...], rt: Operand, addr: Operand) -> None:
    """shape: kind."""
    b.set(rt, load_value(b, shape[0], b.imm(addr, ty.I32)))


def lift_load(b: IRBuilder, shape: tuple[int, ...], rt: Operand, rn: Operand, imm: Operand) -> None:
    """shape: kind, mode."""
    kind, mode = shape
    _finish_load(b, kind, rt, rn, _address(b, mode, rn, b.imm(imm, ty.I32)))


def lift_store(b: IRBuilder, shape: tuple[int, ...], rt: Operand, rn: Operand, imm: Operand) -> None:
    """shape: kind, mode."""
    kind, mode = shape
    _finish_store(b, kind, rt, rn, _address(b, mode, rn, b.imm(imm, ty.I32)))


def lift_load_reg(
    b: IRBuilder, shape: tuple[int, ...], rt: Operand, rn: Operand, rm: Operand, by: Operand
) -> None:
    """shape: kind, mode, up, shift kind."""
    kind, mode, up, shift = shape
    _finish_load(b, kind, rt, rn, _address(b, mode, rn, _index(b, up, shift, rm, by)))


def lift_store_reg(
    b: IRBuilder, shape: tuple[int, ...], rt: Operand, rn: Operand, rm: Operand, by: Operand
) -> None:
    """shape: kind, mode, up, shift kind."""
    kind, mode, up, shift = shape
    _finish_store(b, kind, rt, rn, _address(b, mode, rn, _index(b, up, shift, rm, by)))


def lift_load_pc(b: IRBuilder, shape: tuple[int, ...], rn: Operand, imm: Operand) -> None:
    """LDR PC, with interworking. shape: mode, from the stack pointer (a return)."""
    mode, ret = shape
    addr, moved = _address(b, mode, rn, b.imm(imm, ty.I32))
    target = b.load(addr, ty.I32, mem(b, 4))
    if moved is not None:
        b.set(rn, moved)
    b.indirect(target, 2 * ret)


def lift_load_pc_reg(b: IRBuilder, shape: tuple[int, ...], rn: Operand, rm: Operand, by: Operand) -> None:
    """shape: mode, up, shift kind."""
    mode, up, shift = shape
    addr, moved = _address(b, mode, rn, _index(b, up, shift, rm, by))
    target = b.load(addr, ty.I32, mem(b, 4))
    if moved is not None:
        b.set(rn, moved)
    b.indirect(target)


# -- doubles


def split(b: IRBuilder, value: int) -> tuple[int, int]:
    """The words of an i64 that was loaded, in the order of their addresses."""
    low, high = b.trunc(value, ty.I32), b.trunc(b.lshr(value, b.const(32, ty.I64)), ty.I32)
    return (high, low) if is_big(b) else (low, high)


def join(b: IRBuilder, first: int, second: int) -> int:
    """The i64 that is stored to put two words one behind the other."""
    if is_big(b):
        first, second = second, first
    low, high = b.zext(first, ty.I64), b.zext(second, ty.I64)
    return b.or_(low, b.shl(high, b.const(32, ty.I64)))


def _load_pair(b: IRBuilder, rt: Operand, rt2: Operand, rn: Operand, place: tuple[int, int | None]) -> None:
    first, second = split(b, b.load(place[0], ty.I64, mem(b, 8)))
    if place[1] is not None:
        b.set(rn, place[1])
    b.set(rt, first)
    b.set(rt2, second)


def _store_pair(b: IRBuilder, rt: Operand, rt2: Operand, rn: Operand, place: tuple[int, int | None]) -> None:
    b.store(place[0], join(b, b.get(rt, ty.I32), b.get(rt2, ty.I32)), mem(b, 8))
    if place[1] is not None:
        b.set(rn, place[1])


def lift_load_double_literal(b: IRBuilder, shape: tuple[int, ...], rt: Operand, addr: Operand) -> None:
    lift_load_pair_literal(b, shape, rt, shift_operand(rt, 4), addr)


def lift_load_pair_literal(
    b: IRBuilder, shape: tuple[int, ...], rt: Operand, rt2: Operand, addr: Operand
) -> None:
    _load_pair(b, rt, rt2, 0, (b.imm(addr, ty.I32), None))


def lift_double(b: IRBuilder, shape: tuple[int, ...], rt: Operand, rn: Operand, imm: Operand) -> None:
    """LDRD, STRD of neighbouring registers. shape: store, mode."""
    lift_pair(b, shape, rt, shift_operand(rt, 4), rn, imm)


def lift_pair(
    b: IRBuilder, shape: tuple[int, ...], rt: Operand, rt2: Operand, rn: Operand, imm: Operand
) -> None:
    """T32's LDRD, STRD. shape: store, mode."""
    store, mode = shape
    place = _address(b, mode, rn, b.imm(imm, ty.I32))
    (_store_pair if store else _load_pair)(b, rt, rt2, rn, place)


def lift_double_reg(b: IRBuilder, shape: tuple[int, ...], rt: Operand, rn: Operand, rm: Operand) -> None:
    """shape: store, mode, up."""
    store, mode, up = shape
    place = _address(b, mode, rn, _index(b, up, 0, rm, 0))
    (_store_pair if store else _load_pair)(b, rt, shift_operand(rt, 4), rn, place)


# -- lists


def _list_place(b: IRBuilder, before: int, up: int, rn: Operand, size: int) -> tuple[int, int]:
    """(lowest address, what a write-back makes of the base)."""
    base = b.get(rn, ty.I32)
    moved = b.add(base, b.const(size if up else -size, ty.I32))
    start = (4 if before else 0) if up else (0 if before else 4)
    lowest = base if up else moved
    return (b.add(lowest, b.const(start, ty.I32)) if start else lowest), moved


def _load_list(b: IRBuilder, addr: int, count: int) -> list[int]:
    return [b.load(b.add(addr, b.const(4 * n, ty.I32)), ty.I32, mem(b, 4)) for n in range(count)]


def lift_load_list(b: IRBuilder, shape: tuple[int, ...], rn: Operand, *registers: Operand) -> None:
    """LDM. shape: before, up, write back."""
    before, up, writeback = shape
    addr, moved = _list_place(b, before, up, rn, 4 * len(registers))
    values = _load_list(b, addr, len(registers))
    if writeback:
        b.set(rn, moved)
    for register, value in zip(registers, values, strict=True):
        b.set(register, value)


def lift_load_list_pc(b: IRBuilder, shape: tuple[int, ...], rn: Operand, *registers: Operand) -> None:
    """LDM with PC, the last of the list. shape: before, up, write back, from the stack pointer (a return)."""
    before, up, writeback, ret = shape
    count = len(registers) + 1
    addr, moved = _list_place(b, before, up, rn, 4 * count)
    values = _load_list(b, addr, count)
    if writeback:
        b.set(rn, moved)
    for register, value in zip(registers, values, strict=False):
        b.set(register, value)
    b.indirect(values[-1], 2 * ret)


def lift_store_list(b: IRBuilder, shape: tuple[int, ...], rn: Operand, *registers: Operand) -> None:
    """STM. A base in the list is stored as it was. shape: before, up, write back."""
    before, up, writeback = shape
    addr, moved = _list_place(b, before, up, rn, 4 * len(registers))
    values = [b.get(register, ty.I32) for register in registers]
    for n, value in enumerate(values):
        b.store(b.add(addr, b.const(4 * n, ty.I32)), value, mem(b, 4))
    if writeback:
        b.set(rn, moved)


def lift_store_list_pc(b: IRBuilder, shape: tuple[int, ...], rn: Operand, *registers: Operand) -> None:
    """STM with PC, whose value is the last operand. shape: before, up, write back."""
    b.set(R15, b.imm(registers[-1], ty.I32))
    lift_store_list(b, shape, rn, *registers[:-1], R15)


def lift_nothing(b: IRBuilder, shape: tuple[int, ...]) -> None:
    """A hint."""
