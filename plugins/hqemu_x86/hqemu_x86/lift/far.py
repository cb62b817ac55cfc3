"""Far transfers within the program's one code segment, and IRET. Another code segment is a general protection fault,
as it is where the descriptor is missing (SDM volume 2: CALL, JMP, RET, IRET)."""

from __future__ import annotations

from hqemu_core.ir import opcodes as op
from hqemu_core.ir import types as ty
from hqemu_core.ir.builder import IRBuilder, Operand

from ..state import CS, RSP, SS, ZF
from .branches import push
from .common import Imm, Mem, Reg, word
from .flags import forget
from .stack import set_flags_word


def _same(b: IRBuilder, selector: int, register: int, pc: Operand) -> None:
    """``selector`` (i16) must be what the segment register holds."""
    b.check(b.ne(selector, b.get(register, ty.I16)), op.TRAP_PRIVILEGED, pc)


def _pop(b: IRBuilder, top: int, n: int, size: int) -> int:
    """The nth item on the stack."""
    return b.load(b.zext(b.add(top, b.const(n * size // 8, word(b))), ty.I64), size)


def lift_retf(b: IRBuilder, size: int, pc: Operand) -> None:
    _retf(b, size, 0, pc)


def lift_retf_pop(b: IRBuilder, size: int, more: Imm, pc: Operand) -> None:
    _retf(b, size, b.zext(more.read(b), word(b)), pc)


def _retf(b: IRBuilder, size: int, more: int, pc: Operand) -> None:
    w = word(b)
    top = b.get(RSP, w)
    target = _pop(b, top, 0, size)
    _same(b, b.trunc(_pop(b, top, 1, size), ty.I16), CS, pc)
    top = b.add(top, b.const(2 * size // 8, w))
    b.set(RSP, b.zext(b.add(top, more) if more else top, ty.I64))
    b.indirect(b.zext(target, w) if size <= w else b.trunc(target, w))


def _far_target(b: IRBuilder, at: Mem) -> tuple[int, int]:
    """Offset and selector at ``at``, whose size is the offset's."""
    selector = b.load(b.add(at.address, b.const(at.bits // 8, ty.I64)), ty.I16)
    return b.zext(at.read(b), word(b)), selector


def lift_jmp_far_to(b: IRBuilder, at: Mem, pc: Operand) -> None:
    target, selector = _far_target(b, at)
    _same(b, selector, CS, pc)
    b.indirect(target)


def lift_call_far_to(b: IRBuilder, at: Mem, following: Operand, pc: Operand) -> None:
    target, selector = _far_target(b, at)
    _same(b, selector, CS, pc)
    _push_far(b, at.bits, following)
    b.indirect(target, 1)


def _push_far(b: IRBuilder, size: int, following: Operand) -> None:
    """CS, then the return address; both stores may fault, so RSP is written behind them."""
    w = word(b)
    top = b.get(RSP, w)
    below = b.sub(top, b.const(size // 8, w))
    b.store(b.zext(b.sub(below, b.const(size // 8, w)), ty.I64), b.imm(following, size))
    push(b, b.zext(b.get(CS, ty.I16), size))
    b.set(RSP, b.zext(b.sub(below, b.const(size // 8, w)), ty.I64))


def lift_jmp_far(b: IRBuilder, target: Operand, selector: Imm, pc: Operand) -> None:
    _same(b, selector.read(b), CS, pc)
    b.indirect(b.imm(target, word(b)))


def lift_call_far(b: IRBuilder, size: int, target: Operand, selector: Imm, following: Operand, pc: Operand) -> None:
    _same(b, selector.read(b), CS, pc)
    _push_far(b, size, following)
    b.indirect(b.imm(target, word(b)), 1)


def lift_iret(b: IRBuilder, size: int, long: int, pc: Operand) -> None:
    """In 64-bit mode the stack is always switched."""
    w = word(b)
    top = b.get(RSP, w)
    target, selector, flags = (_pop(b, top, n, size) for n in range(3))
    new = b.add(top, b.const(3 * size // 8, w))
    _same(b, b.trunc(selector, ty.I16), CS, pc)
    if long:
        new = b.zext(_pop(b, top, 3, size), w)
        _same(b, b.trunc(_pop(b, top, 4, size), ty.I16), SS, pc)
    b.set(RSP, b.zext(new, ty.I64))
    set_flags_word(b, flags, size)
    b.indirect(b.zext(target, w) if size <= w else b.trunc(target, w))


def lift_arpl(b: IRBuilder, to: Reg | Mem, source: Reg) -> None:
    """The privilege level of a selector is raised to that of another; ZF says whether it was."""
    x, level = to.read(b), b.const(3, ty.I16)
    wanted = b.and_(source.read(b), level)
    raised = b.ult(b.and_(x, level), wanted)
    to.write(b, b.select(raised, b.or_(b.and_(x, b.not_(level)), wanted), x))
    b.set(ZF, b.zext(raised, ty.I8))
    forget(b)
