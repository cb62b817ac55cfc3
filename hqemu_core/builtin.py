"""The core's own plugin: backends and default parts, each imported when it is chosen."""

from __future__ import annotations

from .entry import BackendEntry, hookimpl

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .backend.base import Backend

FIRST_RESULT = frozenset(
    {"make_code_cache", "make_trace_former", "make_scheduler", "make_machine", "make_memory"},
)
"""Hooks with one answer. Written here too so that asking does not import the specifications; a test compares them."""


def _load_backend(name: str) -> Backend:
    from .backend import own

    return next(backend for backend in own.BACKENDS if backend.name == name)


@hookimpl
def register_backend() -> list[BackendEntry]:
    return [BackendEntry(name, lambda name=name: _load_backend(name)) for name in ("interp", "stencil", "llvm")]
