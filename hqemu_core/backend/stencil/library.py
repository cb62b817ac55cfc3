"""The stencil library on disk: one file per (core, LLVM, host CPU, plugin), kept under $XDG_CACHE_HOME/hqemu.

The file is a marshalled dict of byte strings behind its CRC-32 and length: a damaged, foreign or half-written file is
ignored and rebuilt (importing hashlib for more would cost a start 9 ms; the directory is private). Records stay bytes
until a form is used. Writing merges with what other processes wrote meanwhile, under a lock, and replaces the file by
rename. Never needed for correctness.
"""

from __future__ import annotations

import marshal
import os
import zlib
from typing import Any, Final

MAGIC: Final = b"hqemu-library-1\n"
LIMIT: Final = 64 << 20
"""bytes; a library that would grow beyond is not written"""
DIRECTORY_LIMIT: Final = 512 << 20
"""bytes of everything in the cache directory"""


def cache_directory() -> str | None:
    """``$XDG_CACHE_HOME/hqemu``, private and ours; None when there can be none."""
    root = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.environ.get("HOME", ""), ".cache")
    if not root.startswith("/"):
        return None
    path = os.path.join(root, "hqemu")
    try:
        os.makedirs(path, mode=0o700, exist_ok=True)
        status = os.stat(path)
        if status.st_uid != os.geteuid():
            return None
        if status.st_mode & 0o077:
            os.chmod(path, 0o700)
    except OSError:
        return None
    return path


def prune(directory: str) -> None:
    """Keep the cache directory below DIRECTORY_LIMIT: what was written longest ago goes. Raises OSError."""
    files = []
    for entry in os.scandir(directory):
        status = entry.stat()
        files.append((status.st_mtime, status.st_size, entry.path))
    total = sum(size for _, size, _ in files)
    for _, size, path in sorted(files):
        if total <= DIRECTORY_LIMIT:
            break
        os.unlink(path)
        total -= size


def _checksum(body: bytes | memoryview) -> bytes:
    return zlib.crc32(body).to_bytes(4, "little") + len(body).to_bytes(8, "little")


def read(path: str) -> dict[str, bytes]:
    """The records of a library file; empty when it is missing, foreign or damaged."""
    try:
        with open(path, "rb") as file:
            if os.fstat(file.fileno()).st_uid != os.geteuid():
                return {}
            image = file.read()
    except OSError:
        return {}
    head = len(MAGIC) + 12
    body = memoryview(image)[head:]
    if image[: len(MAGIC)] != MAGIC or image[len(MAGIC) : head] != _checksum(body):
        return {}
    try:
        found = marshal.loads(body)
    except (ValueError, EOFError, TypeError):
        return {}
    return found if isinstance(found, dict) else {}


def write(path: str, records: dict[str, bytes]) -> None:
    """Add ``records`` to the file. Failing to is not an error: the library is a cache."""
    import fcntl

    try:
        with open(path + ".lock", "a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            merged = read(path)
            merged.update(records)
            body = marshal.dumps(merged)
            if len(body) > LIMIT:
                return
            temporary = f"{path}.{os.getpid()}"
            with open(temporary, "wb") as file:
                file.write(MAGIC + _checksum(body) + body)
            os.replace(temporary, path)
            prune(os.path.dirname(path))
    except OSError:
        return


class Library:
    """``get``/``put`` of marshalled values by name; ``save`` writes what is new."""

    def __init__(self, key: str) -> None:
        directory = cache_directory()
        self.path = None if directory is None else os.path.join(directory, key + ".stencils")
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

    def save(self) -> None:
        if self.fresh and self.path:
            write(self.path, self.fresh)
            self.fresh = {}
