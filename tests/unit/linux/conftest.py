"""Settings of the tests of the Linux personality."""

from __future__ import annotations

import pytest

UNSTEADY = {
    "test_prints_what_it_prints_natively[interrupts]": "counts timer signals, which a loaded machine merges",
    "test_random_calls_end_as_the_hosts": "shares the guest window with whatever ran in this process before",
}
"""To be made independent of load and order; seen to fail once each in runs beside other work."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.name in UNSTEADY:
            item.add_marker(pytest.mark.xfail(reason=UNSTEADY[item.name], strict=False))
