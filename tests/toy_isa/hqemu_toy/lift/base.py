"""What the ten instructions do. Operands are state offsets or holes; only ``shape`` may be looked at."""

from __future__ import annotations

from hqemu_core.ir import opcodes as op
from hqemu_core.ir import types as ty
from hqemu_core.ir.builder import IRBuilder, Operand

from ..state import LINK

_ARITHMETIC = (op.ADD, op.SUB, op.MUL)


def lift_li(b: IRBuilder, shape: tuple[int, ...], rd: Operand, imm: Operand) -> None:
    b.set(rd, b.imm(imm, ty.I64))


def lift_arithmetic(b: IRBuilder, shape: tuple[int, ...], rd: Operand, ra: Operand, rb: Operand) -> None:
    """shape: 0 add, 1 sub, 2 mul."""
    b.set(rd, b.bin(_ARITHMETIC[shape[0]], b.get(ra, ty.I64), b.get(rb, ty.I64)))


def _address(b: IRBuilder, ra: Operand, imm: Operand) -> int:
    return b.add(b.get(ra, ty.I64), b.imm(imm, ty.I64))


def lift_ldb(b: IRBuilder, shape: tuple[int, ...], rd: Operand, ra: Operand, imm: Operand) -> None:
    b.set(rd, b.zext(b.load(_address(b, ra, imm), ty.I8), ty.I64))


def lift_stb(b: IRBuilder, shape: tuple[int, ...], rd: Operand, ra: Operand, imm: Operand) -> None:
    b.store(_address(b, ra, imm), b.trunc(b.get(rd, ty.I64), ty.I8))


def lift_bnz(b: IRBuilder, shape: tuple[int, ...], ra: Operand, taken: Operand, fall: Operand) -> None:
    b.branch(b.ne(b.get(ra, ty.I64), b.const(0, ty.I64)), taken, fall)


def lift_jal(b: IRBuilder, shape: tuple[int, ...], target: Operand, link: Operand) -> None:
    b.set(LINK, b.imm(link, ty.I64))
    b.jump(target, 1)


def lift_jr(b: IRBuilder, shape: tuple[int, ...], ra: Operand) -> None:
    b.indirect(b.get(ra, ty.I64), 2)


def lift_sys(b: IRBuilder, shape: tuple[int, ...], following: Operand) -> None:
    b.syscall(following)
