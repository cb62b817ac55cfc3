"""Lifting the body of a helper function, and how its parameters look in IR."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Protocol

from . import opcodes as op
from .builder import Hole, IRBuilder, Op

PARAMETER: Final = "arg"
"""Class of the holes that stand for parameters: hole ``n`` is parameter ``n``, of any type."""


class HelperBody(Protocol):
    """What lifting needs of a :class:`hqemu_core.isa.spec.Helper`."""

    @property
    def params(self) -> tuple[int, ...]: ...

    @property
    def body(self) -> Callable[..., int | None]: ...


def lift_helper(helper: HelperBody, b: IRBuilder) -> tuple[list[Op], list[int], int | None]:
    """The body's ops and types, and its value (None without a result). The first ops are the parameters."""
    params = [b.emit(op.HOLE, t, Hole(n, PARAMETER)) for n, t in enumerate(helper.params)]
    value = helper.body(b, *params)
    return b.ops, b.types, value
