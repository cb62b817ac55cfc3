"""System calls of a 32-bit guest: register pairs, signs, 32-bit and 64-bit structs, what does not fit."""

from __future__ import annotations

import errno
import os
import socket
import struct
import time
from pathlib import Path
from typing import Any

import pytest

from hqemu_core.linux.calls import host_call
from hqemu_core.linux.syscalls import control, siginfo
from hqemu_core.linux.syscalls.structs import converter

AT_FDCWD = -100


@pytest.fixture
def arm(make_guest: Any) -> Any:
    return make_guest("arm")


@pytest.fixture
def big(tmp_path: Path) -> Path:
    """A file of 5 GiB and some, without blocks."""
    path = tmp_path / "big"
    with path.open("wb") as file:
        file.truncate((5 << 30) + 7)
    return path


def opened(guest: Any, path: Path, flags: int = os.O_RDWR) -> int:
    fd: int = guest.call("openat", AT_FDCWD, os.fsencode(path), flags, 0)
    assert fd >= 0
    return fd


def test_64_bit_offsets_are_pairs_of_registers(arm: Any, big: Path) -> None:
    fd = opened(arm, big)
    data = arm.put(b"far away")
    low, high = 1 << 20, 1
    assert arm.call("pwrite64", fd, data, 8, 0xBAD, low, high) == 8
    with big.open("rb") as file:
        file.seek((1 << 32) + (1 << 20))
        assert file.read(8) == b"far away"
    buffer = arm.room(16)
    assert arm.call("pread64", fd, buffer, 8, 0xBAD, low, high) == 8
    assert arm.memory.read(buffer, 8) == b"far away"
    assert arm.call("ftruncate64", fd, 0xBAD, 5, 2) == 0
    assert big.stat().st_size == (2 << 32) + 5
    assert arm.call("truncate64", os.fsencode(big), 0xBAD, 6, 1) == 0
    assert big.stat().st_size == (1 << 32) + 6
    assert arm.call("arm_fadvise64_64", fd, 3, 0, 1, 4096, 0) == 0
    assert arm.call("arm_fadvise64_64", fd, 77, 0, 1, 4096, 0) == -errno.EINVAL
    assert arm.call("fallocate", fd, 1, 0, 0, 8192, 0) == 0
    os.close(fd)


def test_vectors_have_their_position_in_halves(arm: Any, big: Path) -> None:
    fd = opened(arm, big)
    vectors = arm.put(struct.pack("<IIII", arm.put(b"abc"), 3, arm.put(b"defg"), 4))
    assert arm.call("pwritev", fd, vectors, 2, 5, 1) == 7
    buffer = arm.room(16)
    assert arm.call("preadv", fd, arm.put(struct.pack("<II", buffer, 7)), 1, 5, 1) == 7
    assert arm.memory.read(buffer, 7) == b"abcdefg"
    os.close(fd)


def test_seeking(arm: Any, big: Path) -> None:
    fd = opened(arm, big)
    assert arm.call("lseek", fd, 100, os.SEEK_SET) == 100
    assert arm.call("lseek", fd, -30, os.SEEK_CUR) == 70
    assert arm.call("lseek", fd, -1, os.SEEK_SET) == -errno.EINVAL
    assert arm.call("lseek", fd, 0, os.SEEK_END) == -errno.EOVERFLOW
    result = arm.room(8)
    assert arm.call("_llseek", fd, 0xFFFFFFFF, 0xFFFFFFFE, result, os.SEEK_END) == 0
    assert arm.memory.read_int(result, 8) == (5 << 30) + 5
    os.close(fd)


def test_stat_of_what_does_not_fit(arm: Any, big: Path, tmp_path: Path) -> None:
    buffer = arm.room(128)
    assert arm.call("stat", os.fsencode(big), buffer) == -errno.EOVERFLOW
    assert arm.call("stat64", os.fsencode(big), buffer) == 0
    known = big.stat()
    fields = struct.unpack("<Q4xIIIIIQ4x4xqI4xQiIiIiIQ", arm.memory.read(buffer, 104))
    assert fields[0] == known.st_dev
    assert fields[2:6] == (known.st_mode, known.st_nlink, known.st_uid, known.st_gid)
    assert fields[7] == (5 << 30) + 7
    assert fields[9] == known.st_blocks
    assert fields[12] * 10**9 + fields[13] == known.st_mtime_ns
    assert fields[1] == known.st_ino & 0xFFFFFFFF
    assert fields[16] == known.st_ino
    small = tmp_path / "small"
    small.write_bytes(b"xyz")
    assert arm.call("fstatat64", AT_FDCWD, os.fsencode(small), buffer, 0) == 0
    assert arm.call("stat", os.fsencode(small), buffer) == 0
    fields = struct.unpack("<IIHHHHIIIIiIiIiI8x", arm.memory.read(buffer, 64))
    assert fields[2] == small.stat().st_mode
    assert fields[7] == 3


