"""The documentation agrees with the tree: links, commands, options, generated pages."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from hqemu_core import options
from hqemu_core.plugins import Plugins
from hqemu_core.testing import coverage

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = (ROOT / "README.md", *sorted(DOCS.glob("*.md")), *sorted((ROOT / "changelog").glob("*.md")))
KINDS = ("added", "changed", "fixed", "removed")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links(page: Path) -> None:
    text = page.read_text()
    for target in re.findall(r"\]\(([^)]+)\)", text):
        path, _, anchor = target.partition("#")
        assert "://" not in path, f"{target}: nothing outside of the tree is needed"
        found = (page.parent / path).resolve() if path else page
        assert found.exists(), target
        if anchor:
            headings = [re.sub(r"[^\w -]", "", line.lstrip("# ")).lower() for line in found.read_text().splitlines()]
            assert anchor in [heading.replace(" ", "-") for heading in headings], target


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_named_files_exist(page: Path) -> None:
    """Paths in backquotes that begin with a folder of the tree."""
    for path in re.findall(r"`((?:hqemu_core|tests|docs|plugins|bench)/[\w./-]*)`", page.read_text()):
        assert (ROOT / path).exists(), path


def test_every_page_is_in_the_readme() -> None:
    text = (ROOT / "README.md").read_text()
    generated = {f"coverage-{entry.name}.md" for entry in Plugins().isas()}
    missing = {page.name for page in DOCS.glob("*.md") if f"(docs/{page.name})" not in text}
    assert missing - generated == set()


def test_ci_runs_the_readme() -> None:
    """The README's two commands are one line each; CI runs the second."""
    lines = (ROOT / "README.md").read_text().splitlines()
    commands = [line.strip() for line in lines if line.startswith("    python3")]
    assert len(commands) == 2
    assert commands[0].endswith("hqemu --demo")
    assert commands[1] in (ROOT / ".ci" / "run").read_text().splitlines()


def test_options_are_documented() -> None:
    text = (DOCS / "usage.md").read_text()
    for word, variable, _, _, _ in (*options.RUN, *options.TRANSLATOR):
        assert f"-{word}" in text
        assert variable in text


@pytest.mark.parametrize("path", sorted((ROOT / "docs").glob("coverage-*.md")), ids=lambda path: path.stem)
def test_coverage_is_current(path: Path) -> None:
    name = path.stem.removeprefix("coverage-")
    entry = Plugins().isa(name)
    assert entry is not None
    page = coverage.render_page(entry.load())
    assert path.read_text() == page, f"python -m hqemu_core.testing.coverage {name} > docs/coverage-{name}.md"


def test_every_isa_of_the_tree_has_a_coverage_page() -> None:
    for path in (ROOT / "plugins").glob("*/pyproject.toml"):
        entry_points = tomllib.loads(path.read_text())["project"]["entry-points"]["hqemu"]
        for name in entry_points:
            assert (DOCS / f"coverage-{name.removeprefix('isa.')}.md").exists()


def test_changelog_names() -> None:
    for page in (ROOT / "changelog").glob("*.md"):
        if page.name != "README.md":
            assert page.name.split(".")[-2] in KINDS, page.name
            assert not page.read_text().startswith("#")
