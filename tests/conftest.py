"""Makes the plugins of this tree visible when they are not installed, so that ``pytest`` runs in a bare checkout."""

from __future__ import annotations

import importlib.metadata
import os
import sys
import tomllib
from pathlib import Path

from hqemu_core.plugins import scan

ROOT = Path(__file__).parents[1]
PROJECTS = (*sorted((ROOT / "plugins").glob("*/pyproject.toml")), ROOT / "tests" / "toy_isa" / "pyproject.toml")


def _entry_points(project: Path) -> dict[str, str]:
    points: dict[str, str] = tomllib.loads(project.read_text())["project"]["entry-points"]["hqemu"]
    return points


def _show_uninstalled() -> None:
    """A folder with the entry points an installation would have made, on the path of this process and its children."""
    known = {point.name for point in scan(sys.path)}
    missing = [project for project in PROJECTS if not known >= set(_entry_points(project))]
    if not missing:
        return
    if "HQEMU_TEST_INSTALLED" in os.environ:
        raise RuntimeError(f"not installed: {', '.join(project.parent.name for project in missing)}")
    site = ROOT / "build" / "entry-points"
    for project in missing:
        dist = site / f"{project.parent.name}-0.dist-info"
        dist.mkdir(parents=True, exist_ok=True)
        lines = [f"{name} = {module}" for name, module in _entry_points(project).items()]
        (dist / "entry_points.txt").write_text("\n".join(["[hqemu]", *lines, ""]))
    sys.path[:0] = [str(ROOT), str(site), *(str(project.parent) for project in missing)]
    os.environ["PYTHONPATH"] = os.pathsep.join(path for path in sys.path if path)


_show_uninstalled()

PYTEST_PLUGIN = "hqemu_core.testing.plugin"
if not any(point.value == PYTEST_PLUGIN for point in importlib.metadata.entry_points(group="pytest11")):
    pytest_plugins = [PYTEST_PLUGIN]
