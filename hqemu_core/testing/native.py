"""Runs small pieces of guest code on the native tiers, through a real engine: the runners of caserun for backends that
compile.

A machine (engine, guest thread) is made once per ISA and backend and used for every case; between two cases only the
code's translations are dropped and the pages exchanged.
"""

from __future__ import annotations

import atexit
import threading
import time
from types import SimpleNamespace
from typing import Any, Final, NoReturn

from hqemu_core.backend.base import Backend
from hqemu_core.backend.own import BACKENDS, STENCIL
from hqemu_core.backend.stencil.library import Library
from hqemu_core.errors import IsaError
from hqemu_core.ir import opcodes as op
from hqemu_core.isa.spec import IsaSpec
from hqemu_core.isa.state import STATE_BASE
from hqemu_core.linux.memory import PAGE, GuestMemory
from hqemu_core.linux.mmap import MAP_ANONYMOUS, MAP_PRIVATE
from hqemu_core.linux.regions import Region
from hqemu_core.machine import open_library
from hqemu_core.plugins import Plugins
from hqemu_core.runtime import host
from hqemu_core.runtime.cache import CodeCache
from hqemu_core.runtime.cpu import CpuThread
from hqemu_core.runtime.native import SYNCHRONOUS
from hqemu_core.sched.schedulers import BlockScheduler, Scheduler

from .caserun import CaseMemory, CaseState, Stop, context

PATIENCE: Final = 20.0
"""seconds after which code that does not end is stopped"""
CACHE_SIZE: Final = 16 << 20
"""of code: little, so that the machines of many ISAs find room below 2 GiB"""
_RWX: Final = 7
_MAP_FIXED: Final = 0x10


class _Done(Exception):
    """The run is over."""

    def __init__(self, stop: Stop) -> None:
        super().__init__(stop)
        self.stop = stop


class CaseWindow(GuestMemory):
    """Guest memory whose only code is the case's."""

    def __init__(self, bits: int) -> None:
        super().__init__(bits)
        self.program = (0, 0)
        self.mapped: set[int] = set()

    def executable(self, addr: int) -> int:
        start, end = self.program
        return end if start <= addr < end else 0

    def load(self, memory: CaseMemory) -> None:
        """The same pages with the same content as the case's memory."""
        for page in self.mapped - memory.pages.keys():
            self.forget(page * PAGE, PAGE)
            self.regions.remove(page * PAGE, (page + 1) * PAGE)
            host.munmap(self.base + page * PAGE, PAGE)
        for page, data in memory.pages.items():
            addr = page * PAGE
            if page not in self.mapped:
                if addr >= self.size:
                    raise IsaError(f"address {addr:#x} is outside the native window")
                flags = MAP_PRIVATE | MAP_ANONYMOUS | _MAP_FIXED
                host.mmap(PAGE, host.PROT_READ | host.PROT_WRITE, flags, addr=self.base + addr)
                self.regions.add(Region(addr, addr + PAGE, _RWX))
            there = self.view(addr, PAGE)
            if there != data:
                self.forget(addr, PAGE)
                there[:] = data
        self.mapped = set(memory.pages)

    def forget(self, addr: int, size: int) -> None:
        """Drop what is translated from these bytes."""
        self.prepare_write(addr, size)
        self.invalidate(addr, size)

    def store(self, memory: CaseMemory) -> None:
        for page, data in memory.pages.items():
            data[:] = self.view(page * PAGE, PAGE)


class _Personality:
    """Whatever leaves native code ends the case."""

    def __init__(self, memory: CaseWindow, pc_bits: int) -> None:
        self.memory = memory
        self.pc_bits = pc_bits

    def native_calls(self) -> list[tuple[int, int, str]]:
        return []

    def on_run(self, thread: CpuThread) -> None:
        pass

    def on_syscall(self, thread: CpuThread, code: int) -> NoReturn:
        raise _Done(Stop("syscall", thread.pc, code))

    def on_trap(self, thread: CpuThread, kind: int) -> NoReturn:
        raise _Done(Stop(op.TRAP_NAMES[kind], thread.pc))

    def on_fault(self, thread: CpuThread, signo: int, code: int, addr: int) -> NoReturn:
        pc = thread.pc
        raise _Done(Stop("fault", pc, addr) if self.memory.executable(pc & ~self.pc_bits) else Stop("end", pc))

    def on_interrupt(self, thread: CpuThread) -> NoReturn:
        raise _Done(Stop("steps", thread.pc))

    def code_pages(self, start: int, size: int) -> None:
        self.memory.code_pages(start, size)

    def on_code_write(self, addr: int) -> bool:
        return self.memory.on_code_write(addr)


