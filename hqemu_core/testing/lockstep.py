"""Random instructions, made from the tables, on the interpreter and on Unicorn; what differs is reported.

Memory exists wherever the interpreter touches it (filled at random), so no address mode needs to be known here;
trials whose addresses lie outside :data:`LIMIT` are thrown away.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

from hqemu_core.ir import types as ty
from hqemu_core.isa.casespec import CaseSpec
from hqemu_core.isa.table import Row

from .caserun import PAGE, CaseMemory, CaseState, Stop, run_block, step
from .cases import CODE, read_register, write_register
from .oracle import unicorn_for

LIMIT = 1 << 47
_EDGES = (0, 1, 2, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)


class OutOfRange(Exception):
    """The trial used an address that the oracle cannot map."""


class FoundMemory(CaseMemory):
    """Pages come into being, with random content, when they are touched. ``before`` keeps what they held."""

    def __init__(self, rng: random.Random, limit: int = LIMIT) -> None:
        super().__init__()
        self.rng = rng
        self.limit = limit
        self.before: dict[int, bytes] = {}

    def _spans(self, addr: int, size: int, write: bool) -> list[tuple[bytearray, int, int]]:
        for page in range(addr // PAGE, -(-(addr + size) // PAGE)):
            if page not in self.pages:
                if page == CODE // PAGE or not 0 < page < self.limit // PAGE:
                    raise OutOfRange
                self.before[page] = self.rng.randbytes(PAGE)
                self.pages[page] = bytearray(self.before[page])
        return super()._spans(addr, size, write)


@dataclass
class Plan:
    """What to generate. ``exclude`` row name to reason; ``skip(row, word)`` a reason or None; ``values`` may give a
    register of that name a better random value than :func:`random_value`."""

    rows: Iterable[Row]
    exclude: Mapping[str, str] = field(default_factory=dict)
    skip: Callable[[Row, int], str | None] | None = None
    ignore: frozenset[str] = frozenset()
    """registers not compared"""
    faults: bool = True
    """compare trials in which we fault; memory is everywhere, so these are alignment faults only"""
    values: Callable[[random.Random, str, int], int] | None = None
    special: Mapping[str, Callable[[random.Random], int]] = field(default_factory=dict)
    """values of the registers that are not state slots; 0 where none is given"""


@dataclass
class Report:
    trials: dict[str, int] = field(default_factory=dict)
    differences: list[str] = field(default_factory=list)
    unreached: list[str] = field(default_factory=list)
    """rows for which no word was found"""


def random_value(rng: random.Random, name: str, t: int) -> int:
    """Edge values, near-zero values, plausible addresses and noise."""
    bits = ty.bits(t)
    kind = rng.randrange(6)
    if kind == 0:
        value = rng.choice(_EDGES) << rng.choice((0, 0, 0, bits // 2)) ^ -rng.randrange(2)
    elif kind == 1:
        value = rng.randrange(-64, 64)
    elif kind == 2:
        value = rng.randrange(PAGE, LIMIT - PAGE) & -rng.choice((1, 16))
    elif kind == 3:
        value = rng.getrandbits(32)
    elif kind == 4:
        value = 1 << rng.randrange(bits) ^ -rng.randrange(2)
    else:
        value = rng.getrandbits(bits)
    return value & ((1 << bits) - 1)


_found: dict[Row, int] = {}
"""A word of each row, from which those with narrow conditions are varied."""


def _field_value(width: int, rng: random.Random) -> int:
    return rng.choice((rng.getrandbits(width), rng.getrandbits(width), 0, (1 << width) - 1))


def _attempt(row: Row, rng: random.Random, base: int | None) -> int:
    """Random fields, about half of them as in ``base``."""
    known = row.mask
    word = row.value
    for _, at, width in row.fields:
        known |= ((1 << width) - 1) << at
        keep = base is not None and rng.getrandbits(1)
        value = base >> at & ((1 << width) - 1) if base is not None and keep else _field_value(width, rng)
        word |= value << at
    return word | rng.getrandbits(row.width) & ~known


def random_word(spec: CaseSpec, row: Row, rng: random.Random) -> int | None:
    """A word that decodes to the row; None when many attempts found none."""
    table = spec.table
    for n in range(20000):
        word = _attempt(row, rng, _found.get(row) if n > 20 else None)
        found = table.decode(word, CODE | spec.mode)
        if found is not None and found[0] is row:
            _found[row] = word
            return word
    return None


def _registers(spec: CaseSpec) -> list[tuple[str, int]]:
    assert spec.oracle is not None
    return [(name, len(parts)) for parts in spec.oracle.registers.values() for name, _ in parts]


def random_state(spec: CaseSpec, plan: Plan, rng: random.Random) -> CaseState:
    state = CaseState(bytearray(spec.isa.state.size))
    choose = plan.values or random_value
    for name, parts in _registers(spec):
        if name in spec.special:
            chosen = plan.special.get(name)
            write_register(spec, state, name, chosen(rng) if chosen is not None else 0)
            continue
        t = spec.registers[name][1]
        write_register(spec, state, name, rng.getrandbits(1) if parts > 1 else choose(rng, name, t))
    return state


def trial(spec: CaseSpec, plan: Plan, words: Sequence[int], rng: random.Random) -> list[str] | None:
    """Instructions on both; the differences, or None when it cannot be compared. One is run with holes as operands,
    several as one block."""
    code = b"".join(map(spec.table.join, words))
    count = len(spec.table.split(code, CODE | spec.mode, len(code)).keys)
    start = random_state(spec, plan, rng)
    ours, theirs = start.copy(), start.copy()
    memory = FoundMemory(rng, min(LIMIT, 1 << spec.isa.bits))
    try:
        stop = (step if count == 1 else run_block)(spec.isa, code, CODE | spec.mode, ours, memory)
    except OutOfRange:
        return None
    if stop.kind == "fault" and not plan.faults:
        return None
    other = CaseMemory({page: bytearray(data) for page, data in memory.before.items()})
    other.map(CODE, len(code))
    other.write(CODE, code)
    expected = unicorn_for(spec).run(spec, code, CODE | spec.mode, theirs, other, steps=count)
    return compare(spec, plan, (stop, ours, memory), (expected, theirs, other))


def compare(
    spec: CaseSpec, plan: Plan, ours: tuple[Stop, CaseState, CaseMemory], theirs: tuple[Stop, CaseState, CaseMemory]
) -> list[str]:
    wrong = []
    (stop, state, memory), (other_stop, other_state, other_memory) = ours, theirs
    at = stop.pc & ~spec.isa.pc_bits  # Unicorn keeps them elsewhere
    if stop.kind != other_stop.kind or (stop.kind == "end" and at != other_stop.pc):
        wrong.append(f"stop {stop.kind} {stop.pc:#x}, unicorn {other_stop.kind} {other_stop.pc:#x}")
    for name, _ in _registers(spec):
        if name not in plan.ignore:
            a, c = read_register(spec, state, name), read_register(spec, other_state, name)
            if a != c:
                wrong.append(f"{name} {a:#x}, unicorn {c:#x}")
    for page, data in memory.pages.items():
        if data != other_memory.pages[page]:
            at = next(n for n in range(PAGE) if data[n] != other_memory.pages[page][n])
            wrong.append(f"memory at {page * PAGE + at:#x}")
    return wrong


def disassemble(spec: CaseSpec, word: int) -> str:
    """By capstone; the word alone when that is missing or does not know it."""
    try:
        capstone: Any = import_module("capstone")
    except ImportError:
        return f"{word:08x}"
    arch, mode = spec.disassembler or spec.isa.capstone
    modes = sum(getattr(capstone, name) for name in mode.split("+"))
    engine: Any = capstone.Cs(getattr(capstone, arch), modes)
    text = [f"{i.mnemonic} {i.op_str}" for i in engine.disasm(spec.table.join(word), CODE)]
    return f"{word:08x} {text[0] if text else '?'}"


def run(spec: CaseSpec, plan: Plan, trials: int, seed: int = 0, limit: int = 20) -> Report:
    """``trials`` comparisons per row; stops after ``limit`` differences."""
    report = Report()
    for row in plan.rows:
        if row.name in plan.exclude:
            continue
        rng = random.Random(f"{seed} {row.name}")
        done = attempts = 0
        while done < trials and attempts < 20 * trials and len(report.differences) < limit:
            attempts += 1
            word = random_word(spec, row, rng)
            if word is None:
                break
            if plan.skip is not None and plan.skip(row, word):
                continue
            wrong = trial(spec, plan, (word,), rng)
            if wrong is not None:
                done += 1
                if wrong:
                    report.differences.append(f"{row.name}: {disassemble(spec, word)}: {'; '.join(wrong)}")
        report.trials[row.name] = done
        if not done:
            report.unreached.append(row.name)
    return report


def run_blocks(spec: CaseSpec, plan: Plan, trials: int, length: int, seed: int = 0, limit: int = 20) -> Report:
    """Blocks of ``length`` random instructions, lifted with one builder: tests what lift functions hand on."""
    report = Report()
    rng = random.Random(seed)
    rows = [row for row in plan.rows if row.name not in plan.exclude]
    plain = [row for row in rows if not row.end]
    done = 0
    while done < trials and len(report.differences) < limit:
        chosen = [rng.choice(plain) for _ in range(length - 1)] + [rng.choice(rows)]
        words = [random_word(spec, row, rng) for row in chosen]
        pairs = [(row, word) for row, word in zip(chosen, words, strict=True) if word is not None]
        if len(pairs) < length or (plan.skip is not None and any(plan.skip(*pair) for pair in pairs)):
            continue
        wrong = trial(spec, plan, [word for _, word in pairs], rng)
        if wrong is not None:
            done += 1
            if wrong:
                text = "; ".join(disassemble(spec, word) for _, word in pairs)
                report.differences.append(f"{text}: {'; '.join(wrong)}")
    report.trials["blocks"] = done
    return report
