"""Modes ``hybrids`` and ``hybridm``: stencils first, regions through LLVM for what is hot."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

from hqemu_core.config import NO_LIMIT
from hqemu_core.errors import BackendError, GuestFault
from hqemu_core.frontend.hybrid_translator import NEVER, HybridTranslator
from hqemu_core.frontend.translator import CALL_CHECK, CALL_LINK, CALL_RESYNC, CALL_SYSCALL, CALL_TRAP, NOPS
from hqemu_core.frontend.unit import Unit
from hqemu_core.isa.code import Code
from hqemu_core.runtime import header as h
from hqemu_core.runtime import host, native
from hqemu_core.runtime.cache import CodeCache
from hqemu_core.runtime.cpu import CpuThread
from hqemu_core.trace.former import NetFormer, TraceFormer
from hqemu_core.trace.net import Recording

from .engine import Engine
from .optimizer import Optimizer

_LATER: Final = 100000
"""further executions until a hot head is worth a worker's time, and the guest thread's that records the trace block by
block: both take about as long as these"""
_LEAVE: Final = {"trap": CALL_TRAP, "resync": CALL_RESYNC, "check": CALL_CHECK}
NEAR: Final = 1024
"""bytes: a jump forward by less goes into the middle of a unit, if there is one; other targets become trace heads"""
BLOCK: Final = 64
"""instructions of one block in a region"""


class HybridEngine(Engine):
    """``workers`` 0: compile on the guest's thread."""

    translator: HybridTranslator

    def __init__(
        self, *args: Any, workers: int = 1, threshold: int = 50, former: TraceFormer | None = None,
        cache: CodeCache | None = None, count: int = NO_LIMIT, passes: tuple[str, ...] | None = None,
    ) -> None:  # fmt: skip
        isa, abi, memory, library, make_tier = args
        super().__init__(isa, abi, memory, library, make_tier, HybridTranslator, cache)
        self.translator.threshold = threshold
        self.former = former or NetFormer()
        self.on_trace: Callable[..., Any] | None = None
        self.on_region: Callable[..., Any] | None = None
        """who wants to know: of traces (``head``, ``blocks``, ``loop``), of regions (``plan``, ``compiled``, ``host``,
        ``size``, ``seconds``)"""
        self.passes = passes
        self.optimizer = Optimizer(self._compile, self._make_compiler, workers, self._heat, self._withdraw, count)
        self.recordings: dict[int, Recording] = {}
        self.requested: set[tuple[int, int]] = set()
        """(guest pc, context) of heads whose traces are recorded, or whose regions are not yet compiled or cannot be"""
        self.noted: set[tuple[int, int]] = set()
        """heads that got hot once"""
        self.nothing = host.anonymous(4096)
        """an empty look-up table of one entry, for threads that record"""
        self._handled = (*self._handled, self._on_hot)
        sys.setswitchinterval(0.0005)  # a worker must not hold up a guest thread that comes out of native code

    def _make_compiler(self) -> Any:
        from hqemu_core.backend.llvm.regions import RegionCompiler

        return RegionCompiler(self.isa) if self.passes is None else RegionCompiler(self.isa, self.passes)

    def _heat(self, recording: Recording) -> int:
        """Executions of the head since it got hot."""
        return NEVER - self.translator.counter_value(recording.head, recording.context)

    def _withdraw(self, recording: Recording) -> None:
        """It will not be compiled: count its head anew."""
        self._forget(recording.head, recording.context)

    def _forget(self, head: int, context: int) -> None:
        self.requested.discard((head, context))
        self.translator.set_counter(head, context, _LATER if self.optimizer.workers else self.translator.threshold)

    # -- recording
    def _on_hot(self, thread: CpuThread) -> None:
        pc = self._site_pc(thread, 1)
        thread.pc = pc
        context = thread.context
        if thread.tid in self.recordings:
            return self.translator.set_counter(pc, context, self.translator.threshold)
        if self.optimizer.workers and ((pc, context) not in self.noted or self.optimizer.early):
            self.noted.add((pc, context))
            return self.translator.set_counter(pc, context, _LATER)
        self.translator.set_counter(pc, context, NEVER)
        if (pc, context) in self.requested or (pc, context) in self.translator.regions:
            return
        self.requested.add((pc, context))
        self.recordings[thread.tid] = self.former.begin(context)
        thread.put64(h.TABLE, self.nothing)
        thread.put64(h.TABLE_MASK, 0)
        empty = self.global_words[native.EMPTY_IBTC >> 3]
        thread.put64(h.IBTC, empty)
        thread.put64(h.IBTC_REAL, empty)

    def _stop_recording(self, thread: CpuThread) -> Recording | None:
        recording = self.recordings.pop(thread.tid, None)
        if recording is not None:
            table = self.tables[thread.context]
            thread.put64(h.TABLE, table.address)
            thread.put64(h.TABLE_MASK, table.entries - 1)
            thread.put64(h.IBTC_REAL, thread.ibtc)
            if not thread.get32(h.EXIT_REQUEST):
                thread.put64(h.IBTC, thread.ibtc)
        return recording

    def _abandon(self, thread: CpuThread) -> None:
        """Something came between: the trace would not be what is usually executed."""
        recording = self._stop_recording(thread)
        if recording is not None:
            self._withdraw(recording)

    def _code_for(self, thread: CpuThread) -> int:
        recording = self.recordings.get(thread.tid)
        if recording is None:
            return super()._code_for(thread)
        pc = thread.pc
        if thread.context != recording.context or recording.add(pc):
            self._stop_recording(thread)
            self._form(recording)
            return super()._code_for(thread)
        try:
            with self.lock:
                code = self.translator.single(pc, thread.context)
                recording.forks = recording.forks or pc in self.translator.forks
                return code
        except GuestFault:
            self._abandon(thread)
            return super()._code_for(thread)

    def _on_link(self, thread: CpuThread) -> None:
        site = thread.get64(h.SITE) - 8 - self.cache.base
        target = self.cache.words[(site + 8) >> 3]
        if thread.tid in self.recordings:
            thread.inside = False
            thread.pc = target
            if thread.get32(h.EXIT_REQUEST):
                self._interrupted(thread)
            return
        unit = self.translator.unit_at(thread.get64(h.SITE) - 1)
        assert unit is not None
        source = unit.pc_at(site)
        thread.inside = False
        if unit.counted or target <= source or target > source + NEAR:
            table = self.translator.heads.get(thread.context, {})
            if target not in table:
                try:
                    with self.lock:
                        self.translator.translate(target, thread.context)
                except GuestFault:
                    thread.pc = target
                    return
        self._link(thread, site, target)

    def _on_miss(self, thread: CpuThread) -> None:
        if thread.tid in self.recordings:
            thread.inside = False
            thread.pc = thread.get64(h.SITE)
            if thread.get32(h.EXIT_REQUEST):
                self._interrupted(thread)
            return
        super()._on_miss(thread)

    def _on_syscall(self, thread: CpuThread) -> None:
        recording = self._stop_recording(thread)
        if recording is not None:
            self._form(recording)
        super()._on_syscall(thread)

    def _interrupted(self, thread: CpuThread) -> None:
        self._abandon(thread)
        super()._interrupted(thread)

    def _on_fault(self, thread: CpuThread) -> None:
        self._abandon(thread)
        super()._on_fault(thread)

    # -- regions
    def _form(self, recording: Recording) -> None:
        """A complete trace: have its region compiled."""
        if self.on_trace is not None:
            self.on_trace(head=recording.head, blocks=recording.blocks, loop=recording.is_loop)
        self.optimizer.submit(recording)

    def _fetch(self, pc: int) -> Code:
        with self.lock:
            return self.translator.fetch(pc, BLOCK)

    def _compile(self, compiler: Any, recording: Recording) -> None:
        from .planner import make_plan

        begun = time.perf_counter()
        try:
            plan = make_plan(self.isa, recording, self.former, self._fetch, self.translator.liveness.exact)
            if plan is None:
                return self._withdraw(recording)
            compiled = compiler.compile(plan)
        except BackendError as error:
            print(f"hqemu: region {recording.head:#x}: {error}", file=sys.stderr)
            return
        with self.lock:
            for pc, guest in plan.codes.items():  # from now on a write is noticed
                self.memory.code_pages(pc & ~self.isa.pc_bits, len(guest.source))
            if self._unchanged(plan):
                self._install(plan, compiled, time.perf_counter() - begun)
            else:
                self._withdraw(recording)

    def _unchanged(self, plan: Any) -> bool:
        """The guest bytes are still what was compiled, and it may be compiled like that."""
        if plan.exact != self.translator.liveness.exact:
            return False
        try:
            bits = self.isa.pc_bits
            return all(self.memory.view(pc & ~bits, len(c.source)) == c.source for pc, c in plan.codes.items())
        except GuestFault:
            return False

    def _install(self, plan: Any, compiled: Any, seconds: float) -> None:
        translator = self.translator
        for helper in compiled.helpers:
            self.tier.load_helper(helper)
        code = bytearray(compiled.code)
        tails: list[tuple[int, int]] = []
        sites: list[tuple[int, int]] = []
        stubs: list[int] = []
        for kind, target, insn in compiled.targets:
            code += NOPS[-len(code) & 7]
            stubs.append(len(code))
            tails.append((len(code), insn))
            if kind in _LEAVE:
                code += _LEAVE[kind]
                continue
            if kind == "syscall":
                code += CALL_SYSCALL
            sites.append((len(code), target))
            code += CALL_LINK + target.to_bytes(8, "little")
        for field, number in compiled.exits:
            code[field : field + 4] = (stubs[number] - field - 4 & 0xFFFFFFFF).to_bytes(4, "little")
        cache = self.cache
        start = cache.reserve(len(code), compiled.align)
        base = cache.base + start
        for field, size, target in compiled.absolute:
            code[field : field + size] = (base + target).to_bytes(size, "little")
        unit = Unit(start, len(code), compiled.pcs, compiled.ends, [0], tails, [], plan.context)
        unit.counted = True
        unit.resumes = not plan.exact
        cache.code[start : start + len(code)] = code
        translator.index.add(cache.region, unit)
        translator.add_region(unit, plan.head, base)
        translator.new_insns += len(compiled.pcs)
        self.requested.discard((plan.head, plan.context))
        if self.on_region is not None:
            self.on_region(plan=plan, compiled=compiled, host=base, size=len(code), seconds=seconds)

    @contextmanager
    def over_fork(self) -> Iterator[None]:
        with self.optimizer.paused(), super().over_fork():
            yield

    def on_fork_child(self, thread: CpuThread) -> None:
        super().on_fork_child(thread)
        for recording in self.recordings.values():
            self._withdraw(recording)
        self.recordings.clear()
        for recording in self.optimizer.on_fork_child():
            self._withdraw(recording)

    def expect_faults(self) -> None:
        with self.lock:
            self.requested.clear()
            super().expect_faults()

    def reset(self) -> None:
        super().reset()
        self.optimizer.clear()
        self.requested.clear()
        self.noted.clear()
