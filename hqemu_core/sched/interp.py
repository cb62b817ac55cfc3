"""The engine that interprets: exact by construction, slow, and what native code is judged by.

A guest block is lifted once, with known operands, and its ops are run one by one. Host threads take turns, a slice of
blocks each, so that what is atomic for the guest is atomic here (but not against other processes that share memory).
Signals, blocking calls and threads are the native runtime's, as for every engine.
"""

from __future__ import annotations

import threading
import time
from typing import Any, Final

from hqemu_core.backend.base import Backend, Interpreter, LiftedBlock
from hqemu_core.errors import GuestFault
from hqemu_core.frontend.fetch import fetch
from hqemu_core.frontend.lift import LIMIT, lift_block
from hqemu_core.frontend.unit import PAGE_BITS, size_between
from hqemu_core.ir import opcodes as op
from hqemu_core.isa.abi import LinuxAbi
from hqemu_core.isa.spec import IsaSpec
from hqemu_core.runtime import header as h
from hqemu_core.runtime.cache import CodeCache
from hqemu_core.runtime.cpu import CpuThread

from .base import BaseEngine

SLICE: Final = 64
"""blocks that a thread runs before another one may"""
PAUSE: Final = 2e-5
"""seconds: long enough for a waiting host thread to wake up"""


class LockedMemory:
    """Guest memory that is not unmapped while it is accessed."""

    def __init__(self, engine: InterpEngine) -> None:
        self.engine = engine
        self.memory = engine.memory

    def read(self, addr: int, size: int) -> bytes:
        with self.engine.lock:
            try:
                data: bytes = self.memory.read(addr, size)
            except GuestFault:
                data = self.memory.read(self._plain(addr), size)
            return data

    def write(self, addr: int, data: bytes) -> None:
        with self.engine.lock:
            try:
                self.memory.write(addr, data)
            except GuestFault:
                self.memory.write(self._plain(addr), data)

    def _plain(self, addr: int) -> int:
        """The address without a tag; raises again when there is none."""
        plain = self.engine.isa.untag(addr)
        if plain == addr:
            raise
        return plain


class InterpEngine(BaseEngine):
    """Implements ``linux.ports.Engine``."""

    def __init__(
        self, isa: IsaSpec, abi: LinuxAbi, memory: Any, library: Any, backend: Backend, cache: CodeCache | None = None
    ) -> None:
        super().__init__(isa, abi, memory, library, cache)
        assert backend.make_interpreter is not None
        self.make_interpreter = backend.make_interpreter
        self.turn = threading.Lock()
        self.mask = (1 << isa.bits) - 1 | isa.pc_bits
        self.blocks: dict[int, dict[int, LiftedBlock]] = {}
        """by context: pc -> block"""
        self.pages: dict[int, list[tuple[int, int]]] = {}
        """guest page -> (context, pc) of the blocks that have a byte in it"""

    # -- running
    def run(self, thread: CpuThread) -> None:
        """Run a guest thread on the calling host thread until ThreadExit, ProcessExit or ExecRequest is raised."""
        self._start(thread)
        cpu = self.make_interpreter(self.isa.helpers, thread.view, LockedMemory(self), self.isa.builder)
        wanted = thread.view[h.EXIT_REQUEST : h.EXIT_REQUEST + 4].cast("I")
        try:
            while True:
                try:
                    outcome = self._run_slice(thread, cpu, wanted)
                except GuestFault as fault:
                    self.personality.on_fault(thread, fault.signo, fault.code, fault.addr)
                    continue
                if outcome is not None:
                    self._leave(thread, *outcome)
                elif wanted[0]:
                    self._interrupted(thread)
                elif len(self.threads) > 1:
                    time.sleep(PAUSE)
        finally:
            wanted.release()
            self._unregister(thread)

    def _run_slice(self, thread: CpuThread, cpu: Interpreter, wanted: memoryview) -> tuple[int, tuple[int, ...]] | None:
        """Run blocks; the terminator that the rest of the system must act on, with ``pc`` as it says, if one came.
        After a GuestFault ``pc`` is at the instruction."""
        with self.turn:
            env = cpu.env
            env.flags, env.rounding = thread.fp_flags, thread.fp_rounding
            untag = self.isa.untag
            self.refresh_context(thread)  # a signal frame, clone
            pc = untag(thread.pc)
            blocks = self.blocks.setdefault(thread.context, {})
            block = None
            try:
                for _ in range(SLICE):
                    if wanted[0]:
                        return None
                    block = blocks.get(pc) or self._lift(pc, thread.context, blocks)
                    outcome = cpu.run(block.ops, block.types)
                    pc, block = untag(outcome.address & self.mask), None
                    if outcome.code not in (op.JUMP, op.BRANCH, op.INDIRECT):
                        return outcome.code, outcome.args
                return None
            except GuestFault:
                if block is not None:
                    pc = block.pcs[thread.get32(h.INSN)]
                raise
            finally:
                thread.pc = pc
                thread.fp_flags, thread.fp_rounding = env.flags, env.rounding

    def _leave(self, thread: CpuThread, code: int, args: tuple[int, ...]) -> None:
        if code == op.SYSCALL:
            self.personality.on_syscall(thread, args[1])
        elif code == op.TRAP:
            self.personality.on_trap(thread, args[0])
        else:
            self.after_resync(thread)

    def _lift(self, pc: int, context: int, blocks: dict[int, LiftedBlock]) -> LiftedBlock:
        with self.lock:
            block = blocks[pc] = lift_block(self.isa, fetch(self.isa, self.memory, pc, LIMIT), context, "interp")
            start = pc & ~self.isa.pc_bits
            size = size_between(pc, block.ends[-1])
            for page in range(start >> PAGE_BITS, (start + size - 1 >> PAGE_BITS) + 1):
                self.pages.setdefault(page, []).append((context, pc))
            self.memory.code_pages(start, size)
            return block

    # -- ports.Engine
    def invalidate(self, start: int, size: int) -> None:
        """Drop the blocks of guest bytes, by page."""
        with self.lock:
            first, last = start >> PAGE_BITS, start + size - 1 >> PAGE_BITS
            if last - first > len(self.pages):
                pages = [page for page in self.pages if first <= page <= last]
            else:
                pages = [page for page in range(first, last + 1) if page in self.pages]
            for page in pages:
                for context, pc in self.pages.pop(page):
                    self.blocks[context].pop(pc, None)

    def on_fork_child(self, thread: CpuThread) -> None:
        super().on_fork_child(thread)
        self.turn = threading.Lock()

    def reset(self) -> None:
        """Forget every block (execve)."""
        with self.lock:
            self.blocks.clear()
            self.pages.clear()
            self.started = False
