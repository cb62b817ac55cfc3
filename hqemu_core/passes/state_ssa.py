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
that can fault (the guest's signal handler sees the state). After a guard is known what was known before it and did
not change in it; a write before it is covered when both ways cover it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from hqemu_core.ir import opcodes as op
from hqemu_core.ir import types as ty
from hqemu_core.ir.builder import Op

from .dce import Effects
from .renumber import Code, renumber

_FAULTING: Final = frozenset((op.LOAD, op.STORE, op.CAS, op.RMW, op.CHECK))
_CALLS: Final = frozenset((op.CALL, op.CCALL))
_STATELESS: Final = ("pure", "fp")
_SIZE_BITS: Final = 8

Place = int
"""An accessed range of state: ``offset << _SIZE_BITS | bytes``."""


def _place(start: int, t: int) -> Place:
    return start << _SIZE_BITS | ((t & 0xFFF) * (t >> 16 or 1) + 7) // 8


def _touches_state(o: Op, helpers: Mapping[str, Effects] | None) -> bool:
    """Whether a call or conditional call may read or write state."""
    helper = None if helpers is None else helpers.get(o[2] if o[0] == op.CALL else o[3])
    return helper is None or helper.effects not in _STATELESS


class _Places:
    """The distinct places that a list accesses, and which of them overlap; worked out once per place, because a
    list accesses few places often. ``buckets``: places by 16-byte unit of state."""

    __slots__ = ("buckets", "overlaps")

    def __init__(self) -> None:
        self.overlaps: dict[Place, list[Place]] = {}
        self.buckets: dict[int, list[Place]] = {}

    def add(self, place: Place) -> list[Place]:
        """The other places that overlap this one; the list grows as more are added."""
        size = place & ((1 << _SIZE_BITS) - 1)
        start = place >> _SIZE_BITS
        found: list[Place] = []
        for unit in range(start >> 4, ((start + size - 1) >> 4) + 1):
            bucket = self.buckets.setdefault(unit, [])
            for other in bucket:
                first = other >> _SIZE_BITS
                end = first + (other & ((1 << _SIZE_BITS) - 1))
                if first < start + size and start < end and other not in found:
                    found.append(other)
                    self.overlaps[other].append(place)
            bucket.append(place)
        self.overlaps[place] = found
        return found


class _Forward:
    """What each read becomes, and which writes change nothing. ``known``: a place's type and value."""

    __slots__ = ("alias", "before", "changed", "known", "places", "redundant")

    def __init__(self) -> None:
        self.places = _Places()
        self.known: dict[Place, tuple[int, int]] = {}
        self.alias: dict[int, int] = {}
        self.changed: dict[int, Op] = {}
        self.redundant: set[int] = set()
        self.before: dict[Place, tuple[int, int]] = {}

    def on_unguard(self) -> None:
        """What was known before the guard and is so after it too."""
        now = self.known
        self.known = {place: entry for place, entry in self.before.items() if now.get(place) == entry}

    def on_get(self, i: int, t: int, start: int) -> None:
        place = _place(start, t)
        overlaps = self.places.overlaps.get(place)
        if overlaps is None:
            overlaps = self.places.add(place)
        entry = self.known.get(place)
        if entry is not None:
            if entry[0] == t:
                self.alias[i] = entry[1]
            elif ty.bits(entry[0]) == ty.bits(t):
                self.changed[i] = (op.BITCAST, t, entry[1])
            return
        self.known[place] = (t, i)
        if t & ty.FLOAT or t >> 16 or t == ty.I1:
            return
        for wider in overlaps:
            entry = self.known.get(wider)
            if entry is None or wider >> _SIZE_BITS != start or wider < place:
                continue
            if not entry[0] & ty.FLOAT and not entry[0] >> 16:
                self.changed[i] = (op.TRUNC, t, entry[1])
                return

    def on_set(self, i: int, t: int, start: int, value: int) -> None:
        place = _place(start, t)
        overlaps = self.places.overlaps.get(place)
        if overlaps is None:
            overlaps = self.places.add(place)
        known = self.known
        entry = (t, self.alias.get(value, value))
        if known.get(place) == entry and ty.bits(t) % 8 == 0:  # an i1's other seven bits may differ
            self.redundant.add(i)
            return
        for other in overlaps:
            known.pop(other, None)
        known[place] = entry


    def on_rotate(self, start: int, by: int) -> None:
        """The f80 move; what is known of them in other ways is not followed."""
        before = [self.known.get(_place(start + 16 * n, ty.F80)) for n in range(8)]
        for place in list(self.known):
            if start - (place & ((1 << _SIZE_BITS) - 1)) < place >> _SIZE_BITS < start + 128:
                del self.known[place]
        for n in range(8):
            entry = before[n + by & 7]
            if entry is not None:
                place = _place(start + 16 * n, ty.F80)
                if place not in self.places.overlaps:
                    self.places.add(place)
                self.known[place] = entry


def _find_dead(ops: Sequence[Op], forward: _Forward, exact: bool, helpers: Mapping[str, Effects] | None) -> set[int]:
    """Writes that later ones cover; backward. ``later``: a bit for each byte of state that will be written unseen."""
    dead = forward.redundant
    alias, changed = forward.alias, forward.changed
    masks: dict[Place, int] = {}
    later = after = 0
    for i in range(len(ops) - 1, -1, -1):
        o = ops[i]
        code = o[0]
        if code == op.SET or code == op.GET:
            if code == op.GET:
                if later == 0 or i in alias or i in changed:
                    continue
                if not isinstance(o[2], int):
                    later = 0
                    continue
            elif i in dead or not isinstance(o[2], int):
                continue
            place = _place(o[2], o[1])
            mask = masks.get(place)
            if mask is None:
                size = place & ((1 << _SIZE_BITS) - 1)
                mask = masks[place] = ((1 << size) - 1) << (place >> _SIZE_BITS)
            if code == op.GET:
                later &= ~mask
            elif later & mask == mask:
                dead.add(i)
            else:
                later |= mask
        elif code == op.ROTATE:
            later &= ~(((1 << 128) - 1) << o[2])
        elif code in _FAULTING:
            if exact:
                later = 0
        elif code in _CALLS and _touches_state(o, helpers):
            later = 0
        elif code == op.UNGUARD:
            after = later
        elif code == op.GUARD:
            later &= after
        elif code in op.END:  # inside a guard: what follows it does not happen
            later = 0
    return dead


def state_ssa(
    ops: Sequence[Op], types: Sequence[int], exact: bool = False, helpers: Mapping[str, Effects] | None = None
) -> Code:
    """Without ``helpers`` every call may read and write all state."""
    forward = _Forward()
    for i, o in enumerate(ops):
        code = o[0]
        if code == op.GET:
            if isinstance(o[2], int):
                forward.on_get(i, o[1], o[2])
        elif code == op.SET:
            if isinstance(o[2], int):
                forward.on_set(i, o[1], o[2], o[3])
            else:
                forward.known.clear()
        elif code == op.ROTATE:
            forward.on_rotate(o[2], o[3])
        elif code in _CALLS and _touches_state(o, helpers):
            forward.known.clear()
        elif code == op.GUARD:
            forward.before = dict(forward.known)
        elif code == op.UNGUARD:
            forward.on_unguard()
    dead = _find_dead(ops, forward, exact, helpers)
    if not (dead or forward.alias or forward.changed):
        return list(ops), list(types)
    return renumber(ops, dead, forward.alias, forward.changed)