class NativeMachine:
    """One engine with one backend; ``run`` is a runner without its first argument."""

    def __init__(self, isa: IsaSpec, backend: Backend, library: Any, cache: CodeCache | None = None) -> None:
        self.isa = isa
        self.memory = _window(isa.bits)
        anywhere = isa.pc
        abi: Any = SimpleNamespace(number=anywhere, args=(anywhere,) * 6, ret=anywhere)
        if backend.make_block_compiler is not None:
            scheduler: Scheduler = BlockScheduler(backend.name, STENCIL, backend)
        else:
            scheduler = Scheduler(backend.name, backend)
        self.engine = scheduler.make_engine(isa, abi, self.memory, library, cache or CodeCache(CACHE_SIZE))
        self.personality = _Personality(self.memory, isa.pc_bits)
        self.engine.attach(self.personality)
        self.thread = self.engine.new_thread()
        self.until = 0.0
        threading.Thread(target=self._watch, daemon=True).start()

    def _watch(self) -> None:
        while True:
            time.sleep(1.0)
            if 0 < self.until < time.process_time():
                self.engine.interrupt(self.thread)

    def run(self, code: bytes, pc: int, state: CaseState, memory: CaseMemory) -> Stop:
        """Translations are kept for the next run of the same code at the same place."""
        window, thread = self.memory, self.thread
        start = pc & ~self.isa.pc_bits
        self._take_window((start, start + len(code)))
        window.load(memory)
        self.engine.translator.explorers.clear()  # they know the code that was there
        self._load_state(state, pc)
        self.until = time.process_time() + PATIENCE
        try:
            self.engine.run(thread)
        except _Done as done:
            stop = done.stop
        finally:
            self.until = 0.0
        self._store_state(state)
        window.store(memory)
        return stop

    def _take_window(self, code: tuple[int, int]) -> None:
        global _last
        window = self.memory
        if _last is self and window.program == code:
            return
        for page in window.mapped:
            window.forget(page * PAGE, PAGE)
        window.program = code
        window.invalidate = self.engine.invalidate
        if _last is not self:
            for signo in SYNCHRONOUS:  # each engine has its own native signal handler
                self.engine.catch_signal(signo)
            _last = self

    def _load_state(self, state: CaseState, pc: int) -> None:
        thread = self.thread
        thread.view[STATE_BASE : len(state.cells)] = state.cells[STATE_BASE:]
        thread.fp_flags, thread.fp_rounding = state.fp_flags, state.fp_rounding
        thread.pc = pc
        wanted = context(self.isa, state)
        if wanted != thread.context:
            self.engine.use_context(thread, wanted)

    def _store_state(self, state: CaseState) -> None:
        """The case's pc is in its Stop, so the state keeps what it had."""
        thread = self.thread
        kept = slice(self.isa.pc, self.isa.pc + self.isa.bits // 8)
        before = state.cells[kept]
        state.cells[STATE_BASE:] = thread.view[STATE_BASE : len(state.cells)]
        state.cells[kept] = before
        state.fp_flags, state.fp_rounding = thread.fp_flags, thread.fp_rounding


_last: NativeMachine | None = None
_windows: dict[int, CaseWindow] = {}
_machines: dict[tuple[int, str], NativeMachine] = {}


def _window(bits: int) -> CaseWindow:
    """All machines share one: a 64-bit guest's window is at a fixed place."""
    if bits not in _windows:
        _windows[bits] = CaseWindow(bits)
    return _windows[bits]


class MemoryLibrary(Library):
    """A stencil library that is not kept."""

    def __init__(self) -> None:
        self.path = None
        self.state = (0, 0)
        self.records = {}
        self.fresh = {}


def machine_for(isa: IsaSpec, backend: Backend) -> NativeMachine:
    """The machine of an ISA and a backend; what the core's own backends compile is kept on disk."""
    key = (id(isa), backend.name)
    if key not in _machines:
        library = open_library(isa, Plugins()) if isa.decoding is not None and backend in BACKENDS else MemoryLibrary()
        _machines[key] = NativeMachine(isa, backend, library)
        atexit.register(library.save)
    return _machines[key]
