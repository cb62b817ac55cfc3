"""Mode ``block``: every block through the optimizing backend when it is first executed."""

from __future__ import annotations

from hqemu_core.backend.base import Backend
from hqemu_core.backend.stencil.tier import StencilTier
from hqemu_core.frontend.block_translator import BlockTranslator
from hqemu_core.frontend.fetch import CodeMemory
from hqemu_core.isa.spec import IsaSpec
from hqemu_core.runtime.cache import CodeCache

from .scheduler import Scheduler


class BlockScheduler(Scheduler):
    def __init__(self, name: str, forms: Backend, blocks: Backend) -> None:
        super().__init__(name, forms)
        self.blocks = blocks

    def make_translator(self, isa: IsaSpec, tier: StencilTier, cache: CodeCache, memory: CodeMemory) -> BlockTranslator:
        return BlockTranslator(isa, tier, cache, memory, self.blocks.make_block_compiler)
