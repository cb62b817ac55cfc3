"""The core's own plugin: backends and default parts, each imported when it is chosen."""

from __future__ import annotations

from .entry import BackendEntry, hookimpl

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from .backend.base import Backend

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
