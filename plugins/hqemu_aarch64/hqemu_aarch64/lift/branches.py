"""Branches, exception generation (Arm ARM C4.1.93)."""

from __future__ import annotations

from hqemu_core.ir import opcodes as op
from hqemu_core.ir import types as ty
from hqemu_core.ir.builder import IRBuilder, Operand

from ..state import MONITOR_ADDR, X
from .common import condition, size_type

_LINK = X + 30 * 8


def lift_b(b: IRBuilder, shape: tuple[int, ...], target: Operand) -> None:
    b.jump(target)


def lift_bl(b: IRBuilder, shape: tuple[int, ...], target: Operand, link: Operand) -> None:
    b.set(_LINK, b.imm(link, ty.I64))
    b.jump(target, 1)


def lift_b_cond(b: IRBuilder, shape: tuple[int, ...], taken: Operand, fall: Operand) -> None:
    """shape: condition."""
    b.branch(condition(b, shape[0]), taken, fall)


def lift_cbz(b: IRBuilder, shape: tuple[int, ...], rt: Operand, taken: Operand, fall: Operand) -> None:
    """CBZ, CBNZ. shape: sf, branch if not zero."""
    sf, nonzero = shape
    t = size_type(sf)
    value, zero = b.get(rt, t), b.const(0, t)
    b.branch(b.ne(value, zero) if nonzero else b.eq(value, zero), taken, fall)


def _test(b: IRBuilder, nonzero: int, rt: Operand, mask: Operand, t: int, taken: Operand, fall: Operand) -> None:
    bit, zero = b.and_(b.get(rt, t), b.imm(mask, t)), b.const(0, t)
    b.branch(b.ne(bit, zero) if nonzero else b.eq(bit, zero), taken, fall)


def lift_tbz(
    b: IRBuilder, shape: tuple[int, ...], rt: Operand, mask: Operand, taken: Operand, fall: Operand
) -> None:
    """TBZ, TBNZ of bits 0 to 31. shape: branch if not zero."""
    _test(b, shape[0], rt, mask, ty.I32, taken, fall)


def lift_tbz_high(
    b: IRBuilder, shape: tuple[int, ...], rt: Operand, mask: Operand, taken: Operand, fall: Operand
) -> None:
    """TBZ, TBNZ of bits 32 to 63. shape: branch if not zero."""
    _test(b, shape[0], rt, mask, ty.I64, taken, fall)


def lift_br(b: IRBuilder, shape: tuple[int, ...], rn: Operand) -> None:
    b.indirect(b.get(rn, ty.I64))


def lift_blr(b: IRBuilder, shape: tuple[int, ...], rn: Operand, link: Operand) -> None:
    """The target is read first: BLR X30 is allowed."""
    target = b.get(rn, ty.I64)
    b.set(_LINK, b.imm(link, ty.I64))
    b.indirect(target, 1)


def lift_ret(b: IRBuilder, shape: tuple[int, ...], rn: Operand) -> None:
    b.indirect(b.get(rn, ty.I64), 2)


def lift_svc(b: IRBuilder, shape: tuple[int, ...], following: Operand) -> None:
    """An exception return clears the exclusive monitor (B2.9.3). shape: immediate (Linux ignores it)."""
    b.set(MONITOR_ADDR, b.const(-1, ty.I64))
    b.syscall(following, shape[0])


def lift_brk(b: IRBuilder, shape: tuple[int, ...], pc: Operand) -> None:
    b.trap(op.TRAP_BREAKPOINT, pc)


def lift_undefined(b: IRBuilder, shape: tuple[int, ...], pc: Operand) -> None:
    """UDF, and HLT without a debugger: undefined at EL0."""
    b.trap(op.TRAP_ILLEGAL, pc)
