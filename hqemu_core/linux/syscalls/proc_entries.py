"""/proc files that describe the guest instead of the translator: an unnamed file with the text of now."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from ..calls import host_call

if TYPE_CHECKING:
    from ..process import Process

_MEMFD_CREATE: Final = 319


def _maps(process: Process) -> bytes:
    from .paths_calls import paths_of

    text, root = process.memory.maps_text(), paths_of(process).root
    return text.replace(b" " + root + b"/", b" /") if root else text


def cpuinfo_text(process: Process) -> bytes:
    """The ABI's text for one processor, once per processor of the host."""
    count = os.cpu_count() or 1
    parts = [f"processor\t: {n}\n{process.abi.cpuinfo.strip()}\n\n" for n in range(count)]
    return "".join(parts).encode()


def stat_text(process: Process) -> bytes:
    """The host's line; startstack (field 28) is where garbage collectors look for the end of the guest's stack."""
    with open("/proc/self/stat", "rb") as file:
        text = file.read()
    head, _, rest = text.rpartition(b")")
    fields = rest.split()
    # fields[0] is the third of proc(5): state
    for number, value in ((26, 0), (27, 0), (28, process.stack_pointer), (29, 0), (30, 0), (45, 0), (46, 0), (47, 0)):
        fields[number - 3] = b"%d" % value
    return head + b") " + b" ".join(fields) + b"\n"


def _cmdline(process: Process) -> bytes:
    return b"".join(arg + b"\0" for arg in process.argv)


def _environ(process: Process) -> bytes:
    return b"".join(item + b"\0" for item in process.environ)


def _release(process: Process) -> bytes:
    return os.fsencode(process.config.uname_release or os.uname().release) + b"\n"


OWN: Final[dict[bytes, Callable[[Process], bytes]]] = {
    b"maps": _maps,
    b"cmdline": _cmdline,
    b"environ": _environ,
    b"auxv": lambda process: process.auxv,
    b"stat": stat_text,
}
"""below /proc/self"""


def content(process: Process, path: bytes) -> bytes | None:
    """What the guest finds in a file of /proc; None: the host's own."""
    from .paths_calls import paths_of

    make = OWN.get(paths_of(process).own_proc_entry(path))
    if make is not None:
        return make(process)
    if path == b"/proc/cpuinfo" and process.abi.cpuinfo:
        return cpuinfo_text(process)
    if path == b"/proc/sys/kernel/osrelease":
        return _release(process)
    return None


def open_entry(process: Process, path: bytes, flags: int) -> int | None:
    """A descriptor (or -errno) for such a file; None when the path is none of ours."""
    if flags & (os.O_ACCMODE | os.O_DIRECTORY | 0o10000000):  # O_PATH
        return None
    data = content(process, path)
    if data is None:
        return None
    from ctypes import addressof, create_string_buffer

    name = create_string_buffer(path)
    fd = host_call(_MEMFD_CREATE, addressof(name), 1 if flags & os.O_CLOEXEC else 0)
    if fd < 0:
        return fd
    while data:
        data = data[os.write(fd, data) :]
    os.lseek(fd, 0, os.SEEK_SET)
    return fd
