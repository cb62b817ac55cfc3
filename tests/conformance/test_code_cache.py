"""Translations that go away: evicted from a small code cache, or made wrong by writes to the code."""

from __future__ import annotations

import random

from hqemu_core.backend.base import Backend
from hqemu_core.ir import types as ty
from hqemu_core.runtime.cache import FIXED, CodeCache
from hqemu_core.testing.caserun import CaseMemory, CaseState, Stop
from hqemu_core.testing.native import MemoryLibrary, NativeMachine, machine_for

from .end_isa import R, assemble, make_isa
from .suite import CODE

ISA = make_isa()
REGIONS = 3
PAGE = 4096


def _word(text: str) -> int:
    return int.from_bytes(assemble(text), "little")


def _start(registers: dict[int, int]) -> CaseState:
    state = CaseState(bytearray(ISA.state.size))
    for n, value in registers.items():
        state.write(R + 8 * n, ty.I64, value)
    return state


def _memory(code: bytes) -> CaseMemory:
    memory = CaseMemory()
    memory.map(CODE, len(code))
    memory.write(CODE, code)
    return memory


def _read(state: CaseState, n: int) -> int:
    return state.read(R + 8 * n, ty.I64)


# -- eviction


def _small_machine(backend: Backend) -> NativeMachine:
    """LLVM makes one addition of a function's many, so its cache must be smaller still."""
    region = 8192 if backend.make_block_compiler is None else 4096
    return NativeMachine(ISA, backend, MemoryLibrary(), CodeCache(FIXED + REGIONS * region, REGIONS))


def _long_program(rng: random.Random, blocks: int) -> tuple[bytes, int]:
    """Functions, called in a random order, r6 times; and what one round adds to r1. r5 holds the start."""
    functions, total = [], 0
    for _ in range(blocks):
        values = [rng.randrange(-1000, 1000) for _ in range(rng.randrange(4, 20))]
        total += sum(values)
        functions.append("; ".join(f"add 1 1 {value}" for value in values) + "; ret 0 7")
    order = list(range(blocks))
    rng.shuffle(order)
    calls = blocks + 1
    starts, at = [], calls
    for text in functions:
        starts.append(at)
        at += text.count(";") + 1
    head = [f"call 0 0 {starts[f] - n}" for n, f in enumerate(order)]
    tail = "countdown 0 6 2; jump 0 0 2; goto 0 5"
    return assemble("; ".join([*head, f"jump 0 0 {at - blocks}", *functions, tail])), total


def test_a_program_larger_than_the_cache(native: Backend) -> None:
    machine = _small_machine(native)
    code, total = _long_program(random.Random(3), 120)
    state, memory = _start({5: CODE, 6: 4}), _memory(code)
    stop = machine.run(code, CODE, state, memory)
    assert stop == Stop("end", CODE + len(code))
    assert _read(state, 1) == 4 * total & (1 << 64) - 1
    assert machine.engine.cache.generation > REGIONS
    live = [u for units in machine.engine.translator.index.by_page.values() for u in units if u.alive]
    assert sum(u.size for u in set(live)) <= machine.engine.cache.size - FIXED


def test_nothing_refers_to_what_was_evicted(native: Backend) -> None:
    machine = _small_machine(native)
    code, _ = _long_program(random.Random(4), 120)
    machine.run(code, CODE, _start({5: CODE, 6: 2}), _memory(code))
    translator, cache = machine.engine.translator, machine.engine.cache
    for table in translator.entries.values():
        for pc, address in table.items():
            unit = translator.unit_at(address)
            assert unit is not None
            assert unit.alive
            assert pc in unit.pcs
    for sites in translator.index.links.values():
        for site in sites:
            assert translator.unit_at(cache.base + site) is not None


# -- invalidation


