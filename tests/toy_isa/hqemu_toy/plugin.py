"""Entry point: names the ISA and says how to load it."""

from __future__ import annotations

from hqemu_core import IsaEntry, hookimpl

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hqemu_core.isa.spec import IsaSpec

EM_TOY = 0x7E57
"""A machine number of our own in the program's ELF header."""


def load() -> IsaSpec:
    from .spec import make_spec

    return make_spec()


@hookimpl
def register_isa() -> IsaEntry:
    return IsaEntry("toy", EM_TOY, 64, ("toy-linux-user",), load, cpus=("toy1",))
