"""MXCSR, and the state of x87, SSE and AVX in memory: FXSAVE, XSAVE and what restores them (SDM volume 1, 10.5, 13.7).

XSAVE has the standard form; every component counts as in use.
"""

from __future__ import annotations

from typing import Final

from hqemu_core.ir import opcodes as op
from hqemu_core.ir import types as ty
from hqemu_core.ir.builder import IRBuilder, Operand
from hqemu_core.ir.opcodes import MemOp

from ..fpstate import AVX, FCW_INIT, FEATURES, HEADER, MXCSR_INIT, MXCSR_MASK
from ..state import FCS, FCW, FDP, FDS, FIP, FOP, RAX, RCX, RDX, ST, YMM
from . import x87_more as more
from .common import Mem, Reg
from .x87 import status, write_control

_ALIGNED: Final = MemOp(16, align=16)


def get_mxcsr(b: IRBuilder) -> int:
    """As i32: the core has flags and modes apart, with traps where MXCSR has masks."""
    mode = b.fpmode()

    def field(value: int, at: int, mask: int, to: int) -> int:
        return b.shl(b.and_(b.lshr(value, b.const(at, ty.I32)), b.const(mask, ty.I32)), b.const(to, ty.I32))

    value = b.or_(b.fpget(), field(mode, 0, 7, 13))
    return b.or_(b.or_(value, field(mode, 3, 1, 6)), field(b.not_(mode), 4, 63, 7))


def set_mxcsr(b: IRBuilder, value: int) -> None:
    def field(value: int, at: int, mask: int, to: int) -> int:
        return b.shl(b.and_(b.lshr(value, b.const(at, ty.I32)), b.const(mask, ty.I32)), b.const(to, ty.I32))

    mode = b.or_(b.or_(field(value, 13, 7, 0), field(value, 6, 1, 3)), field(b.not_(value), 7, 63, 4))
    b.fpset(b.const(0, ty.I32))
    b.fpround(mode)
    b.fpset(b.and_(value, b.const(63, ty.I32)))


def _check_mxcsr(b: IRBuilder, value: int, pc: Operand) -> None:
    """Bits that there are not are a general protection fault."""
    wrong = b.and_(value, b.const(~MXCSR_MASK, ty.I32))
    b.check(b.ne(wrong, b.const(0, ty.I32)), op.TRAP_PRIVILEGED, pc)


def lift_stmxcsr(b: IRBuilder, to: Mem) -> None:
    b.store(to.address, get_mxcsr(b))


def lift_ldmxcsr(b: IRBuilder, source: Mem, pc: Operand) -> None:
    value = b.load(source.address, ty.I32)
    _check_mxcsr(b, value, pc)
    set_mxcsr(b, value)


def _at(b: IRBuilder, base: int, offset: int) -> int:
    return b.add(base, b.const(offset, ty.I64))


def _vectors(b: IRBuilder) -> int:
    return 16 if b.memo["word"] == ty.I64 else 8


def _store_x87(b: IRBuilder, base: int, size: int) -> None:
    b.store(base, b.get(FCW, ty.I16))
    b.store(_at(b, base, 2), b.trunc(status(b), ty.I16))
    b.store(_at(b, base, 4), b.trunc(more.physical_tags(b), ty.I16))
    b.store(_at(b, base, 6), b.get(FOP, ty.I16))
    for n, (pointer, selector) in enumerate(((FIP, FCS), (FDP, FDS))):
        value = b.get(pointer, ty.I64)
        if size != 64:
            high = b.shl(b.zext(b.get(selector, ty.I16), ty.I64), b.const(32, ty.I64))
            value = b.or_(b.and_(value, b.const(0xFFFFFFFF, ty.I64)), high)
        b.store(_at(b, base, 8 + 8 * n), value)
    for n in range(8):
        b.store(_at(b, base, 32 + 16 * n), b.get(ST + 16 * n, ty.I64))
        b.store(_at(b, base, 40 + 16 * n), b.zext(b.get(ST + 16 * n + 8, ty.I16), ty.I64))


def _store_mxcsr(b: IRBuilder, base: int) -> None:
    b.store(_at(b, base, 24), get_mxcsr(b))
    b.store(_at(b, base, 28), b.const(MXCSR_MASK, ty.I32))


def _store_sse(b: IRBuilder, base: int) -> None:
    for n in range(_vectors(b)):
        b.store(_at(b, base, 160 + 16 * n), b.get(YMM + 32 * n, ty.I64X2))


