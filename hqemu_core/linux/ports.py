"""What the Linux personality and the execution engine know of each other.

The engine (``hqemu_core.sched``) implements :class:`Engine` and :class:`GuestThread`; the personality
(``hqemu_core.linux``) implements :class:`Personality`. ``hqemu_core.machine`` joins them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from hqemu_core.isa.abi import Cpu

if TYPE_CHECKING:
    from contextlib import AbstractContextManager


class ThreadExit(Exception):
    """The current guest thread ends."""


class ProcessExit(Exception):
    """The guest process ends with ``status``; with ``signo`` it dies of that signal."""

    def __init__(self, status: int, signo: int = 0) -> None:
        super().__init__(status)
        self.status = status
        self.signo = signo


class ExecRequest(Exception):
    """execve of a guest program: the engine unwinds, then the personality loads the new image in this process."""

    def __init__(self, path: bytes, argv: list[bytes], env: list[bytes]) -> None:
        super().__init__(path)
        self.path = path
        self.argv = argv
        self.env = env


class GuestThread(Cpu, Protocol):
    """A guest thread: registers (``pc``, ``read``, ``write``) and what the personality hangs on it."""

    linux: Any
    """the personality's own per-thread record (signal mask, altstack, clear_child_tid, ...)"""

    interrupted_call: int
    """in ``on_interrupt``: a signal ended a native system call that waited and ``pc`` is at its instruction; this is
    the pc behind it. Else 0 (also when a signal came before the call began: then it is simply done later)"""

    def take_signals(self) -> list[bytes]:
        """Host signals the native handler queued for this thread: raw 128-byte siginfo each, oldest first."""


class Engine(Protocol):
    lock: Any
    """a re-entrant lock: translations and guest mappings change under it (one lock, because each side calls the other);
    :meth:`on_fork_child` may replace it"""

    def new_thread(self) -> GuestThread:
        """A guest thread with zeroed state; it belongs to no host thread until :meth:`run`."""

    def run(self, thread: GuestThread) -> None:
        """Run on the calling host thread; returns by raising ThreadExit, ProcessExit or ExecRequest."""

    def invalidate(self, start: int, size: int) -> None:
        """Guest bytes changed or went away: drop their translations. Cheap when there are none."""

    def interrupt(self, thread: GuestThread) -> None:
        """Make the thread leave native code (also a blocking native syscall) soon and call ``on_interrupt``."""

    def stop_others(self, thread: GuestThread) -> None:
        """Make every other guest thread leave native code soon and call ``on_interrupt`` (which ends it: execve)."""

    def host_call(self, thread: GuestThread, number: int, args: tuple[int, ...]) -> int:
        """A host system call that may block, for the calling host thread; host pointers, the kernel's result.

        A signal that comes ends it: -512 (ERESTARTSYS) when nothing was done and it may be restarted, -EINTR where the
        kernel would never restart. One that is queued already makes it -513 (ERESTARTNOINTR): not begun, so to be done
        after the signal whatever SA_RESTART says. No signal is missed in between. Runs without the GIL.
        """

    def catch_signal(self, signo: int, flags: int = 0) -> None:
        """Host signal ``signo`` is queued for the guest thread that gets it (never runs Python). ``flags``:
        SA_NOCLDSTOP and SA_NOCLDWAIT for the host's action."""

    def expect_faults(self) -> None:
        """The guest handles its own faults from now on: registers must be exact at every access that can fault."""

    def release_signal(self, signo: int, ignore: bool) -> None:
        """Host disposition SIG_DFL or SIG_IGN."""

    def over_fork(self) -> AbstractContextManager[None]:
        """Entered before fork and left when the child has returned from :meth:`on_fork_child` (by both): nothing that
        the child needs may be in use by a thread that will not exist there, nor change while the child copies it."""

    def on_fork_child(self, thread: GuestThread) -> None:
        """Called in the child after fork: private code cache, only this thread."""

    def reset(self) -> None:
        """Forget every translation (execve)."""


class Personality(Protocol):
    """Called by the engine on the guest thread's host thread, outside native code, ``thread.pc`` exact."""

    def on_run(self, thread: GuestThread) -> None:
        """The engine can take the thread's signals from now on (before that, all are blocked)."""

    def on_syscall(self, thread: GuestThread, code: int) -> None:
        """Do the system call and write its result; ``pc`` is after the instruction already."""

    def on_fault(self, thread: GuestThread, signo: int, code: int, addr: int) -> None:
        """A guest access faulted (host ``signo``/``si_code``, guest address); ``pc`` at the instruction."""

    def on_trap(self, thread: GuestThread, kind: int) -> None:
        """A ``trap`` op (opcodes.TRAP_*); ``pc`` at the instruction."""

    def on_interrupt(self, thread: GuestThread) -> None:
        """Signals may be pending: deliver them."""

    def native_calls(self) -> list[tuple[int, int, str]]:
        """Pass-through system calls done without Python: (guest number, host number, six letters):
        "s" scalar, "p" guest pointer or NULL, "i" 32-bit int (sign-extended), "z" only 0 without Python, "-" unused."""

    def code_pages(self, start: int, size: int) -> None:
        """The engine translated these guest bytes: make a write to their pages fault."""

    def on_code_write(self, addr: int) -> bool:
        """A write fault hit ``addr``: True if the page was write-protected by :meth:`code_pages` and has been
        made writable again (the engine then invalidates it and retries)."""
