"""The calls of the oldest 32-bit ABIs: socketcall, ipc, arguments in memory, old structs and names."""

from __future__ import annotations

import errno
import os
import resource
import struct
from pathlib import Path
from typing import Any

import pytest

AF_UNIX, SOCK_STREAM = 1, 1
IPC_PRIVATE, IPC_RMID = 0, 0


@pytest.fixture
def i386(make_guest: Any) -> Any:
    return make_guest("i386")


def words(guest: Any, *values: int) -> int:
    addr: int = guest.put(struct.pack(f"<{len(values)}I", *[value & 0xFFFFFFFF for value in values]))
    return addr


def test_socketcall(i386: Any) -> None:
    pair = i386.room(8)
    assert i386.call("socketcall", 8, words(i386, AF_UNIX, SOCK_STREAM, 0, pair)) == 0
    a, b = struct.unpack("<ii", i386.memory.read(pair, 8))
    text, buffer = i386.put(b"through"), i386.room(16)
    assert i386.call("socketcall", 9, words(i386, a, text, 7, 0)) == 7  # send
    assert i386.call("socketcall", 12, words(i386, b, buffer, 16, 0, 0, 0)) == 7  # recvfrom
    assert i386.memory.read(buffer, 7) == b"through"
    assert i386.call("socketcall", 0, 0) == -errno.EINVAL
    assert i386.call("socketcall", 21, 0) == -errno.EINVAL
    os.close(a)
    os.close(b)


def test_ipc_semaphores(i386: Any) -> None:
    semid = i386.call("ipc", 2, IPC_PRIVATE, 1, 0o600, 0, 0)
    assert semid >= 0
    try:
        setval, getval = 16, 12
        assert i386.call("ipc", 3, semid, 0, setval, words(i386, 5), 0) == 0
        assert i386.call("ipc", 3, semid, 0, getval, words(i386, 0), 0) == 5
        down = i386.put(struct.pack("<Hhh", 0, -2, 0))
        assert i386.call("ipc", 1, semid, 1, 0, down, 0) == 0
        assert i386.call("ipc", 3, semid, 0, getval, words(i386, 0), 0) == 3
        assert i386.call("ipc", 3, semid, 0, getval, 0, 0) == -errno.EINVAL
    finally:
        i386.call("ipc", 3, semid, 0, IPC_RMID, words(i386, 0), 0)


@pytest.mark.parametrize("version", [0, 1])
def test_ipc_messages(i386: Any, version: int) -> None:
    """Version 0 of msgrcv has the buffer and the type in memory."""
    queue = i386.call("ipc", 13, IPC_PRIVATE, 0o600, 0, 0, 0)
    assert queue >= 0
    try:
        assert i386.call("ipc", 11, queue, 4, 0, i386.put(struct.pack("<I4s", 7, b"text")), 0) == 0
        into = i386.room(16)
        if version:
            assert i386.call("ipc", 12 | 1 << 16, queue, 8, 0, into, 7) == 4
        else:
            assert i386.call("ipc", 12, queue, 8, 0, words(i386, into, 7), 0) == 4
        assert i386.memory.read(into, 8) == struct.pack("<I4s", 7, b"text")
    finally:
        i386.call("ipc", 14, queue, IPC_RMID, 0, 0, 0)
    assert i386.call("ipc", 99, 0, 0, 0, 0, 0) == -errno.ENOSYS


def test_old_mmap_and_select(i386: Any) -> None:
    at = i386.call("old_mmap", words(i386, 0, 8192, 3, 0x22, -1, 0))
    assert at & 0xFFF == 0
    i386.memory.write(at, b"there")
    read, write = os.pipe()
    os.write(write, b"x")
    ready = i386.put(bytes(128))
    i386.memory.write(ready + read // 8, bytes([1 << read % 8]))
    limit = words(i386, 1, 0)
    assert i386.call("old_select", words(i386, read + 1, ready, 0, 0, limit)) == 1
    assert i386.memory.read(ready + read // 8, 1) == bytes([1 << read % 8])
    os.close(read)
    os.close(write)


def test_old_stat_and_readdir(i386: Any, tmp_path: Path) -> None:
    (tmp_path / "one").write_bytes(b"12345")
    buffer = i386.room(64)
    known = os.stat(tmp_path / "one")
    result = i386.call("oldstat", os.fsencode(tmp_path / "one"), buffer)
    if known.st_ino >> 16:
        assert result == -errno.EOVERFLOW  # the inode's number has 16 bits there
    else:
        assert result == 0
        assert struct.unpack_from("<I", i386.memory.read(buffer, 32), 16)[0] == 5
    fd = os.open(tmp_path, os.O_RDONLY)
    names, dirent = [], i386.room(280)
    while i386.call("readdir", fd, dirent, 1) == 1:
        size = struct.unpack_from("<H", i386.memory.read(dirent + 8, 2))[0]
        names.append(i386.memory.read(dirent + 10, size))
        assert i386.memory.read(dirent + 10 + size, 1) == b"\0"
    assert sorted(names) == [b".", b"..", b"one"]
    os.close(fd)


def test_old_names_and_limits(i386: Any) -> None:
    buffer = i386.room(325)
    assert i386.call("oldolduname", buffer) == 0
    assert i386.memory.read(buffer, 45)[:6] == b"Linux\0"
    assert i386.call("olduname", buffer) == 0
    assert i386.memory.read(buffer + 65, 64).rstrip(b"\0") == os.uname().nodename.encode()[:64]
    pair = i386.room(8)
    assert i386.call("old_getrlimit", resource.RLIMIT_NOFILE, pair) == 0
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    top = 0x7FFFFFFF
    expected = tuple(top if value < 0 or value > top else value for value in (soft, hard))
    assert struct.unpack("<II", i386.memory.read(pair, 8)) == expected


def test_waitpid(i386: Any) -> None:
    child = os.fork()
    if not child:
        os._exit(9)
    status = i386.room(4)
    assert i386.call("waitpid", child, status, 0) == child
    assert struct.unpack("<I", i386.memory.read(status, 4)) == (9 << 8,)
