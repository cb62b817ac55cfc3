"""/proc/self/maps of the guest: its own map, with the files' names from the host's."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from ..memory import GuestMemory
    from ..regions import Region

_NAME_COLUMN: Final = 73


def maps_text(memory: GuestMemory, guest_view: Callable[[bytes], bytes]) -> bytes:
    """As proc(5) has it. ``guest_view`` turns a host path into the guest's name for it."""
    names = host_names(memory)
    starts = sorted(names)
    views: dict[bytes, bytes] = {}
    lines = []
    for region in memory.regions.regions:
        name = region.name.encode()
        at = bisect_right(starts, region.start) - 1
        # the host may have split or joined what is one region here, but a file's mapping has its name at any address
        device, path = names[starts[at]] if region.file is not None and at >= 0 else (b"00:00", b"")
        if not name and path:
            if path not in views:
                views[path] = guest_view(path)
            name = views[path]
        lines.append(_line(region, device, name))
    return b"".join(lines)


def _line(region: Region, device: bytes, name: bytes) -> bytes:
    prot = "".join(letter if region.prot >> n & 1 else "-" for n, letter in enumerate("rwx"))
    inode = region.file[1] if region.file is not None and region.file[0] else 0
    text = b"%08x-%08x %s%s %08x %s %d " % (
        region.start, region.end, prot.encode(), b"s" if region.shared else b"p", region.offset, device, inode,
    )  # fmt: skip
    return (text.ljust(_NAME_COLUMN) + name if name else text) + b"\n"


def host_names(memory: GuestMemory) -> dict[int, tuple[bytes, bytes]]:
    """guest start -> (device, path) of the host's mappings in the window."""
    found: dict[int, tuple[bytes, bytes]] = {}
    with open("/proc/self/maps", "rb") as file:
        for line in file:
            fields = line.rstrip(b"\n").split(None, 5)
            start = int(fields[0].partition(b"-")[0], 16) - memory.base
            if 0 <= start < memory.size:
                path = fields[5] if len(fields) > 5 else b""
                found[start] = (fields[3], path if path[:1] == b"/" else b"")
    return found
