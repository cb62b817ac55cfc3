"""String instructions (SDM volume 1, section 7.3.9).

A repeated one does one step and branches to itself, so that it can be interrupted and faults where a CPU does; where
nothing can tell the difference a step moves many bytes at once. Sizes and counts are of the address size.
"""

from __future__ import annotations

from typing import NamedTuple

from hqemu_core.ir import types as ty
from hqemu_core.ir.builder import IRBuilder, Operand

from ..state import BASES, DF, RAX, RCX, RDI, RSI, ZF
from .common import word
from .flags import flags_sub, forget

BULK = (64, 8)
"""bytes that a step may move, if no page ends there and source and destination do not overlap closely"""
PAGE = 4096


class _Frame(NamedTuple):
    """``bits`` of an element, ``size`` of addresses, ``segment`` of the source."""

    b: IRBuilder
    bits: int
    size: int
    segment: int

    def pointer(self, register: int) -> int:
        return self.b.get(register, self.size)

    def address(self, pointer: int, source: bool) -> int:
        """Guest address (i64) of a pointer's value. Only the source's segment can be overridden."""
        b = self.b
        at = b.zext(pointer, word(b))
        if source and self.segment:
            at = b.add(at, b.get(BASES + 8 * self.segment, word(b)))
        return b.zext(at, ty.I64)

    def put(self, register: int, value: int) -> None:
        b = self.b
        b.set(register, b.zext(value, ty.I64) if self.size == 32 else value)

    def advance(self, *registers: int) -> None:
        """By one element, as DF says."""
        b = self.b
        down = b.neg(b.shl(b.zext(b.get(DF, ty.I8), self.size), b.const(1, self.size)))
        step = b.mul(b.add(down, b.const(1, self.size)), b.const(self.bits // 8, self.size))
        for register in registers:
            self.put(register, b.add(self.pointer(register), step))

    def load(self, register: int) -> int:
        return self.b.load(self.address(self.pointer(register), register == RSI), self.bits)


def lift_movs(b: IRBuilder, bits: int, size: int, segment: int) -> None:
    f = _Frame(b, bits, size, segment)
    b.store(f.address(f.pointer(RDI), False), f.load(RSI))
    f.advance(RSI, RDI)


def lift_stos(b: IRBuilder, bits: int, size: int) -> None:
    f = _Frame(b, bits, size, 0)
    b.store(f.address(f.pointer(RDI), False), b.get(RAX, bits))
    f.advance(RDI)


def lift_lods(b: IRBuilder, bits: int, size: int, segment: int) -> None:
    f = _Frame(b, bits, size, segment)
    value = f.load(RSI)
    f.advance(RSI)
    b.set(RAX, b.zext(value, ty.I64) if bits == 32 else value)


def lift_scas(b: IRBuilder, bits: int, size: int) -> None:
    f = _Frame(b, bits, size, 0)
    y = f.load(RDI)
    x = b.get(RAX, bits)
    f.advance(RDI)
    flags_sub(b, x, y, b.sub(x, y))


def lift_cmps(b: IRBuilder, bits: int, size: int, segment: int) -> None:
    f = _Frame(b, bits, size, segment)
    x, y = f.load(RSI), f.load(RDI)
    f.advance(RSI, RDI)
    flags_sub(b, x, y, b.sub(x, y))


def _bulk(f: _Frame, count: int, bytes_: int, pointers: tuple[int, ...]) -> int:
    """May a step move so many bytes? i1."""
    b = f.b
    can = b.eq(b.get(DF, ty.I8), b.const(0, ty.I8))
    can = b.and_(can, b.ule(b.const(bytes_ * 8 // f.bits, f.size), count))
    places = []
    for register in pointers:
        at = f.address(f.pointer(register), register == RSI)
        places.append(at)
        inside = b.ule(b.and_(at, b.const(PAGE - 1, ty.I64)), b.const(PAGE - bytes_, ty.I64))
        can = b.and_(can, inside)
    if len(places) == 2:  # what is written must not be read in this step
        can = b.and_(can, b.ule(b.const(bytes_, ty.I64), b.sub(places[1], places[0])))
    # pointers must not wrap around in the middle
    for register in pointers:
        pointer = f.pointer(register)
        can = b.and_(can, b.ult(pointer, b.add(pointer, b.const(bytes_, f.size))))
    return can


def _skip(f: _Frame, bytes_: int, *registers: int) -> None:
    b = f.b
    for register in registers:
        f.put(register, b.add(f.pointer(register), b.const(bytes_, f.size)))
    f.put(RCX, b.sub(f.pointer(RCX), b.const(bytes_ * 8 // f.bits, f.size)))


def _again(f: _Frame, pc: Operand, following: Operand) -> None:
    b = f.b
    b.branch(b.ne(f.pointer(RCX), b.const(0, f.size)), pc, following)


def _count_down(f: _Frame) -> None:
    f.put(RCX, f.b.sub(f.pointer(RCX), f.b.const(1, f.size)))


def lift_rep_movs(b: IRBuilder, bits: int, size: int, segment: int, pc: Operand, following: Operand) -> None:
    f = _Frame(b, bits, size, segment)
    count = f.pointer(RCX)
    single = b.ne(count, b.const(0, size))
    for bytes_ in BULK:
        bulk = b.and_(single, _bulk(f, count, bytes_, (RSI, RDI)))
        single = b.and_(single, b.xor(bulk, b.const(1, ty.I1)))
        b.guard(bulk)
        source, to = f.address(f.pointer(RSI), True), f.address(f.pointer(RDI), False)
        t = ty.I128 if bytes_ > 8 else ty.I64
        steps = [b.const(n, ty.I64) for n in range(0, bytes_, t // 8)]
        values = [b.load(b.add(source, n), t) for n in steps]
        for n, value in zip(steps, values, strict=True):
            b.store(b.add(to, n), value)
        _skip(f, bytes_, RSI, RDI)
        b.unguard()
    b.guard(single)
    lift_movs(b, bits, size, segment)
    _count_down(f)
    b.unguard()
    _again(f, pc, following)


def lift_rep_stos(b: IRBuilder, bits: int, size: int, pc: Operand, following: Operand) -> None:
    f = _Frame(b, bits, size, 0)
    count = f.pointer(RCX)
    single = b.ne(count, b.const(0, size))
    for bytes_ in BULK:
        bulk = b.and_(single, _bulk(f, count, bytes_, (RDI,)))
        single = b.and_(single, b.xor(bulk, b.const(1, ty.I1)))
        b.guard(bulk)
        to = f.address(f.pointer(RDI), False)
        ones = b.const(_ONES[bits], ty.I64)
        value = b.mul(b.zext(b.get(RAX, bits), ty.I64), ones)
        for n in range(0, bytes_, 8):
            b.store(b.add(to, b.const(n, ty.I64)), value)
        _skip(f, bytes_, RDI)
        b.unguard()
    b.guard(single)
    lift_stos(b, bits, size)
    _count_down(f)
    b.unguard()
    _again(f, pc, following)


_ONES = {8: 0x0101010101010101, 16: 0x0001000100010001, 32: 0x100000001, 64: 1}
"""times an element: eight bytes of it"""


def lift_rep_lods(b: IRBuilder, bits: int, size: int, segment: int, pc: Operand, following: Operand) -> None:
    f = _Frame(b, bits, size, segment)
    b.guard(b.ne(f.pointer(RCX), b.const(0, size)))
    lift_lods(b, bits, size, segment)
    _count_down(f)
    b.unguard()
    _again(f, pc, following)


def _while(f: _Frame, equal: int, some: int, pc: Operand, following: Operand) -> None:
    """Again while the count is not 0 and ZF is as asked for. ``some``: the count was not 0 before."""
    b = f.b
    forget(b)
    zf = b.ne(b.get(ZF, ty.I8), b.const(0, ty.I8))
    go = b.and_(some, zf if equal else b.xor(zf, b.const(1, ty.I1)))
    b.branch(b.and_(go, b.ne(f.pointer(RCX), b.const(0, f.size))), pc, following)


def lift_rep_scas(
    b: IRBuilder, equal: int, bits: int, size: int, pc: Operand, following: Operand
) -> None:  # fmt: skip
    """``equal``: REPE, else REPNE. With count 0 the flags stay."""
    f = _Frame(b, bits, size, 0)
    some = b.ne(f.pointer(RCX), b.const(0, size))
    b.guard(some)
    lift_scas(b, bits, size)
    _count_down(f)
    b.unguard()
    _while(f, equal, some, pc, following)


def lift_rep_cmps(
    b: IRBuilder, equal: int, bits: int, size: int, segment: int, pc: Operand, following: Operand
) -> None:  # fmt: skip
    f = _Frame(b, bits, size, segment)
    some = b.ne(f.pointer(RCX), b.const(0, size))
    b.guard(some)
    lift_cmps(b, bits, size, segment)
    _count_down(f)
    b.unguard()
    _while(f, equal, some, pc, following)
