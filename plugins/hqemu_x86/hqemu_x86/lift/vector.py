"""What all vector instructions share: operands as vectors, and what a write does to the rest of the register.

``encoding`` of an operation: ``SSE`` leaves the upper half of a YMM register and demands aligned memory of 16 bytes;
``VEX`` clears what is above the result; ``MMX`` works on the x87 registers (:mod:`.mmx`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from hqemu_core.ir import types as ty
from hqemu_core.ir.builder import IRBuilder, shift_operand
from hqemu_core.ir.opcodes import MemOp

from . import mmx
from .common import Mem, Reg

SSE, VEX, MMX = range(3)
Compute = Callable[..., int]
"""(builder, vector values...) -> vector value; all of the types that it is registered with"""
HALVES: Final = {256: 2}


def vector(lane: int, bits: int) -> int:
    """The vector type of ``bits`` with lanes of a scalar type."""
    return ty.vec(lane, bits // ty.lane_bits(lane))


def read(b: IRBuilder, encoding: int, source: Reg | Mem, t: int) -> int:
    """All of an operand as vector type ``t``."""
    if isinstance(source, Mem):
        size = ty.bits(t) // 8
        return b.load(source.address, t, MemOp(size, align=16 if encoding == SSE and size == 16 else 1))
    return b.get(source.offset, t)


def write(b: IRBuilder, encoding: int, to: Reg | Mem, value: int) -> None:
    if isinstance(to, Mem):
        t = b.type_of(value)
        size = ty.bits(t) // 8
        b.store(to.address, value, MemOp(size, align=16 if encoding == SSE and size == 16 else 1))
        return
    b.set(to.offset, value)
    if encoding == VEX and ty.bits(b.type_of(value)) == 128:
        b.set(shift_operand(to.offset, 16), b.const(0, ty.I128))
    elif encoding == MMX:
        mmx.touch(b, to.offset)


def enter(b: IRBuilder, encoding: int) -> None:
    """Before an instruction reads or writes MMX registers."""
    if encoding == MMX:
        mmx.enter(b)


def lift_binary(encoding: int, lane: int, compute: Compute, b: IRBuilder, to: Reg, *sources: Reg | Mem) -> None:
    """``to = compute(first, second)`` lane by lane or otherwise; with two operands the destination is the first."""
    enter(b, encoding)
    first, second = sources if len(sources) == 2 else (to, sources[0])
    t = vector(lane, to.bits)
    write(b, encoding, to, compute(b, read(b, encoding, first, t), read(b, encoding, second, t)))


def lift_unary(encoding: int, lane: int, compute: Compute, b: IRBuilder, to: Reg, source: Reg | Mem) -> None:
    enter(b, encoding)
    t = vector(lane, to.bits)
    write(b, encoding, to, compute(b, read(b, encoding, source, t)))


def lift_binary_imm(
    encoding: int, lane: int, compute: Callable[..., int], b: IRBuilder, to: Reg, *rest: Reg | Mem | int
) -> None:  # fmt: skip
    """As :func:`lift_binary`, with a byte (in the shape) that ``compute`` gets last."""
    enter(b, encoding)
    *sources, imm = rest
    first, second = sources if len(sources) == 2 else (to, sources[0])
    assert not isinstance(first, int)
    assert not isinstance(second, int)
    t = vector(lane, to.bits)
    write(b, encoding, to, compute(b, read(b, encoding, first, t), read(b, encoding, second, t), imm))


def lift_unary_imm(
    encoding: int, lane: int, compute: Callable[..., int], b: IRBuilder, to: Reg, source: Reg | Mem, imm: int
) -> None:  # fmt: skip
    enter(b, encoding)
    t = vector(lane, to.bits)
    write(b, encoding, to, compute(b, read(b, encoding, source, t), imm))


def by_halves(b: IRBuilder, t: int, mask: Sequence[int]) -> tuple[int, ...]:
    """A shuffle mask for 128 bits (lanes of the second operand follow the first's) for every 128 bits of ``t``."""
    count = ty.lanes(t)
    per = min(count, 128 // ty.lane_bits(t))
    found = []
    for base in range(0, count, per):
        found += [m + base if m < per else m - per + count + base for m in mask]
    return tuple(found)


def bits_of(b: IRBuilder, value: int, lane: int) -> int:
    """The same bits as lanes of another type."""
    return b.bitcast(value, vector(lane, ty.bits(b.type_of(value))))
