"""Scattered reads and writes: the vectors' addresses move into the window, everything else is the host's."""

from __future__ import annotations

import errno
from ctypes import addressof, create_string_buffer
from functools import cache
from struct import Struct
from typing import TYPE_CHECKING, Any, Final

from ..calls import SyscallError, host_call
from .marshal import Call, call_blocking

if TYPE_CHECKING:
    from ..memory import GuestMemory
    from ..ports import GuestThread
    from ..process import Process

UIO_MAXIOV: Final = 1024
_VMSPLICE: Final = 278


@cache
def words(code: str, count: int) -> Struct:
    return Struct(f"<{count}{code}")


def host_vectors(memory: GuestMemory, addr: int, count: int, write: bool) -> Any:
    """A host iovec array for ``count`` guest vectors at ``addr`` (a ctypes buffer; keep it alive over the call)."""
    if not 0 <= count <= UIO_MAXIOV:
        raise SyscallError(errno.EINVAL)
    wide = memory.bits == 64
    data = memory.read(addr, count * (16 if wide else 8))
    values = list(words("Q" if wide else "I", 2 * count).unpack(data))
    base, limit = memory.base, memory.size
    for i in range(0, 2 * count, 2):
        start, size = values[i], values[i + 1]
        if start >= limit:
            if size:
                raise SyscallError(errno.EFAULT)
            start = 0
        if write:
            memory.prepare_write(start, size)
        values[i] = base + start
    packed = words("Q", 2 * count).pack(*values)
    return create_string_buffer(packed, len(packed) or 1)


def _make(number: int, write: bool) -> Call:
    def call(process: Process, thread: GuestThread, fd: int, addr: int, count: int, *rest: int) -> int:
        vectors = host_vectors(process.memory, addr, count, write)
        if rest and process.memory.bits == 32 and number != _VMSPLICE:
            rest = (rest[0] | rest[1] << 32, 0, *rest[2:])  # the position's halves
        return call_blocking(process, thread, number, fd, addressof(vectors), count, *rest)

    return call


sys_readv = _make(19, True)
sys_writev = _make(20, False)
sys_preadv = _make(295, True)
sys_pwritev = _make(296, False)
sys_preadv2 = _make(327, True)
sys_pwritev2 = _make(328, False)
sys_vmsplice = _make(_VMSPLICE, False)


def _make_remote(number: int, write_local: bool) -> Call:
    def call(
        process: Process, thread: GuestThread, pid: int, local: int, nl: int, remote: int, nr: int, flags: int
    ) -> int:
        """The other process is taken to be a guest with the same window."""
        ours = host_vectors(process.memory, local, nl, write_local)
        theirs = host_vectors(process.memory, remote, nr, not write_local)
        return host_call(number, pid, addressof(ours), nl, addressof(theirs), nr, flags)

    return call


sys_process_vm_readv = _make_remote(310, True)
sys_process_vm_writev = _make_remote(311, False)
