"""Entry point of the Arm plugin: names it and says how to load it. Imports nothing else."""

from __future__ import annotations

from hqemu_core import Demo, IsaEntry, hookimpl

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from hqemu_core.isa.spec import IsaSpec

EM_ARM = 40


def load() -> IsaSpec:
    from .spec import make_spec

    return make_spec()


def demos() -> Sequence[Demo]:
    from hqemu_core.isa.demos import standard_demos

    return standard_demos(__file__)


@hookimpl
def register_isa() -> IsaEntry:
    return IsaEntry("arm", EM_ARM, 32, ("arm-linux-user",), load, demos=demos)
