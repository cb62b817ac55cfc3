"""sendmsg and its family: a header that points to a name, vectors and control data; and the options with pointers."""

from __future__ import annotations

import errno
from ctypes import addressof, c_uint32, c_uint64, create_string_buffer
from typing import TYPE_CHECKING, Any, Final

from ..calls import SyscallError, host_call, s32
from .marshal import Call, call_blocking, host_address
from .structs import HOST, converter, is_narrow, layout_of
from .vectors import host_vectors

if TYPE_CHECKING:
    from ..memory import GuestMemory
    from ..ports import GuestThread
    from ..process import Process

_SENDMSG, _RECVMSG, _SENDMMSG, _RECVMMSG, _SETSOCKOPT, _GETSOCKOPT = 46, 47, 307, 299, 54, 55
_HOST_SIZE: Final = 56
_HOST_MULTI: Final = 64
UIO_MAXIOV: Final = 1024
_MAX_CONTROL: Final = 1 << 20
_TIMEOUTS: Final = (20, 21)
"""SO_RCVTIMEO_OLD, SO_SNDTIMEO_OLD: struct timeval"""
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
        self.narrow = is_narrow(process.abi.layout)
        self.name = process.abi.layout
        self.controls: dict[int, Any] = {}
        """host copies of the control data, by message"""
        for n in range(count):
            values = list(self.layout.packer.unpack(memory.read(addr + n * self.layout.size, self.layout.size)))
            values[:6] = self._fields(memory, values, receive, n)
            self.host.packer.pack_into(self.buffer, n * self.stride, *values)

    def _fields(self, memory: GuestMemory, values: list[int], receive: bool, n: int) -> list[int]:
        name, name_size, vectors, count, control, control_size = values[:6]
        if count > UIO_MAXIOV:
            raise SyscallError(errno.EMSGSIZE)
        array = host_vectors(memory, vectors, count, receive)
        self.kept.append(array)
        if receive:
            memory.prepare_write(name, name_size & 0x7FFFFFFF)
            memory.prepare_write(control, control_size)
        where = host_address(memory, control)
        if self.narrow and control and control_size:
            where, control_size = self._control(memory, control, control_size, receive, n)
        return [host_address(memory, name), name_size, addressof(array), count, where, control_size]

    def _control(self, memory: GuestMemory, addr: int, size: int, receive: bool, n: int) -> tuple[int, int]:
        from . import control

        if size > _MAX_CONTROL:
            raise SyscallError(errno.ENOBUFS)
        if receive:
            space = control.host_space(size)
            block = create_string_buffer(space)
        else:
            data = control.to_host(memory.read(addr, size), self.name)
            space = len(data)
            block = create_string_buffer(data, space or 1)
        self.controls[n] = block
        return addressof(block), space

    def write_back(self, count: int) -> None:
        """What the kernel changed: name length, control length, flags, and the message length of a mmsghdr."""
        size = self.layout.size
        for n in range(count):
            at = self.addr + n * size
            ours = self.host.packer.unpack_from(self.buffer, n * self.stride)
            values = list(self.layout.packer.unpack(self.memory.read(at, size)))
            room = values[5]
            values[1], values[5], values[6:] = ours[1], ours[5], ours[6:]
            if n in self.controls:
                values[5], cut = self._control_back(n, values[4], ours[5], room)
                values[6] |= cut
            self.memory.write(at, self.layout.packer.pack(*values))

    def write_lengths(self, count: int) -> None:
        """The message length alone, of what was sent."""
        size = self.layout.size
        for n in range(count):
            length = self.host.packer.unpack_from(self.buffer, n * self.stride)[-1]
            self.memory.write_int(self.addr + n * size + self.layout.fields[-1][1], 4, length)

    def _control_back(self, n: int, addr: int, size: int, room: int) -> tuple[int, int]:
        """(bytes written, MSG_CTRUNC or 0)"""
        from . import control

        data, cut = control.to_guest(self.controls[n].raw[:size], room, self.name)
        self.memory.write(addr, data)
        return len(data), control.MSG_CTRUNC if cut else 0


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
        headers.write_lengths(result)
    return result


def _make_recvmmsg(struct: str) -> Call:
    def call(
        process: Process, thread: GuestThread, fd: int, msgvec: int, vlen: int, flags: int, timeout: int
    ) -> int:
        memory, layout = process.memory, process.abi.layout
        count = min(vlen & 0xFFFFFFFF, UIO_MAXIOV)
        headers = Headers(process, msgvec, count, receive=True, multi=True)
        where, limit = 0, None
        if timeout:
            data = memory.read(timeout, layout_of(struct, layout).size)
            limit = create_string_buffer(converter(struct, layout, HOST)(data), 16)
            where = addressof(limit)
        result = call_blocking(process, thread, _RECVMMSG, fd, addressof(headers.buffer), count, flags, where)
        if result > 0:
            headers.write_back(result)
        if limit is not None and result >= 0:
            memory.write(timeout, converter(struct, HOST, layout)(limit.raw))
        return result

    return call


sys_recvmmsg = _make_recvmmsg("timespec")
sys_recvmmsg_time64 = _make_recvmmsg("timespec64")


def sys_setsockopt(process: Process, thread: GuestThread, fd: int, level: int, name: int, value: int, size: int) -> int:
    memory = process.memory
    if s32(level) == SOL_SOCKET and s32(name) in _FILTERS and value:
        layout = layout_of("sock_fprog", process.abi.layout)
        if s32(size) < layout.size:
            return -errno.EINVAL
        length, program = layout.packer.unpack(memory.read(value, layout.size))
        pair = (c_uint64 * 2)(length, host_address(memory, program))
        return host_call(_SETSOCKOPT, fd, level, name, addressof(pair), 16)
    if s32(level) == SOL_SOCKET and s32(name) in _TIMEOUTS and is_narrow(process.abi.layout):
        if s32(size) < 8:
            return -errno.EINVAL
        block = create_string_buffer(converter("timeval", process.abi.layout, HOST)(memory.read(value, 8)), 16)
        return host_call(_SETSOCKOPT, fd, level, name, addressof(block), 16)
    return host_call(_SETSOCKOPT, fd, level, name, host_address(memory, value), size)


def sys_getsockopt(process: Process, thread: GuestThread, fd: int, level: int, name: int, value: int, size: int) -> int:
    """Of 32-bit guests: times are made of longs."""
    memory = process.memory
    if s32(level) != SOL_SOCKET or s32(name) not in _TIMEOUTS:
        length = max(s32(memory.read_int(size, 4)), 0)
        memory.prepare_write(value, length)
        return host_call(_GETSOCKOPT, fd, level, name, host_address(memory, value), host_address(memory, size))
    block, room = create_string_buffer(16), c_uint32(16)
    result = host_call(_GETSOCKOPT, fd, level, name, addressof(block), addressof(room))
    if not result:
        data = converter("timeval", HOST, process.abi.layout)(block.raw)[: memory.read_int(size, 4)]
        memory.write(value, data)
        memory.write_int(size, 4, len(data))
    return result
