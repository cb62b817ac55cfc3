"""No source file over 600 lines, but for data tables."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).parents[2]
LIMIT = 600
FOLDERS = ("hqemu_core", "plugins", "tests", "bench")


def test_file_sizes() -> None:
    sizes = {
        str(path.relative_to(ROOT)): len(path.read_text().splitlines())
        for folder in FOLDERS
        for path in (ROOT / folder).rglob("*.py")
        if not {"tables", "build", "__pycache__"} & set(path.relative_to(ROOT).parts)
    }
    assert len(sizes) > 20
    assert {name: size for name, size in sizes.items() if size > LIMIT} == {}
