"""Rows: Advanced SIMD load and store of structures.

Every encoding comes three times: without index, post-indexed by the bytes moved, post-indexed by a register.
"""

from __future__ import annotations

from hqemu_core.isa.table import Row

from ..lift import simd_structures as lift

_SUFFIX = ("", "_post", "_post_reg")
_AT = ("0 {l} {r} 00000", "1 {l} {r} 11111", "1 {l} {r} rm:5")
_STEP = ("", " i({bytes})", " x(rm)")
_WHEN = ("", "", "rm != 31")
_INSN = ("", ", #{bytes}", ", x5")


def _registers(count: int) -> str:
    return " v(rt)" + "".join(f" v(rt + {n} & 31)" for n in range(1, count))


def _list(count: int, lanes: str) -> str:
    return "{" + ", ".join(f"v{n}.{lanes}" for n in range(count)) + "}"


def _and(*conditions: str) -> str:
    return " and ".join(c for c in conditions if c)


def _multiple(opcode: str, structure: int, count: int) -> list[Row]:
    """LD1 of ``count`` registers (structure 1) or LDn (structure = count), and the stores."""
    rows = []
    shape = "8 << q, 1, 0" if structure == 1 else f"8 << q, {structure}, size"
    bound = "" if structure == 1 else "(q or size != 3)"
    for load in (1, 0):
        name = f"{'ld' if load else 'st'}{structure}"
        for mode in range(3):
            rows.append(
                Row(
                    f"{name}_{count}regs{_SUFFIX[mode]}",
                    f"0 q 001100 {_AT[mode].format(l=load, r=0)} {opcode} size:2 rn:5 rt:5",
                    lift.lift_load if load else lift.lift_store,
                    f"{mode}, {shape}",
                    "sp(rn)" + _STEP[mode].format(bytes=f"{count} * (8 << q)") + _registers(count),
                    when=_and(bound, _WHEN[mode]),
                    insn=f"{name} {_list(count, '4s')}, [x1]" + _INSN[mode].format(bytes=16 * count),
                )
            )
    return rows


_LANES = (
    ("b", "00", "s size:2", "0", "q << 3 | s << 2 | size", 1),
    ("h", "01", "s half 0", "1", "q << 2 | s << 1 | half", 2),
    ("s", "10", "s 00", "2", "q << 1 | s", 4),
    ("d", "10", "0 01", "3", "q", 8),
)
"""lane letter, opcode<2:1>, S and size fields, size, lane, bytes"""


def _single(count: int) -> list[Row]:
    """LDn and STn of one lane, LDnR."""
    rows = []
    r, low = (count - 1) & 1, (count - 1) >> 1
    for load in (1, 0):
        name = f"{'ld' if load else 'st'}{count}"
        for letter, opcode, fields, size, lane, length in _LANES:
            for mode in range(3):
                rows.append(
                    Row(
                        f"{name}_{letter}{_SUFFIX[mode]}",
                        f"0 q 001101 {_AT[mode].format(l=load, r=r)} {opcode}{low} {fields} rn:5 rt:5",
                        lift.lift_load_lane if load else lift.lift_store_lane,
                        f"{mode}, {size}, {lane}",
                        "sp(rn)" + _STEP[mode].format(bytes=count * length) + _registers(count),
                        when=_WHEN[mode],
                        insn=f"{name} {_list(count, letter)}[1], [x1]" + _INSN[mode].format(bytes=count * length),
                    )
                )
    for mode in range(3):
        rows.append(
            Row(
                f"ld{count}r{_SUFFIX[mode]}",
                f"0 q 001101 {_AT[mode].format(l=1, r=r)} 11{low} 0 size:2 rn:5 rt:5",
                lift.lift_load_replicate,
                f"{mode}, size, q",
                "sp(rn)" + _STEP[mode].format(bytes=f"{count} << size") + _registers(count),
                when=_WHEN[mode],
                insn=f"ld{count}r {_list(count, '4s')}, [x1]" + _INSN[mode].format(bytes=4 * count),
            )
        )
    return rows


ROWS = [
    *_multiple("0111", 1, 1),
    *_multiple("1010", 1, 2),
    *_multiple("0110", 1, 3),
    *_multiple("0010", 1, 4),
    *_multiple("1000", 2, 2),
    *_multiple("0100", 3, 3),
    *_multiple("0000", 4, 4),
    *_single(1),
    *_single(2),
    *_single(3),
    *_single(4),
]
