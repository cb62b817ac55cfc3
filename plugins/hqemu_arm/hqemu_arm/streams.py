"""Bounds of random instruction streams of A32 and T32, and what they leave out, each with its reason."""

from __future__ import annotations

from collections.abc import Iterable
from random import Random
from typing import Final

from hqemu_core.isa.casespec import StreamRules
from hqemu_core.isa.table import Row

DATA: Final = 0x41_0000
DATA_SIZE: Final = 4 * 4096
_MARGIN: Final = 4352
"""more than an offset"""

POINTERS: Final = (4, 5, 9, 10, 13)
INDEXES: Final = (6, 11)
_LISTED: Final = (0, 1, 2, 3, 7, 8, 12, 14)
"""registers that lists load"""

_ENDS: Final = {
    "indirect": "its target would have to be set up", "icall": "as indirect branches", "ret": "as indirect branches",
    "trap": "ends the program", "syscall": "ends the program", "resync": "unicorn has another byte order after SETEND",
}  # fmt: skip
_OTHERS: Final = {
    "mrs": "unicorn runs privileged and shows another mode",
    "mrc_thread": "the thread registers are not among those that are compared",
    "mcr_thread": "as mrc_thread",
    "cps": "unicorn runs privileged and changes its state",
    "blx_imm": "changes the instruction set",
    "bx_pc": "changes the instruction set",
    "it": "what follows has it before it",
    "hint": "YIELD, WFE, WFI stop unicorn",
}


def _reason(row: Row) -> str:
    name = row.name.removesuffix("_if").removeprefix("t_").removeprefix("w_")
    module = row.lift.__module__.rpartition(".")[2]
    if name in _OTHERS:
        return _OTHERS[name]
    if row.end in _ENDS and name != "bl":
        return _ENDS[row.end]
    if module.startswith(("vfp", "neon")):
        return "floating point and Advanced SIMD have a lockstep of their own"
    if module == "exclusive":
        return "unicorn's monitor is another one"
    if module in ("loads", "thumb") and ("_lit" in name or "pc" in name):
        return "its data would be in the code's page"
    if name.startswith(("ldm", "stm", "push", "pop")) and _count(row) > len(_usable(row)):
        return "loads the registers that have bounds"
    return ""


def _count(row: Row) -> int:
    """Registers in the row's lists."""
    return int(row.name.removesuffix("_if").removesuffix("_pc").lstrip("_abcdefghijklmnopqrstuvwxyz"))


def _usable(row: Row) -> list[int]:
    narrow = row.name.startswith("t_")
    return [r for r in _LISTED if r < 8 or not narrow]


def _put(row: Row, word: int, name: str, value: int) -> int:
    for field, at, width in row.fields:
        if field == name:
            ones = (1 << width) - 1
            return word & ~(ones << at) | (value & ones) << at
    return word


def _steer_branch(row: Row, word: int, rng: Random) -> int:
    """A few instructions ahead."""
    ahead = rng.randrange(4)
    for name, value in (("s", 0), ("high", 0), ("i", 0), ("imm", ahead), ("low", ahead)):
        word = _put(row, word, name, value)
    far = int(not row.name.startswith("w_b_cond"))
    return _put(row, _put(row, word, "j1", far), "j2", far)


def steer(row: Row, word: int, pc: int, memory: bool, rng: Random) -> int:
    """Bases point to the data, indexes are small, lists spare the registers with bounds, branches go ahead."""
    if row.end:
        return _steer_branch(row, word, rng)
    if not memory:
        return word
    width = {field: size for field, _, size in row.fields}
    narrow = width.get("rn") == 3
    word = _put(row, word, "rn", rng.choice([r for r in POINTERS if not narrow or r < 8]))
    word = _put(row, word, "rm", INDEXES[0] if width.get("rm") == 3 else rng.choice(INDEXES))
    if "list" in width:
        listed = sum(1 << r for r in rng.sample(_usable(row), _count(row)))
        word = _put(row, _put(row, word, "lr", 0), "list", listed)
    return word


def skip(row: Row, word: int) -> str | None:
    if row.name.startswith("msr") and any(name == "mask" and word >> at & 3 for name, at, _ in row.fields):
        return "unicorn runs privileged and changes its mode and byte order"
    return None


def _bounds() -> dict[str, tuple[int, int]]:
    area = (DATA + _MARGIN, DATA + DATA_SIZE - _MARGIN)
    return {f"r{n}": area for n in POINTERS} | {f"r{n}": (0, 128) for n in INDEXES}


BOUNDS: Final = _bounds()


def values(rng: Random, name: str, t: int) -> int | None:
    if name in BOUNDS:
        low, high = BOUNDS[name]
        return rng.randrange(low, high) & -8 if high > 4096 else rng.randrange(0, 5) * 4
    return 0 if name == "fpscr" else None


def make_stream_rules(rows: Iterable[Row]) -> StreamRules:
    reasons = {row.name: _reason(row) for row in rows}
    return StreamRules(
        memory=(DATA, DATA_SIZE),
        bounds=BOUNDS,
        steer=steer,
        values=values,
        skip=skip,
        exclude={name: reason for name, reason in reasons.items() if reason},
    )
