"""Mode ``none``: stencils only."""

from __future__ import annotations

from hqemu_core.backend.stencil.tier import StencilTier
from hqemu_core.frontend.fetch import CodeMemory
from hqemu_core.frontend.translator import Translator
from hqemu_core.isa.spec import IsaSpec
from hqemu_core.runtime.cache import CodeCache

from .scheduler import Scheduler


class NoneScheduler(Scheduler):
    def make_translator(self, isa: IsaSpec, tier: StencilTier, cache: CodeCache, memory: CodeMemory) -> Translator:
        return Translator(isa, tier, cache, memory)
