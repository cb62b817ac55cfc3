"""Every test that asks for a backend runs with every registered one."""

from __future__ import annotations

import pytest

from .suite import backends


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "backend" in metafunc.fixturenames:
        metafunc.parametrize("backend", backends(), ids=lambda backend: backend.name)
