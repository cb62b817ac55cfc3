"""The passes of plugins, in the order in which they were registered.

Each gets the ops of one unit and returns them changed. What it returns is verified: LLVM would report a mistake far
from where it was made, and the stencil library would keep it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hqemu_core.errors import BackendError
from hqemu_core.ir.builder import Op

from .renumber import Code

if TYPE_CHECKING:
    from hqemu_core.isa.spec import IsaSpec


def run_added(isa: IsaSpec, tier: str, ops: list[Op], types: list[int]) -> Code:
    """The unit after ``isa.passes[tier]``. Raises BackendError naming the pass."""
    for name, change in isa.passes.get(tier, ()):
        from hqemu_core.ir.verifier import verify

        try:
            ops = list(change(ops))
            types = [o[1] for o in ops]
            verify(ops, types, isa.helpers)
        except Exception as error:
            raise BackendError(f"pass {name} ({tier}): {type(error).__name__}: {error}") from error
    return ops, types
