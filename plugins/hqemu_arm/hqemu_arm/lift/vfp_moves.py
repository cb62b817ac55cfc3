"""Moves between registers, constants, FPSCR, and loads and stores of VFP registers (ARM ARM A7.6 to A7.9)."""

from __future__ import annotations

from hqemu_core.ir import types as ty
from hqemu_core.ir.builder import IRBuilder, Operand, shift_operand
from hqemu_core.ir.opcodes import MemOp

from .common import mem
from .vfp_arith import INTS
from .vfp_env import read_fpscr, write_fpscr


def lift_constant(b: IRBuilder, shape: tuple[int, ...], rd: Operand, bits: Operand) -> None:
    """VMOV (immediate); of a double the upper half. shape: sz."""
    value = b.imm(bits, INTS[shape[0]])
    b.set(rd, b.shl(value, b.const(32, ty.I64)) if shape[0] else value)


def lift_core(b: IRBuilder, shape: tuple[int, ...], rt: Operand, rn: Operand) -> None:
    """VMOV between a core register and 32 bits of a VFP register. shape: to the core register."""
    source, target = (rn, rt) if shape[0] else (rt, rn)
    b.set(target, b.get(source, ty.I32))


def lift_core_pair(
    b: IRBuilder, shape: tuple[int, ...], rt: Operand, rt2: Operand, rm: Operand
) -> None:
    """VMOV between two core registers and a double. shape: to core."""
    by = b.const(32, ty.I64)
    if shape[0]:
        value = b.get(rm, ty.I64)
        b.set(rt, b.trunc(value, ty.I32))
        b.set(rt2, b.trunc(b.lshr(value, by), ty.I32))
    else:
        low, high = b.zext(b.get(rt, ty.I32), ty.I64), b.zext(b.get(rt2, ty.I32), ty.I64)
        b.set(rm, b.or_(low, b.shl(high, by)))


def lift_core_singles(
    b: IRBuilder, shape: tuple[int, ...], rt: Operand, rt2: Operand, rm: Operand
) -> None:
    """VMOV between two core registers and two singles that follow each other. shape: to core."""
    for core, single in ((rt, rm), (rt2, shift_operand(rm, 4))):
        source, target = (single, core) if shape[0] else (core, single)
        b.set(target, b.get(source, ty.I32))


_LANES = (ty.I8, ty.I16, ty.I32)


def lift_to_element(b: IRBuilder, shape: tuple[int, ...], element: Operand, rt: Operand) -> None:
    """VMOV (core register to scalar). shape: size."""
    b.set(element, b.trunc(b.get(rt, ty.I32), _LANES[shape[0]]))


def lift_from_element(b: IRBuilder, shape: tuple[int, ...], rt: Operand, element: Operand) -> None:
    """VMOV (scalar to core register). shape: size, unsigned."""
    value = b.get(element, _LANES[shape[0]])
    b.set(rt, b.zext(value, ty.I32) if shape[1] else b.sext(value, ty.I32))


def lift_read_fpscr(b: IRBuilder, shape: tuple[int, ...], rt: Operand) -> None:
    b.set(rt, read_fpscr(b))


def lift_write_fpscr(b: IRBuilder, shape: tuple[int, ...], rt: Operand, following: Operand) -> None:
    """What follows may need another context."""
    write_fpscr(b, b.get(rt, ty.I32))
    b.resync(following)


# -- loads and stores


def _mem(b: IRBuilder, sz: int, first: bool = True) -> MemOp:
    """Addresses are those of words, also for Linux, which completes unaligned accesses for core registers only. Of
    several accesses the first is checked."""
    return mem(b, 4 << sz, 4 if first else 1)


def lift_load(b: IRBuilder, shape: tuple[int, ...], rd: Operand, rn: Operand, offset: Operand) -> None:
    """VLDR. shape: sz."""
    b.set(rd, b.load(b.add(b.get(rn, ty.I32), b.imm(offset, ty.I32)), INTS[shape[0]], _mem(b, shape[0])))


def lift_load_literal(b: IRBuilder, shape: tuple[int, ...], rd: Operand, address: Operand) -> None:
    """shape: sz."""
    b.set(rd, b.load(b.imm(address, ty.I32), INTS[shape[0]], _mem(b, shape[0])))


def lift_store(b: IRBuilder, shape: tuple[int, ...], rd: Operand, rn: Operand, offset: Operand) -> None:
    """VSTR. shape: sz."""
    b.store(b.add(b.get(rn, ty.I32), b.imm(offset, ty.I32)), b.get(rd, INTS[shape[0]]), _mem(b, shape[0]))


def _place(b: IRBuilder, shape: tuple[int, ...], rn: Operand) -> tuple[int, int]:
    """(lowest address, what a write-back makes of the base)."""
    _, words, mode = shape
    base = b.get(rn, ty.I32)
    moved = b.add(base, b.const(-4 * words if mode == 2 else 4 * words, ty.I32))
    return (moved if mode == 2 else base), moved


def _at(b: IRBuilder, address: int, offset: int) -> int:
    return b.add(address, b.const(offset, ty.I32)) if offset else address


def lift_load_multiple(b: IRBuilder, shape: tuple[int, ...], rn: Operand, rd: Operand) -> None:
    """VLDM, VPOP. An odd number of words of doubles is FLDMX, whose last word is nothing.

    shape: sz, words, mode (0 increment after, 1 with write-back, 2 decrement before with write-back)."""
    sz, words, mode = shape
    address, moved = _place(b, shape, rn)
    step = 4 << sz
    values = [b.load(_at(b, address, step * n), INTS[sz], _mem(b, sz, n == 0)) for n in range(words >> sz)]
    if mode:
        b.set(rn, moved)
    for n, value in enumerate(values):
        b.set(shift_operand(rd, step * n), value)


def lift_store_multiple(b: IRBuilder, shape: tuple[int, ...], rn: Operand, rd: Operand) -> None:
    """VSTM, VPUSH. shape: as for :func:`lift_load_multiple`."""
    sz, words, mode = shape
    address, moved = _place(b, shape, rn)
    step = 4 << sz
    values = [b.get(shift_operand(rd, step * n), INTS[sz]) for n in range(words >> sz)]
    for n, value in enumerate(values):
        b.store(_at(b, address, step * n), value, _mem(b, sz, n == 0))
    if mode:
        b.set(rn, moved)
