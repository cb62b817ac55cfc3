"""The engine of native code: runs guest threads, translates what they reach.

Guest code leaves native code for few reasons (``runtime.header`` EXIT_*); each has one method here. In the steady
state it never leaves.
"""

from __future__ import annotations

import struct
import threading
import time
from collections.abc import Callable
from typing import Any, Final

from hqemu_core.errors import GuestFault
from hqemu_core.frontend.fetch import fetch
from hqemu_core.frontend.translator import Translator
from hqemu_core.ir import opcodes as op
from hqemu_core.isa.abi import LinuxAbi
from hqemu_core.isa.spec import IsaSpec
from hqemu_core.linux.ports import Personality
from hqemu_core.runtime import header as h
from hqemu_core.runtime import host
from hqemu_core.runtime.cache import CodeCache
from hqemu_core.runtime.cpu import CpuThread
from hqemu_core.runtime.lookup import LookupTable

from .base import BaseEngine

_KINDS: Final = {"-": 0, "s": 0, "p": 1, "i": 2, "z": 3}
_FAULT_WRITE: Final = 2
_SIGBUS: Final = 7
_SIGSEGV: Final = 11
_SIGTRAP: Final = 5
_SEGV_MAPERR: Final = 1
_SI_KERNEL: Final = 128
_BUS_ADRALN: Final = 1
_LEAVE_TIME: Final = 0.0001
"""seconds between two looks at a thread that is to leave native code"""


