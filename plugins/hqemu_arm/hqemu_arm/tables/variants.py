"""An encoding's rows: unconditional and conditional, without PC, with PC read, with PC written."""

from __future__ import annotations

from hqemu_core.isa.table import Row

from ..lift.common import Lift, guarded, reading_pc, selected, writing_pc

_READS = {"": "r", "r": "r", "w": "rw", "p": "rw", "rw": "rw"}
_ENDS = {"": "", "jump": "branch", "call": "branch", "indirect": "icall", "ret": "icall", "icall": "icall",
         "syscall": "syscall", "trap": "trap", "resync": "resync"}  # fmt: skip
PC_VALUE = "to(pc_value(pc))"


def _join(*conditions: str) -> str:
    return " and ".join(f"({c})" if " or " in c else c for c in conditions if c)


def _if_example(insn: str) -> str:
    """``add r0, r1, r2`` to ``addeq r0, r1, r2``, ``vadd.f32 s0, s1, s2`` to ``vaddeq.f32 s0, s1, s2``;
    ``.word 0xe... // text`` likewise."""
    word, mark, text = insn.rpartition("// ")
    name, space, rest = text.partition(" ")
    base, dot, kind = name.partition(".")
    return f"{word.replace('0xe', '0x0', 1)}{mark}{base}eq{dot}{kind}{space}{rest}"


def conditional(
    name: str, pattern: str, lift: Lift, shape: str = "", operands: str = "", when: str = "", flags: str = "",
    end: str = "", fuse: str = "", insn: str = "", select: bool = False, feature: str = "",
) -> list[Row]:  # fmt: skip
    """Two rows: always executed; and conditional, whose shape begins with the condition."""
    fusible = not flags and end in ("", "indirect", "ret") and "pc" not in operands
    return [
        Row(name, f"1110 {pattern}", lift, shape, operands, when, flags, end, fuse, insn, feature),
        Row(
            f"{name}_if", f"cond:4 {pattern}", (selected if select else guarded)(lift),
            f"cond, {shape}" if shape else "cond", operands, _join("cond < 14", when), _READS[flags], _ENDS[end],
            "second" if fusible else "", _if_example(insn), feature,
        ),
    ]  # fmt: skip


def row_like(row: Row, pattern: str, insn: str = "") -> Row:
    """The row with another encoding, and example if one is given."""
    return Row(
        row.name, pattern, row.lift, row.shape, row.operands, row.when, row.flags, row.end, row.fuse,
        insn or row.insn, row.feature,
    )  # fmt: skip


def with_pc(
    name: str, pattern: str, lift: Lift, shape: str, operands: str, reads: str, writes: str = "", when: str = "",
    flags: str = "", fuse: str = "", insn: str = "", insn_reads: str = "", insn_writes: str = "",
    select: bool = False, ret: bool = False,
) -> list[Row]:  # fmt: skip
    """Rows without PC; then, where ``reads`` names register fields, with PC in one of them; and, where ``writes``
    names one, with PC as its value."""
    named = " ".join((reads, writes)).split()
    free = f"15 not in ({', '.join(named)},)" if named else ""
    rows = conditional(
        name, pattern, lift, shape, operands, _join(when, free), flags, "", fuse, insn, select
    )
    more = f"{operands} {PC_VALUE}"
    if reads:
        other = _join(when, f"{writes} != 15" if writes else "")
        rows += conditional(name + "_pc", pattern, reading_pc(lift), shape, more, other, flags, insn=insn_reads)
    if writes and insn_writes:
        rows += conditional(
            name + "_to_pc", pattern, writing_pc(lift), shape, more, _join(when, f"{writes} == 15"), flags,
            "indirect", insn=insn_writes,
        )  # fmt: skip
    return rows
