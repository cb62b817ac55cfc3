"""The signal system calls."""

from __future__ import annotations

import ctypes
import struct
from typing import TYPE_CHECKING, Final

from hqemu_core.errors import GuestFault

from . import signals
from .calls import ERESTARTNOHAND, NO_RESULT, SyscallError, host_call, s32
from .signals import SIG_DFL, SIG_IGN, SIGKILL, SIGSTOP, SS_AUTODISARM, SS_DISABLE
from .syscalls import siginfo
from .syscalls.structs import HOST, converter, layout_of

if TYPE_CHECKING:
    from .ports import GuestThread
    from .process import Process

_EPERM, _EAGAIN, _ENOMEM, _EFAULT, _EINVAL = 1, 11, 12, 14, 22
SA_KNOWN: Final = 0xDC00_0807
"""NOCLDSTOP NOCLDWAIT SIGINFO EXPOSE_TAGBITS RESTORER ONSTACK RESTART NODEFER RESETHAND"""
_SS_ONSTACK: Final = 1


def sys_rt_sigaction(process: Process, thread: GuestThread, signo: int, new: int, old: int, size: int) -> int:
    """struct sigaction is handler, flags, restorer, mask; long each, but the mask has 64 bits always."""
    signo = s32(signo)
    if size != 8 or not 1 <= signo <= 64 or (new and signo in (SIGKILL, SIGSTOP)):
        raise SyscallError(_EINVAL)
    layout = "<QQQQ" if process.abi.bits == 64 else "<IIIQ"
    memory = process.memory
    before = process.actions.get(signo, (SIG_DFL, 0, 0, 0))
    if new:
        function, flags, restorer, mask = struct.unpack(layout, memory.read(new, struct.calcsize(layout)))
        set_action(process, signo, (function, flags & SA_KNOWN, restorer, mask & ~signals.NEVER_BLOCKED))
    if old:
        memory.write(old, struct.pack(layout, *before))
    return 0


def set_action(process: Process, signo: int, action: tuple[int, int, int, int]) -> None:
    engine = process.engine
    if action[0] == SIG_DFL:
        process.actions.pop(signo, None)
        engine.release_signal(signo, False)
    else:
        process.actions[signo] = action
        if action[0] == SIG_IGN:
            engine.release_signal(signo, True)
        else:
            engine.catch_signal(signo, action[1] & 3)
            if signals.SYNCHRONOUS >> signo - 1 & 1:
                engine.expect_faults()
            return
    if action[0] == SIG_IGN or signo in signals.IGNORED:
        for other in list(process.threads.values()):  # ignoring discards what is pending
            other.linux.pending[:] = [entry for entry in other.linux.pending if entry[0] != signo]


def sys_rt_sigprocmask(process: Process, thread: GuestThread, how: int, new: int, old: int, size: int) -> int:
    if size != 8:
        raise SyscallError(_EINVAL)
    before: int = thread.linux.sigmask
    if new:
        mask = process.memory.read_int(new, 8)
        how = s32(how)
        if how == 0:
            mask |= before
        elif how == 1:
            mask = before & ~mask
        elif how != 2:
            raise SyscallError(_EINVAL)
        signals.set_mask(process, thread, mask)
    if old:
        process.memory.write_int(old, 8, before)
    return 0


def sys_rt_sigreturn(process: Process, thread: GuestThread) -> int:
    try:
        mask, altstack = process.abi.pop_frame(thread, process.memory)
    except GuestFault:
        signals.force(process, thread, signals.SIGSEGV, 0x80, 0)
        return NO_RESULT
    if not signals.on_altstack(thread.linux.altstack, thread.read(process.abi.sp, process.word)):
        try:
            _set_altstack(process, thread, altstack)
        except SyscallError:
            pass  # as the kernel: a bad uc_stack is ignored
    signals.set_mask(process, thread, mask)
    return NO_RESULT


def sys_sigaltstack(process: Process, thread: GuestThread, new: int, old: int) -> int:
    layout = "<QI4xQ" if process.abi.bits == 64 else "<III"
    memory = process.memory
    start, flags, size = thread.linux.altstack
    inside = signals.on_altstack(thread.linux.altstack, thread.read(process.abi.sp, process.word))
    if new:
        wanted = struct.unpack(layout, memory.read(new, struct.calcsize(layout)))
        if inside:
            raise SyscallError(_EPERM)
        _set_altstack(process, thread, wanted)
    if old:
        shown = flags & SS_AUTODISARM | (SS_DISABLE if not size else _SS_ONSTACK if inside else 0)
        memory.write(old, struct.pack(layout, start, shown, size))
    return 0


def _set_altstack(process: Process, thread: GuestThread, wanted: tuple[int, int, int]) -> None:
    start, flags, size = wanted
    mode = flags & ~SS_AUTODISARM
    if mode not in (0, _SS_ONSTACK, SS_DISABLE):
        raise SyscallError(_EINVAL)
    if mode == SS_DISABLE:
        start = size = 0
    elif size < process.abi.extra.get("min_altstack", 2048):
        raise SyscallError(_ENOMEM)
    thread.linux.altstack = (start, flags, size)


