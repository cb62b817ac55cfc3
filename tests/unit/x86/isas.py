"""The two ISAs of the family."""

from __future__ import annotations

from functools import lru_cache

from hqemu_core.isa.spec import IsaSpec
from hqemu_x86 import plugin as plugin32
from hqemu_x86_64 import plugin as plugin64


@lru_cache(maxsize=2)
def isa(bits: int) -> IsaSpec:
    return plugin64.load() if bits == 64 else plugin32.load()
