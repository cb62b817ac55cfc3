"""The 64-bit mode of the family in ``hqemu_x86``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hqemu_x86.mode import Mode

if TYPE_CHECKING:
    from hqemu_core.isa.abi import LinuxAbi
    from hqemu_core.isa.spec import IsaSpec


def _linux(spec: IsaSpec) -> LinuxAbi:
    from .process_abi import make_linux_abi

    return make_linux_abi(spec)


X86_64 = Mode("x86_64", 64, "CS_MODE_64", _linux)
