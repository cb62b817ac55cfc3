"""nanosleep, clock_nanosleep: to a deadline on the host, so that a restart sleeps only for what is left."""

from __future__ import annotations

import errno
import time
from ctypes import addressof, c_int64
from typing import TYPE_CHECKING, Final

from ..calls import ERESTARTNOHAND, SyscallError, s32
from .marshal import INTERRUPTED
from .structs import layout_of

if TYPE_CHECKING:
    from ..ports import GuestThread
    from ..process import Process

_CLOCK_NANOSLEEP: Final = 230
TIMER_ABSTIME: Final = 1
NANO: Final = 1_000_000_000
_WALL: Final = {time.CLOCK_REALTIME: time.CLOCK_MONOTONIC, time.CLOCK_TAI: time.CLOCK_MONOTONIC}
"""a relative sleep does not care when somebody sets the clock"""


def read_timespec(process: Process, addr: int, struct: str = "timespec") -> int:
    """Nanoseconds; EINVAL unless normal. ``struct``: timespec or timespec64."""
    layout = layout_of(struct, process.abi.layout)
    seconds, nanos = layout.packer.unpack(process.memory.read(addr, layout.size))[:2]
    if seconds < 0 or not 0 <= nanos < NANO:
        raise SyscallError(errno.EINVAL)
    return int(seconds * NANO + nanos)


def write_timespec(process: Process, addr: int, value: int, struct: str = "timespec") -> None:
    layout = layout_of(struct, process.abi.layout)
    process.memory.write(addr, layout.packer.pack(*divmod(value, NANO), *[0] * (len(layout.names) - 2)))


def _sleep(process: Process, thread: GuestThread, clock: int, deadline: int) -> int:
    spec = (c_int64 * 2)(min(deadline // NANO, (1 << 62) // NANO), deadline % NANO)
    result = process.engine.host_call(thread, _CLOCK_NANOSLEEP, (clock, TIMER_ABSTIME, addressof(spec), 0))
    return -ERESTARTNOHAND if result in INTERRUPTED else result


def sys_nanosleep(process: Process, thread: GuestThread, req: int, rem: int) -> int:
    return sys_clock_nanosleep(process, thread, time.CLOCK_MONOTONIC, 0, req, rem)


def sys_clock_nanosleep(process: Process, thread: GuestThread, clock: int, flags: int, req: int, rem: int) -> int:
    return _nanosleep(process, thread, clock, flags, req, rem, "timespec")


def sys_clock_nanosleep_time64(
    process: Process, thread: GuestThread, clock: int, flags: int, req: int, rem: int
) -> int:
    return _nanosleep(process, thread, clock, flags, req, rem, "timespec64")


def _nanosleep(
    process: Process, thread: GuestThread, clock: int, flags: int, req: int, rem: int, struct: str
) -> int:
    clock = s32(clock)
    span = read_timespec(process, req, struct)
    if flags & TIMER_ABSTIME:
        return _sleep(process, thread, clock, span)
    clock = _WALL.get(clock, clock)
    key = (thread.pc, req, clock)
    # a restarted call has been here before: ``sleeping`` is the deadline of then, unless a guest function ran since
    before, deadline = thread.linux.sleeping or (None, 0)
    if before != key:
        if clock == time.CLOCK_THREAD_CPUTIME_ID:
            return -errno.EINVAL
        try:
            deadline = time.clock_gettime_ns(clock) + span
        except OSError:
            return -errno.EINVAL
    result = _sleep(process, thread, clock, deadline)
    if result != -ERESTARTNOHAND:
        thread.linux.sleeping = None
        return result
    thread.linux.sleeping = (key, deadline)
    if rem:
        write_timespec(process, rem, max(deadline - time.clock_gettime_ns(clock), 0), struct)
    return result
