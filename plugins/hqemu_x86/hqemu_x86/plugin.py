"""Entry point of the i386 plugin: names it and says how to load it. Imports nothing else."""

from __future__ import annotations

from hqemu_core import Demo, IsaEntry, hookimpl

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from hqemu_core.isa.spec import IsaSpec

EM_386 = 3


def load() -> IsaSpec:
    from .mode import I386
    from .spec import make_spec

    return make_spec(I386)


def demos() -> Sequence[Demo]:
    from hqemu_core.isa.demos import standard_demos

    return standard_demos(__file__)


@hookimpl
def register_isa() -> IsaEntry:
    return IsaEntry("i386", EM_386, 32, ("i386-linux-user",), load, demos=demos)
