"""``docs/syscalls.md`` from the rows: ``python -m hqemu_core.linux.syscalls.coverage > docs/syscalls.md``."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import Final

from .marshal import native_letters
from .row import Entry
from .structs import is_narrow
from .table import FAMILIES, NARROW_FAMILIES, all_entries

LAYOUTS: Final = {"generic64": "arm64", "x86_64": "x86-64", "arm": "arm", "i386": "i386"}
NUMBERS: Final = {"generic64": "hqemu_aarch64", "x86_64": "hqemu_x86_64", "arm": "hqemu_arm", "i386": "hqemu_x86"}
"""the plugin whose ``syscall_abi.SYSCALLS`` says which calls the ISA has, and ``CALLS`` which are its own"""
_HEAD: Final = """# System calls

<!-- Written by hqemu_core/linux/syscalls/coverage.py from the tables; a test compares it. Do not edit. -->

How each call of the Linux kernel is done for the guests of each ISA:

- **native**: by the host's kernel, without Python; only pointers are moved into the guest's window
- **converted**: by the host's kernel; Python converts paths, flags, numbers or structs that differ
- **Python**: by a function of the named module
- an error name: always fails so
- **-**: the ISA has no such call

A call that is not listed fails with ENOSYS.
"""


def way(entry: Entry, layout: str) -> str:
    name, how = entry[0], entry[3]
    if how[0] == "E":
        return how
    if how == "mux":
        return "native" if name.startswith("futex") else "converted"
    if how == "host":
        return "native" if native_letters(entry, layout, {}) else "converted"
    return f"Python (`{how}`)"


def calls_of(layout: str) -> tuple[frozenset[str] | None, tuple[str, ...]]:
    """(the ISA's calls, None if there is no plugin to ask; those of its own)."""
    name = f"{NUMBERS[layout]}.syscall_abi"
    if find_spec(NUMBERS[layout]) is None or find_spec(name) is None:
        return None, ()
    module = import_module(name)
    return frozenset(module.SYSCALLS.values()), tuple(getattr(module, "CALLS", ()))


def render_page() -> str:
    lines = [_HEAD]
    known = {layout: calls_of(layout) for layout in LAYOUTS}
    entries = {layout: all_entries(32 if is_narrow(layout) else 64) for layout in LAYOUTS}
    total: dict[str, dict[str, int]] = {}
    own = sorted(name for _, names in known.values() for name in names)

    def cell(name: str, layout: str) -> str:
        entry, numbers = entries[layout].get(name), known[layout][0]
        if name in known[layout][1]:
            text = "Python (the plugin)"
        elif entry is None or (numbers is not None and name not in numbers):
            return "-"
        else:
            text = way(entry, layout)
        counts = total.setdefault(text.partition(" ")[0], dict.fromkeys(LAYOUTS, 0))
        counts[layout] += 1
        return text

    listed: set[str] = set()
    for family in FAMILIES + NARROW_FAMILIES:
        module = import_module(f"{__package__}.tables.{family}")
        title = (module.__doc__ or family).partition(" Columns:")[0].strip().partition("\n")[0].rstrip(".")
        names = sorted({row[0] for row in module.ROWS} - listed)
        listed.update(names)
        lines += _table(title, [(name, *(cell(name, layout) for layout in LAYOUTS)) for name in names])
    lines += _table("Of one ISA alone", [(name, *(cell(name, layout) for layout in LAYOUTS)) for name in own])
    lines += ["\n## Requests of ioctl, fcntl, prctl and others\n", _requests()]
    numbers = [(name, *(str(counts[layout]) for layout in LAYOUTS)) for name, counts in sorted(total.items())]
    lines += _table("In numbers", numbers, "done")
    return "\n".join(lines) + "\n"


def _table(title: str, rows: list[tuple[str, ...]], first: str = "call") -> list[str]:
    head = [f"\n## {title}\n", f"| {first} | {' | '.join(LAYOUTS.values())} |", "|---" * (1 + len(LAYOUTS)) + "|"]
    return head + [f"| {' | '.join(row)} |" for row in rows]


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