def test_statfs64_knows_both_sizes(arm: Any, tmp_path: Path) -> None:
    buffer = arm.room(88)
    known = os.statvfs(tmp_path)
    for size in (84, 88):
        assert arm.call("statfs64", os.fsencode(tmp_path), size, buffer) == 0
        fields = struct.unpack("<IIQQQQQiiIII", arm.memory.read(buffer, 68))
        assert (fields[1], fields[2], fields[5]) == (known.f_bsize, known.f_blocks, known.f_files)
        assert arm.memory.read(buffer + 84, 4) == b"\xaa" * 4
    assert arm.call("statfs64", os.fsencode(tmp_path), 64, buffer) == -errno.EINVAL


def test_times_of_both_widths(arm: Any) -> None:
    buffer = arm.room(16)
    assert arm.call("clock_gettime", time.CLOCK_REALTIME, buffer) == 0
    seconds, nanos = struct.unpack("<ii", arm.memory.read(buffer, 8))
    assert abs(seconds - time.time()) < 10
    assert 0 <= nanos < 10**9
    assert arm.memory.read(buffer + 8, 8) == b"\xaa" * 8
    assert arm.call("clock_gettime64", time.CLOCK_REALTIME, buffer) == 0
    seconds, nanos = struct.unpack("<qq", arm.memory.read(buffer, 16))
    assert abs(seconds - time.time()) < 10
    assert 0 <= nanos < 10**9


