"""Helper functions that the host has instructions for (``Helper.native``), and what calls are left."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from hqemu_core.ir import opcodes as op
from hqemu_core.isa.spec import IsaSpec

from .target import host_features


def natives_of(isa: IsaSpec) -> Mapping[str, str]:
    """Helper -> the text behind ``asm``. What touches floating-point flags is neither moved nor dropped."""
    present = host_features()
    found = {}
    for name, helper in isa.helpers.items():
        if helper.native is not None and helper.native[2] in present:
            text, constraints, _ = helper.native
            option = "" if helper.effects == "pure" else "sideeffect "
            found[name] = f'{option}"{text}", "{constraints}"'
    return found


def helpers_in(ops: Sequence[Any], natives: Mapping[str, str]) -> tuple[str, ...]:
    """The helper functions that are really called."""
    called = [o[2] for o in ops if o[0] == op.CALL and o[2] not in natives]
    return tuple(dict.fromkeys(called + [o[3] for o in ops if o[0] == op.CCALL]))
