"""Files kept between runs, in a private directory. They are a cache: whatever is wrong with one, it is not there.

A file is a magic of 16 bytes, the CRC-32 of the rest, the number of its parts, their lengths, the parts. (A hash that
nobody can forge would cost a start 9 ms to import; only the owner can write here.) It is written under another name
and renamed, so readers see all of it or nothing, however many processes write. What nobody has used for long goes.
"""

from __future__ import annotations

import os
import stat
import time
import zlib
from collections.abc import Sequence
from typing import Final

MAGIC_SIZE: Final = 16
SUFFIXES: Final = (".stencils", ".code", ".lock", ".new")
"""names of ours: nothing else in the directory is touched"""
LARGEST: Final = 256 << 20
"""bytes of one file"""
DIRECTORY_LIMIT: Final = 512 << 20
UNUSED: Final = 30 * 86400
"""seconds after which a file that nobody read goes"""
_DAY: Final = 86400
_ABANDONED: Final = 600
"""seconds after which a file under its writing name has no writer any more"""
_HEAD: Final = MAGIC_SIZE + 8


def cache_directory() -> str | None:
    """``$XDG_CACHE_HOME/hqemu``, ours alone; None when there can be none."""
    root = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.environ.get("HOME", ""), ".cache")
    if not root.startswith("/"):
        return None
    path = os.path.join(root, "hqemu")
    me = os.geteuid()
    try:
        os.makedirs(path, mode=0o700, exist_ok=True)
        if os.lstat(path).st_uid != me:  # a link that somebody else made may lead to a directory of ours
            return None
        status = os.stat(path)
        if status.st_uid != me:
            return None
        if status.st_mode & 0o077:
            os.chmod(path, 0o700)
    except (OSError, ValueError):
        return None
    return path


def read_parts(path: str, magic: bytes, count: int) -> list[memoryview] | None:
    """The parts of a file; None when it is missing, damaged, another's or of another kind."""
    try:
        fd = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except (OSError, ValueError):
        return None
    try:
        status = os.fstat(fd)
        if not stat.S_ISREG(status.st_mode) or status.st_uid != os.geteuid() or status.st_size > LARGEST:
            return None
        image = memoryview(_read(fd, status.st_size))
        if abs(time.time() - status.st_mtime) > _DAY:
            os.utime(fd)  # it is in use: pruning takes others first
    except OSError:
        return None
    finally:
        os.close(fd)
    at = _HEAD + 8 * count
    if len(image) < at or image[:MAGIC_SIZE] != magic:
        return None
    crc, found = (int.from_bytes(image[n : n + 4], "little") for n in (MAGIC_SIZE, MAGIC_SIZE + 4))
    lengths = image[_HEAD:at].cast("Q").tolist()
    if found != count or sum(lengths) != len(image) - at or zlib.crc32(image[_HEAD:]) != crc:
        return None
    parts = []
    for length in lengths:
        parts.append(image[at : at + length])
        at += length
    return parts


def _read(fd: int, size: int) -> bytes:
    pieces = []
    while size > 0:
        piece = os.read(fd, size)
        if not piece:
            break
        pieces.append(piece)
        size -= len(piece)
    return pieces[0] if len(pieces) == 1 else b"".join(pieces)


def write_parts(path: str, magic: bytes, parts: Sequence[bytes | memoryview]) -> bool:
    """Replace the file; False when that cannot be done."""
    lengths = b"".join(len(part).to_bytes(8, "little") for part in parts)
    crc = zlib.crc32(lengths)
    for part in parts:
        crc = zlib.crc32(part, crc)
    head = magic + crc.to_bytes(4, "little") + len(parts).to_bytes(4, "little") + lengths
    size = len(head) + sum(map(len, parts))
    temporary = f"{path}.{os.getpid()}.new"
    try:
        # the guest may have set the limit, and the signal that goes with it may be deadly
        if size > LARGEST or 0 <= _file_size_limit() < size:
            return False
        fd = _create(temporary)
    except (OSError, ValueError):
        return False
    try:
        try:
            os.fchmod(fd, 0o600)  # whatever the guest's umask is
            for part in (head, *parts):
                rest = memoryview(part)
                while rest:
                    rest = rest[os.write(fd, rest) :]
        finally:
            os.close(fd)
        os.replace(temporary, path)
    except OSError:
        remove(temporary)
        return False
    prune(os.path.dirname(path))
    return True


def _file_size_limit() -> int:
    import resource

    return resource.getrlimit(resource.RLIMIT_FSIZE)[0]


def _create(path: str) -> int:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        return os.open(path, flags, 0o600)
    except FileExistsError:  # a process of this number was killed, or lives in another container
        if time.time() - os.lstat(path).st_mtime < _ABANDONED:
            raise
        os.unlink(path)
        return os.open(path, flags, 0o600)


def remove(path: str) -> None:
    """Unless it is gone or must stay."""
    try:
        os.unlink(path)
    except OSError:
        pass


def prune(directory: str) -> None:
    """Remove what was abandoned or is unused, then the files unused longest while they are too many bytes."""
    now = time.time()
    kept = []
    try:
        with os.scandir(directory) as entries:
            found = [(entry.name, entry.path, entry.stat(follow_symlinks=False)) for entry in entries]
    except OSError:
        return
    names = {name for name, _, _ in found}
    for name, path, status in found:
        age = now - status.st_mtime
        if not name.endswith(SUFFIXES) or not stat.S_ISREG(status.st_mode):
            continue
        if name.endswith(".new"):
            useless = age > _ABANDONED
        elif name.endswith(".lock"):
            useless = age > _DAY and name.removesuffix(".lock") not in names
        else:
            useless = age > UNUSED
            if not useless:
                kept.append((status.st_mtime, status.st_size, path))
        if useless:
            remove(path)
    total = sum(size for _, size, _ in kept)
    for _, size, path in sorted(kept):
        if total <= DIRECTORY_LIMIT:
            break
        remove(path)
        total -= size
