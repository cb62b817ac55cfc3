"""Guest threads are host threads: how one starts, runs and ends; how the process ends."""

from __future__ import annotations

import ctypes
import os
import struct
import sys
import time
from _thread import allocate_lock, start_new_thread
from typing import TYPE_CHECKING, NoReturn

from hqemu_core.errors import GuestFault, HqemuError
from hqemu_core.isa.state import STATE_BASE

from . import signals, vfork
from .calls import SyscallError, host_call
from .ports import ExecRequest, ProcessExit, ThreadExit
from .process import Process, ThreadState
from .robust import walk_robust_list

if TYPE_CHECKING:
    from .ports import GuestThread

CLONE_VM, CLONE_VFORK, CLONE_THREAD = 0x100, 0x4000, 0x10000
CLONE_SETTLS, CLONE_PARENT_SETTID, CLONE_CHILD_CLEARTID, CLONE_CHILD_SETTID = 0x80000, 0x100000, 0x200000, 0x1000000
CLONE_PIDFD = 0x1000
_EAGAIN, _SI_TKILL = 11, -6
WAKE = 33
"""a signal that C libraries keep for themselves and never leave blocked (SIGSETXID)"""


class CloneArgs:
    """What clone, clone3, fork and vfork ask for."""

    def __init__(
        self, flags: int, stack: int = 0, parent_tid: int = 0, child_tid: int = 0, tls: int = 0, pidfd: int = 0,
    ) -> None:  # fmt: skip
        self.flags = flags
        self.stack = stack
        self.parent_tid = parent_tid
        self.child_tid = child_tid
        self.tls = tls
        self.pidfd = pidfd


def copy_registers(process: Process, source: GuestThread, target: GuestThread) -> None:
    target.write_bytes(STATE_BASE, source.read_bytes(STATE_BASE, process.isa.state.size - STATE_BASE))
    target.fp_flags, target.fp_rounding = source.fp_flags, source.fp_rounding
    target.f80_control, target.f80_flags = source.f80_control, source.f80_flags
    target.pc = source.pc


def enter_child(process: Process, child: GuestThread, args: CloneArgs, tid: int) -> None:
    """What clone sets up in the child, on its own host thread, before it runs."""
    state = child.linux
    state.tid = tid
    child.write(process.abi.ret, process.word, 0)
    if args.stack:
        child.write(process.abi.sp, process.word, args.stack)
    if args.flags & CLONE_SETTLS:
        set_tls = process.abi.extra.get("set_tls")
        if set_tls is not None:
            set_tls(child, process.memory, args.tls)
        else:
            child.write(process.abi.tls, process.word, args.tls)
    if args.flags & CLONE_CHILD_CLEARTID:
        state.clear_child_tid = args.child_tid
    if args.flags & CLONE_CHILD_SETTID:
        put_tid(process, args.child_tid, tid)


def put_tid(process: Process, addr: int, tid: int) -> None:
    try:
        process.memory.write_int(addr, 4, tid)
    except GuestFault:
        pass  # the kernel does not care either


def start_thread(process: Process, parent: GuestThread, args: CloneArgs) -> int:
    """clone with CLONE_THREAD: the new thread's id."""
    child = process.engine.new_thread()
    copy_registers(process, parent, child)
    state = ThreadState(0)
    state.sigmask = parent.linux.sigmask
    state.name = parent.linux.name
    child.linux = state
    started = allocate_lock()
    started.acquire()

    def body() -> None:
        try:
            tid = host_call(186)
            enter_child(process, child, args, tid)
            if args.flags & CLONE_PARENT_SETTID:
                put_tid(process, args.parent_tid, tid)
            with process.lock:
                process.threads[tid] = child
        finally:
            started.release()
        run_thread(process, child)

    # the new host thread inherits this mask: no signal reaches it before the engine knows it
    signals.set_host_mask(signals.ALL)
    try:
        start_new_thread(body, ())
    except RuntimeError:
        raise SyscallError(_EAGAIN) from None
    finally:
        signals.set_mask(process, parent, parent.linux.sigmask)
    started.acquire()
    return int(state.tid)


