"""Moves, extensions, exchanges, conditional moves and sets, flags to and from AH."""

from __future__ import annotations

from hqemu_core.ir import opcodes as op
from hqemu_core.ir import types as ty
from hqemu_core.ir.builder import IRBuilder
from hqemu_core.ir.opcodes import MemOp

from ..state import AF, CF, DF, PF, RAX, RBX, RDX, SF, ZF
from .common import Mem, Place, Reg, Source, word
from .flags import condition, forget, get_parity

AH = RAX + 1


def lift_mov(b: IRBuilder, to: Place, source: Source) -> None:
    to.write(b, source.read(b))


def lift_extend(signed: int, b: IRBuilder, to: Reg, source: Place) -> None:
    """MOVZX, MOVSX, MOVSXD. (MOVSXD of 32 bits to 32, or 16 to 16, is a move.)"""
    value = source.read(b, min(source.bits, to.bits))
    to.write(b, b.sext(value, to.bits) if signed else b.zext(value, to.bits))


def lift_lea(b: IRBuilder, to: Reg, source: Mem) -> None:
    to.write(b, b.trunc(source.address, to.bits))


def lift_xchg(b: IRBuilder, first: Place, second: Reg) -> None:
    """With memory it is atomic, LOCK or not."""
    y = second.read(b)
    if isinstance(first, Mem):
        second.write(b, b.rmw(op.RMW_XCHG, first.address, y, MemOp(first.bits // 8, order="seq")))
        return
    x = first.read(b)
    first.write(b, y)
    second.write(b, x)


def lift_bswap(b: IRBuilder, to: Reg) -> None:
    """Of 16 bits it is undefined; CPUs give 0."""
    to.write(b, b.const(0, to.bits) if to.bits == 16 else b.un(op.BSWAP, to.read(b)))


def lift_movbe(b: IRBuilder, to: Place, source: Place) -> None:
    to.write(b, b.un(op.BSWAP, source.read(b)))


def lift_cmov(b: IRBuilder, cc: int, to: Reg, source: Place) -> None:
    """The source is read, and a 32-bit register's upper half cleared, whatever the condition."""
    new = source.read(b)
    to.write(b, b.select(condition(b, cc), new, to.read(b)))


def lift_setcc(b: IRBuilder, cc: int, to: Place) -> None:
    to.write(b, b.zext(condition(b, cc), ty.I8))


def lift_extend_rax(b: IRBuilder, size: int) -> None:
    """CBW, CWDE, CDQE: the lower half of a register of ``size`` extended."""
    Reg(RAX, size).write(b, b.sext(b.get(RAX, size // 2), size))


def lift_sign_rdx(b: IRBuilder, size: int) -> None:
    """CWD, CDQ, CQO: rDX filled with the sign of rAX."""
    Reg(RDX, size).write(b, b.ashr(b.get(RAX, size), b.const(size - 1, size)))


def lift_lahf(b: IRBuilder) -> None:
    b.set(AH, low_flags(b))


def low_flags(b: IRBuilder) -> int:
    """EFLAGS bits 7 to 0, as i8."""
    value = b.or_(b.const(2, ty.I8), b.get(CF, ty.I8))
    value = b.or_(value, b.and_(b.get(AF, ty.I8), b.const(0x10, ty.I8)))
    value = b.or_(value, b.shl(b.zext(get_parity(b), ty.I8), b.const(2, ty.I8)))
    value = b.or_(value, b.shl(b.get(ZF, ty.I8), b.const(6, ty.I8)))
    return b.or_(value, b.shl(b.get(SF, ty.I8), b.const(7, ty.I8)))


def set_low_flags(b: IRBuilder, value: int) -> None:
    """The arithmetic flags but OF, from EFLAGS bits 7 to 0 (i8)."""
    one = b.const(1, ty.I8)
    for offset, bit in ((CF, 0), (ZF, 6), (SF, 7)):
        b.set(offset, b.and_(b.lshr(value, b.const(bit, ty.I8)), one))
    b.set(AF, value)
    b.set(PF, b.xor(b.and_(b.lshr(value, b.const(2, ty.I8)), one), one))
    forget(b)


def lift_sahf(b: IRBuilder) -> None:
    set_low_flags(b, b.get(AH, ty.I8))


def lift_carry(what: int, b: IRBuilder) -> None:
    """CLC 0, STC 1, CMC 2."""
    if what == 2:
        b.set(CF, b.xor(b.get(CF, ty.I8), b.const(1, ty.I8)))
    else:
        b.set(CF, b.const(what, ty.I8))
    forget(b)


def lift_direction(down: int, b: IRBuilder) -> None:
    b.set(DF, b.const(down, ty.I8))


def lift_salc(b: IRBuilder) -> None:
    b.set(RAX, b.neg(b.get(CF, ty.I8)))


def lift_xlat(b: IRBuilder, segment: int, bits: int) -> None:
    """AL = [rBX + AL]."""
    from ..state import BASES

    at = b.zext(b.add(b.get(RBX, bits), b.zext(b.get(RAX, ty.I8), bits)), word(b))
    if segment:
        at = b.add(at, b.get(BASES + 8 * segment, word(b)))
    b.set(RAX, b.load(b.zext(at, ty.I64), ty.I8))


def lift_nop(b: IRBuilder, *operands: object) -> None:
    """NOP, PAUSE, ENDBR, prefetches, cache hints: nothing a program could see."""


def lift_fence(kind: int, b: IRBuilder, *operands: object) -> None:
    b.fence(kind)


def lift_xchg_rax(b: IRBuilder, first: Reg, second: Reg) -> None:
    """NOP is the encoding that names rAX twice; in 64-bit mode XCHG EAX, EAX in this encoding clears nothing."""
    lift_xchg(b, first, second)


def lift_clflush(b: IRBuilder, line: Mem) -> None:
    """It faults as a load does."""
    b.load(line.address, ty.I8)


def lift_crc32(b: IRBuilder, to: Reg, source: Place) -> None:
    """CRC-32C (polynomial 0x11EDC6F41, bits reflected): eight bits at a time, each folded in."""
    crc = b.get(to.offset, ty.I32)
    value = source.read(b)
    one, zero, polynomial = b.const(1, ty.I32), b.const(0, ty.I32), b.const(0x82F63B78, ty.I32)
    for byte in range(source.bits // 8):
        part = b.trunc(b.lshr(value, b.const(8 * byte, source.bits)), ty.I8)
        crc = b.xor(crc, b.zext(part, ty.I32))
        for _ in range(8):
            mask = b.sub(zero, b.and_(crc, one))
            crc = b.xor(b.lshr(crc, one), b.and_(mask, polynomial))
    b.set(to.offset, b.zext(crc, ty.I64))
