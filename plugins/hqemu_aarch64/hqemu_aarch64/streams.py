"""Bounds of random instruction streams, and what comparison with Unicorn leaves out, each with its reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from random import Random
from typing import Final

from hqemu_core.isa.casespec import StreamRules
from hqemu_core.isa.table import Row

DATA: Final = 0x41_0000
DATA_SIZE: Final = 4 * 4096
"""near enough to the code for literal loads"""

POINTERS: Final = (16, 17, 18, 19, 20, 21, 31)
INDEXES: Final = (22, 23)
LABEL: Final = 24
"""set by ADR before an indirect branch"""

FPCR_SOURCE: Final = 25
"""the only register written to FPCR, after its bit FZ16 was cleared: unicorn's CPU has FP16"""

_CLREX: Final = 0xD503_305F
_MARGIN: Final = 1024

EXCLUDE: Final = {
    "mrs_id": "unicorn runs at EL1 and shows its own CPU, not what Linux shows to user programs",
    "mrs_constant": "as mrs_id",
}
"""From every comparison with Unicorn."""

_ENDS: Final = "ends the program: tests/cases/aarch64/system.case has it"
STREAM_EXCLUDE: Final = {
    **EXCLUDE,
    "ic_ivau": "an engine consumes the slot that names the line, the interpreter by itself does not",
    "svc": _ENDS, "brk": _ENDS, "hlt": _ENDS, "udf": _ENDS,
}  # fmt: skip

_WRITEBACK: Final = ("_pre", "_post", "_post_reg")


def _field(row: Row, word: int, name: str) -> int | None:
    for field, at, width in row.fields:
        if field == name:
            return word >> at & ((1 << width) - 1)
    return None


def _put(row: Row, word: int, name: str, value: int) -> int:
    for field, at, width in row.fields:
        if field == name:
            ones = (1 << width) - 1
            return word & ~(ones << at) | (value & ones) << at
    return word


def skip(row: Row, word: int) -> str | None:
    """Constrained unpredictable register overlaps: every implementation may do something else."""
    rt, rt2, rn, rs = (_field(row, word, name) for name in ("rt", "rt2", "rn", "rs"))
    if rt2 is not None and rt == rt2 and row.name.startswith(("ldp", "ldnp", "ldxp")):
        return "both destinations are one register"
    if row.name == "hint" and _field(row, word, "crm") == 0 and _field(row, word, "op2") in (2, 3):
        return "WFE and WFI stop unicorn"
    if row.name == "ld_op" and _field(row, word, "size") != 3 and _field(row, word, "opc") in (4, 5):
        return "unicorn 2.1 compares the operand of LDSMAX and LDSMIN without sign extension"
    general = "_v" not in row.name and not row.name.startswith(("ld1", "ld2", "ld3", "ld4", "st1", "st2", "st3", "st4"))
    if row.name.endswith(_WRITEBACK) and general and rn != 31 and rn in (rt, rt2):
        return "write-back to a transferred register"
    if row.name in ("stxr", "stxp") and (rs in (rt, rt2) or (rs == rn and rn != 31)):
        return "status register is also transferred or the address"
    return None


def steer(row: Row, word: int, pc: int, memory: bool, rng: Random) -> int:
    """Bases point to the data, indexes are small, branches go a few instructions ahead."""
    names = {name for name, _, _ in row.fields}
    if row.end in ("branch", "jump", "call"):
        return _put(row, word, "imm", rng.randrange(1, 5))
    if row.end in ("indirect", "icall", "ret"):
        return _put(row, word, "rn", LABEL)
    if row.name == "msr_fpcr":
        return _put(row, word, "rt", FPCR_SOURCE)
    if not memory:
        return word
    if row.name == "dc_zva":
        return _put(row, word, "rt", rng.choice(POINTERS[:-1]))
    if "rn" in names:
        word = _put(row, word, "rn", rng.choice(POINTERS))
        if "rm" in names and not (row.name.endswith("_post_reg") and _field(row, word, "rm") == 31):
            word = _put(row, word, "rm", rng.choice(INDEXES))
        return word
    offset = (DATA + rng.randrange(0, DATA_SIZE - 16, 4) - pc) >> 2
    return _put(row, _put(row, word, "imm", offset), "imm19", offset)


def lead(row: Row, word: int, rng: Random) -> Sequence[int]:
    """ADR that sets the target of an indirect branch: a few instructions behind the branch; AND before MSR FPCR;
    before a store-exclusive the load that it belongs to (what it does after another one is unpredictable), or CLREX."""
    if row.end in ("indirect", "icall", "ret"):
        return (0x1000_0000 | rng.randrange(2, 6) << 5 | LABEL,)
    if row.name == "msr_fpcr":
        return (0x9200_0000 | 1 << 22 | 44 << 16 | 62 << 10 | FPCR_SOURCE << 5 | FPCR_SOURCE,)
    if row.name in ("stxr", "stxp"):
        load = (word | 1 << 22 | 31 << 16 | 31) & ~(31 << 10) | (25 if row.name == "stxp" else 31) << 10
        return (_CLREX if rng.randrange(4) == 0 else load,)
    return ()


def _bounds() -> dict[str, tuple[int, int]]:
    area = (DATA + _MARGIN, DATA + DATA_SIZE - _MARGIN)
    found = {"sp" if n == 31 else f"x{n}": area for n in POINTERS}
    return found | {f"x{n}": (0, 128) for n in INDEXES}


BOUNDS: Final = _bounds()


def random_fpcr(rng: Random) -> int:
    """Any rounding mode; half of the time nothing else, which has translations of its own."""
    other = (0, 0, 0, 1 << 24, 1 << 25, 3 << 24, 1 << 26, 1 << 26 | 1 << 25)
    return rng.randrange(4) << 22 | rng.choice(other)


def random_fpsr(rng: Random) -> int:
    """Mostly clear, so that it shows which flags an instruction sets."""
    return rng.getrandbits(32) & 0x0800_009F if rng.randrange(4) == 0 else 0


def values(rng: Random, name: str, t: int) -> int | None:
    if name in BOUNDS:
        low, high = BOUNDS[name]
        return rng.randrange(low, high) & -16 if high > 4096 else rng.randrange(0, 5) * 8
    if name == "fpcr":
        return random_fpcr(rng)
    return random_fpsr(rng) if name == "fpsr" else None


_UFC: Final = 1 << 3


def explain(ours: Mapping[str, int], theirs: Mapping[str, int]) -> str | None:
    if ours.keys() == {"fpsr"} and ours["fpsr"] ^ theirs["fpsr"] == _UFC:
        return "tininess: without FZ, DN, AHP it is detected after rounding (see hqemu_core/isa/fp/env.py)"
    return None


def make_stream_rules() -> StreamRules:
    return StreamRules(
        memory=(DATA, DATA_SIZE),
        bounds=BOUNDS,
        steer=steer,
        values=values,
        exclude=STREAM_EXCLUDE,
        skip=skip,
        lead=lead,
        prologue=_CLREX.to_bytes(4, "little"),  # unicorn keeps its monitor between runs
        explain=explain,
    )
