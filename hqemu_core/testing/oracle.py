"""Unicorn as the other opinion on what a few instructions do."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from hqemu_core.errors import IsaError
from hqemu_core.isa.casespec import CaseSpec, OracleNames

from .caserun import PAGE, STEPS, CaseMemory, CaseState, Stop


class Unicorn:
    """One Unicorn CPU, reused between runs: making one costs milliseconds."""

    def __init__(self, names: OracleNames) -> None:
        unicorn: Any = import_module("unicorn")
        self.lib = unicorn
        self.names = names
        self._constants = import_module("unicorn." + names.arch.removeprefix("UC_ARCH_").lower() + "_const")
        self.uc: Any = unicorn.Uc(getattr(unicorn, names.arch), getattr(unicorn, names.mode))
        if names.cpu:
            self.uc.ctl_set_cpu_model(self._const(names.cpu))
        self.registers = [(self._const(reg), parts) for reg, parts in names.registers.items()]
        self.pc = self._const(names.pc)
        self.setup = [(self._const(reg), value) for reg, value in names.setup.items()]
        self.interrupt = -1
        self.uc.hook_add(unicorn.UC_HOOK_INTR, self._on_interrupt)
        self.uc.hook_add(unicorn.UC_HOOK_CODE, self._on_instruction)
        self.code = range(0)
        self.mapped: set[int] = set()

    def _const(self, name: str) -> Any:
        return getattr(self._constants, name)

    def _on_interrupt(self, uc: Any, number: int, data: Any) -> None:
        self.interrupt = number
        uc.emu_stop()

    def _on_instruction(self, uc: Any, addr: int, size: int, data: Any) -> None:
        """Where control leaves the code, its page goes on with zeros: stop before they are executed."""
        if addr not in self.code:
            uc.emu_stop()

    def load_memory(self, memory: CaseMemory) -> None:
        for page in sorted(self.mapped - memory.pages.keys()):
            self.uc.mem_unmap(page * PAGE, PAGE)
        for page, data in memory.pages.items():
            if page not in self.mapped:
                self.uc.mem_map(page * PAGE, PAGE)
            self.uc.mem_write(page * PAGE, bytes(data))
        self.mapped = set(memory.pages)

    def load_state(self, spec: CaseSpec, state: CaseState) -> None:
        from .cases import read_register

        for reg, value in self.setup:
            self.uc.reg_write(reg, value)
        for reg, parts in self.registers:
            value = 0
            for name, bit in parts:
                value |= read_register(spec, state, name) << bit
            self.uc.reg_write(reg, value)

    def store_state(self, spec: CaseSpec, state: CaseState) -> None:
        from .cases import write_register

        for reg, parts in self.registers:
            value = self.uc.reg_read(reg)
            for name, bit in parts:
                write_register(spec, state, name, value if len(parts) == 1 else value >> bit & 1)

    def run(
        self, spec: CaseSpec, code: bytes, pc: int, state: CaseState, memory: CaseMemory, steps: int = STEPS
    ) -> Stop:
        """Execute in place, at most ``steps`` instructions; "end" also when those are done. ``pc`` has the
        mode bits of code addresses, the result's has not."""
        mode = pc & spec.isa.pc_bits
        pc -= mode
        self.load_memory(memory)
        self.load_state(spec, state)
        self.interrupt = -1
        self.uc.ctl_remove_cache(pc, pc + len(code))
        stop = self._emulate(pc, pc + len(code), steps, mode)
        self.store_state(spec, state)
        for page, data in memory.pages.items():
            data[:] = self.uc.mem_read(page * PAGE, PAGE)
        return stop

    def _emulate(self, pc: int, end: int, steps: int, mode: int) -> Stop:
        lib, names = self.lib, self.names
        self.code = range(pc, end)
        try:
            self.uc.emu_start(pc | mode, end, count=steps)
        except lib.UcError as error:
            at = self.uc.reg_read(self.pc)
            if error.errno in (lib.UC_ERR_READ_UNMAPPED, lib.UC_ERR_WRITE_UNMAPPED):
                return Stop("fault", at)
            if error.errno == lib.UC_ERR_FETCH_UNMAPPED:
                return Stop("end", at)
            if error.errno in (lib.UC_ERR_INSN_INVALID, lib.UC_ERR_EXCEPTION):
                return Stop("illegal", at)
            raise IsaError(f"unicorn: {error}") from error
        at = self.uc.reg_read(self.pc)
        for kind, numbers in (
            ("illegal", names.illegal), ("breakpoint", names.breakpoint), ("syscall", names.syscall),
        ):  # fmt: skip
            if self.interrupt in numbers:
                return Stop(kind, at)
        return Stop("end" if self.interrupt < 0 else f"interrupt {self.interrupt}", at)


_machines: dict[int, Unicorn] = {}


def unicorn_for(spec: CaseSpec) -> Unicorn:
    if spec.oracle is None:
        raise IsaError(f"{spec.isa.name}: no oracle is named")
    found = _machines.get(id(spec))
    if found is None:
        found = _machines[id(spec)] = Unicorn(spec.oracle)
    return found


def run_unicorn(spec: CaseSpec, code: bytes, pc: int, state: CaseState, memory: CaseMemory) -> Stop:
    return unicorn_for(spec).run(spec, code, pc, state, memory)
