"""docs/ir.md is current."""

from __future__ import annotations

from hqemu_core.ir import opcodes as op
from hqemu_core.ir import reference


def test_document_is_current() -> None:
    text = reference.DOC.read_text()
    assert reference.insert_reference(text) == text, "run python -m hqemu_core.ir.reference"


def test_every_op_once() -> None:
    text = reference.format_reference()
    for row in op.INFO:
        assert text.count(f"| `{row.name}` |") == 1
