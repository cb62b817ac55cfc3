"""What lockstep against Unicorn leaves out, and why."""

from __future__ import annotations

from hqemu_core.isa.table import Row

COMPARE_FAULTS = False
"""Unicorn does not check the alignment of ordered and atomic accesses."""

EXCLUDE = {
    "mrs_id": "unicorn runs at EL1 and shows its own CPU, not what Linux shows to user programs",
    "mrs_constant": "as mrs_id",
}

_WRITEBACK = ("_pre", "_post")


def _field(row: Row, word: int, name: str) -> int | None:
    for field, at, width in row.fields:
        if field == name:
            return word >> at & ((1 << width) - 1)
    return None


def skip(row: Row, word: int) -> str | None:
    """Constrained unpredictable register overlaps: every implementation may do something else."""
    rt, rt2, rn = (_field(row, word, name) for name in ("rt", "rt2", "rn"))
    if rt2 is not None and rt == rt2 and row.name.startswith(("ldp", "ldnp", "ldxp")):
        return "both destinations are one register"
    if row.name == "hint" and _field(row, word, "crm") == 0 and _field(row, word, "op2") in (2, 3):
        return "WFE and WFI stop unicorn"
    if row.name == "ld_op" and _field(row, word, "size") != 3 and _field(row, word, "opc") in (4, 5):
        return "unicorn 2.1 compares the operand of LDSMAX and LDSMIN without sign extension"
    if row.name.endswith(_WRITEBACK) and rn != 31 and rn in (rt, rt2):
        return "write-back to a transferred register"
    return None
