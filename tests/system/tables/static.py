"""The static programs that the plugin brings along."""

from __future__ import annotations

from pathlib import Path

from ..runner import ARCH, Row

DEMO = Path(__file__).parents[3] / "plugins" / ARCH.plugin / ARCH.plugin / "demo"

ROWS = [Row(f"static-{path.stem}", (str(path),), block=True) for path in sorted(DEMO.glob("*.elf"))]
