"""System calls about processes and threads, but exec."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Final

from .calls import SyscallError, s32
from .ports import ProcessExit
from .threads import (
    CLONE_THREAD,
    CLONE_VFORK,
    CLONE_VM,
    CloneArgs,
    fork_process,
    leave_thread,
    start_thread,
    walk_robust_list,
)

if TYPE_CHECKING:
    from .ports import GuestThread
    from .process import Process

_ESRCH, _E2BIG, _EINVAL, _EPERM = 3, 7, 22, 1
_SIGCHLD: Final = 17
_CLONE_SIGHAND, _CLONE_PIDFD, _CLONE_PARENT_SETTID, _CLONE_DETACHED = 0x800, 0x1000, 0x100000, 0x400000
_FORK_FLAGS: Final = 0x100 | 0x4000 | 0x1000 | 0x80000 | 0x100000 | 0x200000 | 0x400000 | 0x1000000
"""CLONE_VM VFORK PIDFD SETTLS PARENT_SETTID CHILD_CLEARTID DETACHED CHILD_SETTID"""
_SHARED: Final = 0x200 | 0x400 | 0x40000 | 0x80000000
"""CLONE_FS FILES SYSVSEM IO: what threads share anyway"""


def sys_clone(process: Process, thread: GuestThread, flags: int, stack: int, ptid: int, d: int, e: int) -> int:
    tls, ctid = (d, e) if process.abi.clone_order == "tls_before_ctid" else (e, d)
    flags &= 0xFFFFFFFF
    if flags & _CLONE_PIDFD and flags & _CLONE_PARENT_SETTID:
        raise SyscallError(_EINVAL)  # both would write to ptid
    args = CloneArgs(flags & ~0xFF, stack, ptid, ctid, tls, ptid)
    return _clone(process, thread, args, flags & 0xFF)


def sys_clone3(process: Process, thread: GuestThread, at: int, size: int) -> int:
    """struct clone_args: flags, pidfd, child_tid, parent_tid, exit_signal, stack, stack_size, tls, set_tid,
    set_tid_size, cgroup; 64 bits each."""
    if size < 64:
        raise SyscallError(_EINVAL)
    if size > 4096 or (size > 88 and any(process.memory.read(at + 88, size - 88))):
        raise SyscallError(_E2BIG)
    data = process.memory.read(at, min(size, 88)).ljust(88, b"\0")
    flags, pidfd, ctid, ptid, signo, stack, stack_size, tls, set_tid, set_count, _ = struct.unpack("<11Q", data)
    if set_tid or set_count or flags & (_CLONE_DETACHED | 0xFF) or signo > 64 or (not stack) != (not stack_size):
        raise SyscallError(_EINVAL)
    return _clone(process, thread, CloneArgs(flags, stack + stack_size, ptid, ctid, tls, pidfd), signo)


def _clone(process: Process, thread: GuestThread, args: CloneArgs, signo: int) -> int:
    flags = args.flags
    if flags & CLONE_THREAD:
        if not flags & _CLONE_SIGHAND or not flags & CLONE_VM or flags & (CLONE_VFORK | _CLONE_PIDFD):
            raise SyscallError(_EINVAL)
        return start_thread(process, thread, args)
    if flags & _CLONE_SIGHAND and not flags & CLONE_VM:
        raise SyscallError(_EINVAL)
    # a child that shares memory without being a thread exists only as vfork; new namespaces are not offered
    if (flags & CLONE_VM and not flags & CLONE_VFORK) or flags & ~(_FORK_FLAGS | _SHARED | _CLONE_SIGHAND):
        raise SyscallError(_EINVAL)
    if signo not in (0, _SIGCHLD):
        raise SyscallError(_EINVAL)
    return fork_process(process, thread, args)


def sys_fork(process: Process, thread: GuestThread) -> int:
    return fork_process(process, thread, CloneArgs(0))


def sys_vfork(process: Process, thread: GuestThread) -> int:
    return fork_process(process, thread, CloneArgs(CLONE_VM | CLONE_VFORK))


def sys_exit(process: Process, thread: GuestThread, status: int) -> int:
    leave_thread(process, thread, status & 0xFF)


def sys_exit_group(process: Process, thread: GuestThread, status: int) -> int:
    walk_robust_list(process, thread)
    raise ProcessExit(status & 0xFF)



def sys_set_tid_address(process: Process, thread: GuestThread, addr: int) -> int:
    thread.linux.clear_child_tid = addr
    return int(thread.linux.tid)


def sys_set_robust_list(process: Process, thread: GuestThread, head: int, length: int) -> int:
    if length != 3 * process.abi.bits // 8:
        raise SyscallError(_EINVAL)
    thread.linux.robust_list = (head, length)
    return 0


def sys_get_robust_list(process: Process, thread: GuestThread, tid: int, head: int, length: int) -> int:
    tid = s32(tid)
    other = thread if tid == 0 else process.threads.get(tid)
    if other is None:
        raise SyscallError(_ESRCH)
    size = process.abi.bits // 8
    process.memory.write_int(length, size, 3 * size)
    process.memory.write_int(head, size, other.linux.robust_list[0])
    return 0
