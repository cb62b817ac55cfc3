"""The system calls of one ABI: guest number -> function, built from the rows of ``tables/`` as they are first used."""

from __future__ import annotations

import errno
from collections.abc import Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Final

from hqemu_core.errors import GuestFault
from hqemu_core.ir.types import I32, I64

from ..calls import SyscallError
from .marshal import Call, make_call, native_letters, restart_code
from .row import Entry, Row, pair_plan, parse

if TYPE_CHECKING:
    from hqemu_core.isa.abi import LinuxAbi

    from ..ports import GuestThread
    from ..process import Process
    from .paths import Paths

FAMILIES: Final = (
    "files", "dirs", "fds", "time", "ids", "limits", "poll", "sockets", "ipc", "misc", "sched", "memory", "process",
    "signal",
)  # fmt: skip
NARROW_FAMILIES: Final = ("calls32", "time64", "ids16", "oldcalls")
"""of 32-bit ABIs; their rows come before those of the same name"""


def all_entries(bits: int = 64) -> dict[str, Entry]:
    """Every row by name."""
    return {
        entry[0]: entry
        for family in (FAMILIES if bits == 64 else FAMILIES + NARROW_FAMILIES)
        for entry in import_module(f"{__package__}.tables.{family}").ROWS
    }  # fmt: skip


def joined(call: Call, plan: tuple[tuple[int, int], ...]) -> Call:
    """``call`` with its 64-bit arguments put together from two registers each."""

    def join(process: Process, thread: GuestThread, *regs: int) -> int:
        return call(process, thread, *join_pairs(regs, plan))

    return join


def join_pairs(regs: Sequence[int], plan: tuple[tuple[int, int], ...]) -> list[int]:
    """The low half is in the first register."""
    return [regs[at] if count == 1 else regs[at] | regs[at + 1] << 32 for at, count in plan]


class SyscallTable:
    def __init__(self, abi: LinuxAbi, paths: Paths | None = None) -> None:
        self.abi = abi
        self.paths = paths
        self.entries = all_entries(abi.bits)
        self._own: dict[str, tuple[str, Call]] = abi.extra.get("calls", {})
        """the ISA's own calls: name -> (arguments, function)"""
        self.entries.update((name, (name, -1, text, "own", "")) for name, (text, _) in self._own.items())
        self._plans: dict[int, tuple[tuple[int, int], ...]] = {}
        self.numbers = {number: name for number, name in abi.syscalls.items() if name in self.entries}
        self.calls: dict[int, tuple[Call, int]] = {
            number: (self._first(number, self.entries[name]), self._registers(number, self.entries[name]))
            for number, name in self.numbers.items()
        }
        self._unknown: set[int] = set()
        self._named: dict[str, Call] = {}
        self._word = I64 if abi.bits == 64 else I32

    def row(self, number: int) -> Row | None:
        name = self.numbers.get(number)
        return parse(self.entries[name]) if name is not None else None

    def _registers(self, number: int, entry: Entry) -> int:
        """How many registers the call's arguments take."""
        text = entry[2].partition("->")[0]
        if self.abi.bits == 32 and (":off64" in text or ":u64" in text):
            count, plan = pair_plan(parse(entry), bool(self.abi.extra.get("aligned_pairs")))
            self._plans[number] = plan
            return count
        return text.count(":")

    def arguments(self, number: int, regs: list[int]) -> list[int]:
        """What the registers say, one value per argument."""
        plan = self._plans.get(number)
        return regs if plan is None else join_pairs(regs, plan)

    def _first(self, number: int, entry: Entry) -> Call:
        def first(process: Process, thread: GuestThread, *args: int) -> int:
            call = self.make(entry)
            if number in self._plans:
                call = joined(call, self._plans[number])
            self.calls[number] = (call, self.calls[number][1])
            return call(process, thread, *args)

        return first

    def make(self, entry: Entry) -> Call:
        """The function behind a row; what it needs is imported here."""
        name, how = entry[0], entry[3]
        if how == "own":
            return self._own[name][1]
        if how == "host":
            return make_call(parse(entry), self.abi.layout, self.paths)
        if how == "mux":
            from .mux import make_mux

            return make_mux(parse(entry), self.abi.layout, self.paths)
        if how[0] == "E":
            code = -getattr(errno, how)
            return lambda process, thread, *args: code
        call: Call = getattr(import_module(f"hqemu_core.linux.{how}"), f"sys_{name}")
        return call

    def named(self, name: str) -> Call:
        """The function of a call that the guest asks for in another way than by its number."""
        found = self._named.get(name)
        if found is None:
            found = self._named[name] = self.make(self.entries[name])
        return found

    def native(self, base: int) -> list[tuple[int, int, str]]:
        """``Personality.native_calls`` for a window at host address ``base``."""
        narrow = self.abi.bits == 32
        layout, entries = self.abi.layout, self.entries
        kinds: dict[str, str] = {}
        found = []
        for number, name in self.numbers.items():
            letters = native_letters(entries[name], layout, kinds)
            if letters:
                found.append((number, entries[name][1], letters))
            elif narrow:
                if name in ("futex", "futex_time64"):
                    found.append((number, entries[name][1], "piszpi"))  # a time limit would have to be converted
            elif name == "futex" and not base & 0xFFFFFFFF:
                # The fourth argument is a pointer or a count by the operation; the kernel uses 32 bits of a count,
                # which such a base does not change.
                found.append((number, entries[name][1], "pisppi"))
        return found

    def unknown(self, process: Process, thread: GuestThread, number: int) -> int:
        """-ENOSYS; the number is named once when tracing."""
        if process.config.strace and number not in self._unknown:
            self._unknown.add(number)
            from .strace import report_unknown

            report_unknown(process, thread, number, self.abi.syscalls.get(number))
        return -errno.ENOSYS

    def restart(self, number: int) -> int:
        """What the call is when the host says EINTR: ERESTARTSYS, ERESTARTNOHAND or EINTR."""
        return restart_code(self.entries[self.numbers[number]][4])

    def call(self, process: Process, thread: GuestThread) -> int:
        """Do the call that the registers ask for; the result as the kernel's entry code sees it (512 and up:
        interrupted). Writing it is the caller's: signals may have to be looked at first."""
        abi, word = self.abi, self._word
        number = thread.read(abi.number, word)
        found = self.calls.get(number)
        if found is None:
            return self.unknown(process, thread, number)
        args = [thread.read(offset, word) for offset in abi.args[: found[1]]]
        trace = process.strace
        if trace is not None:
            trace(process, thread, number, args, None)
        try:
            result = found[0](process, thread, *args)
        except SyscallError as error:
            result = -error.errno
        except GuestFault:
            result = -errno.EFAULT
        except OSError as error:
            result = -(error.errno or errno.EIO)
        if trace is not None:
            trace(process, thread, number, args, result)
        return result


def bind(process: Process) -> SyscallTable:
    """Give the process its system calls, path redirection and, when asked for, the trace printer."""
    from ..tags import join_tags
    from .paths import Paths

    paths = Paths(process)
    table = SyscallTable(process.abi, paths)
    process.calls = table.calls
    if process.isa.tag_bits:
        join_tags(process)
    process.unknown_call = table.unknown
    process.named = table.named
    process.resolve = paths
    process.strace = None
    if process.config.strace:
        from .strace import Printer

        process.native = []
        process.strace = Printer(table)
    else:
        process.native = table.native(process.memory.base)
    return table
