"""Streams of random instructions, executed by the interpreter, by the native tiers and by Unicorn: all must agree.

A stream is made one instruction at a time with the interpreter running along: a word is kept when it neither faults nor
leaves the bounds that the ISA's :class:`~hqemu_core.isa.casespec.StreamRules` set. Branches go forward; what they
skip is random, too. All rows come up equally often, writers of flags and then readers more often.

``python -m hqemu_core.testing.streams --isa NAME --count 20000 --seed 1 --tier stencil,llvm``
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from importlib import import_module
from itertools import accumulate
from typing import Final, NamedTuple

from hqemu_core.errors import GuestFault, HqemuError
from hqemu_core.ir import opcodes as op
from hqemu_core.ir import types as ty
from hqemu_core.ir.interp import Interp
from hqemu_core.isa.casespec import CaseSpec, StreamRules
from hqemu_core.isa.code import Key
from hqemu_core.isa.state import STATE_BASE
from hqemu_core.isa.table import Row

from .caserun import RUNNERS, CaseMemory, CaseState, Stop, context, lift_with_holes, stop_of
from .cases import CODE, read_register, write_register
from .floats import random_floats
from .lockstep import disassemble, random_value, random_word
from .oracle import unicorn_for

LENGTH: Final = 48
TRIES: Final = 60
"""words tried for a row before another one is taken"""
_TOUCHES: Final = frozenset((op.LOAD, op.STORE, op.CAS, op.RMW))


class Machine:
    """The interpreter, stepping; lifted forms are kept."""

    def __init__(self, spec: CaseSpec) -> None:
        self.spec = spec
        self.isa = spec.isa
        self.table = spec.table
        self.lifted: dict[tuple[str, tuple[int, ...], int], tuple[list[tuple[int, ...]], list[int]]] = {}
        self.cpus: dict[int, Interp] = {}

    def step(self, word: int, pc: int, state: CaseState, memory: CaseMemory) -> Stop:
        """Execute a word, and before it what makes it what it is."""
        stop = Stop("end", pc)
        keys, pcs, _ = self.table.split(self.table.join(word), pc, 2)
        for key, at, following in zip(keys, pcs, pcs[1:], strict=False):
            stop = self._step(key, at, following, state, memory)
            if stop != Stop("end", following):
                break
        return stop

    def _step(self, word: Key, pc: int, after: int, state: CaseState, memory: CaseMemory) -> Stop:
        found = self.table.decode(word, pc)  # type: ignore[arg-type]
        if found is None:
            return Stop("illegal", pc)
        row, shape, operands = found
        bits = context(self.isa, state)
        key = row.name, shape, bits
        code = self.lifted.get(key)
        if code is None:
            b = lift_with_holes(self.isa, found, bits)
            code = self.lifted[key] = b.ops, b.types
        cpu = self.cpus.get(bits)
        if cpu is None:
            cpu = self.cpus[bits] = Interp(self.isa.helpers, state.cells, memory, lambda: self.isa.builder(bits))
        cpu.state, cpu.memory = state.cells, memory
        cpu.env.flags, cpu.env.rounding = state.fp_flags, state.fp_rounding
        try:
            outcome = cpu.run(code[0], code[1], operands)
        except GuestFault as fault:
            return Stop("fault", pc, fault.addr)
        finally:
            state.fp_flags, state.fp_rounding = cpu.env.flags, cpu.env.rounding
        return Stop("end", after) if outcome is None else stop_of(self.isa, outcome)

    def accesses(self, row: Row, word: int) -> bool:
        """Does the row access memory?"""
        found = self.table.decode(word, CODE | self.spec.mode)
        assert found is not None
        return any(o[0] in _TOUCHES for o in lift_with_holes(self.isa, found, 0).ops)


class Stream(NamedTuple):
    words: list[int]
    parts: list[bytes]
    """the bytes of each"""
    start: CaseState
    data: bytes
    """content of the rules' memory"""
    executed: list[int]
    """indices of the instructions that the interpreter executed, in order"""

    def code(self, count: int) -> bytes:
        """The first ``count`` instructions."""
        return b"".join(self.parts[:count])


