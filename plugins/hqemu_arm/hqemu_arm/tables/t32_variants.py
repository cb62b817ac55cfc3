"""Rows of T32 encodings: outside of IT blocks and in them."""

from __future__ import annotations

from hqemu_core.isa.table import Row

from ..lift.common import Lift
from .variants import conditional, row_like

_NONE = "0000000000000000"
"""what stands for the second halfword of a 16-bit instruction"""


def in_block(insn: str) -> str:
    """A conditional row's example as an assembler for T32 takes it."""
    return f".short 0xbf08; {insn}" if insn.startswith(".") else f"it eq & {insn}"


def _in_block(rows: list[Row]) -> list[Row]:
    return [row_like(row, row.pattern, in_block(row.insn)) if row.name.endswith("_if") else row for row in rows]


def wide(
    name: str, pattern: str, lift: Lift, shape: str = "", operands: str = "", when: str = "", flags: str = "",
    end: str = "", fuse: str = "", insn: str = "", select: bool = False, feature: str = "",
) -> list[Row]:  # fmt: skip
    """A 32-bit encoding that may stand in an IT block."""
    rows = conditional(name, pattern, lift, shape, operands, when, flags, end, fuse, insn, select, feature)
    return _in_block(rows)


def narrow(
    name: str, pattern: str, lift: Lift, shape: str = "", operands: str = "", when: str = "", flags: str = "",
    end: str = "", fuse: str = "", insn: str = "", select: bool = False,
) -> list[Row]:  # fmt: skip
    """A 16-bit encoding that may stand in an IT block."""
    return wide(f"t_{name}", f"{pattern} {_NONE}", lift, shape, operands, when, flags, end, fuse, insn, select)


def setting(
    name: str, pattern: str, lift: Lift, shape: str, operands: str, when: str = "", flags: str = "w",
    fuse: str = "first", insn: str = "", reads: bool = False,
) -> list[Row]:  # fmt: skip
    """A 16-bit encoding that sets the flags outside of IT blocks only. ``{s}`` in the shape says whether; ``reads``
    the flags in any case."""
    without = conditional(
        f"t_{name}", f"{pattern} {_NONE}", lift, shape.format(s=0), operands, when, "r" if reads else "",
        insn=insn.replace("s ", " ", 1), select=True,
    )  # fmt: skip
    always = f"it al & {insn.replace('s ', 'al ', 1)}"
    return [
        Row(f"t_{name}_s", f"1110 {pattern} {_NONE}", lift, shape.format(s=1), operands, when, flags, "", fuse, insn),
        row_like(without[0], f"1111 {pattern} {_NONE}", always),
        *_in_block(without[1:]),
    ]


def alone(
    name: str, pattern: str, lift: Lift, shape: str = "", operands: str = "", when: str = "", flags: str = "",
    end: str = "", fuse: str = "", insn: str = "",
) -> Row:  # fmt: skip
    """A 16-bit encoding that may not stand in an IT block."""
    return Row(f"t_{name}", f"1110 {pattern} {_NONE}", lift, shape, operands, when, flags, end, fuse, insn)