def run_thread(process: Process, thread: GuestThread) -> None:
    """The life of a guest thread on its host thread. Does not return for the main thread: the process ends."""
    from .exec import load_next

    try:
        while True:
            try:
                process.engine.run(thread)
            except ExecRequest as request:
                process.next_exec, process.next_mask = request, thread.linux.sigmask
                if process.main is thread:
                    load_next(process)
                    continue
                process.main_wake.release()
            except ThreadExit:
                pass
            if process.main is not thread:
                forget_thread(process, thread)
                return
            # the leader's host thread stays: it may have to run what another thread executes
            park(process, thread)
            load_next(process)
    except ProcessExit as end:
        end_process(process, end.status, end.signo)
    except HqemuError as error:
        print(f"hqemu: {error}", file=sys.stderr, flush=True)
        end_process(process, error.status)
    except Exception:
        # a defect of the emulator: a thread that dies of it must not leave the process hanging
        sys.excepthook(*sys.exc_info())
        end_process(process, 70)


def park(process: Process, thread: GuestThread) -> None:
    forget_thread(process, thread)
    process.main_wake.acquire()


def forget_thread(process: Process, thread: GuestThread) -> None:
    signals.finish_thread(thread)
    with process.lock:
        process.threads.pop(thread.linux.tid, None)


def stop_others(process: Process, thread: GuestThread) -> None:
    """End all other threads (execve): return when none runs guest code or waits in a system call."""
    with process.lock:
        if process.stopping is not None and process.stopping is not thread:
            raise ThreadExit  # somebody else executes something
        process.stopping = thread
    if len(process.threads) == 1:
        return
    process.engine.stop_others(thread)
    process.engine.catch_signal(WAKE)
    pid, own = os.getpid(), thread.linux.tid
    while others := [tid for tid in list(process.threads) if tid != own]:
        for tid in others:
            host_call(234, pid, tid, WAKE)  # tgkill: ends a system call that blocks
        time.sleep(0.001)


def forget_wakes(state: ThreadState) -> None:
    """On the thread that runs what another one executes, all signals blocked: it may have been woken again when it had
    ended already. The guest's own of that number are kept."""
    wanted, none = ctypes.c_uint64(1 << WAKE - 1), (ctypes.c_uint64 * 2)()
    info = ctypes.create_string_buffer(128)
    own = struct.pack("<iI", _SI_TKILL, os.getpid())
    # rt_sigtimedwait that does not wait
    while host_call(128, ctypes.addressof(wanted), ctypes.addressof(info), ctypes.addressof(none), 8) == WAKE:
        if info.raw[8:12] + info.raw[16:20] != own:
            state.pending.append((WAKE, info.raw))


def leave_thread(process: Process, thread: GuestThread, status: int) -> NoReturn:
    """exit(2) of one thread; of the last one, of the process."""
    state = thread.linux
    signals.set_host_mask(signals.ALL)
    with process.lock:
        if process.main is thread:
            process.leader_status = status
        process.threads.pop(state.tid, None)
        last = not process.threads
    walk_robust_list(process, thread)
    if last:
        raise ProcessExit(process.leader_status)
    release_memory(process, thread)
    raise ThreadExit


def release_memory(process: Process, thread: GuestThread) -> None:
    """CLONE_CHILD_CLEARTID: tell who joins the thread that it does not use its stack any more."""
    addr, thread.linux.clear_child_tid = thread.linux.clear_child_tid, 0
    if addr and process.memory.writable(addr, 4):
        process.memory.write_int(addr, 4, 0)
        host_call(202, process.memory.base + addr, 1, 1)  # FUTEXWAKE


def end_process(process: Process, status: int, signo: int = 0) -> NoReturn:
    """The host process ends as the guest's would, all threads with it."""
    vfork.finish(process)
    if process.on_end is not None:
        process.on_end(status, signo)
    for call in process.at_exit:
        call()
    if signo:
        signals.set_default(signo)
        signals.set_host_mask(signals.ALL & ~(1 << signo - 1))
        host_call(62, os.getpid(), signo)
        # SIGKILL aside, a signal of the default action "ignore" or one that is traced may leave us alive
    os._exit(status & 0xFF)


