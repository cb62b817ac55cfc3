"""From what a lift function is written for (places, numbers, code addresses) to what the core calls."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from hqemu_core.ir.builder import IRBuilder, Operand

from .common import Imm, Mem, Reg


class Op(NamedTuple):
    """An operation: ``lift(builder, *operands)``, and the columns of its rows (see ``hqemu_core.isa.table``)."""

    lift: Callable[..., None]
    flags: str = ""
    end: str = ""
    fuse: str = ""
    feature: str = ""


def bind(op: Op, letters: str) -> Callable[..., None]:
    """``letters``, one per operand: r v registers, m memory, i w immediates, j code address, # number of the shape."""
    function = op.lift

    def lift(b: IRBuilder, shape: tuple[int, ...], *operands: Operand) -> None:
        sizes, values = iter(shape), iter(operands)
        memory = b.handed() if "m" in letters else -1
        arguments: list[Any] = []
        for letter in letters:
            if letter == "j":
                arguments.append(next(values))
            elif letter == "#":
                arguments.append(next(sizes))
            elif letter == "m":
                arguments.append(Mem(memory, next(sizes)))
            else:
                make = Imm if letter in "iw" else Reg
                arguments.append(make(next(values), next(sizes)))
        function(b, *arguments)

    lift.__wrapped__ = function  # type: ignore[attr-defined]
    return lift