class Maker:
    """Makes streams; ``executed`` counts instructions by row, ``missing`` names rows that never fit."""

    def __init__(self, spec: CaseSpec, seed: int, rows: Sequence[Row] | None = None) -> None:
        if spec.streams is None:
            raise HqemuError(f"{spec.isa.name}: no rules for streams")
        self.spec = spec
        self.rules: StreamRules = spec.streams()
        self.machine = Machine(spec)
        self.start = self.at = CODE | spec.mode
        self.rng = random.Random(seed)
        everything = spec.table.rows if rows is None else rows
        self.rows = [row for row in everything if row.name not in self.rules.exclude]
        self.readers = [row for row in self.rows if "r" in row.flags]
        self.writers = [row for row in self.rows if "w" in row.flags]
        self.seconds = [row for row in self.rows if row.fuse == "second"]
        self.memory_rows: dict[str, bool] = {}
        self.executed: Counter[str] = Counter()
        self.queue: list[Row] = []
        self.watched = [(spec.registers[name], low, high) for name, (low, high) in self.rules.bounds.items()]

    @property
    def missing(self) -> list[str]:
        return [row.name for row in self.rows if not self.executed[row.name]]

    # -- start
    def _state(self) -> CaseState:
        spec, rng = self.spec, self.rng
        assert spec.oracle is not None
        state = CaseState(bytearray(spec.isa.state.size))
        for parts in spec.oracle.registers.values():
            for name, _ in parts:
                t = spec.special[name].type if name in spec.special else spec.registers[name][1]
                value = self.rules.values(rng, name, t)
                if value is None:
                    if len(parts) > 1:
                        value = rng.getrandbits(1)
                    elif ty.bits(t) == 128:
                        value = random_floats(rng, 128) if rng.randrange(3) else rng.getrandbits(128)
                    else:
                        value = random_value(rng, name, t)
                write_register(spec, state, name, value)
        return state

    def memory(self, data: bytes) -> CaseMemory:
        memory = CaseMemory()
        memory.map(self.rules.memory[0], len(data))
        memory.write(self.rules.memory[0], data)
        return memory

    # -- choice
    def _next_row(self, before: Row | None) -> Row:
        rng = self.rng
        chance = rng.randrange(8)
        if before is not None and "w" in before.flags and chance < 6:
            # fused with the next, read, or overwritten before anybody reads
            group = self.readers if chance < 5 else self.writers
            if before.fuse == "first" and chance < 3:
                group = self.seconds
            if group:
                return rng.choice(group)
        elif chance == 7 and self.writers:
            return rng.choice(self.writers)
        if not self.queue:
            self.queue = self.rows * 1
            rng.shuffle(self.queue)
        return self.queue.pop()

    def _word(self, row: Row, pc: int) -> int | None:
        """A word of the row that the rules allow."""
        rules = self.rules
        word = random_word(self.spec, row, self.rng)
        if word is None:
            return None
        touches = self.memory_rows.get(row.name)
        if touches is None:
            touches = self.memory_rows[row.name] = self.machine.accesses(row, word)
        word = rules.steer(row, word, pc, touches, self.rng)
        found = self.machine.table.decode(word, pc)
        if found is None or found[0] is not row or (rules.skip is not None and rules.skip(row, word)):
            return None
        return word

    def _within(self, state: CaseState) -> bool:
        return all(low <= state.read(offset, t) <= high for (offset, t), low, high in self.watched)

    # -- streams
    def make(self, length: int = LENGTH) -> Stream:
        rules, rng, machine = self.rules, self.rng, self.machine
        start = self._state()
        data = rng.randbytes(rules.memory[1])
        state, memory = start.copy(), self.memory(data)
        words: list[int] = []
        executed: list[int] = []
        prologue = machine.table.split(rules.prologue, self.start, length)
        for word, pc in zip(prologue.keys, prologue.pcs, strict=False):
            assert isinstance(word, int)
            executed.append(len(words))
            words.append(word)
            machine.step(word, pc, state, memory)
        self.at = prologue.pcs[-1]
        before: Row | None = None
        while len(words) < length:
            row = self._next_row(before)
            for _ in range(TRIES):
                kept = self._try(row, words, executed, state, memory)
                if kept:
                    before = row
                    break
        return Stream(words, list(map(machine.table.join, words)), start, data, executed)

    def _try(self, row: Row, words: list[int], executed: list[int], state: CaseState, memory: CaseMemory) -> bool:
        """Append a word of the row (and what it needs before it, and what it skips) if it stays within bounds."""
        following = self.at
        word = self._word(row, following)
        if word is None:
            return False
        join = self.machine.table.join
        lead = self.rules.lead(row, word, self.rng) if self.rules.lead is not None else ()
        after, changed = state.copy(), memory.copy()
        stop = Stop("end", following)
        for one in (*lead, word):
            if stop != Stop("end", following):
                return False
            stop = self.machine.step(one, following, after, changed)
            following += len(join(one))
        if stop.kind != "end" or not following <= stop.pc <= following + 64 or not self._within(after):
            return False
        skipped = []
        while following < stop.pc:
            filler = self._word(self.rng.choice(self.rows), following)
            if filler is None or following + len(join(filler)) > stop.pc:
                return False
            skipped.append(filler)
            following += len(join(filler))
        self.at = following
        executed += range(len(words), len(words) + len(lead) + 1)
        words += (*lead, word, *skipped)
        state.cells[:], state.fp_flags, state.fp_rounding = after.cells, after.fp_flags, after.fp_rounding
        for page, content in changed.pages.items():
            memory.pages[page][:] = content
        self.executed[row.name] += 1
        return True


