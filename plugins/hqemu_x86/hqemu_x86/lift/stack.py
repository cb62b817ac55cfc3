"""Stack instructions. An item is as wide as the operand; RSP as the mode (SDM volume 1, section 6.2)."""

from __future__ import annotations

from hqemu_core.ir import types as ty
from hqemu_core.ir.builder import IRBuilder

from ..state import AF, CF, DF, EFLAGS, FIXED, KEPT, OF, RBP, RSP, SF, ZF
from .branches import push
from .common import Imm, Mem, Reg, Source, word
from .flags import forget, get_parity
from .moves import set_low_flags


def lift_push(b: IRBuilder, source: Source) -> None:
    push(b, source.read(b))


def lift_pop(b: IRBuilder, to: Reg) -> None:
    """POP rSP gets what was on the stack."""
    w = word(b)
    top = b.get(RSP, w)
    value = b.load(b.zext(top, ty.I64), to.bits)
    b.set(RSP, b.zext(b.add(top, b.const(to.bits // 8, w)), ty.I64))
    to.write(b, value)


def lift_pop_memory(b: IRBuilder, base_is_sp: int, to: Mem) -> None:
    """An address with rSP as its base is computed after the increment."""
    w = word(b)
    top = b.get(RSP, w)
    value = b.load(b.zext(top, ty.I64), to.bits)
    size = to.bits // 8
    at = to.address
    if base_is_sp:
        at = b.zext(b.trunc(b.add(at, b.const(size, ty.I64)), w), ty.I64)
    b.store(at, value)
    b.set(RSP, b.zext(b.add(top, b.const(size, w)), ty.I64))


def read_flags(b: IRBuilder) -> int:
    """EFLAGS, as i32."""
    t = ty.I32
    value = b.or_(b.and_(b.get(EFLAGS, t), b.const(KEPT, t)), b.const(FIXED, t))
    value = b.or_(value, b.and_(b.zext(b.get(AF, ty.I8), t), b.const(0x10, t)))
    value = b.or_(value, b.shl(b.zext(get_parity(b), t), b.const(2, t)))
    for offset, bit in ((CF, 0), (ZF, 6), (SF, 7), (DF, 10), (OF, 11)):
        value = b.or_(value, b.shl(b.zext(b.get(offset, ty.I8), t), b.const(bit, t)))
    return value


def lift_pushf(b: IRBuilder, size: int) -> None:
    """RF is pushed as 0."""
    value = b.and_(read_flags(b), b.const(~0x10000, ty.I32))
    push(b, b.trunc(value, size) if size < 32 else b.zext(value, size))


def lift_popf(b: IRBuilder, size: int) -> None:
    """User code cannot change IF and IOPL; RF is cleared."""
    w = word(b)
    top = b.get(RSP, w)
    value = b.load(b.zext(top, ty.I64), size)
    b.set(RSP, b.zext(b.add(top, b.const(size // 8, w)), ty.I64))
    set_flags_word(b, value, size)


def set_flags_word(b: IRBuilder, value: int, size: int) -> None:
    """EFLAGS from a stack item of ``size`` bits."""
    if size == 16:
        old = b.and_(b.get(EFLAGS, ty.I32), b.const(KEPT & ~0xFFFF, ty.I32))
        b.set(EFLAGS, b.or_(old, b.and_(b.zext(value, ty.I32), b.const(KEPT & 0xFFFF, ty.I32))))
    else:
        b.set(EFLAGS, b.and_(b.trunc(value, ty.I32), b.const(KEPT & ~0x10000, ty.I32)))
    set_low_flags(b, b.trunc(value, ty.I8))
    high = b.trunc(b.lshr(value, b.const(8, size)), ty.I8)
    for offset, bit in ((DF, 2), (OF, 3)):
        b.set(offset, b.and_(b.lshr(high, b.const(bit, ty.I8)), b.const(1, ty.I8)))
    forget(b)


def lift_leave(b: IRBuilder, size: int) -> None:
    w = word(b)
    base = b.get(RBP, w)
    value = b.load(b.zext(base, ty.I64), size)
    b.set(RSP, b.zext(b.add(base, b.const(size // 8, w)), ty.I64))
    Reg(RBP, size).write(b, value)


def lift_enter(b: IRBuilder, size: int, level: int, frame: Imm) -> None:
    """``level`` (modulo 32) frame pointers are copied; the frame's size is unsigned."""
    w = word(b)
    step = b.const(size // 8, w)
    top = b.sub(b.get(RSP, w), step)
    base = b.get(RBP, w)
    b.store(b.zext(top, ty.I64), b.trunc(base, size) if size < w else base)
    new = top
    level &= 31
    for _ in range(1, level):
        base, top = b.sub(base, step), b.sub(top, step)
        b.store(b.zext(top, ty.I64), b.load(b.zext(base, ty.I64), size))
    if level:
        top = b.sub(top, step)
        b.store(b.zext(top, ty.I64), b.trunc(new, size) if size < w else new)
    Reg(RBP, size).write(b, b.trunc(new, size) if size < w else new)
    b.set(RSP, b.zext(b.sub(top, b.zext(frame.read(b), w)), ty.I64))


_ALL = (0, 1, 2, 3, 4, 5, 6, 7)


def lift_pusha(b: IRBuilder, size: int) -> None:
    """EAX ECX EDX EBX, ESP as it was, EBP ESI EDI."""
    from ..state import GPR

    top = b.get(RSP, ty.I32)
    at = top
    for n in _ALL:
        at = b.sub(at, b.const(size // 8, ty.I32))
        value = b.trunc(top, size) if n == 4 else b.get(GPR + 8 * n, size)
        b.store(b.zext(at, ty.I64), value)
    b.set(RSP, b.zext(at, ty.I64))


def lift_popa(b: IRBuilder, size: int) -> None:
    """The saved ESP is skipped."""
    from ..state import GPR

    at = b.get(RSP, ty.I32)
    values = []
    for n in reversed(_ALL):
        values.append((n, b.load(b.zext(at, ty.I64), size)))
        at = b.add(at, b.const(size // 8, ty.I32))
    for n, value in values:
        if n != 4:
            Reg(GPR + 8 * n, size).write(b, value)
    b.set(RSP, b.zext(at, ty.I64))
