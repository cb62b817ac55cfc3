"""The core's own plugin: backends and default parts, each imported when it is chosen."""

from __future__ import annotations

import sys

from .config import effective_mode
from .entry import BackendEntry, hookimpl

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from .backend.base import Backend
    from .config import Config
    from .runtime.cache import CodeCache
    from .sched.scheduler import Scheduler

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
def make_scheduler(config: Config, mode: str, backend: Callable[[str], Backend]) -> Scheduler:
    """A mode that is not implemented yet runs as another one."""
    chosen = config.backend
    real = effective_mode(mode)
    if real != mode and config.debug:
        print(f"hqemu: mode {mode} is not implemented yet: running in mode {real}", file=sys.stderr)
    name = f"{real}-{chosen}" if chosen else real
    if real == "block":
        from .sched.block import BlockScheduler

        return BlockScheduler(name, backend("stencil"), backend(chosen or "llvm"))
    from .sched.none import NoneScheduler

    return NoneScheduler(name, backend(chosen or "stencil"))