class Run(NamedTuple):
    stop: Stop
    state: CaseState
    memory: CaseMemory


class Comparison:
    """Executes streams everywhere and compares. ``tiers`` are names of runners or "unicorn"."""

    def __init__(self, maker: Maker, tiers: Sequence[str]) -> None:
        self.maker = maker
        self.spec = maker.spec
        self.tiers = list(tiers)
        self.explained: Counter[str] = Counter()
        isa = self.spec.isa
        hidden = [(isa.pc, 8)]
        layout = isa.state
        for slot in layout.slots.values():
            if slot.offset in layout.sinks:
                hidden.append((slot.offset, slot.size))
        self.hidden = hidden

    def run(self, stream: Stream, tier: str, count: int) -> Run:
        """The first ``count`` words."""
        code = stream.code(count)
        start = self.maker.start
        state, memory = stream.start.copy(), self.maker.memory(stream.data)
        memory.map(CODE, len(code))
        memory.write(CODE, code)
        if tier == "unicorn":
            stop = unicorn_for(self.spec).run(self.spec, code, start, state, memory)
        elif tier == "interp":
            stop = self._interpret(stream, count, state, memory)
        else:
            stop = RUNNERS[tier](self.spec.isa, code, start, state, memory)
        return Run(stop, state, memory)

    def _interpret(self, stream: Stream, count: int, state: CaseState, memory: CaseMemory) -> Stop:
        starts = accumulate(map(len, stream.parts[:count]), initial=self.maker.start)
        words = dict(zip(starts, stream.words[:count], strict=False))
        stop = Stop("end", self.maker.start)
        while stop.kind == "end" and stop.pc in words:
            stop = self.maker.machine.step(words[stop.pc], stop.pc, state, memory)
        return stop

    def differences(self, ours: Run, other: Run, tier: str) -> list[str]:
        wrong = []
        if ours.stop.kind != other.stop.kind or (ours.stop.pc ^ other.stop.pc) & ~self.spec.isa.pc_bits:
            wrong.append(f"stop {ours.stop}, {tier} {other.stop}")
        if tier == "unicorn":
            wrong += self._oracle_differences(ours.state, other.state)
        else:
            wrong += self._state_differences(ours.state, other.state, tier)
        for page, data in ours.memory.pages.items():
            theirs = other.memory.pages[page]
            if data != theirs:
                at = next(n for n, byte in enumerate(data) if byte != theirs[n])
                found = [part[at : at + 8].hex() for part in (data, theirs)]
                wrong.append(f"memory at {(page << 12) + at:#x} {found[0]}, {tier} {found[1]}")
        return wrong

    def _oracle_differences(self, state: CaseState, other: CaseState) -> list[str]:
        ours, theirs = {}, {}
        assert self.spec.oracle is not None
        for parts in self.spec.oracle.registers.values():
            for name, _ in parts:
                a, b = (read_register(self.spec, s, name) for s in (state, other))
                if a != b:
                    ours[name], theirs[name] = a, b
        explain = self.maker.rules.explain
        if ours and explain is not None:
            reason = explain(ours, theirs)
            if reason is not None:
                self.explained[reason] += 1
                return []
        return [f"{name} {value:#x}, unicorn {theirs[name]:#x}" for name, value in ours.items()]

    def _state_differences(self, state: CaseState, other: CaseState, tier: str) -> list[str]:
        a, b = bytearray(state.cells[STATE_BASE:]), bytearray(other.cells[STATE_BASE:])
        for offset, size in self.hidden:
            for cells in (a, b):
                cells[offset - STATE_BASE : offset - STATE_BASE + size] = bytes(size)
        wrong = []
        if a != b:
            for slot in self.spec.isa.state.slots.values():
                for n in range(slot.count):
                    at = slot.offset - STATE_BASE + n * slot.size
                    x, y = a[at : at + slot.size], b[at : at + slot.size]
                    if x != y:
                        wrong.append(f"{slot.name}{n} {x[::-1].hex()}, {tier} {y[::-1].hex()}")
        if (state.fp_flags ^ other.fp_flags) & ~op.FP_DENORMAL:
            wrong.append(f"float flags {state.fp_flags:#x}, {tier} {other.fp_flags:#x}")
        if state.fp_rounding != other.fp_rounding:
            wrong.append(f"rounding {state.fp_rounding}, {tier} {other.fp_rounding}")
        return wrong

    def check(self, stream: Stream) -> list[str]:
        """What differs, with the instruction after which it first does."""
        count = len(stream.words)
        ours = self.run(stream, "interp", count)
        wrong = []
        for tier in self.tiers:
            found = self.differences(ours, self.run(stream, tier, count), tier)
            if found:
                wrong.append(self._locate(stream, tier, found))
        return wrong

    def _locate(self, stream: Stream, tier: str, whole: list[str]) -> str:
        for index in stream.executed:
            ours = self.run(stream, "interp", index + 1)
            found = self.differences(ours, self.run(stream, tier, index + 1), tier)
            if found:
                text = disassemble(self.spec, stream.words[index])
                known = self.spec.table.decode(stream.words[index], CODE)
                name = known[0].name if known is not None else "?"
                around = "; ".join(disassemble(self.spec, w) for w in stream.words[max(0, index - 4) : index])
                return f"{tier}: {name}: {text}: {'; '.join(found)} (after {around})"
        text = "; ".join(disassemble(self.spec, w) for w in stream.words)
        return f"{tier}: only the whole stream differs: {'; '.join(whole)}: {text}"


