"""Branches, system calls, exceptions (ARM ARM A5.5, A5.2.12). Addresses carry the Thumb bit in bit 0."""

from __future__ import annotations

from hqemu_core.ir import opcodes as op
from hqemu_core.ir import types as ty
from hqemu_core.ir.builder import IRBuilder, Operand

from ..state import LR, MONITOR_ADDR
from .common import condition


def lift_b(b: IRBuilder, shape: tuple[int, ...], target: Operand) -> None:
    b.jump(target)


def lift_b_if(b: IRBuilder, shape: tuple[int, ...], taken: Operand, fall: Operand) -> None:
    """shape: condition."""
    b.branch(condition(b, shape[0]), taken, fall)


def lift_bl(b: IRBuilder, shape: tuple[int, ...], target: Operand, link: Operand) -> None:
    """BL, BLX to an address."""
    b.set(LR, b.imm(link, ty.I32))
    b.jump(target, 1)


def lift_bx(b: IRBuilder, shape: tuple[int, ...], rm: Operand) -> None:
    """BX, and BXJ, which is the same without Jazelle. shape: 1 when it returns (BX LR)."""
    b.indirect(b.get(rm, ty.I32), 2 * shape[0])


def lift_blx(b: IRBuilder, shape: tuple[int, ...], rm: Operand, link: Operand) -> None:
    """The target is read first: BLX LR is allowed."""
    target = b.get(rm, ty.I32)
    b.set(LR, b.imm(link, ty.I32))
    b.indirect(target, 1)


def lift_svc(b: IRBuilder, shape: tuple[int, ...], following: Operand) -> None:
    """Linux's EABI ignores the immediate; the old ABI's is not 0. shape: 1 when it is not 0."""
    b.set(MONITOR_ADDR, b.const(-1, ty.I64))
    b.syscall(following, int(shape[0]))


def lift_bkpt(b: IRBuilder, shape: tuple[int, ...], pc: Operand) -> None:
    """BKPT, and the undefined instructions that Linux takes as breakpoints (``arch/arm/kernel/ptrace.c``)."""
    b.trap(op.TRAP_BREAKPOINT, pc)


def lift_undefined(b: IRBuilder, shape: tuple[int, ...], pc: Operand) -> None:
    b.trap(op.TRAP_ILLEGAL, pc)