class Engine(BaseEngine):
    """Implements ``linux.ports.Engine``. ``make_tier`` and ``make_translator`` are a scheduler's."""

    def __init__(
        self, isa: IsaSpec, abi: LinuxAbi, memory: Any, library: Any, make_tier: Any, make_translator: Any = Translator,
        cache: CodeCache | None = None,
    ) -> None:  # fmt: skip
        super().__init__(isa, abi, memory, library, cache)
        self.tier = make_tier(isa, self.cache, library, self._set_helper)
        self.translator: Translator = make_translator(isa, self.tier, self.cache, memory)
        self.translator.evicted = self._leave_range
        self.epoch = 0
        """counts evictions: a host address is good for as long as it stays the same"""
        self.tables: dict[int, LookupTable] = {}
        self.syscalls = 0
        self._handled: tuple[Callable[[CpuThread], None], ...] = (
            self._on_none, self._on_link, self._on_miss, self._on_syscall, self._on_trap, self._on_resync,
            self._on_check, self._on_fault, self._on_eintr, self._on_interrupted, self._on_before,
        )  # fmt: skip

    def _set_helper(self, slot: int, address: int) -> None:
        struct.pack_into("<Q", self.helpers, 8 * slot, address)
        for thread in self.threads.values():
            thread.put64(h.HELPERS + 8 * slot, address)

    # -- set-up
    def attach(self, personality: Personality) -> None:
        """Join the personality: its pass-through calls are done without Python from now on."""
        super().attach(personality)
        size = 512 * 16
        self.syscalls = host.anonymous(size)
        table = host.view(self.syscalls, size)
        for number in range(512):
            struct.pack_into("<i", table, number * 16, -1)
        for number, nr, kinds in personality.native_calls():
            struct.pack_into("<i6B", table, number * 16, nr, *[_KINDS[k] for k in kinds])

    def new_thread(self) -> CpuThread:
        thread = super().new_thread()
        thread.put64(h.SYSCALLS, self.syscalls)
        return thread

    def use_context(self, thread: CpuThread, context: int) -> None:
        super().use_context(thread, context)
        table = self.tables.get(context)
        if table is None:
            table = self.tables[context] = LookupTable(self.shift)
        thread.flush_ibtc()
        thread.put64(h.TABLE, table.address)
        thread.put64(h.TABLE_MASK, table.entries - 1)

    # -- running
    def run(self, thread: CpuThread) -> None:
        """Run a guest thread on the calling host thread until ThreadExit, ProcessExit or ExecRequest is raised."""
        self._start(thread)
        enter, env, handled = self.enter, thread.env, self._handled
        reason_of = thread.view[h.REASON : h.REASON + 4].cast("I")
        try:
            while True:
                epoch = self.epoch
                code = thread.resume if thread.epoch == epoch or thread.pinned else 0
                code = code or self._code_for(thread)
                thread.resume = 0
                if not code:
                    continue
                thread.inside = True
                if thread.stale:
                    thread.stale = False
                    thread.flush_ibtc()
                if self.epoch == epoch or thread.pinned:  # else the code may be gone again
                    thread.pinned = 0
                    thread.epoch = epoch
                    enter(env, code)
                    handled[reason_of[0]](thread)
                thread.inside = thread.pinned != 0
        finally:
            thread.pinned = 0
            thread.inside = False
            reason_of.release()
            self._unregister(thread)

    def _code_for(self, thread: CpuThread) -> int:
        """Host address for the thread's pc; 0 after a fault was delivered instead."""
        self.refresh_context(thread)  # a signal frame, clone
        pc = thread.pc
        try:
            return self._lookup(thread, pc)
        except GuestFault as fault:
            thread.pc = self.isa.untag(pc)
            if thread.pc == pc:
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
        self._link(thread, site, target)

    def _link(self, thread: CpuThread, site: int, target: int) -> None:
        """Go on at ``target``; the exit stub at ``site`` goes there without asking from now on."""
        thread.inside = False
        thread.pc = target
        if thread.get32(h.EXIT_REQUEST):
            self._interrupted(thread)
            return
        try:
            with self.lock:  # what is found stays true until the link is made
                code = self._lookup(thread, target)
                if self.epoch == thread.epoch and self.cache.words[(site + 8) >> 3] == target:
                    self.translator.link(site, target, code)
        except GuestFault:
            return  # met again, and delivered, by _code_for
        thread.resume = code

    def _on_miss(self, thread: CpuThread) -> None:
        thread.inside = False
        target = thread.get64(h.SITE)
        thread.pc = target
        if thread.get32(h.EXIT_REQUEST):
            self._interrupted(thread)
            return
        try:
            with self.lock:
                code = self._lookup(thread, target)
                if target:
                    self._put_target(thread.context, target, code)
        except GuestFault:
            return  # met again, and delivered, by _code_for
        thread.resume = code

    def _put_target(self, context: int, target: int, code: int) -> None:
        table = self.tables[context]
        old = table.address
        if table.put(target, code):
            for other in self.threads.values():
                if other.get64(h.TABLE) == old:
                    # the new table first: a longer mask over the old one would run past its end
                    other.put64(h.TABLE, table.address)
                    other.put64(h.TABLE_MASK, table.entries - 1)

    def _site_pc(self, thread: CpuThread, back: int) -> int:
        """Guest pc of the instruction whose exit stub was used; the return address is ``back`` behind its code."""
        return self._site(thread, back)[0]

    def _site(self, thread: CpuThread, back: int) -> tuple[int, int]:
        """The same, and the pc behind that instruction."""
        found, thread.parked = thread.parked, None
        if found is None:
            found = self._pcs_at(thread.get64(h.SITE) - back)
        thread.inside = False
        return found

    def _pcs_at(self, address: int) -> tuple[int, int]:
        unit = self.translator.unit_at(address)
        assert unit is not None
        index = unit.index_at(address - self.cache.base)
        return unit.pcs[index], unit.ends[index]

    def _on_syscall(self, thread: CpuThread) -> None:
        site = thread.get64(h.SITE)
        unit = self.translator.unit_at(site - 1) if thread.parked is None else None
        _, pc = self._site(thread, 1)
        thread.pc = pc
        self.personality.on_syscall(thread, 0)
        if thread.get32(h.EXIT_REQUEST):
            self._interrupted(thread)
        elif thread.pc == pc and unit is not None and unit.alive:
            # the same code, but not where another unit goes on: a trace is being recorded
            table = self.translator.entries.get(thread.context, {})
            thread.resume = site if pc in table else 0

    def _on_trap(self, thread: CpuThread) -> None:
        pc = self._site_pc(thread, 1)
        thread.pc = pc
        self.personality.on_trap(thread, self._trap_kind(thread, pc))

    def _trap_kind(self, thread: CpuThread, pc: int) -> int:
        decoded = self.isa.decoder(pc).decode(fetch(self.isa, self.memory, pc, 1).keys[0], pc)
        if decoded is not None:
            b = self.isa.builder(thread.context)
            decoded[0].lift(b, decoded[1], *decoded[2])
            for o in b.ops[-2:]:  # a guard may end behind it
                if o[0] == op.TRAP:
                    return int(o[2])
        return op.TRAP_ILLEGAL

    def _on_resync(self, thread: CpuThread) -> None:
        _, thread.pc = self._site(thread, 1)
        self.after_resync(thread)

    def _on_check(self, thread: CpuThread) -> None:
        thread.pc = self._site_pc(thread, 1)
        self._interrupted(thread)

    def _on_eintr(self, thread: CpuThread) -> None:
        _, thread.pc = self._site(thread, 1)
        self._interrupted(thread)

    def _on_interrupted(self, thread: CpuThread) -> None:
        thread.pc, thread.interrupted_call = self._site(thread, 1)
        try:
            self._interrupted(thread)
        finally:
            thread.interrupted_call = 0

    def _on_before(self, thread: CpuThread) -> None:
        thread.pc = self._site_pc(thread, 1)
        self._interrupted(thread)

    def _on_fault(self, thread: CpuThread) -> None:
        rip, signo = thread.get64(h.FAULT_RIP), thread.get32(h.FAULT_SIGNO)
        stripped = thread.stripped
        if self.isa.tag_bits and self._retry_without_tag(thread, signo):
            in_helper = self.translator.unit_at(rip) is None
            thread.pinned = thread.get32(h.HELPER_SITE) if in_helper else rip
            thread.resume = self.symbols["hq_resume"]
            return
        unit = self.translator.unit_at(rip)
        if unit is None:  # a helper function that accesses guest memory
            rip = thread.get32(h.HELPER_SITE)
            unit = self.translator.unit_at(rip)
        if unit is None:
            raise AssertionError(f"fault {signo} in runtime code at {rip:#x}")
        if unit.counted:
            thread.pc = unit.pcs[0 if unit.resumes else thread.get32(h.INSN)]
        else:
            thread.pc = unit.pc_at(rip - self.cache.base)
        if unit.resumes:
            thread.pinned = rip
        else:
            thread.inside = False
        addr = thread.get64(h.FAULT_ADDR) - self.memory.base & 0xFFFFFFFFFFFFFFFF
        if signo == 4:
            thread.pinned = 0
            thread.inside = False
            kind = thread.get32(h.CHECK_KIND)
            if kind:
                thread.put32(h.CHECK_KIND, 0)
                self.personality.on_trap(thread, kind)
                return
            self.personality.on_fault(thread, _SIGBUS, _BUS_ADRALN, thread.get64(h.ALIGN_ADDR))
            return
        code = thread.get32(h.FAULT_CODE)
        if signo == _SIGSEGV and code == _SI_KERNEL:
            from .wild import wild_address

            code, addr = _SEGV_MAPERR, wild_address(self.isa, thread, self.memory)
        elif signo == _SIGSEGV and thread.get64(h.FAULT_ERROR) & _FAULT_WRITE and self.personality.on_code_write(addr):
            if unit.resumes:
                thread.stripped = stripped
                thread.resume = self.symbols["hq_resume"]
            elif not unit.alive or unit.hidden:  # translating it again would protect again what it writes to
                thread.resume = self._step(thread)
            return
        thread.pinned = 0
        thread.inside = False
        self.personality.on_fault(thread, signo, code, addr)

    def _retry_without_tag(self, thread: CpuThread, signo: int) -> bool:
        from hqemu_core.runtime import tagged

        if signo == _SIGTRAP and thread.stripped is not None:
            tagged.restore_tag(thread)
            return True
        resumed, thread.stripped = thread.stripped, None  # with the tag gone it faults for a reason
        if resumed is None and signo == _SIGSEGV and thread.get32(h.FAULT_CODE) == _SI_KERNEL:
            return tagged.strip_tag(thread, self.isa.tag_bits)
        return False

    def _step(self, thread: CpuThread) -> int:
        try:
            with self.lock:
                return self.translator.step(thread.pc, thread.context)
        except GuestFault:
            return 0  # met again, and delivered, by _code_for

    # -- ports.Engine
    def invalidate(self, start: int, size: int) -> None:
        """Drop the translations of guest bytes."""
        with self.lock:
            units = self.translator.units_in(start, size)
            if units:
                self.translator.drop(units)
                self._forget_targets()

    def expect_faults(self) -> None:
        """Code that dropped flags or keeps registers on the host is made anew."""
        if not self.translator.liveness.exact:
            with self.lock:
                self.translator.liveness.exact = True
                self.translator.drop(self.translator.units_in(0, 1 << 64))
                self._forget_targets()

    def _forget_targets(self) -> None:
        """Translations were dropped. Other threads may be in a loop of one, or have read a table just before it was
        cleared: they come out soon, flush their IBTCs themselves, and do not look into them until then."""
        for table in self.tables.values():
            table.clear()
        own = threading.get_native_id()
        for tid, thread in list(self.threads.items()):
            thread.stale = True
            if tid != own:
                self.interrupt(thread)

    def _others(self) -> list[CpuThread]:
        """The threads but the calling one."""
        own = threading.get_native_id()
        return [thread for tid, thread in list(self.threads.items()) if tid != own]

    def _leave_range(self, start: int, end: int) -> bool:
        """Nothing leads into a range of the code cache any more: wait until nobody is in it. False: somebody is, and
        waits for what the caller holds."""
        self.epoch += 1
        self._forget_targets()
        low, high = self.cache.base + start, self.cache.base + end
        for thread in self._others():
            while thread.inside:
                if thread.pinned:
                    if low <= thread.pinned < high:
                        return False
                    break
                self.interrupt(thread)
                time.sleep(_LEAVE_TIME)
                if thread.get32(h.IN_SYSCALL):
                    # it will see the request when the call is over; where it came from must be known until then
                    site = thread.get64(h.SITE)
                    if thread.parked is None:
                        thread.parked = self._pcs_at(site - 1)
                    break
        self._forget_targets()
        return True

    def on_fork_child(self, thread: CpuThread) -> None:
        super().on_fork_child(thread)
        self.translator.new_insns = 0

    def reset(self) -> None:
        """Forget every translation (execve)."""
        with self.lock:
            self.translator.reset()
            self._forget_targets()
            self.epoch += 1
            self.started = False