def test_rubbish_above_nanoseconds_does_not_count(arm: Any, tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.touch()
    times = struct.pack("<qiiqii", 1 << 33, 5, 0x7BAD, 7, 9, -1)
    assert arm.call("utimensat_time64", AT_FDCWD, os.fsencode(path), arm.put(times), 0) == 0
    assert path.stat().st_atime_ns == (1 << 33) * 10**9 + 5
    assert path.stat().st_mtime_ns == 7 * 10**9 + 9
    start = time.monotonic()
    request = arm.put(struct.pack("<qii", 0, 20_000_000, 77))
    assert arm.call("clock_nanosleep_time64", time.CLOCK_MONOTONIC, 0, request, 0) == 0
    assert 0.02 <= time.monotonic() - start < 2


def test_selecting_leaves_what_is_behind_the_set(arm: Any) -> None:
    read, write = os.pipe()
    sets = arm.put(struct.pack("<II", 1 << write, 0xDEADBEEF))
    assert arm.call("_newselect", write + 1, 0, sets, 0, arm.put(struct.pack("<ii", 1, 0))) == 1
    assert struct.unpack("<II", arm.memory.read(sets, 8)) == (1 << write, 0xDEADBEEF)
    empty = arm.put(struct.pack("<I", 1 << read))
    assert arm.call("pselect6_time64", write + 1, empty, 0, 0, arm.put(struct.pack("<qq", 0, 1000)), 0) == 0
    assert arm.memory.read_int(empty, 4) == 0
    os.close(read)
    os.close(write)


def test_record_locks(arm: Any, big: Path) -> None:
    fd = opened(arm, big)
    with big.open("r+b") as other:
        # what another open file description holds is in the way of this process's locks
        lock = struct.pack("<hhxxxxqqi4x", 1, 0, 1 << 32, 10, 0)
        assert host_call(72, other.fileno(), 37, addr(lock)) == 0  # F_OFD_SETLK
        query = arm.put(struct.pack("<hh4xqqi4x", 1, 0, 0, 0, 0))
        assert arm.call("fcntl64", fd, 12, query) == 0  # F_GETLK64
        assert struct.unpack("<hh4xqq", arm.memory.read(query, 24)) == (1, 0, 1 << 32, 10)
        narrow = arm.put(struct.pack("<hhiii", 1, 0, 0, 0, 0))
        assert arm.call("fcntl64", fd, 5, narrow) == -errno.EOVERFLOW
        assert arm.call("fcntl64", fd, 14, arm.put(struct.pack("<hh4xqqi4x", 1, 0, 0, 1 << 31, 0))) == 0
    assert arm.call("fcntl", fd, 36, query) == -errno.EINVAL
    assert arm.call("fcntl", fd, 12, query) == -errno.EINVAL
    os.close(fd)


kept: list[Any] = []


def addr(data: bytes) -> int:
    from ctypes import addressof, create_string_buffer

    kept.append(create_string_buffer(data, len(data)))
    return addressof(kept[-1])


def test_16_bit_numbers_of_users(arm: Any, tmp_path: Path) -> None:
    if os.geteuid():
        pytest.skip("needs root")
    path = tmp_path / "file"
    path.touch()
    assert arm.call("chown", os.fsencode(path), 1234, 0x1FFFF) == 0
    assert (path.stat().st_uid, path.stat().st_gid) == (1234, os.getegid())
    assert arm.call("chown32", os.fsencode(path), 70000, 70001) == 0
    assert (path.stat().st_uid, path.stat().st_gid) == (70000, 70001)
    buffer = arm.room(64)
    assert arm.call("stat", os.fsencode(path), buffer) == 0
    assert struct.unpack("<HH", arm.memory.read(buffer + 12, 4)) == (65534, 65534)
    assert arm.call("getresuid", buffer, buffer + 2, buffer + 4) == 0
    assert struct.unpack("<HHH", arm.memory.read(buffer, 6)) == os.getresuid()
    assert arm.call("getgroups", 0, 0) == len(os.getgroups())


def test_old_directory_records(arm: Any, tmp_path: Path) -> None:
    names = {"a", "some-longer-name", "b" * 200}
    for name in names:
        (tmp_path / name).touch()
    fd = opened(arm, tmp_path, 0o40000)  # O_DIRECTORY of Arm
    buffer = arm.room(4096)
    size = arm.call("getdents", fd, buffer, 4096)
    data, at, found = arm.memory.read(buffer, size), 0, {}
    while at < size:
        inode, _, length = struct.unpack_from("<IIH", data, at)
        assert length % 4 == 0
        name = data[at + 10 : data.index(0, at + 10)].decode()
        found[name] = (inode, data[at + length - 1])
        at += length
    assert set(found) == names | {".", ".."}
    assert found["a"] == ((tmp_path / "a").stat().st_ino & 0xFFFFFFFF, 8)
    assert found["."][1] == 4
    os.close(fd)


def test_positions_in_directories_fit_and_come_back(arm: Any, tmp_path: Path) -> None:
    for n in range(60):
        (tmp_path / f"file{n}").touch()
    fd = opened(arm, tmp_path, 0o40000)
    buffer = arm.room(4096)

    def entries(size: int) -> list[tuple[int, bytes]]:
        data, at, found = arm.memory.read(buffer, size), 0, []
        while at < size:
            _, position, length = struct.unpack_from("<QqH", data, at)
            found.append((position, data[at + 19 : data.index(0, at + 19)]))
            at += length
        return found

    first = entries(arm.call("getdents64", fd, buffer, 1024))
    second = entries(arm.call("getdents64", fd, buffer, 1024))
    assert all(position < 1 << 31 for position, _ in first + second)
    assert arm.call("lseek", fd, 0, os.SEEK_CUR) == second[-1][0]
    assert arm.call("lseek", fd, first[-1][0], os.SEEK_SET) == first[-1][0]
    assert entries(arm.call("getdents64", fd, buffer, 1024)) == second
    result = arm.room(8)
    assert arm.call("_llseek", fd, 0, first[3][0], result, os.SEEK_SET) == 0
    assert arm.memory.read_int(result, 8) == first[3][0]
    assert entries(arm.call("getdents64", fd, buffer, 1024))[0] == first[4]
    os.close(fd)


def test_sysinfo_counts_pages_when_bytes_do_not_fit(arm: Any) -> None:
    buffer = arm.room(64)
    assert arm.call("sysinfo", buffer) == 0
    fields = struct.unpack("<iIIIIIIIIIHxxIII8x", arm.memory.read(buffer, 64))
    total = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGESIZE")
    assert abs(fields[4] * fields[-1] - total) < 1 << 20


def test_messages_carry_descriptors(arm: Any) -> None:
    ours, theirs = socket.socketpair()
    read, write = os.pipe()
    data = arm.put(struct.pack("<II", arm.put(b"hello"), 5))
    rights = arm.put(struct.pack("<Iiiii", 20, 1, 1, read, write))
    message = arm.put(struct.pack("<IIIIIII", 0, 0, data, 1, rights, 20, 0))
    assert arm.call("sendmsg", ours.fileno(), message, 0) == 5
    buffer, space = arm.room(8), arm.room(64)
    vector = arm.put(struct.pack("<II", buffer, 8))
    message = arm.put(struct.pack("<IIIIIII", 0, 0, vector, 1, space, 64, 0))
    assert arm.call("recvmsg", theirs.fileno(), message, 0) == 5
    assert arm.memory.read(buffer, 5) == b"hello"
    length, level, kind, first, second = struct.unpack("<Iiiii", arm.memory.read(space, 20))
    assert (length, level, kind) == (20, 1, 1)
    assert arm.memory.read_int(message + 20, 4) == 20
    os.write(second, b"through")
    assert os.read(read, 7) == b"through"
    for fd in (read, write, first, second):
        os.close(fd)
    ours.close()
    theirs.close()


def test_control_data_that_does_not_fit_is_cut() -> None:
    read, write = os.pipe()
    host = struct.pack("<Qiiii", 24, 1, 1, read, write)
    data, cut = control.to_guest(host, 16, "arm")
    assert (data, cut) == (struct.pack("<Iiii", 16, 1, 1, read), True)
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(write)
    os.close(read)
    stamp = struct.pack("<Qiiqq", 32, 1, 29, 1000, 5) + struct.pack("<Qiii4x", 20, 1, 2, 7)
    data, cut = control.to_guest(stamp, 64, "arm")
    assert data == struct.pack("<Iiiii", 20, 1, 29, 1000, 5) + struct.pack("<Iiii", 16, 1, 2, 7)
    assert not cut
    assert control.to_host(data[20:], "arm") == struct.pack("<Qiii4x", 20, 1, 2, 7)


@pytest.mark.parametrize(
    "host, guest",
    [
        (("<iii4xiIi4xqq", 17, 0, 1, 500, 1000, 9, 3, 4), ("<iiiiIiii", 17, 0, 1, 500, 1000, 9, 3, 4)),
        (("<iii4xQh", 11, 0, 1, 0x1234, 0), ("<iiiIh", 11, 0, 1, 0x1234, 0)),
        (("<iii4xiIQ", 40, 0, -1, 5, 6, 0x5555), ("<iiiiII", 40, 0, -1, 5, 6, 0x5555)),
        (("<iii4xiiQi", 14, 0, -2, 3, 1, 0x77, 0), ("<iiiiiIi", 14, 0, -2, 3, 1, 0x77, 0)),
        (("<iii4xqi", 29, 0, 2, 65, 8), ("<iiiii", 29, 0, 2, 65, 8)),
    ],
)
def test_siginfo_has_the_shape_that_its_code_says(host: Any, guest: Any) -> None:
    wide, narrow = struct.pack(*host).ljust(128, b"\0"), struct.pack(*guest).ljust(128, b"\0")
    assert siginfo.to_guest(wide, "arm") == narrow
    assert siginfo.to_host(narrow, "arm") == wide
    assert converter("siginfo", "x86_64", "generic64")(wide) == wide


def test_semaphores_with_wide_structs(arm: Any) -> None:
    semid = arm.call("semget", 0, 2, 0o1600)
    assert semid >= 0
    try:
        assert arm.call("semctl", semid, 1, 16 | 0x100, 7) == 0  # SETVAL, IPC_64
        assert arm.call("semctl", semid, 1, 12 | 0x100, 0) == 7  # GETVAL
        buffer = arm.room(64)
        assert arm.call("semctl", semid, 0, 2 | 0x100, buffer) == 0  # IPC_STAT
        raw = arm.memory.read(buffer, 64)
        assert struct.unpack_from("<IIIIIH", raw) == (0, os.geteuid(), os.getegid(), os.geteuid(), os.getegid(), 0o600)
        assert abs(struct.unpack_from("<Q", raw, 44)[0] - time.time()) < 10
        assert struct.unpack_from("<I", raw, 52) == (2,)
    finally:
        assert arm.call("semctl", semid, 0, 0, 0) == 0


def test_message_queues(arm: Any) -> None:
    msqid = arm.call("msgget", 0, 0o1600)
    assert msqid >= 0
    try:
        assert arm.call("msgsnd", msqid, arm.put(struct.pack("<i", 5) + b"text"), 4, 0) == 0
        buffer = arm.room(16)
        assert arm.call("msgrcv", msqid, buffer, 8, -6, 0) == 4
        assert arm.memory.read(buffer, 8) == struct.pack("<i", 5) + b"text"
        assert arm.call("msgsnd", msqid, arm.put(struct.pack("<i", -1)), 0, 0) == -errno.EINVAL
    finally:
        assert arm.call("msgctl", msqid, 0, 0) == 0


def test_receive_timeout_is_made_of_longs(arm: Any) -> None:
    with socket.socket() as made:
        assert arm.call("setsockopt", made.fileno(), 1, 20, arm.put(struct.pack("<ii", 3, 500000)), 8) == 0
        assert struct.unpack("<qq", made.getsockopt(1, 20, 16)) == (3, 500000)
        value, size = arm.room(8), arm.put(struct.pack("<I", 8))
        assert arm.call("getsockopt", made.fileno(), 1, 20, value, size) == 0
        assert struct.unpack("<ii", arm.memory.read(value, 8)) == (3, 500000)


def test_nice(arm: Any) -> None:
    expected = min(os.getpriority(os.PRIO_PROCESS, 0) + 3, 19)
    pid = os.fork()
    if not pid:
        os._exit(0 if arm.call("nice", 3) == 0 and os.getpriority(os.PRIO_PROCESS, 0) == expected else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
