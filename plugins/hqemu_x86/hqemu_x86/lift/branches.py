"""Jumps, calls, returns, loops, software interrupts (SDM volume 1, section 6.4)."""

from __future__ import annotations

from hqemu_core.ir import opcodes as op
from hqemu_core.ir import types as ty
from hqemu_core.ir.builder import IRBuilder, Operand

from ..state import OF, R11, RCX, RSP
from .common import Imm, Place, Source, word
from .flags import condition, get_flag


def push(b: IRBuilder, value: int) -> None:
    """A value as wide as the stack item; RSP is written last."""
    w = word(b)
    top = b.sub(b.get(RSP, w), b.const(b.type_of(value) // 8, w))
    b.store(b.zext(top, ty.I64), value)
    b.set(RSP, b.zext(top, ty.I64))


def lift_jmp(b: IRBuilder, target: Operand) -> None:
    b.jump(target)


def lift_jcc(b: IRBuilder, cc: int, taken: Operand, fall: Operand) -> None:
    b.branch(condition(b, cc), taken, fall)


def lift_jmp_to(b: IRBuilder, target: Place) -> None:
    b.indirect(b.zext(target.read(b), word(b)))


def lift_call(b: IRBuilder, target: Operand, following: Operand) -> None:
    push(b, b.imm(following, word(b)))
    b.jump(target, 1)


def lift_call_to(b: IRBuilder, target: Place, following: Operand) -> None:
    """The target is read first: it may be on the stack, or RSP."""
    to = b.zext(target.read(b), word(b))
    push(b, b.imm(following, word(b)))
    b.indirect(to, 1)


def lift_ret(b: IRBuilder) -> None:
    _ret(b, 0)


def lift_ret_pop(b: IRBuilder, size: Imm) -> None:
    """RET n: arguments are dropped as well; n is unsigned."""
    _ret(b, b.zext(size.read(b), word(b)))


def _ret(b: IRBuilder, more: int) -> None:
    w = word(b)
    top = b.get(RSP, w)
    target = b.load(b.zext(top, ty.I64), w)
    top = b.add(top, b.const(w // 8, w))
    if more:
        top = b.add(top, more)
    b.set(RSP, b.zext(top, ty.I64))
    b.indirect(target, 2)


def lift_jrcxz(b: IRBuilder, bits: int, taken: Operand, fall: Operand) -> None:
    b.branch(b.eq(b.get(RCX, bits), b.const(0, bits)), taken, fall)


def lift_loop(kind: int, b: IRBuilder, bits: int, taken: Operand, fall: Operand) -> None:
    """LOOPNE 0, LOOPE 1, LOOP 2: the count is of the address size."""
    left = b.sub(b.get(RCX, bits), b.const(1, bits))
    go = b.ne(left, b.const(0, bits))
    if kind < 2:
        go = b.and_(go, condition(b, 5 - kind))
    b.set(RCX, b.zext(left, ty.I64) if bits == 32 else left)
    b.branch(go, taken, fall)


def lift_syscall(b: IRBuilder, following: Operand) -> None:
    """SYSCALL leaves its return address in RCX, the flags in R11."""
    from .stack import read_flags

    b.set(R11, b.zext(read_flags(b), ty.I64))
    b.set(RCX, b.imm(following, ty.I64))
    b.syscall(following)


def lift_int80(b: IRBuilder, following: Operand) -> None:
    b.syscall(following)


def lift_trap(kind: int, b: IRBuilder, pc: Operand) -> None:
    b.trap(kind, pc)


def lift_privileged_with(b: IRBuilder, operand: Source, pc: Operand) -> None:
    b.trap(op.TRAP_PRIVILEGED, pc)


def lift_int(b: IRBuilder, number: Imm, pc: Operand) -> None:
    """INT n without a gate for user code: a general protection fault."""
    b.trap(op.TRAP_PRIVILEGED, pc)


def lift_into(b: IRBuilder, pc: Operand) -> None:
    """INT 4 where OF is set."""
    b.guard(get_flag(b, OF))
    b.trap(op.TRAP_PRIVILEGED, pc)
    b.unguard()
