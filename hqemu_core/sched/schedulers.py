"""What decides which backend executes guest code and when it is optimized: one per run, made by ``make_scheduler``."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from hqemu_core.backend.base import Backend
from hqemu_core.config import NO_LIMIT

if TYPE_CHECKING:
    from hqemu_core.backend.stencil.tier import StencilTier
    from hqemu_core.frontend.fetch import CodeMemory
    from hqemu_core.frontend.translator import Translator
    from hqemu_core.isa.abi import LinuxAbi
    from hqemu_core.isa.spec import IsaSpec
    from hqemu_core.runtime.cache import CodeCache
    from hqemu_core.trace.former import TraceFormer


class Scheduler:
    """Mode ``none``, and what a scheduler is: its engine.

    ``forms`` is the backend of the stencil tier, which compiles the helper functions of every mode. ``name`` enters the
    key of translations that are kept on disk, so two schedulers that translate differently differ in it;
    ``keeps_code`` says whether they may be kept. With ``wants_traces`` the answer of ``make_trace_former`` is in
    ``former`` before the engine is made, and the engine tells of traces by ``on_trace`` and of regions by
    ``on_region``.
    """

    keeps_code = True
    wants_traces = False

    def __init__(self, name: str, forms: Backend) -> None:
        self.name = name
        self.forms = forms
        self.former: TraceFormer | None = None

    def make_engine(self, isa: IsaSpec, abi: LinuxAbi, memory: Any, library: Any, cache: CodeCache | None) -> Any:
        """An implementation of ``linux.ports.Engine``."""
        from .engine import Engine

        return Engine(isa, abi, memory, library, self.make_tier, self.make_translator, cache)

    def make_tier(
        self, isa: IsaSpec, cache: CodeCache, library: Any, set_helper: Callable[[int, int], None]
    ) -> StencilTier:
        from hqemu_core.backend.stencil.tier import StencilTier

        return StencilTier(isa, cache, library, set_helper, self.forms.make_form_compiler)

    def make_translator(self, isa: IsaSpec, tier: StencilTier, cache: CodeCache, memory: CodeMemory) -> Translator:
        """What gives the engine host code for a guest address."""
        from hqemu_core.frontend.translator import Translator

        return Translator(isa, tier, cache, memory)


class BlockScheduler(Scheduler):
    """Mode ``block``: every block through an optimizing backend when it is first executed."""

    def __init__(self, name: str, forms: Backend, blocks: Backend) -> None:
        super().__init__(name, forms)
        self.blocks = blocks

    def make_translator(self, isa: IsaSpec, tier: StencilTier, cache: CodeCache, memory: CodeMemory) -> Translator:
        from hqemu_core.frontend.block_translator import BlockTranslator

        return BlockTranslator(isa, tier, cache, memory, self.blocks.make_block_compiler)


class HybridScheduler(Scheduler):
    """Modes ``hybrids`` (no ``workers``: regions are compiled on the guest's thread) and ``hybridm``: stencils first,
    regions for what was executed ``threshold`` times, ``count`` of them at most, by ``passes`` if not the usual."""

    wants_traces = True

    def __init__(
        self, name: str, forms: Backend, workers: int, threshold: int, count: int = NO_LIMIT,
        passes: tuple[str, ...] | None = None,
    ) -> None:  # fmt: skip
        super().__init__(name, forms)
        self.workers = workers
        self.threshold = threshold
        self.count = count
        self.passes = passes

    def make_engine(self, isa: IsaSpec, abi: LinuxAbi, memory: Any, library: Any, cache: CodeCache | None) -> Any:
        from .hybrid import HybridEngine

        return HybridEngine(
            isa, abi, memory, library, self.make_tier, workers=self.workers, threshold=self.threshold,
            former=self.former, cache=cache, count=self.count, passes=self.passes,
        )  # fmt: skip


def region_passes(no_state_mapping: bool, simplify_pointers: bool) -> tuple[str, ...] | None:
    """LLVM's passes for regions with ``-disable-sm`` and ``-enable-simptr``; None: the usual ones."""
    if not no_state_mapping and not simplify_pointers:
        return None
    mapping = () if no_state_mapping else ("sroa",)
    pointers = ("reassociate",) if simplify_pointers else ()
    return (*mapping, *pointers, "instruction_combine", "simplify_cfg")


class InterpScheduler(Scheduler):
    """``-backend`` with a backend that interprets."""

    keeps_code = False

    def __init__(self, name: str, forms: Backend, interpreter: Backend) -> None:
        super().__init__(name, forms)
        self.interpreter = interpreter

    def make_engine(self, isa: IsaSpec, abi: LinuxAbi, memory: Any, library: Any, cache: CodeCache | None) -> Any:
        from .interp import InterpEngine

        return InterpEngine(isa, abi, memory, library, self.interpreter, cache)