def _load_x87(b: IRBuilder, base: int, size: int, there: int) -> None:
    """``there`` i1: else the initial state."""

    def load(offset: int, t: int, initial: int) -> int:
        return b.select(there, b.load(_at(b, base, offset), t), b.const(initial, t))

    more.set_status(b, load(2, ty.I16, 0))
    write_control(b, load(0, ty.I16, FCW_INIT))
    b.set(FOP, b.and_(load(6, ty.I16, 0), b.const(0x7FF, ty.I16)))
    for n, (pointer, selector) in enumerate(((FIP, FCS), (FDP, FDS))):
        value = load(8 + 8 * n, ty.I64, 0)
        if size != 64:
            b.set(selector, b.trunc(b.lshr(value, b.const(32, ty.I64)), ty.I16))
            value = b.and_(value, b.const(0xFFFFFFFF, ty.I64))
        b.set(pointer, value)
    top = b.trunc(b.and_(b.lshr(load(2, ty.I16, 0), b.const(11, ty.I16)), b.const(7, ty.I16)), ty.I8)
    more.set_physical_tags(b, b.zext(load(4, ty.I8, 0), ty.I32), top)
    for n in range(8):
        b.set(ST + 16 * n, load(32 + 16 * n, ty.I64, 0))
        b.set(ST + 16 * n + 8, load(40 + 16 * n, ty.I16, 0))


def _load_vectors(b: IRBuilder, base: int, there: int, offset: int, half: int) -> None:
    zero = b.const(0, ty.I64X2)
    wide = b.splat(there, 2)
    for n in range(_vectors(b)):
        value = b.load(_at(b, base, offset + 16 * n), ty.I64X2)
        b.set(YMM + 32 * n + 16 * half, b.select(wide, value, zero))


def lift_fxsave(b: IRBuilder, to: Mem, size: int) -> None:
    b.load(to.address, ty.I64X2, _ALIGNED)  # for the fault
    _store_x87(b, to.address, size)
    _store_mxcsr(b, to.address)
    _store_sse(b, to.address)


def lift_fxrstor(b: IRBuilder, source: Mem, size: int, pc: Operand) -> None:
    b.load(source.address, ty.I64X2, _ALIGNED)
    mxcsr = b.load(_at(b, source.address, 24), ty.I32)
    _check_mxcsr(b, mxcsr, pc)
    yes = b.const(1, ty.I1)
    _load_x87(b, source.address, size, yes)
    set_mxcsr(b, mxcsr)
    _load_vectors(b, source.address, yes, 160, 0)


def _wanted(b: IRBuilder) -> int:
    """The components that EDX:EAX asks for (i64)."""
    return b.and_(b.get(RAX, ty.I64), b.const(FEATURES, ty.I64))


def _has(b: IRBuilder, bits: int, mask: int) -> int:
    return b.ne(b.and_(bits, b.const(mask, ty.I64)), b.const(0, ty.I64))


def lift_xsave(b: IRBuilder, to: Mem, size: int) -> None:
    base, wanted = to.address, _wanted(b)
    header = _at(b, base, HEADER)
    old = b.load(header, ty.I64, MemOp(8, align=64))
    b.guard(_has(b, wanted, 1))
    _store_x87(b, base, size)
    b.unguard()
    b.guard(_has(b, wanted, 6))
    _store_mxcsr(b, base)
    b.unguard()
    b.guard(_has(b, wanted, 2))
    _store_sse(b, base)
    b.unguard()
    b.guard(_has(b, wanted, 4))
    for n in range(_vectors(b)):
        b.store(_at(b, base, AVX + 16 * n), b.get(YMM + 32 * n + 16, ty.I64X2))
    b.unguard()
    b.store(header, b.or_(old, wanted))


def lift_xrstor(b: IRBuilder, source: Mem, size: int, pc: Operand) -> None:
    base, wanted = source.address, _wanted(b)
    present = b.load(_at(b, base, HEADER), ty.I64, MemOp(8, align=64))
    more_bits = b.or_(b.load(_at(b, base, HEADER + 8), ty.I64), b.and_(present, b.const(~FEATURES, ty.I64)))
    b.check(b.ne(more_bits, b.const(0, ty.I64)), op.TRAP_PRIVILEGED, pc)
    mxcsr = b.load(_at(b, base, 24), ty.I32)
    mxcsr = b.select(_has(b, wanted, 6), mxcsr, b.const(MXCSR_INIT, ty.I32))
    _check_mxcsr(b, mxcsr, pc)
    b.guard(_has(b, wanted, 1))
    _load_x87(b, base, size, _has(b, present, 1))
    b.unguard()
    b.guard(_has(b, wanted, 6))
    set_mxcsr(b, mxcsr)
    b.unguard()
    b.guard(_has(b, wanted, 2))
    _load_vectors(b, base, _has(b, present, 2), 160, 0)
    b.unguard()
    b.guard(_has(b, wanted, 4))
    _load_vectors(b, base, _has(b, present, 4), AVX, 1)
    b.unguard()


def lift_xgetbv(b: IRBuilder, pc: Operand) -> None:
    """XCR0; there is no other."""
    b.check(b.ne(b.get(RCX, ty.I32), b.const(0, ty.I32)), op.TRAP_PRIVILEGED, pc)
    Reg(RAX, 32).write(b, b.const(FEATURES, ty.I32))
    Reg(RDX, 32).write(b, b.const(0, ty.I32))
