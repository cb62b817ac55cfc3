"""Removing ops from a list: what every pass ends with. Value numbers are op indices, so all later ones change."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from typing import Any, Final

from hqemu_core.ir import opcodes as op
from hqemu_core.ir.builder import Op

Code = tuple[list[Op], list[int]]
"""ops and their types, as an IRBuilder holds them"""

SLOTS: Final[tuple[tuple[int, ...], ...]] = tuple(
    tuple(2 + i for i, kind in enumerate(row.args) if kind == "v") for row in op.INFO
)
"""By opcode: where in an op's tuple its values stand."""

LISTS: Final[tuple[int, ...]] = tuple(2 + row.args.index("V") if "V" in row.args else 0 for row in op.INFO)
"""By opcode: where its tuple of values stands, 0 if it has none."""

_NONE, _ONE, _TWO, _OTHER = range(4)


def _shape(row: op.OpInfo) -> int:
    if "V" in row.args:
        return _OTHER
    return {"": _NONE, "v": _ONE, "vv": _TWO}.get(row.args, _OTHER if "v" in row.args else _NONE)


_SHAPES: Final = tuple(_shape(row) for row in op.INFO)


def remap(o: Op, numbers: Sequence[int]) -> Op:
    """The op with every value ``v`` replaced by ``numbers[v]``."""
    shape = _SHAPES[o[0]]
    if shape == _NONE:
        return o
    if shape == _TWO:
        return o[0], o[1], numbers[o[2]], numbers[o[3]]
    if shape == _ONE:
        return o[0], o[1], numbers[o[2]]
    parts: list[Any] = list(o)
    for slot in SLOTS[o[0]]:
        parts[slot] = numbers[o[slot]]
    slot = LISTS[o[0]]
    if slot:
        parts[slot] = tuple([numbers[v] for v in o[slot]])
    return tuple(parts)


def renumber(ops: Sequence[Op], dropped: Container[int], alias: Mapping[int, int], changed: Mapping[int, Op]) -> Code:
    """The list without the ``dropped`` ops, and with ``alias`` ops replaced by an earlier value.

    ``changed`` ops are put in an op's place; their arguments are old numbers, like everything here.
    """
    out: list[Op] = []
    numbers: list[int] = []
    for i, o in enumerate(ops):
        if i in alias:
            numbers.append(numbers[alias[i]])
        elif i in dropped:
            numbers.append(-1)
        else:
            numbers.append(len(out))
            out.append(remap(changed.get(i, o), numbers))
    return out, [o[1] for o in out]
