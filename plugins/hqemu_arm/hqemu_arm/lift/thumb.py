"""What only T32 has: compare and branch, table branch, writes to PC that stay in Thumb state (ARM ARM A2.3.1, A6)."""

from __future__ import annotations

from hqemu_core.ir import types as ty
from hqemu_core.ir.builder import IRBuilder, Operand

from .common import mem
from .loads import load_value


def _branch(b: IRBuilder, target: int, hint: int = 0) -> None:
    """BranchWritePC: to Thumb code."""
    b.indirect(b.or_(target, b.const(1, ty.I32)), hint)


def lift_move_to_pc(b: IRBuilder, shape: tuple[int, ...], rm: Operand) -> None:
    """shape: 1 when it returns (from LR)."""
    _branch(b, b.get(rm, ty.I32), 2 * shape[0])


def lift_add_to_pc(b: IRBuilder, shape: tuple[int, ...], rm: Operand, pc: Operand) -> None:
    _branch(b, b.add(b.imm(pc, ty.I32), b.get(rm, ty.I32)))


def lift_cbz(b: IRBuilder, shape: tuple[int, ...], rn: Operand, taken: Operand, fall: Operand) -> None:
    """shape: branch when not zero."""
    value, zero = b.get(rn, ty.I32), b.const(0, ty.I32)
    b.branch(b.ne(value, zero) if shape[0] else b.eq(value, zero), taken, fall)


def lift_table_branch(b: IRBuilder, shape: tuple[int, ...], base: int, rm: Operand, pc: Operand) -> None:
    """TBB, TBH: ``base`` as a value. shape: halfwords."""
    index = b.get(rm, ty.I32)
    if shape[0]:
        index = b.shl(index, b.const(1, ty.I32))
    distance = load_value(b, 2 if shape[0] else 1, b.add(base, index))
    _branch(b, b.add(b.imm(pc, ty.I32), b.shl(distance, b.const(1, ty.I32))))


def lift_tb(b: IRBuilder, shape: tuple[int, ...], rn: Operand, rm: Operand, pc: Operand) -> None:
    """TBB, TBH. shape: halfwords."""
    lift_table_branch(b, shape, b.get(rn, ty.I32), rm, pc)


def lift_tb_pc(b: IRBuilder, shape: tuple[int, ...], rm: Operand, pc: Operand) -> None:
    """TBB, TBH with the table behind the instruction. shape: halfwords."""
    lift_table_branch(b, shape, b.imm(pc, ty.I32), rm, pc)


def lift_load_pc_literal(b: IRBuilder, shape: tuple[int, ...], addr: Operand) -> None:
    b.indirect(b.load(b.imm(addr, ty.I32), ty.I32, mem(b, 4)))