def run(
    spec: CaseSpec, tiers: Sequence[str], count: int, seed: int = 0, length: int = LENGTH, limit: int = 20
) -> tuple[Maker, Comparison, list[str]]:
    """Streams until ``count`` instructions were executed or ``limit`` streams differ."""
    maker = Maker(spec, seed)
    comparison = Comparison(maker, tiers)
    wrong: list[str] = []
    for _ in progress(maker, count):
        wrong += comparison.check(maker.make(length))
        if len(wrong) >= limit:
            break
    return maker, comparison, wrong


def progress(maker: Maker, count: int) -> Iterator[int]:
    done = 0
    while done < count:
        yield done
        done = sum(maker.executed.values())


def find_spec(name: str) -> CaseSpec:
    """The case spec of an installed ISA: ``make_case_spec()`` in ``cases`` beside the plugin's module; for
    ``name:other`` it is ``make_other_case_spec()``, of another instruction set."""
    from hqemu_core.plugins import Plugins

    name, _, other = name.partition(":")
    entry = Plugins().isa(name)
    if entry is None:
        raise HqemuError(f"no ISA {name!r} is installed")
    package = entry.load.__module__.rpartition(".")[0]
    make = f"make_{other}_case_spec" if other else "make_case_spec"
    spec: CaseSpec = getattr(import_module(f"{package}.cases"), make)()
    return spec


def main(argv: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m hqemu_core.testing.streams", description=__doc__)
    parser.add_argument("--isa", required=True)
    parser.add_argument("--count", type=int, default=20000, help="instructions to execute")
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--tier", default="stencil,llvm,unicorn")
    parser.add_argument("--length", type=int, default=LENGTH)
    options = parser.parse_args(argv)
    begin = time.monotonic()
    tiers = [name for name in options.tier.split(",") if name]
    maker, comparison, wrong = run(find_spec(options.isa), tiers, options.count, options.seed, options.length)
    print("\n".join(wrong))
    counts = [maker.executed[row.name] for row in maker.rows]
    print(
        f"seed {options.seed}: {sum(counts)} instructions of {len(counts)} rows, each at least {min(counts)} times, "
        f"in {time.monotonic() - begin:.1f} s; {len(wrong)} differences"
    )
    if maker.missing:
        print(f"never executed: {' '.join(maker.missing)}")
    for reason, number in comparison.explained.items():
        print(f"{number} times: {reason}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
