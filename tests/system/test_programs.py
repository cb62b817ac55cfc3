"""Debian's programs do under hqemu what they do under qemu-user: output, messages, exit status, files."""

from __future__ import annotations

from importlib import import_module

import pytest

from .runner import NEEDS_SYSROOT, Row, case_id, cases, compare

pytestmark = NEEDS_SYSROOT
TABLES = ("busybox", "shells", "coreutils", "text", "languages", "packers", "python", "static")
ROWS: list[Row] = [row for table in TABLES for row in import_module(f".tables.{table}", __package__).ROWS]


def test_names_differ() -> None:
    names = [row.name for row in ROWS]
    assert sorted(set(names)) == sorted(names)


@pytest.mark.parametrize("row, mode", cases(ROWS), ids=case_id)
def test_same(row: Row, mode: str) -> None:
    compare(row, mode)
