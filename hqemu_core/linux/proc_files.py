"""/proc/self/maps as the guest's kernel would write it."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .memory import GuestMemory

_NAME_COLUMN = 73


def maps_text(memory: GuestMemory) -> bytes:
    """Ranges and protections from the guest's own map; device, inode and name of files from the host's."""
    host = _host_files()
    starts = [start for start, _, _ in host]
    lines = []
    for r in memory.regions.regions:
        rights = "".join(letter if r.prot & bit else "-" for bit, letter in ((1, "r"), (2, "w"), (4, "x")))
        device, inode, name = "00:00", "0", r.name.encode()
        if r.file is not None:
            i = bisect_right(starts, memory.base + r.start) - 1
            if i >= 0 and memory.base + r.start < host[i][1]:
                device, inode, name = host[i][2]
        head = f"{r.start:08x}-{r.end:08x} {rights}{'s' if r.shared else 'p'} {r.offset:08x} {device} {inode} "
        lines.append((head.ljust(_NAME_COLUMN).encode() + name if name else head.encode()) + b"\n")
    return b"".join(lines)


def _host_files() -> list[tuple[int, int, tuple[str, str, bytes]]]:
    found = []
    with open("/proc/self/maps", "rb") as file:
        for line in file:
            part = line.split(None, 5)
            start, _, end = part[0].partition(b"-")
            name = part[5].rstrip(b"\n") if len(part) > 5 else b""
            found.append((int(start, 16), int(end, 16), (part[3].decode(), part[4].decode(), name)))
    return found
