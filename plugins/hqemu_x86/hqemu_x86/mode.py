"""What tells i386 from x86-64: one record, read when rows are chosen and when lift functions are bound to them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from hqemu_core.ir import types as ty

if TYPE_CHECKING:
    from hqemu_core.isa.abi import LinuxAbi
    from hqemu_core.isa.spec import IsaSpec


class Mode(NamedTuple):
    """``bits`` of an address and of a register; ``linux`` makes the personality's record."""

    name: str
    bits: int
    capstone: str
    linux: Callable[[IsaSpec], LinuxAbi]

    @property
    def word(self) -> int:
        """The type of an address and of what push and pop move."""
        return ty.I64 if self.bits == 64 else ty.I32

    @property
    def registers(self) -> int:
        return 16 if self.bits == 64 else 8


def _linux(spec: IsaSpec) -> LinuxAbi:
    from .process_abi import make_linux_abi

    return make_linux_abi(spec)


I386 = Mode("i386", 32, "CS_MODE_32", _linux)
