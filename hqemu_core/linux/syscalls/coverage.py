"""``docs/syscalls.md`` from the rows: ``python -m hqemu_core.linux.syscalls.coverage > docs/syscalls.md``."""

from __future__ import annotations

from importlib import import_module
from typing import Final

from .marshal import native_letters
from .row import Entry
from .table import FAMILIES

LAYOUTS: Final = {"generic64": "arm64", "x86_64": "x86-64"}
_HEAD: Final = """# System calls

<!-- Written by hqemu_core/linux/syscalls/coverage.py from the tables; a test compares it. Do not edit. -->

How each call of the Linux kernel is done for 64-bit guests:

- **native**: by the host's kernel, without Python; only pointers are moved into the guest's window
- **converted**: by the host's kernel; Python converts paths, flags or structs that differ
- **Python**: by a function of the named module
- an error name: always fails so

A call that is not listed fails with ENOSYS.
"""


def way(entry: Entry, layout: str) -> str:
    name, how = entry[0], entry[3]
    if how[0] == "E":
        return how
    if how == "mux":
        return "native" if name == "futex" else "converted"
    if how == "host":
        return "native" if native_letters(entry, layout, {}) else "converted"
    return f"Python (`{how}`)"


def render_page() -> str:
    lines = [_HEAD]
    total: dict[str, int] = {}
    for family in FAMILIES:
        module = import_module(f"{__package__}.tables.{family}")
        title = (module.__doc__ or family).partition(" Columns:")[0].strip().rstrip(".")
        lines += [f"\n## {title}\n", f"| call | {' | '.join(LAYOUTS.values())} |", "|---" * (1 + len(LAYOUTS)) + "|"]
        for entry in sorted(module.ROWS):
            ways = [way(entry, layout) for layout in LAYOUTS]
            total[ways[0].partition(" ")[0]] = total.get(ways[0].partition(" ")[0], 0) + 1
            lines.append(f"| {entry[0]} | {' | '.join(ways)} |")
    lines += ["\n## Requests of ioctl, fcntl, prctl and others\n", _requests(), "\n## In numbers (arm64)\n"]
    lines += [f"- {name}: {count}" for name, count in sorted(total.items())]
    return "\n".join(lines) + "\n"


def _requests() -> str:
    from .tables.mux import MUX

    parts = []
    for name, (_, _, _, unknown, module, variable) in MUX.items():
        table: dict[int, str] = getattr(import_module(f"{__package__}.tables.{module}"), variable)
        shown = [text.partition(" ")[0] for text in table.values() if "!" not in text]
        parts.append(f"**{name}** (others: {unknown}): {', '.join(shown)}\n")
    return "\n".join(parts)


if __name__ == "__main__":
    print(render_page(), end="")
