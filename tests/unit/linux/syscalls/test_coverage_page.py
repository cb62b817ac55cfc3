"""docs/syscalls.md is what the tables say."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import pytest

from hqemu_core.linux.syscalls.coverage import render_page

pytestmark = pytest.mark.skipif(
    any(find_spec(name) is None for name in ("hqemu_aarch64", "hqemu_arm")), reason="not all plugins are here"
)
PAGE = Path(__file__).parents[4] / "docs/syscalls.md"


def test_page_is_current() -> None:
    assert PAGE.read_text() == render_page(), "run: python -m hqemu_core.linux.syscalls.coverage > docs/syscalls.md"


def test_page_says_how() -> None:
    lines = render_page().splitlines()
    assert "| read | native | native | native | native |" in lines
    assert "| fstat | converted | native | converted | converted |" in lines
    assert "| io_uring_setup | ENOSYS | ENOSYS | ENOSYS | ENOSYS |" in lines
    python = "Python (`syscalls.paths_calls`)"
    assert f"| openat | {python} | {python} | {python} | {python} |" in lines
    assert "| open | - " in "\n".join(lines)
    assert "| pread64 | native | native | converted | converted |" in lines
    assert "| set_tls | - | - | Python (the plugin) | - |" in lines
