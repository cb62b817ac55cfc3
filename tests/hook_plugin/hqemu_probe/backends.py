"""One backend of each kind: the core's own, with notes of what they do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hqemu_core import BackendEntry, hookimpl

from .log import note


class Noting:
    """Passes everything on; notes each call of ``method``."""

    def __init__(self, inner: Any, method: str) -> None:
        self.inner = inner
        self.method = method

    def __getattr__(self, name: str) -> Any:
        found = getattr(self.inner, name)
        if name != self.method:
            return found

        def call(*arguments: Any) -> Any:
            note("backend", name)
            return found(*arguments)

        return call


def make_loader(name: str, own: str, make: str, method: str) -> Callable[[], Any]:
    def load() -> Any:
        from hqemu_core.backend.base import Backend
        from hqemu_core.backend.own import BACKENDS

        core = next(backend for backend in BACKENDS if backend.name == own)
        return Backend(name, **{make: lambda *arguments: Noting(getattr(core, make)(*arguments), method)})

    return load


@hookimpl
def register_backend() -> list[BackendEntry]:
    return [
        BackendEntry("probe-interp", make_loader("probe-interp", "interp", "make_interpreter", "run")),
        BackendEntry("probe-forms", make_loader("probe-forms", "stencil", "make_form_compiler", "forms")),
        BackendEntry("probe-blocks", make_loader("probe-blocks", "llvm", "make_block_compiler", "compile")),
    ]
