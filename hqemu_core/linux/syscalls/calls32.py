"""Calls of 32-bit ABIs that are put together differently from the host's."""

from __future__ import annotations

import errno
import os
import struct
from ctypes import addressof, create_string_buffer
from typing import TYPE_CHECKING, Final

from ..calls import ERESTARTNOHAND, host_call, s32
from ..memory_calls import sys_mmap
from .marshal import INTERRUPTED, call_blocking, host_address, make_call
from .row import parse
from .structs import HOST, converter, layout_of

if TYPE_CHECKING:
    from ..ports import GuestThread
    from ..process import Process

_SENDTO, _RECVFROM, _SYSINFO, _SCHED_GETAFFINITY = 44, 45, 99, 204
_FADVISE64, _SYNC_FILE_RANGE, _MSGSND, _MSGRCV, _GETPRIORITY, _SETPRIORITY = 221, 277, 69, 70, 140, 141
_MAX_MESSAGE: Final = 1 << 24
_MAX_CPUS: Final = 8192
"""what kernels for x86-64 can be built for"""
_SYSINFO_HOST: Final = struct.Struct("<q3Q6QH6x2QI4x")


def sys_mmap2(
    process: Process, thread: GuestThread, addr: int, length: int, prot: int, flags: int, fd: int, pages: int
) -> int:
    """The offset counts units of 4096 bytes, whatever a page is."""
    return sys_mmap(process, thread, addr, length, prot, flags, fd, pages << 12)


def sys_arm_fadvise64_64(process: Process, thread: GuestThread, fd: int, advice: int, offset: int, size: int) -> int:
    return host_call(_FADVISE64, fd, offset, size, advice)


def sys_arm_sync_file_range(
    process: Process, thread: GuestThread, fd: int, flags: int, offset: int, size: int
) -> int:
    return host_call(_SYNC_FILE_RANGE, fd, offset, size, flags)


def _statfs(process: Process, thread: GuestThread, number: int, what: str, where: int, size: int, buf: int) -> int:
    """C libraries give the size with its padding at the end where 64-bit fields are aligned."""
    known = layout_of("statfs64", process.abi.layout).size
    if size not in (known, (known + 7) & ~7 if process.abi.extra.get("aligned_pairs") else known):
        return -errno.EINVAL
    call = make_call(
        parse(("statfs64", number, f"{what} buf:out{{statfs64}}", "host", "")), process.abi.layout, process.resolve
    )  # fmt: skip
    return call(process, thread, where, buf)


def sys_statfs64(process: Process, thread: GuestThread, path: int, size: int, buf: int) -> int:
    return _statfs(process, thread, 137, "path:path", path, size, buf)


def sys_fstatfs64(process: Process, thread: GuestThread, fd: int, size: int, buf: int) -> int:
    return _statfs(process, thread, 138, "fd:fd", fd, size, buf)


def sys_sysinfo(process: Process, thread: GuestThread, info: int) -> int:
    """Sizes that do not fit are given in pages, as the kernel does it."""
    host = create_string_buffer(_SYSINFO_HOST.size)
    result = host_call(_SYSINFO, addressof(host))
    if result < 0:
        return result
    values = list(_SYSINFO_HOST.unpack(host.raw))
    unit = values[-1]
    if (values[4] + values[8]) * unit >> 32:  # memory and swap together
        for n in (4, 5, 6, 7, 8, 9, 11, 12):
            values[n] = values[n] * unit >> 12
        values[-1] = 4096
    process.memory.write(info, converter("sysinfo", HOST, process.abi.layout)(_SYSINFO_HOST.pack(*values)))
    return 0


def sys_send(process: Process, thread: GuestThread, fd: int, buf: int, size: int, flags: int) -> int:
    return call_blocking(process, thread, _SENDTO, fd, host_address(process.memory, buf), size, flags, 0, 0)


def sys_recv(process: Process, thread: GuestThread, fd: int, buf: int, size: int, flags: int) -> int:
    process.memory.prepare_write(buf, size)
    return call_blocking(process, thread, _RECVFROM, fd, host_address(process.memory, buf), size, flags, 0, 0)


def sys_nice(process: Process, thread: GuestThread, increment: int) -> int:
    """The kernel's getpriority gives 20 minus the value."""
    value = 20 - host_call(_GETPRIORITY, 0, 0) + max(-40, min(40, s32(increment)))
    result = host_call(_SETPRIORITY, 0, 0, max(-20, min(19, value)))
    return -errno.EPERM if result == -errno.EACCES else result


def sys_msgsnd(process: Process, thread: GuestThread, msqid: int, msg: int, size: int, flags: int) -> int:
    """struct msgbuf begins with a long."""
    if s32(size) < 0 or size > _MAX_MESSAGE:
        return -errno.EINVAL
    data = process.memory.read(msg, 4 + size)
    kept = create_string_buffer(struct.pack("<q", s32(int.from_bytes(data[:4], "little"))) + data[4:])
    result = process.engine.host_call(thread, _MSGSND, (msqid, addressof(kept), size, flags))
    return -ERESTARTNOHAND if result in INTERRUPTED else result


def sys_msgrcv(process: Process, thread: GuestThread, msqid: int, msg: int, size: int, kind: int, flags: int) -> int:
    if s32(size) < 0 or size > _MAX_MESSAGE:
        return -errno.EINVAL
    memory = process.memory
    kept = create_string_buffer(8 + size)
    memory.check(msg, 4, write=True)  # afterwards the message would be lost
    result = process.engine.host_call(thread, _MSGRCV, (msqid, addressof(kept), size, s32(kind), flags))
    if result < 0:
        return -ERESTARTNOHAND if result in INTERRUPTED else result
    memory.write(msg, kept.raw[:4] + kept.raw[8 : 8 + result])
    return result


def sys_sched_getaffinity(process: Process, thread: GuestThread, pid: int, size: int, mask: int) -> int:
    if size & 3 or size * 8 < (os.cpu_count() or 1):
        return -errno.EINVAL
    size = min(size, _MAX_CPUS // 8)
    kept = create_string_buffer(size + 4)
    result = host_call(_SCHED_GETAFFINITY, pid, (size + 7) & ~7, addressof(kept))
    if result > 0:
        result = min(result, size)
        process.memory.write(mask, kept.raw[:result])
    return result
