"""One guest process: what its system calls share, and the engine's view of it (``ports.Personality``).

System call functions are ``sys_name(process, thread, a0, ...) -> int``: the arguments are raw register values, the
result is the kernel's (``-errno`` on failure; raising :class:`SyscallError`, ``OSError`` or ``GuestFault`` does the
same). ``syscalls/`` binds numbers to them and puts the result into :attr:`Process.calls`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from _thread import LockType

    from hqemu_core.isa.abi import LinuxAbi

    from .memory import GuestMemory
    from .ports import Engine, GuestThread

SyscallFn = Callable[..., int]


class LinuxConfig:
    """What the user may choose about the guest's world."""

    def __init__(
        self, sysroot: str | None = None, strace: bool = False, uname_release: str | None = None,
        argv0: bytes | None = None, stack_size: int = 0, randomize: bool = False,
    ) -> None:  # fmt: skip
        self.sysroot = sysroot
        self.strace = strace
        self.uname_release = uname_release
        self.argv0 = argv0
        self.stack_size = stack_size
        """0: the soft RLIMIT_STACK"""
        self.randomize = randomize


class ThreadState:
    """The personality's record of a guest thread: ``thread.linux``."""

    def __init__(self, tid: int) -> None:
        self.tid = tid
        self.sigmask = 0
        """guest mask, bit signo-1; the host thread's mask is kept equal but for fault signals"""
        self.pending: list[tuple[int, bytes]] = []
        """(signo, siginfo): taken from the host, not delivered yet because blocked"""
        self.saved_mask: int | None = None
        """mask to restore after the handler that ended rt_sigsuspend, ppoll, pselect6, epoll_pwait"""
        self.altstack: tuple[int, int, int] = (0, 2, 0)
        """stack_t: (ss_sp, ss_flags, ss_size); 2 is SS_DISABLE"""
        self.clear_child_tid = 0
        self.robust_list: tuple[int, int] = (0, 0)
        """(head, length)"""
        self.name = b""
        """comm, 15 bytes at most"""
        self.exiting = False


class Process:
    abi: LinuxAbi
    isa: Any
    engine: Engine
    memory: GuestMemory
    config: LinuxConfig
    calls: dict[int, tuple[SyscallFn, int]]
    """guest number -> (function, number of arguments)"""
    unknown_call: Callable[[Process, GuestThread, int], int]
    """called for a number that is not in ``calls``; returns the result (normally -ENOSYS)"""
    native: list[tuple[int, int, str]]
    """see ``ports.Personality.native_calls``"""
    strace: Callable[[Process, GuestThread, int, list[int], int | None], None] | None
    """called with result None before, and with the result after each call, when tracing"""
    resolve: Callable[[bytes], bytes]
    """guest path -> host path (sysroot redirection); the identity unless set"""
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
    lock: LockType
    """guards ``threads`` and what forks must see whole"""
