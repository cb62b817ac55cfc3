"""Hints, barriers, system registers, cache maintenance (Arm ARM C4.1.93, D19)."""

from __future__ import annotations

from hqemu_core.ir import types as ty
from hqemu_core.ir.builder import IRBuilder, Operand
from hqemu_core.ir.opcodes import MemOp

from ..state import CODE_LINE, MONITOR_ADDR, TPIDR
from ..sysregs import LINE_BYTES, ZVA_BYTES
from .common import flags_parts, get_flags


def lift_nothing(b: IRBuilder, shape: tuple[int, ...]) -> None:
    """Hints, data cache maintenance by address: no effect that a user program can see."""


def lift_clrex(b: IRBuilder, shape: tuple[int, ...]) -> None:
    b.set(MONITOR_ADDR, b.const(-1, ty.I64))


def lift_barrier(b: IRBuilder, shape: tuple[int, ...]) -> None:
    """DMB, DSB. shape: kind of fence."""
    b.fence(shape[0])


def lift_isb(b: IRBuilder, shape: tuple[int, ...], following: Operand) -> None:
    b.resync(following)


def lift_read_tpidr(b: IRBuilder, shape: tuple[int, ...], rt: Operand) -> None:
    b.set(rt, b.get(TPIDR, ty.I64))


def lift_write_tpidr(b: IRBuilder, shape: tuple[int, ...], rt: Operand) -> None:
    b.set(TPIDR, b.get(rt, ty.I64))


def lift_read_nzcv(b: IRBuilder, shape: tuple[int, ...], rt: Operand) -> None:
    value = b.const(0, ty.I64)
    for bit, flag in zip((31, 30, 29, 28), get_flags(b), strict=True):
        value = b.or_(value, b.shl(b.zext(flag, ty.I64), b.const(bit, ty.I64)))
    b.set(rt, value)


def lift_write_nzcv(b: IRBuilder, shape: tuple[int, ...], rt: Operand) -> None:
    value = b.get(rt, ty.I64)
    n, z, c, v = (b.trunc(b.lshr(value, b.const(bit, ty.I64)), ty.I1) for bit in (31, 30, 29, 28))
    flags_parts(b, n, z, c, v)


def lift_read_constant(b: IRBuilder, shape: tuple[int, ...], rt: Operand, value: Operand) -> None:
    b.set(rt, b.imm(value, ty.I64))


def lift_dc_zva(b: IRBuilder, shape: tuple[int, ...], rt: Operand) -> None:
    """Zeroes the naturally aligned block that contains the address."""
    base = b.and_(b.get(rt, ty.I64), b.const(-ZVA_BYTES, ty.I64))
    zero = b.const(0, ty.I8X16)
    for at in range(0, ZVA_BYTES, 16):
        b.store(b.add(base, b.const(at, ty.I64)), zero, MemOp(16))


def lift_ic_ivau(b: IRBuilder, shape: tuple[int, ...], rt: Operand, following: Operand) -> None:
    """Names a line whose code changed (the engine asks ``changed_code``); what follows must be looked up anew."""
    line = b.and_(b.get(rt, ty.I64), b.const(-LINE_BYTES, ty.I64))
    b.set(CODE_LINE, b.add(line, b.const(1, ty.I64)))
    b.resync(following)
