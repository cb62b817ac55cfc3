"""The core's own plugin: backends and default parts, each imported when it is chosen."""

from __future__ import annotations

from .entry import BackendEntry, hookimpl

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from .backend.base import Backend
    from .config import Config
    from .runtime.cache import CodeCache
    from .sched.schedulers import Scheduler
    from .trace.former import TraceFormer

FIRST_RESULT = frozenset(
    {"make_code_cache", "make_trace_former", "make_scheduler", "make_machine", "make_memory"},
)
"""Hooks with one answer. Written here too so that asking does not import the specifications; a test compares them."""


def _loader(name: str) -> Callable[[], Backend]:
    def load() -> Backend:
        from .backend import own

        return next(backend for backend in own.BACKENDS if backend.name == name)

    return load


@hookimpl
def register_backend() -> list[BackendEntry]:
    return [BackendEntry(name, _loader(name)) for name in ("interp", "stencil", "llvm")]


@hookimpl
def make_code_cache(config: Config) -> CodeCache:
    from .runtime.cache import CodeCache

    return CodeCache()


@hookimpl
def make_trace_former(config: Config) -> TraceFormer:
    from .trace.former import NetFormer

    return NetFormer(config.net_predict, not config.disable_netplus)


@hookimpl
def make_scheduler(config: Config, mode: str, backend: Callable[[str], Backend]) -> Scheduler:
    """By what the backend does when one is chosen (``-backend``), else by mode."""
    from .sched import schedulers as sched

    stencil = backend("stencil")
    if config.backend:
        chosen = backend(config.backend)
        if chosen.make_interpreter is not None:
            return sched.InterpScheduler(chosen.name, stencil, chosen)
        if chosen.make_block_compiler is not None:
            return sched.BlockScheduler(f"block-{chosen.name}", stencil, chosen)
        return sched.Scheduler(f"none-{chosen.name}", chosen)
    if mode == "block":
        return sched.BlockScheduler(mode, stencil, backend("llvm"))
    if mode in ("hybrids", "hybridm"):
        workers = config.threads if mode == "hybridm" else 0
        passes = sched.region_passes(config.disable_sm, config.enable_simptr)
        parts = config.net_profile, config.net_predict, int(config.disable_netplus), config.count, *(passes or ())
        name = " ".join(map(str, (mode, *parts)))
        return sched.HybridScheduler(name, stencil, workers, config.net_profile, config.count, passes)
    return sched.Scheduler(mode, stencil)
