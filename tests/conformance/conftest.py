"""A test that asks for a backend runs with every registered one, one that asks for ``native`` with those that
compile."""

from __future__ import annotations

import pytest

from .suite import backends


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "native" in metafunc.fixturenames:
        found = [backend for backend in backends() if backend.make_interpreter is None]
        metafunc.parametrize("native", found, ids=lambda backend: backend.name)
    if "backend" in metafunc.fixturenames:
        metafunc.parametrize("backend", backends(), ids=lambda backend: backend.name)