def _page(first: str, second: str) -> bytes:
    """``first`` at the start, ``second`` in the next page."""
    code = assemble(first)
    return code + assemble("trap 0 0 1") * ((PAGE - len(code)) // 4) + assemble(second)


def test_code_written_by_other_code(native: Backend) -> None:
    """A function in another page is replaced after its first call: the call linked to it finds the new one."""
    code = _page("call 0 0 1024; store 2 3 1; countdown 0 6 -2; jump 0 0 1023", "add 1 1 1; ret 0 7")
    state, memory = _start({2: _word("add 1 1 16"), 3: CODE + PAGE, 6: 5}), _memory(code)
    stop = machine_for(ISA, native).run(code, CODE, state, memory)
    assert stop == Stop("end", CODE + PAGE + 8)
    assert _read(state, 1) == 1 + 4 * 16


def test_code_written_again_and_again(native: Backend) -> None:
    """Every round another instruction."""
    text = "call 0 0 1024; store 2 3 1; add 2 2 1; countdown 0 6 -3; jump 0 0 1022"
    code = _page(text, "add 1 1 0; ret 0 7; add 4 4 1")
    state, memory = _start({2: _word("add 1 1 1"), 3: CODE + PAGE, 6: 9}), _memory(code)
    stop = machine_for(ISA, native).run(code, CODE, state, memory)
    assert stop.kind == "end"
    assert _read(state, 1) == sum(range(9))


def test_code_that_writes_ahead(native: Backend) -> None:
    """In the same unit and page: what was written is executed at once."""
    code = assemble("store 2 3 1; add 1 1 1; add 1 1 1; add 1 1 1")
    state, memory = _start({2: _word("add 1 1 100"), 3: CODE + 8}), _memory(code)
    assert machine_for(ISA, native).run(code, CODE, state, memory) == Stop("end", CODE + 16)
    assert _read(state, 1) == 102


def test_data_in_the_page_of_the_code(native: Backend) -> None:
    code = assemble("store 1 3 0; add 1 1 1; load 2 3 0; countdown 0 6 -3")
    state, memory = _start({3: CODE + 0x800, 6: 5}), _memory(code)
    assert machine_for(ISA, native).run(code, CODE, state, memory) == Stop("end", CODE + len(code))
    assert (_read(state, 1), _read(state, 2)) == (5, 4)


def test_a_write_across_into_a_page_of_code(native: Backend) -> None:
    """The store's first half is in a page without code."""
    code = _page("add 4 4 1; store 2 3 0; call 0 0 1022; jump 0 0 1023", "add 1 1 1; ret 0 7")
    new = _word("add 1 1 64") << 32 | 0x1234
    state, memory = _start({2: new, 3: CODE + PAGE - 4}), _memory(code)
    memory.pages[(CODE >> 12) + 1][0:4] = assemble("add 1 1 2")
    assert machine_for(ISA, native).run(code, CODE, state, memory).kind == "end"
    assert _read(state, 1) == 64


def test_writes_by_the_system(native: Backend) -> None:
    """As a system call writes: through memory, outside native code."""
    machine = machine_for(ISA, native)
    code = assemble("add 1 1 1; add 1 1 1")
    state, memory = _start({}), _memory(code)
    machine.run(code, CODE, state, memory)
    assert _read(state, 1) == 2
    machine.memory.write(CODE + 4, assemble("add 1 1 50"))
    memory.write(CODE + 4, assemble("add 1 1 50"))
    machine.run(code, CODE, state, memory)
    assert _read(state, 1) == 2 + 51


def test_links_into_dropped_code_are_undone(native: Backend) -> None:
    machine = machine_for(ISA, native)
    code = _page("call 0 0 1024; countdown 0 6 -1; jump 0 0 1024", "add 1 1 1; ret 0 7")
    machine.run(code, CODE, _start({6: 3}), _memory(code))
    translator = machine.engine.translator
    links = translator.index.links
    assert links.get((CODE + PAGE) >> 12)
    machine.engine.invalidate(CODE + PAGE, 8)
    assert not links.get((CODE + PAGE) >> 12)
    assert not translator.units_in(CODE + PAGE, 8)
    assert all(not CODE + PAGE <= pc < CODE + PAGE + 8 for table in translator.entries.values() for pc in table)
    state = _start({6: 3})
    machine.run(code, CODE, state, _memory(code))
    assert _read(state, 1) == 3
