"""The vsyscall page: three calls at fixed addresses beyond what programs can map, done by the kernel."""

from __future__ import annotations

from typing import Any

from hqemu_core.errors import GuestFault
from hqemu_core.ir import types as ty
from hqemu_x86.state import RSP

from .syscall_abi import NUMBER, SYSCALLS

BASE = 0xFFFFFFFFFF600000
_NUMBERS = {name: number for number, name in SYSCALLS.items()}
CALLS = {
    BASE: _NUMBERS["gettimeofday"], BASE + 0x400: _NUMBERS["time"], BASE + 0x800: _NUMBERS["getcpu"],
}  # fmt: skip


def emulate_fetch(process: Any, thread: Any) -> bool:
    """``LinuxAbi.extra["emulate_fetch"]``: do the call and return from it."""
    number = CALLS.get(thread.pc)
    if number is None:
        return False
    sp = thread.read(RSP, ty.I64)
    try:
        after = int.from_bytes(process.memory.read(sp, 8), "little")
    except GuestFault:
        return False
    thread.write(NUMBER, ty.I64, number)
    thread.write(RSP, ty.I64, sp + 8)
    thread.pc = after
    process.on_syscall(thread, 0)
    return True
