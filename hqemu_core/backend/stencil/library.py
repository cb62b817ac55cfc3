"""The stencil library on disk: one file per (core, LLVM, host CPU, plugin), kept under $XDG_CACHE_HOME/hqemu.

The file (``runtime.disk``) holds a marshalled dict of byte strings. Records stay bytes until a form is used. Writing
merges with what other processes wrote meanwhile, under a lock. Never needed for correctness.
"""

from __future__ import annotations

import marshal
import os
import time
from typing import Any, Final

from hqemu_core.runtime import disk

MAGIC: Final = b"hqemu-library-2\n"
LIMIT: Final = 64 << 20
"""bytes; a library that would grow beyond is not written"""
PATIENCE: Final = 1.0
"""seconds to wait for another writer; who does not get to it writes nothing"""


def read(path: str) -> dict[str, bytes]:
    """The records of a library file; empty when it is missing, foreign or damaged."""
    parts = disk.read_parts(path, MAGIC, 1)
    if parts is None:
        return {}
    try:
        found = marshal.loads(parts[0])
    except (ValueError, EOFError, TypeError):
        return {}
    return found if isinstance(found, dict) else {}


def write(path: str, records: dict[str, bytes]) -> bool:
    """Add ``records`` to the file; False when that cannot be done."""
    try:
        lock = os.open(path + ".lock", os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    except (OSError, ValueError):
        return False
    try:
        if not _lock(lock):
            return False
        merged = read(path)
        merged.update(records)
        body = marshal.dumps(merged)
        return len(body) <= LIMIT and disk.write_parts(path, MAGIC, (body,))
    finally:
        os.close(lock)


def _lock(fd: int) -> bool:
    import fcntl

    end = time.monotonic() + PATIENCE
    while True:
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        except BlockingIOError:
            if time.monotonic() > end:
                return False
            time.sleep(0.01)
        except OSError:
            return False


def _state(path: str | None) -> tuple[int, int]:
    """Differs when the file is another one."""
    try:
        found = os.stat(path or "")
    except OSError:
        return 0, 0
    return found.st_ino, found.st_mtime_ns


class Library:
    """``get``/``put`` of marshalled values by name; ``save`` writes what is new."""

    def __init__(self, key: str) -> None:
        directory = disk.cache_directory()
        self.path = None if directory is None else os.path.join(directory, key + ".stencils")
        self.state = _state(self.path)
        self.records = read(self.path) if self.path else {}
        self.fresh: dict[str, bytes] = {}

    def __contains__(self, name: str) -> bool:
        return name in self.records

    def get(self, name: str) -> Any:
        """The value put under ``name``, or None."""
        record = self.records.get(name)
        return None if record is None else marshal.loads(record)

    def put(self, name: str, value: Any) -> None:
        record = marshal.dumps(value)
        self.records[name] = record
        self.fresh[name] = record

    def refresh(self) -> bool:
        """Take up what other processes (a shell's earlier children) have written since; True if they have."""
        state = _state(self.path)
        if self.path is None or state == self.state:
            return False
        self.state = state
        self.records = {**read(self.path), **self.records}
        return True

    def save(self) -> None:
        """What could not be written stays ``fresh``."""
        if self.fresh and self.path and write(self.path, self.fresh):
            self.fresh = {}
