"""Signals: what a guest asked for, what is blocked, what is pending, and how one is delivered.

The native side of the engine queues host signals per thread; here they get their meaning. The host thread's mask is
the guest's, except that synchronous signals are never blocked on the host: what arrives although the guest blocks it
waits in ``ThreadState.pending``.
"""

from __future__ import annotations

import ctypes
import os
import struct
from typing import TYPE_CHECKING, Final

from hqemu_core.errors import GuestFault
from hqemu_core.ir import opcodes as op

from .calls import host_call
from .ports import ProcessExit
from .syscalls.siginfo import to_guest

if TYPE_CHECKING:
    from .ports import GuestThread
    from .process import Process

SIGILL, SIGTRAP, SIGBUS, SIGFPE, SIGKILL, SIGSEGV, SIGSTOP = 4, 5, 7, 8, 9, 11, 19
SIG_DFL: Final = 0
SIG_IGN: Final = 1
SA_ONSTACK: Final = 0x08000000
SA_RESTORER: Final = 0x04000000
SA_RESTART: Final = 0x10000000
SA_NODEFER: Final = 0x40000000
SA_RESETHAND: Final = 0x80000000
SS_DISABLE: Final = 2
SS_AUTODISARM: Final = 1 << 31
NO_ALTSTACK: Final = (0, SS_DISABLE, 0)
_EINTR: Final = 4
_SI_KERNEL: Final = 0x80

ALL: Final = (1 << 64) - 1
NEVER_BLOCKED: Final = 1 << SIGKILL - 1 | 1 << SIGSTOP - 1
SYNCHRONOUS: Final = sum(1 << signo - 1 for signo in (SIGILL, SIGTRAP, SIGBUS, SIGFPE, SIGSEGV))
IGNORED: Final = frozenset((17, 18, 23, 28))
"""SIGCHLD SIGCONT SIGURG SIGWINCH: the default action is none"""
STOPPING: Final = frozenset((19, 20, 21, 22))

_TRAPS: Final = {
    op.TRAP_ILLEGAL: (SIGILL, 1),  # ILL_ILLOPC
    op.TRAP_BREAKPOINT: (SIGTRAP, 1),  # TRAP_BRKPT
    op.TRAP_DIVIDE: (SIGFPE, 1),  # FPE_INTDIV
    op.TRAP_ALIGN: (SIGBUS, 1),  # BUS_ADRALN
    op.TRAP_PRIVILEGED: (SIGILL, 1),
}
"""trap -> (signal, si_code); an ABI may differ by ``extra["traps"]``"""


def set_mask(process: Process, thread: GuestThread, mask: int) -> None:
    """Block these signals, for the guest and on the (calling) host thread."""
    mask &= ~NEVER_BLOCKED
    thread.linux.sigmask = mask
    set_host_mask(mask & ~SYNCHRONOUS)


def set_host_mask(mask: int) -> None:
    block = ctypes.c_uint64(mask & ALL)
    host_call(14, 2, ctypes.addressof(block), 0, 8)  # rt_sigprocmask SIG_SETMASK


def set_default(signo: int) -> None:
    """SIG_DFL on the host, also for what the engine needs while guest code runs."""
    action = (ctypes.c_uint64 * 4)()
    host_call(13, signo, ctypes.addressof(action), 0, 8)  # rt_sigaction


def take(thread: GuestThread) -> None:
    """Move what the native side queued to the pending signals."""
    for raw in thread.take_signals():
        thread.linux.pending.append((int.from_bytes(raw[:4], "little"), raw))


def deliver(process: Process, thread: GuestThread, after: int = 0, restartable: bool = True) -> bool:
    """Act on all pending unblocked signals; True if a guest function was entered.

    ``after`` not 0: a system call was interrupted, ``pc`` is at its instruction (so it will be restarted), ``after``
    behind it. The first function decides: without SA_RESTART (or if not ``restartable``) the call ends with EINTR.
    """
    take(thread)
    state = thread.linux
    entered = False
    while (index := _first_unblocked(thread)) >= 0:
        signo, info = state.pending.pop(index)
        if process.on_signal is not None:
            process.on_signal(thread, signo, info, False)
        action = process.actions.get(signo)
        if action is None:
            default_action(signo)
        elif action[0] != SIG_IGN:
            if after and not entered and not (restartable and action[1] & SA_RESTART):
                thread.write(process.abi.ret, process.word, -_EINTR)
                thread.pc = after
            enter(process, thread, signo, info, action)
            entered = True
    return entered


def _first_unblocked(thread: GuestThread) -> int:
    """Index of the pending signal to deliver next, -1 if there is none."""
    mask = thread.linux.sigmask
    for index, (signo, _) in enumerate(thread.linux.pending):
        if not mask >> signo - 1 & 1:
            return index
    return -1


