"""Writes the table of ops into ``docs/ir.md``, between its two marks, from ``opcodes.INFO``.

``python -m hqemu_core.ir.reference [PATH]``; a unit test checks that the file is current.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

from . import opcodes as op
from .opcodes import OpInfo

BEGIN: Final = "<!-- begin generated: python -m hqemu_core.ir.reference -->"
END: Final = "<!-- end generated -->"
DOC: Final = Path(__file__).resolve().parents[2] / "docs" / "ir.md"

GROUPS: Final = {
    "value": "Values known at translation",
    "state": "Guest CPU state",
    "int": "Integer, lane by lane",
    "carry": "Carry and overflow",
    "compare": "Comparison and choice",
    "convert": "Conversion",
    "vector": "Vectors",
    "float": "Floating point",
    "fpenv": "Floating-point environment",
    "memory": "Guest memory",
    "call": "Helpers",
    "crypto": "Cryptography",
    "parts": "Instructions in parts",
    "guard": "Conditional instructions",
    "end": "Terminators",
}
_ARGUMENTS: Final = {
    "v": "value",
    "i": "int",
    "o": "offset",
    "t": "address",
    "m": "{memory}",
    "h": "helper",
    "V": "(values)",
    "s": "<mask>",
}
_RESULTS: Final = {"t": "T", "1": "truth", "-": ""}


def _properties(row: OpInfo) -> str:
    if row.code in op.PURE:
        return "pure"
    if row.group == "float":
        return "raises flags"
    return "ends the list" if row.code in op.END else "effect" if row.code != op.GET else "reads state"


def format_row(row: OpInfo) -> str:
    """One line of a table."""
    arguments = ", ".join(_ARGUMENTS[kind] for kind in row.args)
    doc = row.doc.replace("|", "\\|")
    return f"| `{row.name}` | {arguments} | {_RESULTS[row.result]} | {_properties(row)} | {doc} |\n"


def format_reference() -> str:
    """The generated section."""
    parts = []
    for group, title in GROUPS.items():
        parts.append(f"### {title}\n\n| op | arguments | result | | meaning |\n|---|---|---|---|---|\n")
        parts.extend(format_row(row) for row in op.INFO if row.group == group)
        parts.append("\n")
    return "".join(parts)


def insert_reference(text: str) -> str:
    """The document with its generated section replaced. Raises ValueError without the marks."""
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError("the document lacks the marks of the generated section")
    return f"{before}{BEGIN}\n\n{format_reference()}{END}{after}"


def main(argv: list[str] | None = None) -> int:
    arguments = sys.argv[1:] if argv is None else argv
    path = Path(arguments[0]) if arguments else DOC
    path.write_text(insert_reference(path.read_text()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
