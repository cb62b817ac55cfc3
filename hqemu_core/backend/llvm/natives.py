"""Helper functions that the host has instructions for (``Helper.native``)."""

from __future__ import annotations

from collections.abc import Mapping

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
