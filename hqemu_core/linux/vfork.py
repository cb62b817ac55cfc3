"""vfork over fork: the parent waits until the child executes or exits, and gets what the child wrote to its memory.

A real vfork child works in its parent's memory; posix_spawn counts on it to learn why execve failed. Here the child
has a copy, so when it exits without having executed anything it sends back the pages it changed: those that the
kernel no longer shares between the two. If the parent has several threads the others go on and unshare pages too, so
only the mappings that hold the two stacks are sent then; nobody else writes there.
"""

from __future__ import annotations

import fcntl
import os
import struct
from typing import TYPE_CHECKING, Final

from .memory import PAGE, PROT_WRITE

if TYPE_CHECKING:
    from .process import Process
    from .threads import CloneArgs

_HIGH_FD: Final = 900
_PRESENT: Final = 1 << 63
_EXCLUSIVE: Final = 1 << 56
_CLONE_VM: Final = 0x100
_HEADER: Final = struct.Struct("<QQ")


class Wait:
    def __init__(self, process: Process) -> None:
        self.process = process
        self.read, self.write = map(_move, os.pipe())
        self.alone = len(process.threads) == 1
        self.parent_stack = 0

    def in_child(self, args: CloneArgs) -> None:
        process = self.process
        os.close(self.read)
        release(process)  # a vfork child that vforks is a parent now
        process.vfork_fd = self.write
        process.kept_fds.add(self.write)
        process.vfork_back = []
        if args.flags & _CLONE_VM:
            assert process.main is not None
            stacks = (process.main.read(process.abi.sp, process.word), args.stack - 1)
            ranges = [(r.start, r.end) for r in process.memory.regions.regions if r.prot & PROT_WRITE and not r.shared]
            process.vfork_back = [
                (start, end) for start, end in ranges if self.alone or any(start <= sp < end for sp in stacks)
            ]

    def give_up(self) -> None:
        os.close(self.read)
        os.close(self.write)

    def in_parent(self) -> None:
        os.close(self.write)
        memory = self.process.memory
        with open(self.read, "rb") as pipe:
            while header := pipe.read(_HEADER.size):
                addr, size = _HEADER.unpack(header)
                data = pipe.read(size)
                if len(data) == size and memory.writable(addr, size):
                    memory.write(addr, data)


def _move(fd: int) -> int:
    """Out of the way of the guest's own numbers."""
    try:
        moved = fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, _HIGH_FD)
    except OSError:  # the limit is lower
        return fd
    os.close(fd)
    return moved


def release(process: Process) -> None:
    """The parent may go on."""
    if process.vfork_fd >= 0:
        process.kept_fds.discard(process.vfork_fd)
        try:
            os.close(process.vfork_fd)
        except OSError:
            pass  # the guest closed all it found
        process.vfork_fd = -1


def finish(process: Process) -> None:
    """The process ends: a parent that waits gets back what was written."""
    if process.vfork_fd < 0:
        return
    try:
        for start, end in process.vfork_back:
            for at in changed_pages(process.memory.base + start, end - start):
                addr = at - process.memory.base
                data = process.memory.read(addr, PAGE)
                _write_all(process.vfork_fd, _HEADER.pack(addr, PAGE) + data)
    except (OSError, ArithmeticError):
        pass  # the parent was killed, or the guest closed the pipe
    release(process)


def changed_pages(host: int, size: int) -> list[int]:
    """Host addresses of the pages of a range that this process alone has."""
    with open("/proc/self/pagemap", "rb", buffering=0) as pagemap:
        found = []
        count = size // PAGE
        for first in range(0, count, 4096):
            part = min(4096, count - first)
            data = os.pread(pagemap.fileno(), part * 8, (host // PAGE + first) * 8)
            entries = struct.unpack(f"<{len(data) // 8}Q", data)
            found += [
                host + (first + n) * PAGE for n, entry in enumerate(entries) if entry & _PRESENT and entry & _EXCLUSIVE
            ]
        return found


def _write_all(fd: int, data: bytes) -> None:
    while data:
        data = data[os.write(fd, data) :]
