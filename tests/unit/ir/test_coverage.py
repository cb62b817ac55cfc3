"""Every op has a case that the interpreter runs."""

from __future__ import annotations

from pathlib import Path

from hqemu_core.ir import opcodes as op
from hqemu_core.testing.filetests import find_files, parse_file
from hqemu_core.testing.ir_kinds import parse_scene

CASES = Path(__file__).resolve().parents[2] / "filetests" / "ir"


def test_every_op_is_run() -> None:
    seen = set()
    for path in find_files([CASES]):
        file = parse_file(path)
        if file.tests == [("run", ())]:
            for case in file.cases:
                seen |= {o[0] for o in parse_scene(case.text).ops}
    assert [row.name for row in op.INFO if row.code not in seen] == []
