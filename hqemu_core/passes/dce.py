"""Dead code: drops ops without effects whose value nobody uses.

Before::

    v0 = get i64 2056
    v1 = const i64 0x1
    v2 = add i64 v0, v1
    v3 = eq i1 v2, v1
    set i64 2056, v2

After::

    v0 = get i64 2056
    v1 = const i64 0x1
    v2 = add i64 v0, v1
    set i64 2056, v2

Float ops stay (they raise flags), loads too (they fault).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, Protocol

from hqemu_core.ir import opcodes as op
from hqemu_core.ir.builder import Op

from .renumber import LISTS, SLOTS, Code, renumber


class Effects(Protocol):
    """What a pass needs of a helper."""

    @property
    def effects(self) -> str: ...


_REMOVABLE: Final = tuple(row.code in op.PURE or row.code in (op.GET, op.FPGET) for row in op.INFO)


def _is_pure_call(o: Op, helpers: Mapping[str, Effects] | None) -> bool:
    if helpers is None or o[0] not in (op.CALL, op.CCALL):
        return False
    helper = helpers.get(o[2] if o[0] == op.CALL else o[3])
    return helper is not None and helper.effects == "pure"


def dce(ops: Sequence[Op], types: Sequence[int], helpers: Mapping[str, Effects] | None = None) -> Code:
    """One backward pass. Calls of pure helpers are dropped too when ``helpers`` is given."""
    used = bytearray(len(ops))
    dropped = set()
    for i in range(len(ops) - 1, -1, -1):
        o = ops[i]
        code = o[0]
        if not used[i] and (_REMOVABLE[code] or _is_pure_call(o, helpers)):
            dropped.add(i)
            continue
        for slot in SLOTS[code]:
            used[o[slot]] = 1
        slot = LISTS[code]
        if slot:
            for v in o[slot]:
                used[v] = 1
    if not dropped:
        return list(ops), list(types)
    return renumber(ops, dropped, {}, {})
