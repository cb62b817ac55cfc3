"""Machines for small pieces of code: state, sparse memory, and the runners by backend name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeAlias

from hqemu_core.backend.base import Backend
from hqemu_core.backend.own import BACKENDS
from hqemu_core.errors import GuestFault
from hqemu_core.ir import opcodes as op
from hqemu_core.ir import types as ty
from hqemu_core.ir.builder import Hole, IRBuilder
from hqemu_core.ir.interp import Interp
from hqemu_core.ir.semantics_effects import Outcome
from hqemu_core.isa.casespec import Special
from hqemu_core.isa.spec import IsaSpec
from hqemu_core.isa.table import Decoded

PAGE = 4096
STEPS = 1000
"""Instructions after which a case that does not end is given up."""


@dataclass
class CaseState:
    """``cells`` are the bytes from env on; the floating-point environment is apart as no ISA stores it there."""

    cells: bytearray
    fp_flags: int = 0
    fp_rounding: int = 0

    def read(self, offset: int, t: int) -> int:
        return int.from_bytes(self.cells[offset : offset + max(1, ty.bits(t) // 8)], "little")

    def write(self, offset: int, t: int, value: int) -> None:
        size = max(1, ty.bits(t) // 8)
        self.cells[offset : offset + size] = (value & ((1 << 8 * size) - 1)).to_bytes(size, "little")

    def copy(self) -> CaseState:
        return CaseState(bytearray(self.cells), self.fp_flags, self.fp_rounding)


@dataclass
class CaseMemory:
    """Pages that exist are readable and writable; every other access faults."""

    pages: dict[int, bytearray] = field(default_factory=dict)

    def map(self, addr: int, size: int) -> None:
        for page in range(addr // PAGE, -(-(addr + size) // PAGE)):
            self.pages.setdefault(page, bytearray(PAGE))

    def _spans(self, addr: int, size: int, write: bool) -> list[tuple[bytearray, int, int]]:
        spans = []
        while size > 0:
            page, at = divmod(addr, PAGE)
            if page not in self.pages:
                raise GuestFault(addr, write)
            length = min(size, PAGE - at)
            spans.append((self.pages[page], at, length))
            addr, size = addr + length, size - length
        return spans

    def read(self, addr: int, size: int) -> bytes:
        return b"".join(bytes(page[at : at + length]) for page, at, length in self._spans(addr, size, False))

    def write(self, addr: int, data: bytes) -> None:
        done = 0
        for page, at, length in self._spans(addr, len(data), True):
            page[at : at + length] = data[done : done + length]
            done += length

    def copy(self) -> CaseMemory:
        return CaseMemory({number: bytearray(page) for number, page in self.pages.items()})


class Stop(NamedTuple):
    """Why a run ended: "end" (left the code), "illegal", "breakpoint", ... (TRAP_NAMES), "syscall", "fault"
    (``detail`` the address), "steps". ``pc`` is where the guest stands."""

    kind: str
    pc: int
    detail: int = 0


Runner: TypeAlias = Callable[[IsaSpec, bytes, int, CaseState, CaseMemory], Stop]
RUNNERS: dict[str, Runner] = {}
"""By backend name. A runner executes ``code`` (already in memory) from ``pc`` until control leaves it, changing
state and memory in place."""


def make_interp(
    isa: IsaSpec, state: CaseState, memory: CaseMemory, context: int, make: Callable[..., Any] = Interp
) -> Any:
    cpu = make(isa.helpers, state.cells, memory, lambda: isa.builder(context))
    cpu.env.flags, cpu.env.rounding = state.fp_flags, state.fp_rounding
    return cpu


def execute(
    isa: IsaSpec, b: IRBuilder, state: CaseState, memory: CaseMemory, operands: tuple[int, ...] = (), context: int = 0,
    make: Callable[..., Any] = Interp,
) -> Outcome | None:  # fmt: skip
    """Run what a builder holds; the floating-point environment goes back into ``state`` even after a fault."""
    cpu = make_interp(isa, state, memory, context, make)
    try:
        outcome: Outcome | None = cpu.run(b.ops, b.types, operands)
        return outcome
    finally:
        state.fp_flags, state.fp_rounding = cpu.env.flags, cpu.env.rounding


def read_special(isa: IsaSpec, special: Special, state: CaseState) -> int:
    b = isa.builder(context(isa, state))
    value = special.read(b)
    cpu: Interp = make_interp(isa, state, CaseMemory(), context(isa, state))
    return cpu._execute(b.ops, b.types, ())[value]


def write_special(isa: IsaSpec, special: Special, state: CaseState, value: int) -> None:
    b = isa.builder(context(isa, state))
    special.write(b, b.const(value, special.type))
    execute(isa, b, state, CaseMemory())


def context(isa: IsaSpec, state: CaseState) -> int:
    return isa.context_of(state.read) if isa.context_of is not None else 0


def decode(isa: IsaSpec, code: bytes, at: int, pc: int) -> tuple[Decoded | None, int]:
    """The instruction at offset ``at``, and the code address behind it."""
    table = isa.tables[pc & isa.table_bits]
    keys, pcs, _ = table.split(code[at : at + table.longest], pc, 1)
    return (table.decode(keys[0], pc), pcs[1]) if keys else (None, pc)  # type: ignore[arg-type]


def distance(isa: IsaSpec, start: int, pc: int) -> int:
    """Bytes from one code address to another."""
    return (pc & ~isa.pc_bits) - (start & ~isa.pc_bits)


def lift_with_holes(isa: IsaSpec, found: Decoded, context_bits: int) -> IRBuilder:
    """As the stencil tier lifts: operands are holes."""
    row, shape, _ = found
    b = isa.builder(context_bits)
    kinds = next(iter(isa.tables.values())).kinds
    row.lift(b, shape, *(Hole(n, kinds[kind].cls) for n, kind in enumerate(row.kinds)))
    return b


def stop_of(isa: IsaSpec, outcome: Outcome) -> Stop:
    """Traps and system calls end a run, other terminators only say where it goes on."""
    pc = outcome.address & ((1 << isa.bits) - 1 | isa.pc_bits)
    if outcome.code == op.TRAP:
        return Stop(op.TRAP_NAMES[outcome.args[0]], pc)
    if outcome.code == op.SYSCALL:
        return Stop("syscall", pc, outcome.args[1])
    return Stop("end", pc)


def step(
    isa: IsaSpec, code: bytes, pc: int, state: CaseState, memory: CaseMemory, make: Callable[..., Any] = Interp
) -> Stop:
    """One instruction (the first of ``code``), operands as holes; "end" when it has been executed."""
    found, following = decode(isa, code, 0, pc)
    if found is None:
        return Stop("illegal", pc)
    bits = context(isa, state)
    b = lift_with_holes(isa, found, bits)
    try:
        outcome = execute(isa, b, state, memory, found[2], bits, make)
    except GuestFault as fault:
        return Stop("fault", pc, fault.addr)
    return Stop("end", following) if outcome is None else stop_of(isa, outcome)


def lift_block(isa: IsaSpec, code: bytes, start: int, pc: int, context_bits: int) -> tuple[IRBuilder, int]:
    """One builder for all instructions up to a terminator; also the address after them."""
    b = isa.builder(context_bits)
    while 0 <= (at := distance(isa, start, pc)) < len(code):
        found, following = decode(isa, code, at, pc)
        if found is None:
            b.trap(op.TRAP_ILLEGAL, pc)
            break
        row, shape, operands = found
        row.lift(b, shape, *operands)
        pc = following
        if row.end:
            break
    return b, pc


def run_block(isa: IsaSpec, code: bytes, pc: int, state: CaseState, memory: CaseMemory) -> Stop:
    """The block at the start of ``code``, operands concrete, as the optimizing tier lifts: tests what instructions
    hand on in ``memo``. A fault's pc is that of the block."""
    bits = context(isa, state)
    b, following = lift_block(isa, code, pc, pc, bits)
    try:
        outcome = execute(isa, b, state, memory, (), bits)
    except GuestFault as fault:
        return Stop("fault", pc, fault.addr)
    return Stop("end", following) if outcome is None else stop_of(isa, outcome)


def _repeat(one: Runner) -> Runner:
    def run(isa: IsaSpec, code: bytes, pc: int, state: CaseState, memory: CaseMemory) -> Stop:
        stop = Stop("end", pc)
        for _ in range(STEPS):
            at = distance(isa, pc, stop.pc)
            if stop.kind != "end" or not 0 <= at < len(code):
                return stop
            stop = one(isa, code[at:], stop.pc, state, memory)
        return Stop("steps", stop.pc)

    return run


def runner_for(backend: Backend) -> Runner:
    """What executes code with a backend; one that compiles runs in an engine (:mod:`hqemu_core.testing.native`)."""
    make = backend.make_interpreter
    if make is not None:

        def run_step(isa: IsaSpec, code: bytes, pc: int, state: CaseState, memory: CaseMemory) -> Stop:
            return step(isa, code, pc, state, memory, make)

        return _repeat(run_step)

    def run(isa: IsaSpec, code: bytes, pc: int, state: CaseState, memory: CaseMemory) -> Stop:
        from .native import machine_for

        return machine_for(isa, backend).run(code, pc, state, memory)

    return run


RUNNERS |= {backend.name: runner_for(backend) for backend in BACKENDS}
RUNNERS["interp-block"] = _repeat(run_block)
