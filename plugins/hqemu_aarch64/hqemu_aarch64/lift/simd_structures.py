"""Advanced SIMD load and store of structures (Arm ARM C4.1.94): LD1..LD4, ST1..ST4, single and replicated.

The row fixes the number of registers, so the registers are the last operands. A post-indexed row has the step
(register or immediate) before them. All loads come before the first register write; a base is written last.
"""

from __future__ import annotations

from collections.abc import Sequence

from hqemu_core.ir import types as ty
from hqemu_core.ir.builder import IRBuilder, Operand

from .simd_regs import SCALARS, VECTORS, set_v, with_lane

NONE, BY_IMMEDIATE, BY_REGISTER = 0, 1, 2
"""How a shape names the index mode."""


def _base(b: IRBuilder, mode: int, rn: Operand, rest: Sequence[Operand]) -> tuple[int, int, Sequence[Operand]]:
    """The address of the access, the base's new value, the registers."""
    address = b.get(rn, ty.I64)
    if mode == NONE:
        return address, address, rest
    step = b.get(rest[0], ty.I64) if mode == BY_REGISTER else b.imm(rest[0], ty.I64)
    return address, b.add(address, step), rest[1:]


def _at(b: IRBuilder, address: int, offset: int) -> int:
    return b.add(address, b.const(offset, ty.I64))


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


def lift_load(b: IRBuilder, shape: tuple[int, ...], rn: Operand, *rest: Operand) -> None:
    """Whole registers. shape: index mode, bytes per register (8, 16), structure (1: consecutive registers),
    size (0 when the structure is 1)."""
    mode, length, structure, size = shape
    address, moved, registers = _base(b, mode, rn, rest)
    t = ty.vec(SCALARS[size], length >> size)
    values = [b.load(_at(b, address, n * length), t) for n in range(len(registers))]
    if structure > 1:
        count = length >> size
        values = [_pick(b, values, [member + structure * lane for lane in range(count)]) for member in range(structure)]
    for register, value in zip(registers, values, strict=True):
        set_v(b, register, value)
    if mode != NONE:
        b.set(rn, moved)


def lift_store(b: IRBuilder, shape: tuple[int, ...], rn: Operand, *rest: Operand) -> None:
    """Whole registers. shape: as for :func:`lift_load`."""
    mode, length, structure, size = shape
    address, moved, registers = _base(b, mode, rn, rest)
    count = length >> size
    values = [b.get(register, ty.vec(SCALARS[size], count)) for register in registers]
    if structure > 1:
        order = [at % structure * count + at // structure for at in range(structure * count)]
        values = [_pick(b, values, order[n * count : (n + 1) * count]) for n in range(structure)]
    for n, value in enumerate(values):
        b.store(_at(b, address, n * length), value)
    if mode != NONE:
        b.set(rn, moved)


def lift_load_lane(b: IRBuilder, shape: tuple[int, ...], rn: Operand, *rest: Operand) -> None:
    """One lane of each register. shape: index mode, size, lane."""
    mode, size, lane = shape
    address, moved, registers = _base(b, mode, rn, rest)
    values = [b.load(_at(b, address, n << size), SCALARS[size]) for n in range(len(registers))]
    for register, value in zip(registers, values, strict=True):
        b.set(register, with_lane(b, b.get(register, VECTORS[size]), lane, value))
    if mode != NONE:
        b.set(rn, moved)


def lift_store_lane(b: IRBuilder, shape: tuple[int, ...], rn: Operand, *rest: Operand) -> None:
    """One lane of each register. shape: index mode, size, lane."""
    mode, size, lane = shape
    address, moved, registers = _base(b, mode, rn, rest)
    values = [b.extract(b.get(register, VECTORS[size]), lane) for register in registers]
    for n, value in enumerate(values):
        b.store(_at(b, address, n << size), value)
    if mode != NONE:
        b.set(rn, moved)


def lift_load_replicate(b: IRBuilder, shape: tuple[int, ...], rn: Operand, *rest: Operand) -> None:
    """One element per register, in every lane. shape: index mode, size, q."""
    mode, size, q = shape
    address, moved, registers = _base(b, mode, rn, rest)
    values = [b.load(_at(b, address, n << size), SCALARS[size]) for n in range(len(registers))]
    for register, value in zip(registers, values, strict=True):
        count = (8 << q) >> size
        set_v(b, register, b.splat(value, count) if count > 1 else value)
    if mode != NONE:
        b.set(rn, moved)