def sys_rt_sigsuspend(process: Process, thread: GuestThread, new: int, size: int) -> int:
    if size != 8:
        raise SyscallError(_EINVAL)
    return call_with_mask(process, thread, process.memory.read_int(new, 8), 34, ())  # pause


def sys_pause(process: Process, thread: GuestThread) -> int:
    process.engine.host_call(thread, 34, ())
    return -ERESTARTNOHAND


def call_with_mask(
    process: Process, thread: GuestThread, mask: int | None, number: int, args: tuple[int, ...],
) -> int:  # fmt: skip
    """A blocking host call (ppoll, pselect6, epoll_pwait..., without its mask argument) under a temporary mask.

    The mask stays while signals are delivered and is put back by ``on_syscall``, or by the guest function's return.
    """
    state = thread.linux
    if mask is not None:
        if state.saved_mask is None:
            state.saved_mask = state.sigmask
        signals.set_mask(process, thread, mask)
        signals.take(thread)
        if any(not state.sigmask >> signo - 1 & 1 for signo, _ in state.pending):
            return -ERESTARTNOHAND
    result = process.engine.host_call(thread, number, args)
    # under a mask of its own the call counts as begun
    ended = (-4, -512, -514) if mask is None else (-4, -512, -513, -514)
    return -ERESTARTNOHAND if result in ended else result


def sys_rt_sigpending(process: Process, thread: GuestThread, where: int, size: int) -> int:
    if size > 8:
        raise SyscallError(_EINVAL)
    block = ctypes.c_uint64()
    host_call(127, ctypes.addressof(block), 8)
    signals.take(thread)
    mine = sum({1 << signo - 1 for signo, _ in thread.linux.pending}) & thread.linux.sigmask
    process.memory.write(where, struct.pack("<Q", block.value | mine)[:size])
    return 0


def _sigtimedwait(
    process: Process, thread: GuestThread, wanted: int, info: int, timeout: int, size: int, struct_name: str,
) -> int:  # fmt: skip
    if size != 8:
        raise SyscallError(_EINVAL)
    memory, state = process.memory, thread.linux
    mask = memory.read_int(wanted, 8)
    signals.take(thread)
    layout = process.abi.layout
    for index, (signo, raw) in enumerate(state.pending):
        if mask >> signo - 1 & 1:
            del state.pending[index]
            if info:
                memory.write(info, siginfo.to_guest(raw, layout))
            return int(signo)
    limit = None
    if timeout:
        size = layout_of(struct_name, layout).size
        limit = ctypes.create_string_buffer(converter(struct_name, layout, HOST)(memory.read(timeout, size)))
    found = ctypes.create_string_buffer(128)
    at = ctypes.addressof(limit) if limit is not None else 0
    result = process.engine.host_call(thread, 128, (memory.host(wanted, 8), ctypes.addressof(found), at, 8))
    if result > 0 and info:
        memory.write(info, siginfo.to_guest(found.raw, layout))
    return -4 if result in (-512, -514) else result


def sys_rt_sigtimedwait(
    process: Process, thread: GuestThread, wanted: int, info: int, timeout: int, size: int,
) -> int:  # fmt: skip
    return _sigtimedwait(process, thread, wanted, info, timeout, size, "timespec")


def sys_rt_sigtimedwait_time64(
    process: Process, thread: GuestThread, wanted: int, info: int, timeout: int, size: int,
) -> int:  # fmt: skip
    return _sigtimedwait(process, thread, wanted, info, timeout, size, "timespec64")


def _host_info(process: Process, addr: int) -> ctypes.Array[ctypes.c_char]:
    return ctypes.create_string_buffer(siginfo.to_host(process.memory.read(addr, 128), process.abi.layout), 128)


def sys_rt_sigqueueinfo(process: Process, thread: GuestThread, pid: int, signo: int, info: int) -> int:
    raw = _host_info(process, info)
    return host_call(129, s32(pid), s32(signo), ctypes.addressof(raw))


def sys_rt_tgsigqueueinfo(process: Process, thread: GuestThread, pid: int, tid: int, signo: int, info: int) -> int:
    raw = _host_info(process, info)
    return host_call(297, s32(pid), s32(tid), s32(signo), ctypes.addressof(raw))


def sys_kill(process: Process, thread: GuestThread, pid: int, signo: int) -> int:
    return host_call(62, s32(pid), s32(signo))


def sys_tkill(process: Process, thread: GuestThread, tid: int, signo: int) -> int:
    return host_call(200, s32(tid), s32(signo))


def sys_tgkill(process: Process, thread: GuestThread, pid: int, tid: int, signo: int) -> int:
    return host_call(234, s32(pid), s32(tid), s32(signo))
