"""Exclusive loads and stores, SWP (ARM ARM A3.4, A5.2.10).

The monitor holds the address and the value that was loaded; a store exclusive to that address succeeds when the value
is still there (compare-and-swap). A store of the same value in between goes unnoticed, which no lock or counter minds.
"""

from __future__ import annotations

from hqemu_core.ir import opcodes as op
from hqemu_core.ir import types as ty
from hqemu_core.ir.builder import IRBuilder, Operand, shift_operand
from hqemu_core.ir.opcodes import MemOp

from ..state import MONITOR_ADDR, MONITOR_VALUE

_TYPES = (ty.I32, ty.I64, ty.I8, ty.I16)
"""as the encodings number them"""


def lift_load_exclusive(b: IRBuilder, shape: tuple[int, ...], rt: Operand, rn: Operand) -> None:
    """LDREX, LDAEX and their sizes. shape: size, acquire."""
    t = _TYPES[shape[0]]
    size = ty.bits(t) // 8
    addr = b.get(rn, ty.I32)
    value = b.load(addr, t, MemOp(size, align=size, order="seq" if shape[1] else ""))
    b.set(MONITOR_ADDR, b.zext(addr, ty.I64))
    b.set(MONITOR_VALUE, b.zext(value, ty.I64))
    if t == ty.I64:
        b.set(rt, b.trunc(value, ty.I32))
        b.set(shift_operand(rt, 4), b.trunc(b.lshr(value, b.const(32, ty.I64)), ty.I32))
    else:
        b.set(rt, b.zext(value, ty.I32))


def lift_store_exclusive(b: IRBuilder, shape: tuple[int, ...], rd: Operand, rt: Operand, rn: Operand) -> None:
    """STREX, STLEX and their sizes. When the monitor is for another address, memory is compared all the same, but what
    it holds is written back. shape: size."""
    t = _TYPES[shape[0]]
    size = ty.bits(t) // 8
    if t == ty.I64:
        low, high = (b.zext(b.get(shift_operand(rt, n), ty.I32), ty.I64) for n in (0, 4))
        value = b.or_(low, b.shl(high, b.const(32, ty.I64)))
    else:
        value = b.trunc(b.get(rt, ty.I32), t)
    addr = b.get(rn, ty.I32)
    watched = b.eq(b.zext(addr, ty.I64), b.get(MONITOR_ADDR, ty.I64))
    expected = b.trunc(b.get(MONITOR_VALUE, ty.I64), t)
    found = b.cas(addr, expected, b.select(watched, value, expected), MemOp(size, align=size, order="seq"))
    done = b.and_(watched, b.eq(found, expected))
    b.set(MONITOR_ADDR, b.const(-1, ty.I64))
    b.set(rd, b.zext(b.not_(done), ty.I32))


def lift_swp(b: IRBuilder, shape: tuple[int, ...], rt: Operand, rt2: Operand, rn: Operand) -> None:
    """SWP, SWPB. shape: byte."""
    t = ty.I8 if shape[0] else ty.I32
    size = ty.bits(t) // 8
    value = b.trunc(b.get(rt2, ty.I32), t)
    old = b.rmw(op.RMW_XCHG, b.get(rn, ty.I32), value, MemOp(size, align=size, order="seq"))
    b.set(rt, b.zext(old, ty.I32))


def lift_clrex(b: IRBuilder, shape: tuple[int, ...]) -> None:
    b.set(MONITOR_ADDR, b.const(-1, ty.I64))
