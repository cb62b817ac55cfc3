"""Small words that every system call function uses: results, errors, signs, and the host's own call."""

from __future__ import annotations

import ctypes
from typing import Final

_syscall = ctypes.CDLL(None, use_errno=True).syscall
_syscall.restype = ctypes.c_long
_syscall.argtypes = (ctypes.c_long,) * 7  # else ctypes would pass ints as 32 bits

NO_RESULT: Final = 1 << 80
"""What a system call function returns when the result register must be left alone (rt_sigreturn)."""

ERESTARTNOHAND: Final = 514
"""Interrupted; restart unless a guest function runs, whatever SA_RESTART says (pause, ppoll, rt_sigsuspend)."""


class SyscallError(Exception):
    """A system call fails with ``errno`` (positive)."""

    def __init__(self, errno: int) -> None:
        super().__init__(errno)
        self.errno = errno


def s32(value: int) -> int:
    """A register's low 32 bits as a signed int."""
    value &= 0xFFFFFFFF
    return value - 0x100000000 if value & 0x80000000 else value


def s64(value: int) -> int:
    """A 64-bit register as a signed int."""
    return value - (1 << 64) if value & (1 << 63) else value


def host_call(number: int, a: int = 0, b: int = 0, c: int = 0, d: int = 0, e: int = 0, f: int = 0) -> int:
    """A system call of the host by its x86-64 number; the result, or -errno. Releases the GIL."""
    result: int = _syscall(number, a, b, c, d, e, f)
    return -ctypes.get_errno() if result == -1 else result
