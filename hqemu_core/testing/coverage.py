"""Coverage pages: what an ISA's tables say is there.

``python -m hqemu_core.testing.coverage NAME > docs/coverage-NAME.md``
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterable

from hqemu_core.isa.spec import IsaSpec
from hqemu_core.isa.table import Row


def group_of(row: Row) -> str:
    """The first sentence of the docstring of the module with the row's lift function."""
    module = inspect.getmodule(inspect.unwrap(row.lift))
    text = (inspect.getdoc(module) if module is not None else None) or row.lift.__module__
    return text.split("\n\n")[0].replace("\n", " ").rstrip(".")


def render_page(spec: IsaSpec) -> str:
    """The Markdown page of one ISA."""
    lines = [
        f"# Instructions of {spec.name}",
        "",
        "Generated from the plugin's tables; do not edit. After a change:",
        f"`python -m hqemu_core.testing.coverage {spec.name} > docs/coverage-{spec.name}.md`",
        "",
        "A row is one encoding (or one part of it that is translated in a way of its own); what no row matches is the",
        "guest's illegal instruction. An empty feature means the base architecture.",
    ]
    for key, table in sorted(spec.tables.items()):
        where = f" (instruction set {key})" if len(spec.tables) > 1 else ""
        lines += ["", f"{len(table.rows)} rows{where}; by feature: {_features(table.rows)}."]
        groups: dict[str, list[Row]] = {}
        for row in table.rows:
            groups.setdefault(group_of(row), []).append(row)
        for group, rows in groups.items():
            lines += ["", f"## {group}{where}", "", "| row | example | encoding | feature |", "|---|---|---|---|"]
            lines += [f"| {row.name} | `{row.insn}` | {_code(row.pattern)} | {row.feature} |" for row in rows]
    return "\n".join(lines) + "\n"


def _code(text: str) -> str:
    return f"`{text}`" if text else ""


def _features(rows: Iterable[Row]) -> str:
    counts: dict[str, int] = {}
    for row in rows:
        counts[row.feature or "base"] = counts.get(row.feature or "base", 0) + 1
    return ", ".join(f"{name} {count}" for name, count in sorted(counts.items()))


def main(argv: list[str]) -> int:
    from hqemu_core.plugins import Plugins

    plugins = Plugins()
    if len(argv) != 2:
        names = ", ".join(entry.name for entry in plugins.isas())
        print(f"usage: python -m hqemu_core.testing.coverage NAME (installed: {names})", file=sys.stderr)
        return 2
    entry = plugins.isa(argv[1])
    if entry is None:
        print(f"coverage: no ISA {argv[1]!r} is installed", file=sys.stderr)
        return 2
    sys.stdout.write(render_page(entry.load()))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
