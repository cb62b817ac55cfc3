"""Descriptors of the translator's own, out of the way of the guest's."""

from __future__ import annotations

import fcntl
import os
import resource
from typing import Final

PRIVATE: Final[set[int]] = set()


def keep_private(fd: int) -> int:
    """Move ``fd`` high, where programs do not look for one, and remember it; the new number."""
    soft = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    floor = max(min(soft, 1024) - 64, 64)
    try:
        moved = fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, floor)
    except OSError:
        moved = fd
    else:
        os.close(fd)
    PRIVATE.add(moved)
    return moved
