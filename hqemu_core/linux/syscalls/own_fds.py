"""Descriptors of the translator's own, out of the way of the guest's; and the call that would close them all."""

from __future__ import annotations

import fcntl
import os
from typing import TYPE_CHECKING, Final

from ..calls import host_call

if TYPE_CHECKING:
    from ..ports import GuestThread
    from ..process import Process

_CLOSE_RANGE: Final = 436
_HIGH: Final = 900


def keep_private(process: Process, fd: int) -> int:
    """Move ``fd`` to where programs do not look for one and keep it over execve; the new number."""
    try:
        moved = fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, _HIGH)
    except OSError:  # the limit is lower
        moved = fd
    else:
        os.close(fd)
    process.kept_fds.add(moved)
    return moved


def sys_close_range(process: Process, thread: GuestThread, first: int, last: int, flags: int) -> int:
    """In pieces around what is not the guest's."""
    first, last = first & 0xFFFFFFFF, last & 0xFFFFFFFF
    for fd in sorted(process.kept_fds):
        if first <= fd <= last:
            if first < fd:
                result = host_call(_CLOSE_RANGE, first, fd - 1, flags)
                if result < 0:
                    return result
            first = fd + 1
    return host_call(_CLOSE_RANGE, first, last, flags) if first <= last else 0
