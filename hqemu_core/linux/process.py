"""One guest process: what its system calls share, and the engine's view of it (``ports.Personality``).

System call functions are ``sys_name(process, thread, a0, ...) -> int``: the arguments are raw register values, the
result is the kernel's (``-errno`` on failure; raising :class:`SyscallError`, ``OSError`` or ``GuestFault`` does the
same). ``syscalls/`` binds numbers to them and puts the result into :attr:`Process.calls`.
"""

from __future__ import annotations

import os
from _thread import LockType, RLock, allocate_lock
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from hqemu_core.errors import GuestFault
from hqemu_core.ir import types as ty

from . import signals, tags
from .calls import ERESTARTNOHAND, NO_RESULT, SyscallError
from .memory import GuestMemory
from .ports import ThreadExit

if TYPE_CHECKING:
    from hqemu_core.isa.abi import LinuxAbi

    from .ports import Engine, ExecRequest, GuestThread
    from .program import Program

SyscallFn = Callable[..., int]
_ENOSYS, _EFAULT, _EINVAL, _EINTR, _ERESTARTSYS, _ERESTARTNOINTR = 38, 14, 22, 4, 512, 513


class LinuxConfig:
    """What the user may choose about the guest's world."""

    def __init__(
        self, sysroot: str | None = None, strace: bool = False, uname_release: str | None = None,
        argv0: bytes | None = None, stack_size: int = 0, randomize: bool = False, log_file: str | None = None,
    ) -> None:  # fmt: skip
        self.sysroot = sysroot
        self.strace = strace
        self.uname_release = uname_release
        self.stack_size = stack_size
        """0: the soft RLIMIT_STACK"""
        self.log_file = log_file
        """where the strace goes; None: standard error"""


class ThreadState:
    """The personality's record of a guest thread: ``thread.linux``."""

    def __init__(self, tid: int) -> None:
        self.tid = tid
        self.sigmask = 0
        """guest mask, bit signo-1; the host thread's mask is kept equal but for fault signals"""
        self.pending: list[tuple[int, bytes]] = []
        """(signo, siginfo): taken from the host, not delivered yet because blocked"""
        self.saved_mask: int | None = None
        """mask to restore after the signal that ends rt_sigsuspend, ppoll, pselect6, epoll_pwait"""
        self.altstack: tuple[int, int, int] = signals.NO_ALTSTACK
        """stack_t: (ss_sp, ss_flags, ss_size); 2 is SS_DISABLE"""
        self.clear_child_tid = 0
        self.robust_list: tuple[int, int] = (0, 0)
        """(head, length)"""
        self.name = b""
        """comm, 15 bytes at most"""
        self.sleeping: tuple[tuple[int, int, int], int] | None = None
        """an interrupted nanosleep: (which it was, its deadline), until a guest function runs"""


