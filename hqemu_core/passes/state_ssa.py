"""Guest registers as values: within one op list, state is read once and written once.

Before::

    v0 = get i64 2056
    v1 = const i64 0x8
    v2 = add i64 v0, v1
    set i64 2056, v2
    v4 = get i64 2056
    v5 = get i32 2056
    v6 = add i64 v4, v4
    set i64 2056, v6

After::

    v0 = get i64 2056
    v1 = const i64 0x8
    v2 = add i64 v0, v1
    v3 = trunc i32 v2
    v4 = add i64 v2, v2
    set i64 2056, v4

A read of known state becomes the value; of its low part a ``trunc``, in another type of the same width a
``bitcast``. A write of what is there already goes, and so does a write that a later one covers before anything can
look: a read, a call that may read state, an operand known only at translation (a hole), and, when ``exact``, an op
that can fault (the guest's signal handler sees the state).

State is looked at in granules of 64 bytes; slots are aligned, so an access never spans two, and one that did is
taken to touch everything in both.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from hqemu_core.ir import opcodes as op
from hqemu_core.ir import types as ty
from hqemu_core.ir.builder import Op

from .dce import Effects
from .renumber import Code, renumber

_GRANULE: Final = 64
_FAULTING: Final = frozenset((op.LOAD, op.STORE, op.CAS, op.RMW))
_STATELESS: Final = ("pure", "fp")

_Known = tuple[int, int, int, int]
"""(first byte, end, type, value)"""


def _size(t: int) -> int:
    return ((t & 0xFFF) * (t >> 16 or 1) + 7) // 8


def _touches_state(o: Op, helpers: Mapping[str, Effects] | None) -> bool:
    """Whether a call or conditional call may read or write state."""
    helper = None if helpers is None else helpers.get(o[2] if o[0] == op.CALL else o[3])
    return helper is None or helper.effects not in _STATELESS


class _Forward:
    """What each read becomes, and which writes change nothing."""

    __slots__ = ("alias", "changed", "known", "redundant")

    def __init__(self) -> None:
        self.known: dict[int, list[_Known]] = {}
        self.alias: dict[int, int] = {}
        self.changed: dict[int, Op] = {}
        self.redundant: set[int] = set()

    def on_get(self, i: int, o: Op) -> None:
        t, start = o[1], o[2]
        size = _size(t)
        if start % _GRANULE + size > _GRANULE:
            return
        known = self.known.setdefault(start // _GRANULE, [])
        for first, end, have, value in known:
            if first != start:
                continue
            if have == t:
                self.alias[i] = value
                self.changed.pop(i, None)
                return
            if i in self.changed:
                continue
            if end - first == size and ty.bits(have) == ty.bits(t):
                self.changed[i] = (op.BITCAST, t, value)
            elif end - first > size and not (have | t) & ty.FLOAT and not (have | t) >> 16 and t != ty.I1:
                self.changed[i] = (op.TRUNC, t, value)
        known.append((start, start + size, t, i))

    def on_set(self, i: int, o: Op) -> None:
        t, start = o[1], o[2]
        written: int = o[3]
        value = self.alias.get(written, written)
        end = start + _size(t)
        granule = start // _GRANULE
        if start % _GRANULE + end - start > _GRANULE:
            self.known.pop(granule, None)
            self.known.pop(granule + 1, None)
            return
        known = self.known.get(granule)
        if known:
            if (start, end, t, value) in known and ty.bits(t) % 8 == 0:  # an i1's other seven bits may differ
                self.redundant.add(i)
                return
            known = [k for k in known if k[1] <= start or k[0] >= end]
        else:
            known = []
        known.append((start, end, t, value))
        self.known[granule] = known


def _find_dead(ops: Sequence[Op], forward: _Forward, exact: bool, helpers: Mapping[str, Effects] | None) -> set[int]:
    """Writes that later ones cover; backward. ``later``: by granule, the bytes that will be written unseen."""
    dead = forward.redundant
    alias, changed = forward.alias, forward.changed
    later: dict[int, int] = {}
    for i in range(len(ops) - 1, -1, -1):
        o = ops[i]
        code = o[0]
        if code == op.SET:
            start = o[2]
            if i in dead or not isinstance(start, int):
                continue
            size = _size(o[1])
            at = start % _GRANULE
            if at + size > _GRANULE:
                continue
            mask = ((1 << size) - 1) << at
            covered = later.get(start // _GRANULE, 0)
            if covered & mask == mask:
                dead.add(i)
            else:
                later[start // _GRANULE] = covered | mask
        elif code == op.GET:
            start = o[2]
            if i in alias or i in changed:
                continue
            if not isinstance(start, int):
                later.clear()
                continue
            size = _size(o[1])
            at = start % _GRANULE
            granule = start // _GRANULE
            if at + size > _GRANULE:
                later.pop(granule, None)
                later.pop(granule + 1, None)
            elif granule in later:
                later[granule] &= ~(((1 << size) - 1) << at)
        elif code in _FAULTING:
            if exact:
                later.clear()
        elif code in (op.CALL, op.CCALL) and _touches_state(o, helpers):
            later.clear()
    return dead


def state_ssa(
    ops: Sequence[Op], types: Sequence[int], exact: bool = False, helpers: Mapping[str, Effects] | None = None
) -> Code:  # fmt: skip
    """Without ``helpers`` every call may read and write all state."""
    forward = _Forward()
    for i, o in enumerate(ops):
        code = o[0]
        if code == op.GET:
            if isinstance(o[2], int):
                forward.on_get(i, o)
        elif code == op.SET:
            if isinstance(o[2], int):
                forward.on_set(i, o)
            else:
                forward.known.clear()
        elif code in (op.CALL, op.CCALL) and _touches_state(o, helpers):
            forward.known.clear()
    dead = _find_dead(ops, forward, exact, helpers)
    if not (dead or forward.alias or forward.changed):
        return list(ops), list(types)
    return renumber(ops, dead, forward.alias, forward.changed)
