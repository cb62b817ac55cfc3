"""How the interpreter runs value, state, integer, conversion and vector ops."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from hqemu_core.errors import IsaError

from . import types as ty
from .builder import Op
from .semantics import BINARY, TRUTH, UNARY, join, signed, split

if TYPE_CHECKING:
    from .interp import Interp

Run = Callable[["Interp", Op], int]


# -- values and state


def on_const(m: Interp, o: Op) -> int:
    value: int = o[2]
    return value


def on_hole(m: Interp, o: Op) -> int:
    return m.operand(o[2]) & ((1 << ty.bits(o[1])) - 1)


def _bytes_of(t: int) -> int:
    return (ty.bits(t) + 7) // 8


def _state_range(m: Interp, o: Op) -> tuple[int, int]:
    start = m.operand(o[2])
    end = start + _bytes_of(o[1])
    if start < 0 or end > len(m.state):
        raise IsaError(f"state offset {start} outside the state")
    return start, end


def on_get(m: Interp, o: Op) -> int:
    start, end = _state_range(m, o)
    value = int.from_bytes(m.state[start:end], "little")
    return value & 1 if o[1] == ty.I1 else value


def on_set(m: Interp, o: Op) -> int:
    start, end = _state_range(m, o)
    m.state[start:end] = m.vals[o[3]].to_bytes(end - start, "little")
    return 0


# -- integer


def make_binary(code: int) -> Run:
    f = BINARY[code]

    def run(m: Interp, o: Op) -> int:
        t = o[1]
        a, b = m.vals[o[2]], m.vals[o[3]]
        if t >> 16 == 0:
            return f(a, b, t & 0xFFF)
        n = t & 0xFFF
        return join([f(x, y, n) for x, y in zip(split(a, n, t >> 16), split(b, n, t >> 16), strict=True)], n)

    return run


def make_truth(code: int) -> Run:
    f = TRUTH[code]

    def run(m: Interp, o: Op) -> int:
        t = m.types[o[2]]
        a, b = m.vals[o[2]], m.vals[o[3]]
        n = t & 0xFFF
        if t >> 16 == 0:
            return f(a, b, n)
        return join([f(x, y, n) for x, y in zip(split(a, n, t >> 16), split(b, n, t >> 16), strict=True)], 1)

    return run


def make_unary(code: int) -> Run:
    f = UNARY[code]

    def run(m: Interp, o: Op) -> int:
        t = o[1]
        n = t & 0xFFF
        if t >> 16 == 0:
            return f(m.vals[o[2]], n)
        return join([f(x, n) for x in split(m.vals[o[2]], n, t >> 16)], n)

    return run


def on_select(m: Interp, o: Op) -> int:
    _, t, c, a, b = o
    if m.types[c] >> 16 == 0:
        return m.vals[a] if m.vals[c] else m.vals[b]
    n, lanes = t & 0xFFF, t >> 16
    chosen = zip(split(m.vals[c], 1, lanes), split(m.vals[a], n, lanes), split(m.vals[b], n, lanes), strict=True)
    return join([x if bit else y for bit, x, y in chosen], n)


# -- conversions


def on_zext(m: Interp, o: Op) -> int:
    t, source = o[1], m.types[o[2]]
    if t >> 16 == 0:
        return on_bitcast(m, o)
    return join(split(m.vals[o[2]], source & 0xFFF, t >> 16), t & 0xFFF)


def on_sext(m: Interp, o: Op) -> int:
    t, n = o[1], m.types[o[2]] & 0xFFF
    to = t & 0xFFF
    mask = (1 << to) - 1
    return join([signed(x, n) & mask for x in split(m.vals[o[2]], n, t >> 16 or 1)], to)


def on_trunc(m: Interp, o: Op) -> int:
    t: int = o[1]
    n, to = m.types[o[2]] & 0xFFF, t & 0xFFF
    mask = (1 << to) - 1
    if t >> 16 == 0:
        return m.vals[o[2]] & mask
    return join([x & mask for x in split(m.vals[o[2]], n, t >> 16)], to)


def on_bitcast(m: Interp, o: Op) -> int:
    value: int = m.vals[o[2]]
    return value


# -- vectors


def on_extract(m: Interp, o: Op) -> int:
    n: int = o[1] & 0xFFF
    at: int = n * o[3]
    return m.vals[o[2]] >> at & ((1 << n) - 1)


def on_insert(m: Interp, o: Op) -> int:
    n: int = o[1] & 0xFFF
    at: int = n * o[3]
    return m.vals[o[2]] & ~(((1 << n) - 1) << at) | m.vals[o[4]] << at


def on_splat(m: Interp, o: Op) -> int:
    return join([m.vals[o[2]]] * (o[1] >> 16), o[1] & 0xFFF)


def on_shuffle(m: Interp, o: Op) -> int:
    """A lane of -1 may have any value: all ones here."""
    _, t, a, b, mask = o
    n, source = t & 0xFFF, m.types[a] >> 16
    lanes = split(m.vals[a], n, source) + split(m.vals[b], n, source)
    return join([lanes[i] if i >= 0 else (1 << n) - 1 for i in mask], n)


def on_tbl(m: Interp, o: Op) -> int:
    lanes = o[1] >> 16
    table = split(m.vals[o[2]], 8, m.types[o[2]] >> 16)
    return join([table[i] if i < len(table) else 0 for i in split(m.vals[o[3]], 8, lanes)], 8)
