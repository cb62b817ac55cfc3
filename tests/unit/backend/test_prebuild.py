"""Building a whole stencil library: complete, resumable, indifferent to children that die."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from hqemu_core.backend.stencil import prebuild
from hqemu_core.backend.stencil.library import Library
from hqemu_core.errors import IsaError
from hqemu_core.isa.shapes import row_shapes
from hqemu_core.plugins import Plugins
from hqemu_toy.spec import make_spec

AARCH64 = Plugins().isa("aarch64")


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Library:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return Library("toy-test")


def nothing(done: int, total: int) -> None:
    pass


@pytest.mark.parametrize("workers", [1, 2])
def test_build_is_complete(library: Library, workers: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prebuild, "BATCH", 3)
    steps: list[tuple[int, int]] = []
    isa = make_spec()
    assert prebuild.build(isa, library, lambda done, total: steps.append((done, total)), workers) == []
    forms = prebuild.list_forms(isa)
    assert steps[0] == (0, len(forms))
    assert steps[-1] == (len(forms), len(forms))
    kept = Library("toy-test")
    assert {form.key for form in forms} | {"runtime"} == set(kept.records)


def test_build_goes_on_where_it_was(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prebuild, "BATCH", 4)
    monkeypatch.setattr(prebuild, "SAVE", 4)
    isa = make_spec()

    def stop(done: int, total: int) -> None:
        if done:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        prebuild.build(isa, library, stop, 1)
    again = Library("toy-test")
    first: list[int] = []
    prebuild.build(isa, again, lambda done, total: first.append(done), 1)
    assert first[0] == 4


def test_children_that_die_are_replaced(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prebuild, "BATCH", 3)
    monkeypatch.setattr(prebuild, "_child", lambda *args: os._exit(1))
    isa = make_spec()
    assert prebuild.build(isa, library, nothing, 2) == []
    assert {form.key for form in prebuild.list_forms(isa)} <= set(library.records)


def test_a_form_that_fails_does_so_alone(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    isa = make_spec()
    row = isa.tables[0].by_name["mul"]

    def lift_broken(*_: object) -> None:
        raise KeyError("oops")

    monkeypatch.setattr(row, "lift", lift_broken)
    wrong = prebuild.build(isa, library, nothing, 1)
    assert len(wrong) == 1
    assert "mul" in wrong[0]
    assert "oops" in wrong[0]
    assert len(library.records) == len(prebuild.list_forms(isa))  # one less, and the runtime


def test_pairs_must_name_rows() -> None:
    isa = make_spec()
    isa.tables[0].pairs = lambda: {"nothing 1": {"add": "0"}}
    with pytest.raises(IsaError, match="nothing"):
        prebuild.list_forms(isa)


def test_pairs_of_a_table_that_names_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """All of them, and a branch before other seconds when they are too many."""
    isa = make_spec()
    table = isa.tables[0]
    monkeypatch.setattr(table.by_name["add"], "fuse", "first")
    for name in ("mul", "bnz"):
        monkeypatch.setattr(table.by_name[name], "fuse", "second")
        monkeypatch.setattr(table.by_name[name], "flags", "r")
    shapes: prebuild.Shapes = {row.name: [(0,), (1,)] for row in table.rows}
    found = [[(row.name, shape) for row, shape in pair] for pair in prebuild.fused_pairs(table, shapes)]
    assert len(found) == 8
    assert found[0] == [("add", (0,)), ("bnz", (0,))]
    assert found[-1] == [("add", (1,)), ("mul", (1,))]


@pytest.mark.skipif(AARCH64 is None, reason="not installed")
def test_pairs_are_of_shapes_that_exist() -> None:
    assert AARCH64 is not None
    table = AARCH64.load().tables[0]
    assert table.pairs is not None
    shapes = {row.name: row_shapes(table, row) for row in table.rows if row.fuse}
    pairs = list(prebuild.fused_pairs(table, shapes))
    named = sum(len(others.split()) for by_row in table.pairs().values() for others in by_row.values())
    assert len(pairs) == len(set(pairs)) == named
    assert all(first[0].fuse == "first" and second[0].fuse == "second" for first, second in pairs)
