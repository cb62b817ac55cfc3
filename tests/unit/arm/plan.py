"""What lockstep against Unicorn leaves out, and why."""

from __future__ import annotations

from hqemu_core.isa.table import Row

COMPARE_FAULTS = False
"""Unicorn does not check what a store exclusive may access when the monitor is open."""

EXCLUDE = {
    name + suffix: why
    for name, why in {
        "mrs": "unicorn runs privileged and shows another mode",
        "mrc_thread": "the thread registers are not among those that are compared",
        "svc": "the exclusive monitor and the return address differ",
        "bkpt": "stops unicorn",
        "udf": "stops unicorn",
        "break": "stops unicorn",
        "setend": "unicorn keeps the byte order for what comes after",
        "cps": "unicorn runs privileged and changes its state",
    }.items()
    for suffix in ("", "_if")
}
T32_EXCLUDE = {
    **EXCLUDE,
    **{f"t_{name}": why for name, why in EXCLUDE.items()},
    "t_bx_pc": "goes to an address that is no multiple of 4 if the instruction's is not",
    "t_bx_pc_if": "as t_bx_pc",
    "t_it": "applies to what follows",
}


def field(row: Row, word: int, name: str) -> int | None:
    for known, at, width in row.fields:
        if known == name:
            return word >> at & ((1 << width) - 1)
    return None


def skip(row: Row, word: int) -> str | None:
    """Words that mean something else to a privileged program."""
    if row.name.startswith("msr") and (field(row, word, "mask") or 0) & 3:
        return "unicorn runs privileged and changes its mode and byte order"
    if row.name.removeprefix("t_").startswith("hint") and (field(row, word, "imm") or 0) >> 8:
        return "CPS, which unicorn does as it runs privileged"
    if row.name.removeprefix("t_").startswith("hint") and 1 <= (field(row, word, "imm") or 0) <= 4:
        return "YIELD, WFE, WFI stop unicorn"
    return None
