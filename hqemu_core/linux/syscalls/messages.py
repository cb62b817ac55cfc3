"""sendmsg and its family: a header that points to a name, vectors and control data; and the options with pointers."""

from __future__ import annotations

import errno
from ctypes import addressof, c_uint64, create_string_buffer
from typing import TYPE_CHECKING, Any, Final

from ..calls import SyscallError, host_call, s32
from .marshal import call_blocking, host_address
from .structs import layout_of
from .vectors import host_vectors

if TYPE_CHECKING:
    from ..memory import GuestMemory
    from ..ports import GuestThread
    from ..process import Process

_SENDMSG, _RECVMSG, _SENDMMSG, _RECVMMSG, _SETSOCKOPT = 46, 47, 307, 299, 54
_HOST_SIZE: Final = 56
_HOST_MULTI: Final = 64
UIO_MAXIOV: Final = 1024
SOL_SOCKET: Final = 1
_FILTERS: Final = (26, 51)
"""SO_ATTACH_FILTER, SO_ATTACH_REUSEPORT_CBPF: the value is a struct sock_fprog"""


class Headers:
    """Host copies of guest message headers (struct msghdr, or mmsghdr when ``multi``)."""

    def __init__(self, process: Process, addr: int, count: int, receive: bool, multi: bool) -> None:
        self.memory = memory = process.memory
        self.addr = addr
        self.layout = layout_of("mmsghdr" if multi else "msghdr", process.abi.layout)
        self.host = layout_of("mmsghdr" if multi else "msghdr")
        self.stride = _HOST_MULTI if multi else _HOST_SIZE
        self.buffer = create_string_buffer(self.stride * count or 1)
        self.kept: list[Any] = []
        for n in range(count):
            values = list(self.layout.packer.unpack(memory.read(addr + n * self.layout.size, self.layout.size)))
            values[:6] = self._fields(memory, values, receive)
            self.host.packer.pack_into(self.buffer, n * self.stride, *values)

    def _fields(self, memory: GuestMemory, values: list[int], receive: bool) -> list[int]:
        name, name_size, vectors, count, control, control_size = values[:6]
        if count > UIO_MAXIOV:
            raise SyscallError(errno.EMSGSIZE)
        array = host_vectors(memory, vectors, count, receive)
        self.kept.append(array)
        if receive:
            memory.prepare_write(name, name_size & 0x7FFFFFFF)
            memory.prepare_write(control, control_size)
        return [
            host_address(memory, name), name_size, addressof(array), count, host_address(memory, control), control_size,
        ]  # fmt: skip

    def write_back(self, count: int) -> None:
        """What the kernel changed: name length, control length, flags, and the message length of a mmsghdr."""
        size = self.layout.size
        for n in range(count):
            at = self.addr + n * size
            ours = self.host.packer.unpack_from(self.buffer, n * self.stride)
            values = list(self.layout.packer.unpack(self.memory.read(at, size)))
            values[1], values[5], values[6:] = ours[1], ours[5], ours[6:]
            self.memory.write(at, self.layout.packer.pack(*values))


def sys_sendmsg(process: Process, thread: GuestThread, fd: int, msg: int, flags: int) -> int:
    headers = Headers(process, msg, 1, receive=False, multi=False)
    return call_blocking(process, thread, _SENDMSG, fd, addressof(headers.buffer), flags)


def sys_recvmsg(process: Process, thread: GuestThread, fd: int, msg: int, flags: int) -> int:
    headers = Headers(process, msg, 1, receive=True, multi=False)
    result = call_blocking(process, thread, _RECVMSG, fd, addressof(headers.buffer), flags)
    if result >= 0:
        headers.write_back(1)
    return result


def sys_sendmmsg(process: Process, thread: GuestThread, fd: int, msgvec: int, vlen: int, flags: int) -> int:
    count = min(vlen & 0xFFFFFFFF, UIO_MAXIOV)
    headers = Headers(process, msgvec, count, receive=False, multi=True)
    result = call_blocking(process, thread, _SENDMMSG, fd, addressof(headers.buffer), count, flags)
    if result > 0:
        headers.write_back(result)
    return result


def sys_recvmmsg(
    process: Process, thread: GuestThread, fd: int, msgvec: int, vlen: int, flags: int, timeout: int
) -> int:
    count = min(vlen & 0xFFFFFFFF, UIO_MAXIOV)
    headers = Headers(process, msgvec, count, receive=True, multi=True)
    limit = process.memory.host(timeout, 16, write=True) if timeout else 0
    result = call_blocking(process, thread, _RECVMMSG, fd, addressof(headers.buffer), count, flags, limit)
    if result > 0:
        headers.write_back(result)
    return result


def sys_setsockopt(process: Process, thread: GuestThread, fd: int, level: int, name: int, value: int, size: int) -> int:
    memory = process.memory
    if s32(level) == SOL_SOCKET and s32(name) in _FILTERS and value:
        layout = layout_of("sock_fprog", process.abi.layout)
        if s32(size) < layout.size:
            return -errno.EINVAL
        length, program = layout.packer.unpack(memory.read(value, layout.size))
        pair = (c_uint64 * 2)(length, host_address(memory, program))
        return host_call(_SETSOCKOPT, fd, level, name, addressof(pair), 16)
    return host_call(_SETSOCKOPT, fd, level, name, host_address(memory, value), size)
