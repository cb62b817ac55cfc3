"""The signal calls with sets of 32 bits, and the return from a frame without siginfo."""

from __future__ import annotations

import ctypes
import struct
from typing import TYPE_CHECKING, Final

from hqemu_core.errors import GuestFault

from . import signals
from .calls import NO_RESULT, SyscallError, host_call, s32
from .signal_calls import SA_KNOWN, call_with_mask, set_action
from .signals import SIG_DFL, SIGKILL, SIGSTOP

if TYPE_CHECKING:
    from .ports import GuestThread
    from .process import Process

_EINVAL = 22
_LOW: Final = 0xFFFFFFFF
_ACTION: Final = struct.Struct("<IIII")


def sys_sigaction(process: Process, thread: GuestThread, signo: int, new: int, old: int) -> int:
    """struct old_sigaction: handler, mask, flags, restorer."""
    signo = s32(signo)
    if not 1 <= signo <= 64 or (new and signo in (SIGKILL, SIGSTOP)):
        raise SyscallError(_EINVAL)
    memory = process.memory
    function, flags, restorer, mask = process.actions.get(signo, (SIG_DFL, 0, 0, 0))
    before = _ACTION.pack(function, mask & _LOW, flags, restorer)
    if new:
        function, mask, flags, restorer = _ACTION.unpack(memory.read(new, _ACTION.size))
        set_action(process, signo, (function, flags & SA_KNOWN, restorer, mask & ~signals.NEVER_BLOCKED))
    if old:
        memory.write(old, before)
    return 0


def sys_sigprocmask(process: Process, thread: GuestThread, how: int, new: int, old: int) -> int:
    before: int = thread.linux.sigmask
    if new:
        mask, how = process.memory.read_int(new, 4), s32(how)
        if how == 0:
            mask |= before
        elif how == 1:
            mask = before & ~mask
        elif how == 2:
            mask |= before & ~_LOW
        else:
            raise SyscallError(_EINVAL)
        signals.set_mask(process, thread, mask)
    if old:
        process.memory.write_int(old, 4, before & _LOW)
    return 0


def sys_sigpending(process: Process, thread: GuestThread, where: int) -> int:
    block = ctypes.c_uint64()
    host_call(127, ctypes.addressof(block), 8)
    signals.take(thread)
    mine = sum({1 << signo - 1 for signo, _ in thread.linux.pending}) & thread.linux.sigmask
    process.memory.write_int(where, 4, (block.value | mine) & _LOW)
    return 0


def sys_sigsuspend(process: Process, thread: GuestThread, _1: int, _2: int, mask: int) -> int:
    return call_with_mask(process, thread, mask, 34, ())  # pause


def sys_sigreturn(process: Process, thread: GuestThread) -> int:
    try:
        mask = process.abi.extra["pop_old_frame"](thread, process.memory)
    except GuestFault:
        signals.force(process, thread, signals.SIGSEGV, 0x80, 0)
        return NO_RESULT
    signals.set_mask(process, thread, mask)
    return NO_RESULT
