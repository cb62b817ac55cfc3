"""Guest memory by guest address: the window on the host, the map of what the guest has mapped, checked access.

The window is plain host address space: guest address ``a`` is host address ``base + a``. Nothing is reserved for a
64-bit guest (its window is far from where Linux puts anything of the host); a 32-bit guest's 4 GiB are reserved.
A page of the host always has the guest's protection, but for two things: PROT_EXEC becomes PROT_READ, and pages
whose code is translated are not writable until somebody writes (:meth:`GuestMemory.code_pages`).
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Sequence
from typing import Any, Final

from hqemu_core.errors import GuestFault, HqemuError

from .calls import SyscallError, host_call
from .code_pages import CodePages
from .regions import MASK, PAGE, PROT_EXEC, PROT_READ, PROT_WRITE, Region, RegionMap, host_prot

BASE64: Final = 0x0800_0000_0000
WINDOW64: Final = 1 << 45
BASE32: Final = 0x0400_0000_0000
OWN: Final = 1 << 32
"""below: hqemu's own, for translated code"""
_GUARD: Final = 1 << 16
"""bytes behind a 32-bit guest's memory that an access at its very end may reach"""

_SYS_MMAP, _SYS_READV, _SYS_WRITEV = 9, 310, 311
_ENAMETOOLONG = 36
_SEGV_MAPERR, _SEGV_ACCERR, _BUS_ADRERR = 1, 2, 2


