"""What the guest's world calls itself."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from ..calls import host_call

if TYPE_CHECKING:
    from ..ports import GuestThread
    from ..process import Process

_FIELD: Final = 65
_UNAME: Final = 63
QUERY: Final = 0xFFFFFFFF
_persona = 0


def names(process: Process) -> list[bytes]:
    """sysname, nodename, release, version, machine, domainname."""
    from ctypes import addressof, create_string_buffer

    host = create_string_buffer(6 * _FIELD)
    host_call(_UNAME, addressof(host))
    fields = [host.raw[i : i + _FIELD].split(b"\0")[0] for i in range(0, 6 * _FIELD, _FIELD)]
    if process.config.uname_release:
        fields[2] = os.fsencode(process.config.uname_release)
    fields[4] = process.abi.uname.encode()
    return fields


def sys_uname(process: Process, thread: GuestThread, buf: int) -> int:
    """struct new_utsname: six strings of 65 bytes."""
    process.memory.write(buf, b"".join(field[: _FIELD - 1].ljust(_FIELD, b"\0") for field in names(process)))
    return 0


def sys_personality(process: Process, thread: GuestThread, persona: int) -> int:
    """Kept for the guest only: the host's would change what the translator itself gets from mmap and uname."""
    global _persona
    old = _persona
    persona &= 0xFFFFFFFF
    if persona != QUERY:
        _persona = persona
    return old
