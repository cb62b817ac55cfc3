"""Advanced SIMD loads and stores of elements and structures (ARM ARM A7.7): VLD1 to VLD4, VST1 to VST4.

The base comes first, then the index register where the mode has one, then the registers: for whole registers the first
one, which the others follow by a stride, for single lanes each one's element.
All loads come before the first register write; a base is written last. An alignment that the instruction names is
demanded of the first access.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from hqemu_core.ir import opcodes as op
from hqemu_core.ir import types as ty
from hqemu_core.ir.builder import IRBuilder, Operand, shift_operand
from hqemu_core.ir.opcodes import MemOp
from hqemu_core.isa.simd.lanes import INTS

from .common import is_big, mem
from .neon_regs import lanes_type

NONE, BY_SIZE, BY_REGISTER = 0, 1, 2
"""modes: no write-back, past what is accessed, by a register"""


def _base(
    b: IRBuilder, mode: int, size: int, rn: Operand, rest: Sequence[Operand]
) -> tuple[int, int, Sequence[Operand]]:
    """The address of the access, the base's new value, the registers."""
    address = b.get(rn, ty.I32)
    if mode == BY_REGISTER:
        return address, b.add(address, b.get(rest[0], ty.I32)), rest[1:]
    return address, b.add(address, b.const(size, ty.I32)), rest


def _bytes(b: IRBuilder, size: int, align: int) -> MemOp:
    """An access of several elements; see :func:`_ordered`."""
    return MemOp(size, align=align)


def _ordered(b: IRBuilder, value: int, size: int, q: int) -> int:
    """A register that is in memory as elements of ``1 << size`` bytes, each in the order of data."""
    if not is_big(b) or not size:
        return value
    return b.bitcast(b.un(op.BSWAP, b.bitcast(value, lanes_type(size, q))), b.type_of(value))


_Mem = Callable[[IRBuilder, int, int], MemOp]


def _load(b: IRBuilder, address: int, offset: int, t: int, align: int, access: _Mem = mem) -> int:
    at = b.add(address, b.const(offset, ty.I32)) if offset else address
    return b.load(at, t, access(b, ty.bits(t) // 8, 1 if offset else align))


def _store(b: IRBuilder, address: int, offset: int, value: int, align: int, access: _Mem = mem) -> None:
    at = b.add(address, b.const(offset, ty.I32)) if offset else address
    b.store(at, value, access(b, ty.bits(b.type_of(value)) // 8, 1 if offset else align))


def _pick(b: IRBuilder, vectors: Sequence[int], lanes: Sequence[int]) -> int:
    """A vector of the given lanes of the concatenated ``vectors``."""
    count = len(lanes)
    have = vectors[0]
    for n in range(1, len(vectors)):
        low, high = n * count, (n + 1) * count
        if n == 1:
            mask = [lane if lane < high else -1 for lane in lanes]
        else:
            mask = [at if lane < low else lane - low + count if lane < high else -1 for at, lane in enumerate(lanes)]
        have = b.shuffle(have, vectors[n], mask)
    return have


def _split(b: IRBuilder, values: Sequence[int], members: int) -> list[int]:
    """Structures in memory order to one vector per member."""
    if members == 1:
        return list(values)
    count = ty.lanes(b.type_of(values[0]))
    return [_pick(b, values, [m + members * lane for lane in range(count)]) for m in range(members)]


def _merge(b: IRBuilder, values: Sequence[int], members: int) -> list[int]:
    if members == 1:
        return list(values)
    count = ty.lanes(b.type_of(values[0]))
    order = [at % members * count + at // members for at in range(members * count)]
    return [_pick(b, values, order[n * count : (n + 1) * count]) for n in range(members)]


def lift_load(b: IRBuilder, shape: tuple[int, ...], rn: Operand, *rest: Operand) -> None:
    """Whole registers. shape: mode, members of a structure, registers per member, stride between members in D
    registers, size, Q registers rather than D, alignment.

    VLD2 of four D registers has two per member, for its lower and upper elements. Where they make a Q register it is
    accessed as such, so that a later read of it need not wait for two writes."""
    mode, members, each, stride, size, q, align = shape
    unit = 8 << q
    address, moved, registers = _base(b, mode, unit * members * each, rn, rest)
    t = lanes_type(size if members > 1 else 3, q)
    loaded = [_load(b, address, unit * n, t, align, _bytes) for n in range(members * each)]
    values = [_ordered(b, value, size, q) for value in loaded]
    for part in range(each):
        parts = _split(b, values[members * part : members * (part + 1)], members)
        for n, value in enumerate(parts):
            b.set(shift_operand(registers[0], 8 * n * stride + unit * part), value)
    if mode != NONE:
        b.set(rn, moved)


def lift_store(b: IRBuilder, shape: tuple[int, ...], rn: Operand, *rest: Operand) -> None:
    """Whole registers. shape: as for :func:`lift_load`."""
    mode, members, each, stride, size, q, align = shape
    unit = 8 << q
    address, moved, registers = _base(b, mode, unit * members * each, rn, rest)
    t = lanes_type(size if members > 1 else 3, q)
    stored = []
    for part in range(each):
        parts = [b.get(shift_operand(registers[0], 8 * n * stride + unit * part), t) for n in range(members)]
        stored += _merge(b, parts, members)
    for n, value in enumerate(stored):
        _store(b, address, unit * n, _ordered(b, value, size, q), align, _bytes)
    if mode != NONE:
        b.set(rn, moved)


def lift_load_lane(b: IRBuilder, shape: tuple[int, ...], rn: Operand, *rest: Operand) -> None:
    """One lane of each register. shape: mode, size, alignment."""
    mode, size, align = shape
    count = len(rest) - (mode == BY_REGISTER)
    address, moved, elements = _base(b, mode, count << size, rn, rest)
    values = [_load(b, address, n << size, INTS[size], align) for n in range(count)]
    for element, value in zip(elements, values, strict=True):
        b.set(element, value)
    if mode != NONE:
        b.set(rn, moved)


def lift_store_lane(b: IRBuilder, shape: tuple[int, ...], rn: Operand, *rest: Operand) -> None:
    """One lane of each register. shape: mode, size, alignment."""
    mode, size, align = shape
    count = len(rest) - (mode == BY_REGISTER)
    address, moved, elements = _base(b, mode, count << size, rn, rest)
    for n, element in enumerate(elements):
        _store(b, address, n << size, b.get(element, INTS[size]), align)
    if mode != NONE:
        b.set(rn, moved)


def lift_load_all(b: IRBuilder, shape: tuple[int, ...], rn: Operand, *rest: Operand) -> None:
    """One element per member, in every lane. shape: mode, members, registers per member, stride, size, alignment."""
    mode, members, each, stride, size, align = shape
    address, moved, registers = _base(b, mode, members << size, rn, rest)
    values = [_load(b, address, n << size, INTS[size], align) for n in range(members)]
    for n, value in enumerate(values):
        whole = b.splat(value, 8 >> size)
        for part in range(each):
            b.set(shift_operand(registers[0], 8 * (n * stride + part)), whole)
    if mode != NONE:
        b.set(rn, moved)
