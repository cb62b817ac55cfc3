"""What every engine has: guest threads on host threads, host signals for them, and host calls that may block.

All of it is done by the native runtime (``runtime.native``), whichever way guest code itself is executed.
"""

from __future__ import annotations

import ctypes
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from hqemu_core.backend.llvm.lock import llvm_lock
from hqemu_core.frontend.unit import PAGE_BITS
from hqemu_core.isa.abi import LinuxAbi
from hqemu_core.isa.spec import IsaSpec
from hqemu_core.linux.ports import Personality
from hqemu_core.runtime import header as h
from hqemu_core.runtime import host, image, native
from hqemu_core.runtime.cache import PREFERRED, CodeCache, call_host, call_native
from hqemu_core.runtime.cpu import IBTC_SIZE, CpuThread


class BaseEngine:
    """``linux.ports.Engine`` but for executing guest code: ``run``, ``invalidate`` and ``reset`` are missing."""

    def __init__(self, isa: IsaSpec, abi: LinuxAbi, memory: Any, library: Any, cache: CodeCache | None = None) -> None:
        self.isa = isa
        self.abi = abi
        self.memory = memory
        self.library = library
        self.personality: Personality
        self.cache = CodeCache() if cache is None else cache
        self.threads: dict[int, CpuThread] = {}
        self.lock = threading.RLock()
        self.shift = isa.insn_align.bit_length() - 1
        self.helpers = bytearray(8 * len(isa.helper_names))
        self._load_runtime()
        self.started = False
        self.on_start: Callable[[], None] = lambda: None
        """called when a new program begins, before its first instruction"""

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

    # -- set-up
    def attach(self, personality: Personality) -> None:
        """Join the personality."""
        self.personality = personality
        for signo in native.SYNCHRONOUS:
            self.catch_signal(signo)

    def new_thread(self) -> CpuThread:
        thread = CpuThread(self.isa, self.symbols, memoryview(self.helpers))
        abi = self.abi
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

    def after_resync(self, thread: CpuThread) -> None:
        """An instruction may have changed mode bits, or announced that code changed."""
        if self.isa.changed_code is not None:
            start, size = self.isa.changed_code(thread)
            if size and start >> PAGE_BITS in self.memory.code.loose:
                self.invalidate(start, size)
        self.refresh_context(thread)

    def refresh_context(self, thread: CpuThread) -> None:
        """Registers were written that the context may depend on."""
        if self.isa.context_of is not None:
            context = self.isa.context_of(thread.read)
            if context != thread.context:
                self.use_context(thread, context)

    def invalidate(self, start: int, size: int) -> None:
        """Guest bytes changed or went away: drop what was made of them."""
        raise NotImplementedError

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

    def _start(self, thread: CpuThread) -> None:
        """What running a thread begins with."""
        self._register(thread)
        self.personality.on_run(thread)
        if not self.started:
            self.started = True
            self.on_start()

    # -- ports.Engine
    def _interrupted(self, thread: CpuThread) -> None:
        with self.lock:  # a request and the empty IBTC come and go together
            thread.put32(h.EXIT_REQUEST, 0)
            thread.put64(h.IBTC, thread.get64(h.IBTC_REAL))
            if thread.get32(h.EXIT_REQUEST):  # a signal came between: its empty IBTC must not be lost
                thread.put64(h.IBTC, self.global_words[native.EMPTY_IBTC >> 3])
        self.personality.on_interrupt(thread)

    def interrupt(self, thread: CpuThread) -> None:
        with self.lock:
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

    def expect_faults(self) -> None:
        """Nothing to do where execution is exact anyway."""

    def release_signal(self, signo: int, ignore: bool) -> None:
        if signo in native.SYNCHRONOUS and not ignore:
            self.catch_signal(signo)
        else:
            host.set_signal_action(signo, int(ignore), self.symbols["hq_restorer"], 0, 0)

    @contextmanager
    def over_fork(self) -> Iterator[None]:
        """What the child needs is at rest: no translation changes, nobody is inside LLVM."""
        with self.lock, llvm_lock():
            yield

    def on_fork_child(self, thread: CpuThread) -> None:
        self.cache.privatize()
        self.lock = threading.RLock()
        for other in list(self.threads.values()):
            if other is not thread:
                self._unregister(other)
        self._unregister(thread)
        self._register(thread)


def _address(view: memoryview) -> int:
    return ctypes.addressof(ctypes.c_char.from_buffer(view))
