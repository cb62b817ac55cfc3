"""Entry point of the AArch64 plugin: names it and says how to load it. Imports nothing else."""

from __future__ import annotations

from hqemu_core import Demo, IsaEntry, hookimpl

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from hqemu_core.isa.spec import IsaSpec

EM_AARCH64 = 183
CPUS = ("max", "cortex-a35", "cortex-a53", "cortex-a57", "cortex-a72")


def load(cpu: str = CPUS[0]) -> IsaSpec:
    from .spec import make_spec

    return make_spec(cpu)


def demos() -> Sequence[Demo]:
    from hqemu_core.isa.demos import standard_demos

    return standard_demos(__file__)


@hookimpl
def register_isa() -> IsaEntry:
    return IsaEntry("aarch64", EM_AARCH64, 64, ("aarch64-linux-user",), load, cpus=CPUS, demos=demos)
