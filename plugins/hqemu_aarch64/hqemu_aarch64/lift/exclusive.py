"""Load/store exclusive, load-acquire, store-release (Arm ARM B2.9, C4.1.94).

The monitor holds the address and the value that was loaded; a store exclusive to that address succeeds when the value
is still there (compare-and-swap). A store of the same value in between goes unnoticed, which no lock or counter minds.

Acquire and release are sequentially consistent among each other (RCsc), so both are "seq".
"""

from __future__ import annotations

from hqemu_core.ir import types as ty
from hqemu_core.ir.builder import IRBuilder, Operand
from hqemu_core.ir.opcodes import MemOp

from ..state import MONITOR_ADDR, MONITOR_VALUE
from .common import set_reg, size_type

_SIZES = (ty.I8, ty.I16, ty.I32, ty.I64)


def _ordered(size: int, order: str = "seq") -> MemOp:
    return MemOp(1 << size, align=1 << size, order=order)


def lift_load_acquire(b: IRBuilder, shape: tuple[int, ...], rt: Operand, rn: Operand) -> None:
    """LDAR, LDLAR. shape: size."""
    size = shape[0]
    set_reg(b, rt, b.load(b.get(rn, ty.I64), _SIZES[size], _ordered(size)))


def lift_store_release(b: IRBuilder, shape: tuple[int, ...], rt: Operand, rn: Operand) -> None:
    """STLR, STLLR. shape: size."""
    size = shape[0]
    value = b.trunc(b.get(rt, ty.I64), _SIZES[size])
    b.store(b.get(rn, ty.I64), value, _ordered(size))


def _remember(b: IRBuilder, addr: int, value: int) -> None:
    b.set(MONITOR_ADDR, addr)
    b.set(MONITOR_VALUE, b.zext(value, ty.I128))


def lift_load_exclusive(b: IRBuilder, shape: tuple[int, ...], rt: Operand, rn: Operand) -> None:
    """LDXR, LDAXR. shape: size, acquire."""
    size, acquire = shape
    addr = b.get(rn, ty.I64)
    value = b.load(addr, _SIZES[size], _ordered(size, "seq" if acquire else ""))
    _remember(b, addr, value)
    set_reg(b, rt, value)


def lift_load_exclusive_pair(
    b: IRBuilder, shape: tuple[int, ...], rt: Operand, rt2: Operand, rn: Operand
) -> None:
    """LDXP, LDAXP. Two loads do: a torn pair is what the store exclusive then finds changed. shape: sf, acquire."""
    sf, acquire = shape
    t = size_type(sf)
    size = 4 << sf
    order = "seq" if acquire else ""
    addr = b.get(rn, ty.I64)
    first = b.load(addr, t, MemOp(size, align=2 * size, order=order))
    second = b.load(b.add(addr, b.const(size, ty.I64)), t, MemOp(size, align=size, order=order))
    _remember(b, addr, _join(b, first, second))
    set_reg(b, rt, first)
    set_reg(b, rt2, second)


def _join(b: IRBuilder, low: int, high: int) -> int:
    bits = ty.bits(b.type_of(low))
    double = 2 * bits
    return b.or_(b.zext(low, double), b.shl(b.zext(high, double), b.const(bits, double)))


def _store_if_unchanged(b: IRBuilder, rs: Operand, addr: int, value: int, size: int) -> None:
    """When the monitor is for another address, memory is compared all the same, but what it holds is written back:
    no branch, and no change. Such a store exclusive may fault on read-only memory; B2.9.2 allows it."""
    t = b.type_of(value)
    watched = b.eq(addr, b.get(MONITOR_ADDR, ty.I64))
    expected = b.trunc(b.get(MONITOR_VALUE, ty.I128), t)
    found = b.cas(addr, expected, b.select(watched, value, expected), MemOp(size, align=size, order="seq"))
    done = b.and_(watched, b.eq(found, expected))
    b.set(MONITOR_ADDR, b.const(-1, ty.I64))
    b.set(rs, b.zext(b.not_(done), ty.I64))


def lift_store_exclusive(b: IRBuilder, shape: tuple[int, ...], rs: Operand, rt: Operand, rn: Operand) -> None:
    """STXR, STLXR. shape: size."""
    size = shape[0]
    value = b.trunc(b.get(rt, ty.I64), _SIZES[size])
    _store_if_unchanged(b, rs, b.get(rn, ty.I64), value, 1 << size)


def lift_store_exclusive_pair(
    b: IRBuilder, shape: tuple[int, ...], rs: Operand, rt: Operand, rt2: Operand, rn: Operand
) -> None:
    """STXP, STLXP. shape: sf."""
    t = size_type(shape[0])
    value = _join(b, b.get(rt, t), b.get(rt2, t))
    _store_if_unchanged(b, rs, b.get(rn, ty.I64), value, 8 << shape[0])
