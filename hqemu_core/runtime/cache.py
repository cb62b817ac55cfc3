"""The code cache: one memory object mapped twice, executable and writable, below 2 GiB.

It is a ring of regions. Units are appended to the current region; when all are full the oldest region is evicted:
its units are dropped (``on_evict``) and its space is used again.
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Callable
from typing import Final

from hqemu_core.errors import HqemuError

from . import host

SIZE: Final = 128 << 20
REGIONS: Final = 8
PREFERRED: Final = 0x3000_0000
"""host address asked for: code that refers to it can be restored from disk when it is got again"""
FIXED: Final = 4 << 20
"""bytes at the start that are never evicted: runtime, helpers, constant pool"""


class CodeCache:
    """``base`` executable address; ``code`` writable view; offsets are from ``base``."""

    def __init__(self, size: int = SIZE, regions: int = REGIONS) -> None:
        self.size = size
        fd = os.memfd_create("hqemu-code", 0)
        os.ftruncate(fd, size)
        flags = host.MAP_SHARED | host.MAP_32BIT
        self.base = host.mmap(size, host.PROT_READ | host.PROT_EXEC, flags, fd, prefer=PREFERRED)
        self.writable = host.mmap(size, host.PROT_READ | host.PROT_WRITE, host.MAP_SHARED, fd)
        os.close(fd)  # the mappings keep it
        self.code = host.view(self.writable, size)
        self.words = self.code.cast("Q")
        self.fixed_end = 0
        self.fixed_start = 0
        """end of what :meth:`reset` keeps"""
        self.regions = regions
        self.region_size = (size - FIXED) // regions & ~0xFFF
        self.region = 0
        self.at = FIXED
        self.end = FIXED + self.region_size
        self.generation = 0
        """number of regions begun after the first"""
        self.on_evict: Callable[[int, int], bool] = lambda start, end: True
        """makes everybody forget a range's code; False: somebody has to come back to it"""

    @property
    def limit(self) -> int:
        return self.base + self.size

    def add_fixed(self, data: bytes, align: int = 16) -> int:
        """Put code or constants where they stay; returns the executable address."""
        start = -(-self.fixed_end // align) * align
        if start + len(data) > FIXED:
            raise HqemuError("code cache: no room for runtime code")
        self.code[start : start + len(data)] = data
        self.fixed_end = start + len(data)
        return self.base + start

    def reserve(self, size: int, align: int = 16) -> int:
        """Offset of ``size`` aligned bytes in the current region; begins, and maybe evicts, another one."""
        start = -(-self.at // align) * align
        if start + size > self.end:
            if size > self.region_size:
                raise HqemuError(f"code cache: a unit of {size} bytes does not fit")
            start = self._begin_region()
        self.at = start + size
        return start

    def _begin_region(self) -> int:
        for _ in range(self.regions):
            self.region = (self.region + 1) % self.regions
            self.generation += 1
            start = FIXED + self.region * self.region_size
            self.end = start + self.region_size
            if self.generation < self.regions or self.on_evict(start, self.end):
                return start
        raise HqemuError("code cache: every region is in use")

    def reset(self) -> None:
        """Empty, but for the runtime; nothing may be running in it."""
        self.fixed_end = self.fixed_start
        self.region = self.generation = 0
        self.at = FIXED
        self.end = FIXED + self.region_size

    def patch(self, offset: int, value: int) -> None:
        """Store eight bytes at an 8-aligned offset at once: other threads see the old or the new code."""
        self.words[offset >> 3] = value

    def privatize(self) -> None:
        """In a forked child: a copy of its own under the same addresses (the parent's would be shared)."""
        fd = os.memfd_create("hqemu-code", 0)
        os.ftruncate(fd, self.size)
        used = [(0, self.fixed_end)]
        first = FIXED + self.region * self.region_size
        if self.generation >= self.regions - 1:
            used.append((FIXED, FIXED + self.regions * self.region_size))
        else:
            used.append((FIXED, first + self.at - first))
        for start, end in used:
            os.pwrite(fd, self.code[start:end], start)
        shared = host.MAP_SHARED | host.MAP_FIXED
        host.mmap(self.size, host.PROT_READ | host.PROT_EXEC, shared, fd, self.base)
        host.mmap(self.size, host.PROT_READ | host.PROT_WRITE, shared, fd, self.writable)
        os.close(fd)


def call_native(address: int) -> Callable[[int, int], int]:
    """``hq_enter`` as a Python function; the call releases the GIL."""
    return ctypes.CFUNCTYPE(ctypes.c_uint32, ctypes.c_uint64, ctypes.c_uint64)(address)


def call_host(address: int) -> Callable[[int, int, ctypes.Array[ctypes.c_long]], int]:
    """``hq_host_call``: (env, number, six arguments) to the kernel's result."""
    return ctypes.CFUNCTYPE(ctypes.c_long, ctypes.c_uint64, ctypes.c_uint64, ctypes.c_void_p)(address)
