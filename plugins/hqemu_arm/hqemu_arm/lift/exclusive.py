"""Exclusive loads and stores, SWP (ARM ARM A3.4, A5.2.10).

The monitor holds the address and the value that was loaded; a store exclusive to that address succeeds when the value
is still there (compare-and-swap). A store of the same value in between goes unnoticed, which no lock or counter minds.
"""

from __future__ import annotations

from hqemu_core.ir import opcodes as op
from hqemu_core.ir import types as ty
from hqemu_core.ir.builder import IRBuilder, Operand, shift_operand

from ..state import MONITOR_ADDR, MONITOR_VALUE
from .common import mem
from .loads import join, split

_TYPES = (ty.I32, ty.I64, ty.I8, ty.I16)
"""as the encodings number them"""


def _load(b: IRBuilder, t: int, addr: int, order: str) -> int:
    size = ty.bits(t) // 8
    value = b.load(addr, t, mem(b, size, size, order))
    b.set(MONITOR_ADDR, b.zext(addr, ty.I64))
    b.set(MONITOR_VALUE, b.zext(value, ty.I64))
    return value


def _store(b: IRBuilder, rd: Operand, addr: int, value: int) -> None:
    """When the monitor is for another address, memory is compared all the same, but what it holds is written back."""
    t = b.type_of(value)
    size = ty.bits(t) // 8
    watched = b.eq(b.zext(addr, ty.I64), b.get(MONITOR_ADDR, ty.I64))
    expected = b.trunc(b.get(MONITOR_VALUE, ty.I64), t)
    found = b.cas(addr, expected, b.select(watched, value, expected), mem(b, size, size, "seq"))
    done = b.and_(watched, b.eq(found, expected))
    b.set(MONITOR_ADDR, b.const(-1, ty.I64))
    b.set(rd, b.zext(b.not_(done), ty.I32))


def lift_load_exclusive(b: IRBuilder, shape: tuple[int, ...], rt: Operand, rn: Operand) -> None:
    """LDREX, LDAEX and their sizes. shape: size, acquire."""
    t = _TYPES[shape[0]]
    if t == ty.I64:
        lift_load_exclusive_pair(b, shape[1:], rt, shift_operand(rt, 4), rn)
    else:
        b.set(rt, b.zext(_load(b, t, b.get(rn, ty.I32), "seq" if shape[1] else ""), ty.I32))


def lift_load_exclusive_pair(b: IRBuilder, shape: tuple[int, ...], rt: Operand, rt2: Operand, rn: Operand) -> None:
    """shape: acquire."""
    first, second = split(b, _load(b, ty.I64, b.get(rn, ty.I32), "seq" if shape[0] else ""))
    b.set(rt, first)
    b.set(rt2, second)


def lift_load_exclusive_at(b: IRBuilder, shape: tuple[int, ...], rt: Operand, rn: Operand, imm: Operand) -> None:
    """T32's LDREX with an offset."""
    b.set(rt, _load(b, ty.I32, b.add(b.get(rn, ty.I32), b.imm(imm, ty.I32)), ""))


def lift_store_exclusive(b: IRBuilder, shape: tuple[int, ...], rd: Operand, rt: Operand, rn: Operand) -> None:
    """STREX, STLEX and their sizes. shape: size."""
    t = _TYPES[shape[0]]
    if t == ty.I64:
        lift_store_exclusive_pair(b, shape, rd, rt, shift_operand(rt, 4), rn)
    else:
        _store(b, rd, b.get(rn, ty.I32), b.trunc(b.get(rt, ty.I32), t))


def lift_store_exclusive_pair(
    b: IRBuilder, shape: tuple[int, ...], rd: Operand, rt: Operand, rt2: Operand, rn: Operand
) -> None:
    _store(b, rd, b.get(rn, ty.I32), join(b, b.get(rt, ty.I32), b.get(rt2, ty.I32)))


def lift_store_exclusive_at(
    b: IRBuilder, shape: tuple[int, ...], rd: Operand, rt: Operand, rn: Operand, imm: Operand
) -> None:
    """T32's STREX with an offset."""
    _store(b, rd, b.add(b.get(rn, ty.I32), b.imm(imm, ty.I32)), b.get(rt, ty.I32))


def lift_load_acquire(b: IRBuilder, shape: tuple[int, ...], rt: Operand, rn: Operand) -> None:
    """LDA and its sizes. shape: size."""
    t = _TYPES[shape[0]]
    size = ty.bits(t) // 8
    b.set(rt, b.zext(b.load(b.get(rn, ty.I32), t, mem(b, size, size, "seq")), ty.I32))


def lift_store_release(b: IRBuilder, shape: tuple[int, ...], rt: Operand, rn: Operand) -> None:
    """STL and its sizes. shape: size."""
    t = _TYPES[shape[0]]
    size = ty.bits(t) // 8
    b.store(b.get(rn, ty.I32), b.trunc(b.get(rt, ty.I32), t), mem(b, size, size, "seq"))


def lift_swp(b: IRBuilder, shape: tuple[int, ...], rt: Operand, rt2: Operand, rn: Operand) -> None:
    """SWP, SWPB. shape: byte."""
    t = ty.I8 if shape[0] else ty.I32
    size = ty.bits(t) // 8
    value = b.trunc(b.get(rt2, ty.I32), t)
    old = b.rmw(op.RMW_XCHG, b.get(rn, ty.I32), value, mem(b, size, size, "seq"))
    b.set(rt, b.zext(old, ty.I32))


def lift_clrex(b: IRBuilder, shape: tuple[int, ...]) -> None:
    b.set(MONITOR_ADDR, b.const(-1, ty.I64))
