"""What decides which backend executes a piece of guest code: one scheduler per run, made by ``make_scheduler``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hqemu_core.backend.base import Backend
from hqemu_core.backend.stencil.tier import StencilTier
from hqemu_core.frontend.fetch import CodeMemory
from hqemu_core.frontend.translator import Translator
from hqemu_core.isa.spec import IsaSpec
from hqemu_core.runtime.cache import CodeCache
from hqemu_core.trace.former import TraceFormer


class Scheduler:
    """``name`` enters the key of translations kept on disk: two schedulers that translate differently differ in it.

    ``forms`` is the backend of the stencil tier, which every mode has: it compiles the helper functions too.
    A scheduler with ``wants_traces`` finds the answer of ``make_trace_former`` in ``former`` before it is asked for
    a translator; it then has the trace former told of blocks, and does with traces what its mode is about.
    """

    wants_traces = False
    former: TraceFormer | None = None

    def __init__(self, name: str, forms: Backend) -> None:
        self.name = name
        self.forms = forms

    def make_tier(
        self, isa: IsaSpec, cache: CodeCache, library: Any, set_helper: Callable[[int, int], None]
    ) -> StencilTier:
        return StencilTier(isa, cache, library, set_helper, self.forms.make_form_compiler)

    def make_translator(self, isa: IsaSpec, tier: StencilTier, cache: CodeCache, memory: CodeMemory) -> Translator:
        """What the engine asks for the host code of a guest address."""
        raise NotImplementedError
