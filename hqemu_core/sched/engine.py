"""The execution engine in its stencil-only form (mode ``none``): runs guest threads, translates what they reach.

Guest code leaves native code for few reasons (``runtime.header`` EXIT_*); each has one method here. In the steady
state it never leaves.
"""

from __future__ import annotations

import ctypes
import struct
import threading
from collections.abc import Callable
from typing import Any, Final

from hqemu_core.errors import GuestFault
from hqemu_core.frontend.translator import Translator
from hqemu_core.ir import opcodes as op
from hqemu_core.isa.abi import LinuxAbi
from hqemu_core.isa.spec import IsaSpec
from hqemu_core.linux.ports import Personality
from hqemu_core.runtime import header as h
from hqemu_core.runtime import host, image, native
from hqemu_core.runtime.cache import PREFERRED, CodeCache, call_host, call_native
from hqemu_core.runtime.cpu import IBTC_SIZE, CpuThread
from hqemu_core.runtime.lookup import LookupTable

_KINDS: Final = {"-": 0, "s": 0, "p": 1, "i": 2}
_FAULT_WRITE: Final = 2
_SIGBUS: Final = 7
_BUS_ADRALN: Final = 1


class Engine:
    """Implements ``linux.ports.Engine``."""

    def __init__(
        self, isa: IsaSpec, abi: LinuxAbi, memory: Any, library: Any, make_tier: Any, make_translator: Any = Translator,
        cache: CodeCache | None = None,
    ) -> None:  # fmt: skip
        self.isa = isa
        self.abi = abi
        self.memory = memory
        self.library = library
        self.personality: Personality
        self.cache = CodeCache() if cache is None else cache
        self.threads: dict[int, CpuThread] = {}
        self.lock = threading.RLock()
        self.shift = isa.insn_align.bit_length() - 1
        self._load_runtime()
        self.helpers = bytearray(8 * len(isa.helper_names))
        self.tier = make_tier(isa, self.cache, library, self._set_helper)
        self.translator: Translator = make_translator(isa, self.tier, self.cache, memory)
        self.translator.evicted = self._forget_targets
        self.tables: dict[int, LookupTable] = {}
        self.syscalls = 0
        self.started = False
        self.on_start: Callable[[], None] = lambda: None
        """called when a new program begins, before its first instruction"""
        self._handled = (
            self._on_none, self._on_link, self._on_miss, self._on_syscall, self._on_trap, self._on_resync,
            self._on_check, self._on_fault, self._on_eintr, self._on_interrupted, self._on_before,
        )  # fmt: skip

    def _load_runtime(self) -> None:
        record = self.library.get("runtime")
        if record is None:
            record = image.build()
            self.library.put("runtime", record)
        code, relocs, symbols = record
        base = self.cache.base
        self.globals = host.anonymous(native.GLOBALS_SIZE, low=PREFERRED - native.GLOBALS_SIZE)
        self.global_words = host.view(self.globals, native.GLOBALS_SIZE).cast("Q")
        linked = image.link(code, relocs, symbols, base, image.globals_at(self.globals))
        assert self.cache.add_fixed(linked) == base
        self.cache.fixed_start = self.cache.fixed_end
        self.symbols = {name: base + at for name, at in symbols.items()}
        self.enter = call_native(self.symbols["hq_enter"])
        self._host_call = call_host(self.symbols["hq_host_call"])
        empty = host.anonymous(IBTC_SIZE)
        struct.pack_into("<Q", host.view(empty, 8), 0, (1 << 64) - 1)
        self.thread_table = host.view(host.anonymous(native.THREAD_SLOTS * 16), native.THREAD_SLOTS * 16).cast("Q")
        self._put_global(native.CACHE_LO, base)
        self._put_global(native.CACHE_HI, self.cache.limit)
        self._put_global(native.EMPTY_IBTC, empty)
        self._put_global(native.THREADS, _address(self.thread_table))
        self._put_global(native.IBTC_SHIFT, self.shift)

    def _put_global(self, offset: int, value: int) -> None:
        self.global_words[offset >> 3] = value

    def _set_helper(self, slot: int, address: int) -> None:
        struct.pack_into("<Q", self.helpers, 8 * slot, address)
        for thread in self.threads.values():
            thread.put64(h.HELPERS + 8 * slot, address)

    # -- set-up
    def attach(self, personality: Personality) -> None:
        """Join the personality: its pass-through calls and the handlers of synchronous faults."""
        self.personality = personality
        size = 512 * 16
        self.syscalls = host.anonymous(size)
        table = host.view(self.syscalls, size)
        for number in range(512):
            struct.pack_into("<i", table, number * 16, -1)
        for number, nr, kinds in personality.native_calls():
            struct.pack_into("<i6B", table, number * 16, nr, *[_KINDS[k] for k in kinds])
        for signo in native.SYNCHRONOUS:
            self.catch_signal(signo)

    def new_thread(self) -> CpuThread:
        thread = CpuThread(self.isa, self.symbols, memoryview(self.helpers))
        abi = self.abi
        thread.put64(h.SYSCALLS, self.syscalls)
        thread.put64(h.GUEST_BASE, self.memory.base)
        thread.put64(h.GUEST_LIMIT, self.memory.size)
        thread.put32(h.SYS_NR, abi.number)
        thread.put32(h.SYS_RET, abi.ret)
        for n, offset in enumerate(abi.args):
            thread.put32(h.SYS_ARGS + 4 * n, offset)
        self.use_context(thread, 0)
        return thread

    def use_context(self, thread: CpuThread, context: int) -> None:
        """Mode bits changed: other translations."""
        thread.context = context
        table = self.tables.get(context)
        if table is None:
            table = self.tables[context] = LookupTable(self.shift)
        thread.flush_ibtc()
        thread.put64(h.TABLE, table.address)
        thread.put64(h.TABLE_MASK, table.entries - 1)

    def _register(self, thread: CpuThread) -> None:
        """Bind the thread to the calling host thread."""
        tid = threading.get_native_id()
        thread.tid = tid
        with self.lock:
            at = tid & native.THREAD_SLOTS - 1
            while self.thread_table[at * 2] not in (0, tid, (1 << 64) - 1):
                at = at + 1 & native.THREAD_SLOTS - 1
            self.thread_table[at * 2 + 1] = thread.env
            self.thread_table[at * 2] = tid
            if not self.threads:
                self._put_global(native.MAIN_ENV, thread.env)
            self.threads[tid] = thread
            thread.view[h.HELPERS : h.HELPERS + len(self.helpers)] = self.helpers
            # what was dropped or moved while the thread did not run (execve: all) was not told to it
            self.use_context(thread, thread.context)
        host.set_signal_stack(thread.altstack, 64 << 10)
        host.set_gs_base(self.memory.base)

    def _unregister(self, thread: CpuThread) -> None:
        with self.lock:
            for at in range(native.THREAD_SLOTS):
                slot = (thread.tid + at) & native.THREAD_SLOTS - 1
                if self.thread_table[slot * 2] == thread.tid:
                    self.thread_table[slot * 2] = (1 << 64) - 1
                    break
            self.threads.pop(thread.tid, None)
            if self.threads and self.global_words[native.MAIN_ENV >> 3] == thread.env:
                self._put_global(native.MAIN_ENV, next(iter(self.threads.values())).env)

    # -- running
    def run(self, thread: CpuThread) -> None:
        """Run a guest thread on the calling host thread until ThreadExit, ProcessExit or ExecRequest is raised."""
        self._register(thread)
        if not self.started:
            self.started = True
            self.on_start()
        enter, env, handled = self.enter, thread.env, self._handled
        reason_of = thread.view[h.REASON : h.REASON + 4].cast("I")
        try:
            while True:
                code = thread.resume or self._code_for(thread)
                thread.resume = 0
                if code:
                    enter(env, code)
                    handled[reason_of[0]](thread)
        finally:
            reason_of.release()
            self._unregister(thread)

    def _code_for(self, thread: CpuThread) -> int:
        """Host address for the thread's pc; 0 after a fault was delivered instead."""
        pc = thread.pc
        try:
            return self._lookup(thread, pc)
        except GuestFault as fault:
            self.personality.on_fault(thread, fault.signo, fault.code, fault.addr)
            return 0

    def _lookup(self, thread: CpuThread, pc: int) -> int:
        table = self.translator.entries.get(thread.context)
        if table is not None:
            found = table.get(pc)
            if found is not None:
                return found
        with self.lock:
            return self.translator.translate(pc, thread.context)

    def _on_none(self, thread: CpuThread) -> None:
        raise AssertionError("native code left without a reason")

    def _on_link(self, thread: CpuThread) -> None:
        site = thread.get64(h.SITE) - 8 - self.cache.base
        target = self.cache.words[(site + 8) >> 3]
        generation = self.cache.generation
        try:
            code = self._lookup(thread, target)
        except GuestFault:
            thread.pc = target
            return
        if self.cache.generation == generation:
            with self.lock:
                if self.cache.words[(site + 8) >> 3] == target:
                    self.translator.link(site, target, code)
        thread.resume = code
        if thread.get32(h.EXIT_REQUEST):
            thread.pc = target
            self._interrupted(thread)

    def _on_miss(self, thread: CpuThread) -> None:
        target = thread.get64(h.SITE)
        thread.pc = target
        if thread.get32(h.EXIT_REQUEST):
            self._interrupted(thread)
            return
        try:
            code = self._lookup(thread, target)
        except GuestFault:
            return  # met again, and delivered, by _code_for
        if target:
            with self.lock:
                table = self.tables[thread.context]
                if table.put(target, code):
                    for other in self.threads.values():
                        if other.context == thread.context:
                            # the new table first: a longer mask over the old one would run past its end
                            other.put64(h.TABLE, table.address)
                            other.put64(h.TABLE_MASK, table.entries - 1)
        thread.resume = code

    def _site_pc(self, thread: CpuThread, back: int) -> int:
        """Guest pc of the instruction whose exit stub was used; the return address is ``back`` behind its code."""
        at = thread.get64(h.SITE) - back
        unit = self.translator.unit_at(at)
        assert unit is not None
        return unit.pc_at(at - self.cache.base)

    def _on_syscall(self, thread: CpuThread) -> None:
        site = thread.get64(h.SITE)
        pc = self._site_pc(thread, 1) + self.isa.insn_align
        thread.pc = pc
        generation = self.cache.generation
        self.personality.on_syscall(thread, 0)
        if thread.get32(h.EXIT_REQUEST):
            self._interrupted(thread)
        elif thread.pc == pc and self.cache.generation == generation:
            table = self.translator.entries.get(thread.context, {})
            thread.resume = site if pc in table else 0

    def _on_trap(self, thread: CpuThread) -> None:
        pc = self._site_pc(thread, 1)
        thread.pc = pc
        self.personality.on_trap(thread, self._trap_kind(thread, pc))

    def _trap_kind(self, thread: CpuThread, pc: int) -> int:
        word = self.memory.view(pc, 4).cast("I")[0]
        decoded = self.isa.decoder(pc).decode(word, pc)
        if decoded is not None:
            b = self.isa.builder(thread.context)
            decoded[0].lift(b, decoded[1], *decoded[2])
            for o in b.ops[-2:]:  # a guard may end behind it
                if o[0] == op.TRAP:
                    return int(o[2])
        return op.TRAP_ILLEGAL

    def _on_resync(self, thread: CpuThread) -> None:
        pc = self._site_pc(thread, 1) + self.isa.insn_align
        thread.pc = pc
        if self.isa.context_of is not None:
            context = self.isa.context_of(thread.read)
            if context != thread.context:
                self.use_context(thread, context)

    def _on_check(self, thread: CpuThread) -> None:
        thread.pc = self._site_pc(thread, 1)
        self._interrupted(thread)

    def _interrupted(self, thread: CpuThread) -> None:
        thread.put32(h.EXIT_REQUEST, 0)
        thread.put64(h.IBTC, thread.get64(h.IBTC_REAL))
        if thread.get32(h.EXIT_REQUEST):  # a signal came between: its empty IBTC must not be lost
            thread.put64(h.IBTC, self.global_words[native.EMPTY_IBTC >> 3])
        self.personality.on_interrupt(thread)

    def _on_eintr(self, thread: CpuThread) -> None:
        thread.pc = self._site_pc(thread, 1) + self.isa.insn_align
        self._interrupted(thread)

    def _on_interrupted(self, thread: CpuThread) -> None:
        pc = self._site_pc(thread, 1)
        thread.pc = pc
        thread.interrupted_call = pc + self.isa.insn_align
        try:
            self._interrupted(thread)
        finally:
            thread.interrupted_call = 0

    def _on_before(self, thread: CpuThread) -> None:
        thread.pc = self._site_pc(thread, 1)
        self._interrupted(thread)

    def _on_fault(self, thread: CpuThread) -> None:
        rip, signo = thread.get64(h.FAULT_RIP), thread.get32(h.FAULT_SIGNO)
        unit = self.translator.unit_at(rip)
        if unit is None:
            raise AssertionError(f"fault {signo} in runtime code at {rip:#x}")
        thread.pc = unit.pcs[0 if unit.resumes else thread.get32(h.INSN)] if unit.counted else unit.pc_at(rip - self.cache.base)
        addr = thread.get64(h.FAULT_ADDR) - self.memory.base & 0xFFFFFFFFFFFFFFFF
        if signo == 4:
            self.personality.on_fault(thread, _SIGBUS, _BUS_ADRALN, thread.get64(h.ALIGN_ADDR))
            return
        if signo == 11 and thread.get64(h.FAULT_ERROR) & _FAULT_WRITE and self.personality.on_code_write(addr):
            if unit.resumes:
                thread.resume = self.symbols["hq_resume"]
            return
        self.personality.on_fault(thread, signo, thread.get32(h.FAULT_CODE), addr)

    # -- ports.Engine
    def invalidate(self, start: int, size: int) -> None:
        """Drop the translations of guest bytes."""
        units = self.translator.units_in(start, size)
        if units:
            with self.lock:
                self.translator.drop(units)
                self._forget_targets()

    def _forget_targets(self) -> None:
        for table in self.tables.values():
            table.clear()
        for thread in self.threads.values():
            thread.flush_ibtc()

    def interrupt(self, thread: CpuThread) -> None:
        thread.put64(h.IBTC, self.global_words[native.EMPTY_IBTC >> 3])
        thread.put32(h.EXIT_REQUEST, 1)

    def stop_others(self, thread: CpuThread) -> None:
        """Make every other thread end: they raise at their next interrupt because the personality says so."""
        for other in list(self.threads.values()):
            if other is not thread:
                self.interrupt(other)

    def host_call(self, thread: CpuThread, number: int, args: tuple[int, ...]) -> int:
        """A host system call that may block; -512 when a signal came first (see ``linux.ports``)."""
        return self._host_call(thread.env, number, (ctypes.c_long * 6)(*args))

    def catch_signal(self, signo: int, flags: int = 0) -> None:
        flags |= host.SA_SIGINFO | host.SA_ONSTACK | host.SA_RESTART
        host.set_signal_action(signo, self.symbols["hq_on_signal"], self.symbols["hq_restorer"], flags)

    def release_signal(self, signo: int, ignore: bool) -> None:
        if signo in native.SYNCHRONOUS and not ignore:
            self.catch_signal(signo)
        else:
            host.set_signal_action(signo, int(ignore), self.symbols["hq_restorer"], 0, 0)

    def on_fork_child(self, thread: CpuThread) -> None:
        self.cache.privatize()
        self.translator.new_insns = 0
        self.lock = threading.RLock()
        for other in list(self.threads.values()):
            if other is not thread:
                self._unregister(other)
        self._unregister(thread)
        self._register(thread)

    def reset(self) -> None:
        """Forget every translation (execve)."""
        with self.lock:
            self.translator.reset()
            self._forget_targets()
            self.started = False


def _address(view: memoryview) -> int:
    return ctypes.addressof(ctypes.c_char.from_buffer(view))