class Process:
    abi: LinuxAbi
    isa: Any
    engine: Engine
    memory: GuestMemory
    config: LinuxConfig
    calls: dict[int, tuple[SyscallFn, int]]
    """guest number -> (function, number of arguments)"""
    named: Callable[[str], SyscallFn]
    """the function of a call by its name"""
    unknown_call: Callable[[Process, GuestThread, int], int]
    """called for a number that is not in ``calls``; returns the result (normally -ENOSYS)"""
    native: list[tuple[int, int, str]]
    """see ``ports.Personality.native_calls``"""
    strace: Callable[[Process, GuestThread, int, list[int], int | None], None] | None
    """called with result None before, and with the result after each call, when tracing"""
    resolve: Callable[..., bytes]
    """(guest path, follow a last symbolic link = True) -> host path (sysroot redirection)"""
    exe_path: bytes
    """host path of the program, absolute"""
    argv: list[bytes]
    environ: list[bytes]
    auxv: bytes
    """as the program found it (/proc/self/auxv)"""
    threads: dict[int, GuestThread]
    """tid -> thread"""
    brk_start: int
    brk: int
    actions: dict[int, tuple[int, int, int, int]]
    """signo -> (handler, flags, restorer, mask); absent: SIG_DFL"""
    on_exec: list[Callable[[], None]]
    """called when execve throws the old program away: timers and whatever else ends then"""
    at_exit: list[Callable[[], None]]
    """called before the host process ends (also in forked children)"""
    on_signal: Callable[[GuestThread, int, bytes, bool], None] | None
    """told of each signal (signo, siginfo, forced) that is taken from the pending ones or forced on the thread"""
    on_end: Callable[[int, int], None] | None
    """told of the end: status, signal"""
    kept_fds: set[int]
    """the emulator's own file descriptors, which execve must not close"""

    def __init__(self, abi: LinuxAbi, isa: Any, config: LinuxConfig, memory: GuestMemory) -> None:
        self.abi, self.isa, self.config = abi, isa, config
        self.word = ty.I64 if abi.bits == 64 else ty.I32
        self.memory = memory
        self.memory.code.announced = isa.changed_code is not None
        wanted = abi.extra.get("task_size", self.memory.task_size)
        self.memory.task_size = min(wanted, self.memory.task_size) if self.memory.chosen else wanted
        self.check_call: Callable[[GuestThread, GuestMemory], None] | None = abi.extra.get("check_call")
        """raises an error for system calls of another ABI"""
        self.calls = {}
        self.unknown_call = _not_implemented
        self.native = []
        self.strace = None
        self.resolve = self._in_sysroot
        self.exe_path = b""
        self.argv, self.environ, self.auxv = [], [], b""
        self.threads = {}
        self.main: GuestThread | None = None
        """the thread group's leader"""
        self.leader_status = 0
        self.brk_start = self.brk = 0
        self.stack_pointer = 0
        """initial, of the main thread"""
        self.sigreturn = 0
        """address of the instructions that end a signal's function, where the guest gives none itself"""
        self.actions = {}
        self.on_exec, self.at_exit = [], []
        self.on_signal = self.on_end = None
        self.kept_fds = set()
        self.takes_tags = False
        """system calls take tagged addresses (PR_SET_TAGGED_ADDR_CTRL)"""
        self.lock = RLock()
        """guards ``threads`` and what forks must see whole"""
        self.next_program: Program | None = None
        """what an execve under way has opened"""
        self.vfork_fd = -1
        """in a vfork child: tells the parent that it may go on"""
        self.vfork_back: list[tuple[int, int]] = []
        """in a vfork child: the ranges whose changes the parent gets"""
        self.main_wake = new_wake()
        """released to make the parked main thread run what another thread executes"""
        self.stopping: GuestThread | None = None
        """the thread that executes a program: all others end at their next interrupt"""
        self.next_exec: ExecRequest | None = None
        self.next_mask = 0

    def join(self, engine: Engine) -> None:
        """Before anything is loaded. The engine was made with :attr:`memory`."""
        self.engine = engine
        self.memory.invalidate = engine.invalidate
        self.memory.use_lock(engine.lock)

    def _in_sysroot(self, path: bytes, follow: bool = True) -> bytes:
        root = self.config.sysroot
        if root is not None and path.startswith(b"/"):
            inside = os.fsencode(root).rstrip(b"/") + path
            if os.path.lexists(inside):
                return inside
        return path

    # -- ports.Personality

    def on_syscall(self, thread: GuestThread, code: int) -> None:
        """Do the system call; a signal that ended it is delivered at once, because it decides how the call ends."""
        if self.stopping is not None:
            self.end_stopped(thread)
        abi, word = self.abi, self.word
        number = thread.read(abi.number, word)
        call = self.calls.get(number)
        args = [thread.read(offset, word) for offset in abi.args[: call[1] if call is not None else 6]]
        if self.takes_tags:
            args = tags.plain_arguments(self, number, args)
        if self.strace is not None:
            self.strace(self, thread, number, args, None)
        after = thread.pc
        if self.check_call is not None:
            self.check_call(thread, self.memory)
        try:
            if call is not None:
                result = call[0](self, thread, *args)
            else:
                result = self.unknown_call(self, thread, number)
        except SyscallError as error:
            result = -error.errno
        except GuestFault:
            result = -_EFAULT
        except OSError as error:
            result = -(error.errno or _EINVAL)
        if self.strace is not None:
            self.strace(self, thread, number, args, result)
        if self.stopping is not None:
            self.end_stopped(thread)
        state = thread.linux
        if result == -_ERESTARTNOINTR:
            thread.pc = self._call_address(after)
            signals.deliver(self, thread)
        elif result in (-_ERESTARTSYS, -ERESTARTNOHAND):
            thread.pc = self._call_address(after)
            signals.deliver(self, thread, after, restartable=result == -_ERESTARTSYS)
        else:
            if result != NO_RESULT:
                thread.write(abi.ret, word, result)
            if state.pending or result == -_EINTR:
                signals.deliver(self, thread)
        if state.saved_mask is not None:
            mask, state.saved_mask = state.saved_mask, None
            signals.set_mask(self, thread, mask)

    def _call_address(self, after: int) -> int:
        """Of the system call's instruction, from the address behind it."""
        size = self.abi.extra["syscall_size"]
        return after - int(size(after) if callable(size) else size)

    def on_run(self, thread: GuestThread) -> None:
        signals.set_mask(self, thread, thread.linux.sigmask)

    def on_fault(self, thread: GuestThread, signo: int, code: int, addr: int) -> None:
        signals.on_fault(self, thread, signo, code, addr)

    def on_trap(self, thread: GuestThread, kind: int) -> None:
        signals.on_trap(self, thread, kind)

    def on_interrupt(self, thread: GuestThread) -> None:
        if self.stopping is not None:
            self.end_stopped(thread)
        signals.deliver(self, thread, thread.interrupted_call)

    def end_stopped(self, thread: GuestThread) -> None:
        if self.stopping is not thread:
            signals.set_host_mask(signals.ALL)
            raise ThreadExit

    def native_calls(self) -> list[tuple[int, int, str]]:
        return self.native

    def code_pages(self, start: int, size: int) -> None:
        self.memory.code_pages(start, size)

    def on_code_write(self, addr: int) -> bool:
        return self.memory.on_code_write(addr)


def _not_implemented(process: Process, thread: GuestThread, number: int) -> int:
    return -_ENOSYS


def new_wake() -> LockType:
    lock = allocate_lock()
    lock.acquire()
    return lock
