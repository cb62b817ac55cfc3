"""The host kernel by ctypes: memory, signal actions, the GS base. Linux on x86-64 only."""

from __future__ import annotations

import ctypes
import os
from typing import Final

from hqemu_core.errors import HqemuError

libc: Final = ctypes.CDLL(None, use_errno=True)
_syscall: Final = libc.syscall
_syscall.restype = ctypes.c_long
libc.mmap.restype = ctypes.c_void_p
libc.mmap.argtypes = (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int, ctypes.c_int, ctypes.c_int, ctypes.c_long)

PROT_READ: Final = 1
PROT_WRITE: Final = 2
PROT_EXEC: Final = 4
MAP_SHARED: Final = 1
MAP_PRIVATE: Final = 2
MAP_FIXED: Final = 0x10
MAP_ANONYMOUS: Final = 0x20
MAP_32BIT: Final = 0x40
MAP_NORESERVE: Final = 0x4000
MAP_FIXED_NOREPLACE: Final = 0x100000

SA_SIGINFO: Final = 4
SA_ONSTACK: Final = 0x08000000
SA_RESTART: Final = 0x10000000
SA_RESTORER: Final = 0x04000000


def syscall(number: int, *args: int) -> int:
    """A raw system call without the GIL: the result, or the negative errno."""
    result: int = _syscall(number, *[ctypes.c_long(a) for a in args])
    return -ctypes.get_errno() if result == -1 else result


def mmap(size: int, prot: int, flags: int, fd: int = -1, addr: int = 0, prefer: int = 0) -> int:
    """Address of a new mapping, at ``prefer`` if that is free. Raises HqemuError with the kernel's reason."""
    if prefer:
        found: int | None = libc.mmap(prefer, size, prot, flags & ~MAP_32BIT | MAP_FIXED_NOREPLACE, fd, 0)
        if found == prefer:
            return found
    at: int | None = libc.mmap(addr, size, prot, flags, fd, 0)
    if at is None or at == ctypes.c_void_p(-1).value:
        raise HqemuError(f"cannot map {size} bytes of memory: {os.strerror(ctypes.get_errno())}")
    return at


def anonymous(size: int, low: int = 0) -> int:
    """Zeroed private memory; ``low``: below 2 GiB, at this address if it is free."""
    flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | (MAP_32BIT if low else 0)
    return mmap(size, PROT_READ | PROT_WRITE, flags, prefer=low)


def munmap(addr: int, size: int) -> None:
    syscall(11, addr, size)


def view(addr: int, size: int) -> memoryview:
    """Host memory as bytes."""
    return memoryview((ctypes.c_char * size).from_address(addr)).cast("B")


def set_gs_base(addr: int) -> None:
    """GS base of the calling thread (arch_prctl ARCH_SET_GS)."""
    syscall(158, 0x1001, addr)


def set_signal_action(signo: int, target: int, restorer: int, flags: int, mask: int = (1 << 64) - 1) -> None:
    """rt_sigaction below libc, which would refuse some signals; ``target`` may be 0 SIG_DFL or 1 SIG_IGN."""
    action = (ctypes.c_uint64 * 4)(target, flags | SA_RESTORER, restorer, mask)
    syscall(13, signo, ctypes.addressof(action), 0, 8)


def set_signal_stack(addr: int, size: int) -> None:
    stack = (ctypes.c_uint64 * 3)(addr, 0, size)
    syscall(131, ctypes.addressof(stack), 0)
