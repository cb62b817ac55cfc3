"""fork and vfork: the child goes on in a copy of the host process, with the calling thread as its only one."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from . import signals, vfork
from .process import Process, new_wake
from .threads import CLONE_PARENT_SETTID, CLONE_PIDFD, CLONE_VFORK, CloneArgs, enter_child, put_tid

if TYPE_CHECKING:
    from .ports import GuestThread


def fork_process(process: Process, thread: GuestThread, args: CloneArgs) -> int:
    """fork and vfork: the child's pid, or 0 in the child."""
    wait = vfork.Wait(process) if args.flags & CLONE_VFORK else None
    # a signal taken by the child must be the child's own: none comes until its queue is empty
    signals.set_host_mask(signals.ALL)
    try:
        pid = _fork(process, thread)
    except OSError:
        if wait is not None:
            wait.give_up()
        raise
    finally:
        signals.set_mask(process, thread, thread.linux.sigmask)
    if pid == 0:
        if wait is not None:
            wait.in_child(args)
        enter_child(process, thread, args, thread.linux.tid)
        return 0
    if args.flags & CLONE_PARENT_SETTID:
        put_tid(process, args.parent_tid, pid)
    if args.flags & CLONE_PIDFD:
        process.memory.write_int(args.pidfd, 4, os.pidfd_open(pid))
    if wait is not None:
        wait.in_parent()
    return pid


def _fork(process: Process, thread: GuestThread) -> int:
    """The parent changes no translation until the child has copied them: code memory is shared between the two."""
    with process.lock, process.engine.over_fork():
        read, write = os.pipe()
        try:
            pid = os.fork()
            if pid == 0:
                _become_child(process, thread)
            else:
                os.close(write)
                write = -1
                os.read(read, 1)
        finally:
            os.close(read)
            if write >= 0:
                os.close(write)
    return pid


def _become_child(process: Process, thread: GuestThread) -> None:
    thread.take_signals()
    state = thread.linux
    state.tid = os.getpid()
    state.pending.clear()
    state.robust_list = (0, 0)
    state.clear_child_tid = 0
    process.threads = {state.tid: thread}
    process.main = thread
    process.main_wake = new_wake()
    process.engine.on_fork_child(thread)
    process.memory.use_lock(process.engine.lock)
