"""Entry point of the x86-64 plugin: names it and says how to load it. Imports nothing else."""

from __future__ import annotations

from hqemu_core import Demo, IsaEntry, hookimpl

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from hqemu_core.isa.spec import IsaSpec

EM_X86_64 = 62


def load() -> IsaSpec:
    from hqemu_x86.spec import make_spec

    from .mode import X86_64

    return make_spec(X86_64)


def demos() -> Sequence[Demo]:
    from hqemu_core.isa.demos import standard_demos

    return standard_demos(__file__)


@hookimpl
def register_isa() -> IsaEntry:
    return IsaEntry("x86_64", EM_X86_64, 64, ("x86_64-linux-user",), load, demos=demos)
