"""The core's own plugin: backends and default parts, each imported when it is chosen."""

from __future__ import annotations

from .entry import BackendEntry, hookimpl

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType

FIRST_RESULT = frozenset(
    {"make_code_cache", "make_trace_former", "make_scheduler", "make_machine", "make_memory"},
)
"""Hooks with one answer. Written here too so that asking does not import the specifications; a test compares them."""


def _interp() -> ModuleType:
    from .backend import interp

    return interp


def _stencil() -> ModuleType:
    from .backend import stencil

    return stencil


def _llvm() -> ModuleType:
    from .backend import llvm

    return llvm


@hookimpl
def register_backend() -> list[BackendEntry]:
    return [BackendEntry("interp", _interp), BackendEntry("stencil", _stencil), BackendEntry("llvm", _llvm)]
