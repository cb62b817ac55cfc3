"""Snippets of memory ops that succeed. Each has a cell of its own; some cells lie across two pages."""

from __future__ import annotations

import itertools
import random

from hqemu_core.ir import opcodes as op
from hqemu_core.ir import types as ty
from hqemu_core.ir.builder import IRBuilder
from hqemu_core.ir.opcodes import MemOp
from hqemu_core.testing.oplists import Snippet

from .suite import DATA
from .values import Draw, draw_value

STRIDE = 72
SCALARS = (ty.I8, ty.I16, ty.I32, ty.I64, ty.I128)
FLOATS = (ty.F32, ty.F64)
VECTORS = (ty.I8X16, ty.I16X8, ty.I32X4, ty.I64X2, ty.F32X4, ty.F64X2, ty.I8X8, ty.I32X2, ty.vec(ty.I8, 4))
ORDERS = ("", "acq", "rel", "seq")

_cells = itertools.count()


def size_of_data() -> int:
    """Bytes of all cells so far."""
    return STRIDE * (next(_cells) + 1)


def draw_at(align: int, *types: int) -> Draw:
    """An address in a new cell, then values."""
    cell = DATA + STRIDE * next(_cells)

    def make(rng: random.Random) -> list[int]:
        address = cell + rng.randrange(48)
        return [-(-address // align) * align, *(draw_value(rng, t) for t in types)]

    return make


def _accesses(t: int) -> list[MemOp]:
    """Plain, big-endian, ordered, with and without a demand for alignment."""
    size = ty.bits(t) // 8
    found = [MemOp(size), MemOp(size, align=size)]
    if not ty.is_vector(t):
        found += [MemOp(size, big=True), MemOp(size, big=True, align=size, order="seq")]
    if t in (ty.I8, ty.I16, ty.I32, ty.I64):
        found += [MemOp(size, align=size, order=order) for order in ORDERS[1:]]
    return list(dict.fromkeys(found))


def _text(mem: MemOp) -> str:
    parts = (("big", mem.big), (f"align={mem.align}", mem.align > 1), (mem.order, True))
    return " ".join(word for word, said in parts if said)


def _load(t: int, mem: MemOp) -> Snippet:
    name = f"load {ty.name(t)} {_text(mem)}"
    return Snippet(name, (ty.I64,), (t,), lambda b, v: [b.load(v[0], t, mem)], draw_at(mem.align))


def _store(t: int, mem: MemOp) -> Snippet:
    def build(b: IRBuilder, v: list[int]) -> list[int]:
        b.store(v[0], v[1], mem)
        return []

    return Snippet(f"store {ty.name(t)} {_text(mem)}", (ty.I64, t), (), build, draw_at(mem.align, t))


def plain_snippets() -> list[Snippet]:
    found = []
    for t in (*SCALARS, *FLOATS, *VECTORS):
        for mem in _accesses(t):
            found += [_load(t, mem), _store(t, mem)]
    for kind in range(3):

        def build(b: IRBuilder, v: list[int], kind: int = kind) -> list[int]:
            b.store(v[0], v[1])
            b.fence(kind)
            return [b.load(v[0], ty.I32)]

        found.append(Snippet(f"fence {kind}", (ty.I64, ty.I64), (ty.I32,), build, draw_at(1, ty.I64)))
    return found


def overlap_snippets() -> list[Snippet]:
    """Accesses to the same bytes in other sizes: none may pass another."""

    def build(b: IRBuilder, v: list[int]) -> list[int]:
        address, value, other = v
        first = b.load(address, ty.I64)
        b.store(address, value)
        b.store(b.add(address, b.const(3, ty.I64)), b.trunc(other, ty.I16))
        second = b.load(b.add(address, b.const(1, ty.I64)), ty.I32)
        b.store(address, first)
        b.store(b.add(address, b.const(8, ty.I64)), second)
        return [b.load(b.add(address, b.const(5, ty.I64)), ty.I64)]

    types = (ty.I64, ty.I64, ty.I64)
    return [Snippet("overlapping accesses", types, (ty.I64,), build, draw_at(1, ty.I64, ty.I64))]


def atomic_snippets() -> list[Snippet]:
    found = []
    for t in SCALARS:
        size = ty.bits(t) // 8
        for big in (False, True):
            mem = MemOp(size, big, size, "seq")
            text = f"{ty.name(t)} {_text(mem)}"
            for kind, name in enumerate(op.RMW_NAMES):

                def build_rmw(b: IRBuilder, v: list[int], kind: int = kind, mem: MemOp = mem) -> list[int]:
                    return [b.rmw(kind, v[0], v[1], mem)]

                make = draw_at(size, t)
                found.append(Snippet(f"rmw {name} {text}", (ty.I64, t), (t,), build_rmw, make))
            found.append(_cas(t, mem))
    return found


def _cas(t: int, mem: MemOp) -> Snippet:
    def build(b: IRBuilder, v: list[int]) -> list[int]:
        """The comparison succeeds where the last input is odd."""
        there = b.load(v[0], t, MemOp(mem.size, mem.big))
        expected = b.select(v[3], there, v[1])
        return [b.cas(v[0], expected, v[2], mem)]

    types = (ty.I64, t, t, ty.I1)
    return Snippet(f"cas {ty.name(t)} {_text(mem)}", types, (t,), build, draw_at(mem.size, t, t, ty.I1))