def default_action(signo: int) -> None:
    """What the kernel does for a signal without a function. Mostly the host has done it already."""
    if signo in STOPPING:
        os.kill(os.getpid(), SIGSTOP)
    elif signo not in IGNORED:
        raise ProcessExit(128 + signo, signo)


def enter(
    process: Process, thread: GuestThread, signo: int, info: bytes, action: tuple[int, int, int, int],
    fault: tuple[int, bool, bool] | None = None,
) -> None:  # fmt: skip
    """Make the guest run its function for a signal."""
    function, flags, restorer, mask = action
    abi, state = process.abi, thread.linux
    if not flags & SA_RESTORER:
        restorer = process.sigreturn
    sp = thread.read(abi.sp, process.word)
    altstack = state.altstack
    if flags & SA_ONSTACK and altstack[2] and not on_altstack(altstack, sp):
        sp = altstack[0] + altstack[2]
    saved = state.sigmask if state.saved_mask is None else state.saved_mask
    try:
        if abi.bits == 32:
            info = to_guest(info, abi.layout)
        abi.push_frame(
            thread, process.memory, sp, signo, info, (function, flags, restorer, mask), saved, altstack, fault
        )
    except GuestFault:
        # no room for the frame: the kernel forces SIGSEGV, which may have a stack of its own
        if signo == SIGSEGV:
            raise ProcessExit(128 + SIGSEGV, SIGSEGV) from None
        force(process, thread, SIGSEGV, _SI_KERNEL, 0)
        return
    state.saved_mask = state.sleeping = None
    if altstack[1] & SS_AUTODISARM:
        state.altstack = NO_ALTSTACK
    if flags & SA_RESETHAND:
        process.actions.pop(signo, None)
        process.engine.release_signal(signo, False)
    blocked = state.sigmask | mask
    if not flags & SA_NODEFER:
        blocked |= 1 << signo - 1
    set_mask(process, thread, blocked)


def on_altstack(altstack: tuple[int, int, int], sp: int) -> bool:
    return not altstack[1] & SS_AUTODISARM and 0 < sp - altstack[0] <= altstack[2]


def force(
    process: Process, thread: GuestThread, signo: int, code: int, addr: int,
    fault: tuple[int, bool, bool] | None = None,
) -> None:  # fmt: skip
    """A synchronous signal: it cannot wait, so blocked or ignored means death."""
    action = process.actions.get(signo)
    info = struct.pack("<iii4xQ", signo, 0, code, addr & ALL).ljust(128, b"\0")
    if process.on_signal is not None:
        process.on_signal(thread, signo, info, True)
    if action is None or action[0] == SIG_IGN or thread.linux.sigmask >> signo - 1 & 1:
        raise ProcessExit(128 + signo, signo)
    enter(process, thread, signo, info, action, fault)


def on_fault(process: Process, thread: GuestThread, signo: int, code: int, addr: int) -> None:
    fetch = process.abi.extra.get("emulate_fetch")
    if fetch is not None and addr == thread.pc and fetch(process, thread):
        return
    region = process.memory.regions.find(addr)
    if signo == SIGSEGV:
        # SEGV_MAPERR or SEGV_ACCERR as the guest's map has it: the host sees SI_KERNEL for addresses it cannot form,
        # and fetches are not done by the host at all
        code = 1 if region is None else 2
    # the host says not whether it was a write; what may be read faults only when written
    write = region is not None and region.prot & 1 != 0
    force(process, thread, signo, code, addr, (addr, write, region is not None))


def on_trap(process: Process, thread: GuestThread, kind: int) -> None:
    """As a kernel: an instruction that it emulates (``LinuxAbi.extra["emulate"]``) is no error."""
    emulate = process.abi.extra.get("emulate")
    if kind != op.TRAP_FETCH and emulate is not None:
        try:
            if emulate(thread, process.memory, kind):
                return
        except GuestFault as fault:
            on_fault(process, thread, fault.signo, fault.code, fault.addr)
            return
    at = thread.pc & ~process.isa.pc_bits
    if kind == op.TRAP_FETCH:
        region = process.memory.regions.find(at)
        if region is not None and region.prot & 4:
            force(process, thread, SIGBUS, 2, at)  # BUS_ADRERR: past the end of the file
        else:
            force(process, thread, SIGSEGV, 1 if region is None else 2, at)
        return
    signo, code = process.abi.extra.get("traps", _TRAPS)[kind]
    force(process, thread, signo, code, 0 if code == _SI_KERNEL else at)


def finish_thread(thread: GuestThread) -> None:
    """The host thread ends or parks: it takes no more signals; what it took for the process goes back."""
    set_host_mask(ALL)
    take(thread)
    pid = os.getpid()
    for signo, info in thread.linux.pending:
        if int.from_bytes(info[8:12], "little", signed=True) != -6:  # not SI_TKILL: sent to the process
            raw = ctypes.create_string_buffer(info, 128)
            host_call(129, pid, signo, ctypes.addressof(raw))  # rt_sigqueueinfo
    thread.linux.pending.clear()