class GuestMemory:
    """All addresses are guest addresses. Accessors raise ``GuestFault`` where the guest itself could not access."""

    def __init__(self, bits: int = 64, big: bool = False, base: int | None = None, limit: int = 0) -> None:
        """``base`` and ``limit`` (end of what may be mapped) are a user's choice: such a window is reserved."""
        self.bits = bits
        self.order: str = "big" if big else "little"
        self.regions = RegionMap()
        self.lock = self.regions.lock
        """held while the map and the host's mappings change together, and over fork; the engine's, once there is one"""
        self.invalidate: Callable[[int, int], None] = _nothing
        """``Engine.invalidate``: called before guest code goes away or changes"""
        self.code = CodePages(self)
        self.base: int
        """host address of guest address 0"""
        self.task_size = 1 << 39 if bits == 64 else 0xFFFF_0000
        """end of what the guest may map; 39 bits are what an arm64 kernel with 4 KiB pages and 3 levels gives"""
        self.chosen = limit != 0 or base is not None
        """``task_size`` is not the ABI's to change, but downwards"""
        most = WINDOW64 if bits == 64 else 1 << 32
        if limit > most:
            raise HqemuError(f"-R: {limit:#x} is more than a guest of {bits} bits can have ({most:#x})")
        self.task_size = min(limit, most if bits == 64 else self.task_size) or self.task_size
        self.base, self.size, self.reserved = BASE64, WINDOW64, self.chosen or bits != 64
        if bits != 64:
            # the whole of it, whatever the limit: 32-bit addresses cannot lead anywhere else
            self.size = 1 << 32
            bases = range(BASE32, BASE32 + (1 << 40), 1 << 33) if base is None else (base,)
            self.base = _reserve(self.size + _GUARD, bases)
        elif self.chosen:
            self.size = self.task_size
            self.base = _reserve(self.size + _GUARD, (BASE64 if base is None else base,))
        self.mmap_base = self.task_size
        """mappings are placed below this address, downwards; the loader puts it below the stack"""
        self._window = memoryview((ctypes.c_ubyte * self.size).from_address(self.base)).cast("B")

    def use_lock(self, lock: Any) -> None:
        self.lock = self.regions.lock = lock

    # -- checked access

    def read(self, addr: int, size: int) -> bytes:
        region = self.regions.find(addr)
        if region is not None and addr + size <= region.end and region.prot and region.sure:
            return self._window[addr : addr + size].tobytes()
        if size <= 0:
            return b""
        if self.check(addr, size, write=False):
            return self._window[addr : addr + size].tobytes()
        return self._careful_read(addr, size)

    def write(self, addr: int, data: bytes | bytearray | memoryview) -> None:
        size = len(data)
        if not size:
            return
        sure = self.check(addr, size, write=True)
        if self.code.pages:
            self.prepare_write(addr, size)
        if sure:
            self._window[addr : addr + size] = data
        else:
            self._careful_write(addr, bytes(data))

    def read_cstr(self, addr: int, limit: int = 4096) -> bytes:
        """Bytes up to the NUL; SyscallError(ENAMETOOLONG) when there is none within ``limit``."""
        found = bytearray()
        while len(found) < limit:
            size = min(PAGE - (addr & MASK), limit - len(found))
            part = self.read(addr, size)
            end = part.find(0)
            if end >= 0:
                return bytes(found + part[:end])
            found += part
            addr += size
        raise SyscallError(_ENAMETOOLONG)

    def read_int(self, addr: int, size: int) -> int:
        """Unsigned, in the guest's byte order."""
        return int.from_bytes(self.read(addr, size), self.order)  # type: ignore[arg-type]

    def write_int(self, addr: int, size: int, value: int) -> None:
        value &= (1 << 8 * size) - 1
        self.write(addr, value.to_bytes(size, self.order))  # type: ignore[arg-type]

    def view(self, addr: int, size: int, write: bool = False) -> memoryview:
        """The bytes in place, for host calls that fill or read a buffer; ``prepare_write`` is done when ``write``."""
        if size:
            self.check(addr, size, write)
            if write and self.code.pages:
                self.prepare_write(addr, size)
        return self._window[addr : addr + size]

    def host(self, addr: int, size: int, write: bool = False) -> int:
        """Host address of a checked range, for host calls that take a pointer."""
        if size:
            self.check(addr, size, write)
            if write and self.code.pages:
                self.prepare_write(addr, size)
        return self.base + addr

    def readable(self, addr: int, size: int) -> bool:
        try:
            self.check(addr, size, write=False)
        except GuestFault:
            return False
        return True

    def writable(self, addr: int, size: int) -> bool:
        try:
            self.check(addr, size, write=True)
        except GuestFault:
            return False
        return True

    def check(self, addr: int, size: int, write: bool) -> bool:
        """Raise GuestFault unless the guest may access every byte; True if no access can raise SIGBUS either."""
        end = addr + size
        sure = True
        while addr < end:
            region = self.regions.find(addr)
            if region is None:
                raise GuestFault(addr, write, 11, _SEGV_MAPERR)
            if not region.prot & PROT_WRITE if write else not region.prot:
                raise GuestFault(addr, write, 11, _SEGV_ACCERR)
            sure = sure and region.sure
            addr = region.end
        return sure

    def executable(self, addr: int) -> int:
        """End of the executable mapping that holds ``addr``; 0 if there is none."""
        region = self.regions.find(addr)
        return region.end if region is not None and region.prot & PROT_EXEC else 0

    # -- translated code: see CodePages

    def constant_code(self, addr: int) -> int:
        """End of the file mapping that holds ``addr`` if it is executable and the guest cannot write it, else 0."""
        region = self.regions.find(addr)
        if region is None or region.file is None or region.shared:
            return 0
        if region.prot & (PROT_EXEC | PROT_WRITE) != PROT_EXEC:
            return 0
        return region.end

    def constant_start(self, addr: int) -> int | None:
        """Start of the mapping that holds ``addr`` if :meth:`constant_code` has it."""
        region = self.regions.find(addr)
        return region.start if region is not None and self.constant_code(addr) else None

    def code_pages(self, start: int, size: int) -> None:
        """The bytes are (about to be) translated: make a write to their pages fault."""
        with self.lock:
            self.code.protect(start, size)

    def on_code_write(self, addr: int) -> bool:
        """True if a faulting write there is to be retried."""
        with self.lock:
            if not self.prepare_write(addr, 1):
                # another thread may have unprotected the page between the fault and now
                return self.writable(addr, 1)
        return True

    def prepare_write(self, addr: int, size: int) -> bool:
        """Make pages with translated code writable and drop the translations; True if there were any (retry then)."""
        if not self.code.pages or size <= 0:
            return False
        with self.lock:
            return self.code.unprotect(addr, addr + size)

    def drop_code(self, start: int, end: int) -> None:
        """The range's mappings were replaced by other means than ``mmap.py``."""
        self.code.drop(start, end)

    def maps_text(self) -> bytes:
        """/proc/self/maps"""
        from .proc_files import maps_text

        with self.lock:
            return maps_text(self)

    # -- pages that may lie past the end of their file: the kernel copies, so a SIGBUS becomes an error

    def _careful_read(self, addr: int, size: int) -> bytes:
        buffer = ctypes.create_string_buffer(size)
        self._copy(_SYS_READV, ctypes.addressof(buffer), addr, size, False)
        return buffer.raw

    def _careful_write(self, addr: int, data: bytes) -> None:
        buffer = ctypes.create_string_buffer(data, len(data))
        self._copy(_SYS_WRITEV, ctypes.addressof(buffer), addr, len(data), True)

    def _copy(self, call: int, local: int, addr: int, size: int, write: bool) -> None:
        vectors = (ctypes.c_long * 4)(local, size, self.base + addr, size)
        at = ctypes.addressof(vectors)
        done = host_call(call, host_call(39), at, 1, at + 16, 1)
        if done in (-1, -38):  # EPERM, ENOSYS: a sandbox without the call
            source, target = (local, self.base + addr) if write else (self.base + addr, local)
            ctypes.memmove(target, source, size)
        elif done != size:
            raise GuestFault(addr + max(done, 0), write, 7, _BUS_ADRERR)


def _nothing(start: int, size: int) -> None:
    pass


def _reserve(size: int, bases: Sequence[int]) -> int:
    """Address space that nobody else gets, without access, at the first of ``bases`` that is free."""
    for base in bases:
        # PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE
        if base >= OWN and host_call(_SYS_MMAP, base, size, 0, 0x104022, -1, 0) == base:
            return base
    where = f" at {bases[0]:#x}: choose another -B, or -R for less" if len(bases) == 1 else ""
    raise HqemuError(f"cannot reserve {size - _GUARD >> 10} KiB of address space for the guest{where}")


__all__ = ["BASE64", "MASK", "PAGE", "PROT_EXEC", "PROT_READ", "PROT_WRITE", "GuestMemory", "Region", "host_prot"]
