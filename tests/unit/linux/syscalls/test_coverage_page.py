"""docs/syscalls.md is what the tables say."""

from __future__ import annotations

from pathlib import Path

from hqemu_core.linux.syscalls.coverage import render_page

PAGE = Path(__file__).parents[4] / "docs/syscalls.md"


def test_page_is_current() -> None:
    assert PAGE.read_text() == render_page(), "run: python -m hqemu_core.linux.syscalls.coverage > docs/syscalls.md"


def test_page_says_how() -> None:
    lines = render_page().splitlines()
    assert "| read | native | native |" in lines
    assert "| fstat | converted | native |" in lines
    assert "| io_uring_setup | ENOSYS | ENOSYS |" in lines
    assert "| openat | Python (`syscalls.paths_calls`) | Python (`syscalls.paths_calls`) |" in lines
