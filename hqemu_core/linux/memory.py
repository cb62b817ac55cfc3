"""Guest memory by guest address: the window on the host, the map of what the guest has mapped, checked access."""

from __future__ import annotations


class GuestMemory:
    """All addresses are guest addresses. Accessors raise ``GuestFault`` where the guest itself could not access."""

    base: int
    """host address of guest address 0: host = base + guest"""

    def read(self, addr: int, size: int) -> bytes:
        raise NotImplementedError

    def write(self, addr: int, data: bytes) -> None:
        raise NotImplementedError

    def read_cstr(self, addr: int, limit: int = 4096) -> bytes:
        """Bytes up to the NUL; SyscallError(ENAMETOOLONG) when there is none within ``limit``."""
        raise NotImplementedError

    def read_int(self, addr: int, size: int) -> int:
        """Unsigned little-endian (or the guest's order)."""
        raise NotImplementedError

    def write_int(self, addr: int, size: int, value: int) -> None:
        raise NotImplementedError

    def view(self, addr: int, size: int, write: bool = False) -> memoryview:
        """The bytes in place (for readv_into, recv_into...); checked once, ``prepare_write`` done when ``write``."""
        raise NotImplementedError

    def host(self, addr: int, size: int, write: bool = False) -> int:
        """Host address of a checked range, for host calls that take a pointer."""
        raise NotImplementedError

    def readable(self, addr: int, size: int) -> bool:
        raise NotImplementedError

    def writable(self, addr: int, size: int) -> bool:
        raise NotImplementedError

    def prepare_write(self, addr: int, size: int) -> bool:
        """Make pages with translated code writable and drop the translations; True if there were any (retry then)."""
        raise NotImplementedError

    def maps_text(self) -> bytes:
        """/proc/self/maps"""
        raise NotImplementedError
