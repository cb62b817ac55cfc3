"""Calls done by the host on guest memory: what the guest gets is what Python sees of the same thing."""

from __future__ import annotations

import errno
import os
import select
import socket
import struct
import threading
import time
from pathlib import Path
from typing import Any

import pytest

AT_FDCWD = -100
# arm64's values
O_DIRECTORY, O_NOFOLLOW, O_DIRECT, O_LARGEFILE = 0o40000, 0o100000, 0o200000, 0o400000


def test_files(guest: Any, tmp_path: Path) -> None:
    path = os.fsencode(tmp_path / "f")
    fd = guest.call("openat", AT_FDCWD, path, os.O_RDWR | os.O_CREAT | O_LARGEFILE, 0o640)
    assert fd >= 0
    assert guest.call("write", fd, b"hello world", 11) == 11
    assert guest.call("lseek", fd, -5, os.SEEK_END) == 6
    at = guest.room(16)
    assert guest.call("read", fd, at, 16) == 5
    assert guest.memory.read(at, 5) == b"world"
    buffer = guest.room(128)
    assert guest.call("fstat", fd, buffer) == 0
    known = os.stat(path)
    mode, links = struct.unpack_from("<II", guest.memory.read(buffer, 128), 16)
    assert (mode, links) == (known.st_mode, known.st_nlink)
    assert struct.unpack_from("<q", guest.memory.read(buffer, 128), 48)[0] == 11
    assert guest.call("newfstatat", AT_FDCWD, path, buffer, 0) == 0
    assert struct.unpack_from("<Q", guest.memory.read(buffer, 128), 8)[0] == known.st_ino
    assert guest.call("close", fd) == 0
    assert guest.call("close", fd) == -errno.EBADF
    assert guest.call("unlinkat", AT_FDCWD, path, 0) == 0
    assert not os.path.exists(path)


def test_open_flags_are_arm64s(guest: Any, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    (tmp_path / "link").symlink_to(tmp_path)
    directory = os.fsencode(tmp_path)
    assert guest.call("openat", AT_FDCWD, directory + b"/file", O_DIRECTORY, 0) == -errno.ENOTDIR
    assert guest.call("openat", AT_FDCWD, directory + b"/link", O_NOFOLLOW, 0) == -errno.ELOOP
    fd = guest.call("openat", AT_FDCWD, directory, O_DIRECTORY | os.O_CLOEXEC, 0)
    assert fd >= 0
    flags = guest.call("fcntl", fd, 3, 0)
    assert flags & O_DIRECTORY
    assert not flags & O_DIRECT
    assert guest.call("fcntl", fd, 1, 0) == 1
    os.close(fd)
    pair = guest.room(8)
    assert guest.call("pipe2", pair, O_DIRECT | os.O_NONBLOCK) == 0
    read, write = struct.unpack("<ii", guest.memory.read(pair, 8))
    assert guest.call("fcntl", write, 3, 0) == os.O_WRONLY | os.O_NONBLOCK | O_DIRECT
    assert guest.call("fcntl", read, 4, os.O_NONBLOCK) == 0
    assert guest.call("fcntl", read, 3, 0) & O_DIRECT == 0
    os.close(read)
    os.close(write)


def test_bad_pointers(guest: Any) -> None:
    read, write = os.pipe()
    assert guest.call("write", write, 0x10, 4) == -errno.EFAULT
    assert guest.call("write", write, 0, 4) == -errno.EFAULT
    assert guest.call("write", write, 1 << 63, 4) == -errno.EFAULT
    assert guest.call("fstat", read, 0x10) == -errno.EFAULT
    assert guest.call("openat", AT_FDCWD, 0x10, 0, 0) == -errno.EFAULT
    assert guest.call("writev", write, guest.put(struct.pack("<QQ", 1 << 63, 1)), 1) == -errno.EFAULT
    assert guest.call("uname", 0x10) == -errno.EFAULT
    os.close(read)
    os.close(write)


def test_vectors(guest: Any) -> None:
    read, write = os.pipe()
    parts = [guest.put(b"abc"), guest.put(b"defg")]
    vectors = guest.put(struct.pack("<QQQQQQ", parts[0], 3, 0, 0, parts[1], 4))
    assert guest.call("writev", write, vectors, 3) == 7
    back = guest.room(16)
    vectors = guest.put(struct.pack("<QQQQ", back + 8, 2, back, 8))
    assert guest.call("readv", read, vectors, 2) == 7
    assert guest.memory.read(back, 10) == b"cdefg" + b"\xaa" * 3 + b"ab"
    assert guest.call("readv", read, vectors, 5000) == -errno.EINVAL
    os.close(read)
    os.close(write)


def test_write_to_a_page_with_translated_code(guest: Any) -> None:
    read, write = os.pipe()
    os.write(write, b"new!")
    at = guest.put(b"old.")
    dropped = []
    guest.memory.invalidate = lambda start, size: dropped.append((start, size))
    guest.memory.code_pages(at, 4)
    assert guest.call("read", read, at, 4) == 4
    assert guest.memory.read(at, 4) == b"new!"
    assert dropped
    guest.memory.code_pages(at, 4)
    assert guest.call("clock_gettime", 1, at) == 0
    guest.memory.code_pages(at, 4)
    os.write(write, b"more")
    assert guest.call("readv", read, guest.put(struct.pack("<QQ", at, 4)), 1) == 4
    os.close(read)
    os.close(write)


def test_epoll_events_are_padded(guest: Any) -> None:
    read, write = os.pipe()
    ep = guest.call("epoll_create1", 0)
    event = guest.put(struct.pack("<I4xQ", select.EPOLLIN, 0x1122334455667788))
    assert guest.call("epoll_ctl", ep, 1, read, event) == 0
    out = guest.room(64)
    assert guest.call("epoll_pwait", ep, out, 4, 0, 0, 8) == 0
    assert guest.memory.read(out, 16) == b"\xaa" * 16
    os.write(write, b"x")
    assert guest.call("epoll_pwait", ep, out, 4, -1, 0, 8) == 1
    assert struct.unpack("<I4xQ", guest.memory.read(out, 16)) == (select.EPOLLIN, 0x1122334455667788)
    assert guest.memory.read(out + 16, 16) == b"\xaa" * 16
    assert guest.call("epoll_ctl", ep, 2, read, 0) == 0
    for fd in (ep, read, write):
        os.close(fd)


def test_polling(guest: Any) -> None:
    read, write = os.pipe()
    fds = guest.put(struct.pack("<ihh", read, select.POLLIN, 0))
    limit = guest.put(struct.pack("<qq", 0, 1000))
    assert guest.call("ppoll", fds, 1, limit, 0, 8) == 0
    os.write(write, b"x")
    assert guest.call("ppoll", fds, 1, limit, 0, 8) == 1
    assert struct.unpack("<ihh", guest.memory.read(fds, 8))[2] == select.POLLIN
    assert guest.call("ppoll", fds, 1, limit, fds, 4) == -errno.EINVAL
    readable = guest.put((1 << read).to_bytes(128, "little"))
    assert guest.call("pselect6", read + 1, readable, 0, 0, limit, 0) == 1
    assert int.from_bytes(guest.memory.read(readable, 8), "little") == 1 << read
    os.close(read)
    os.close(write)


def test_messages(guest: Any) -> None:
    a, b = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    passed = os.open("/dev/null", os.O_RDONLY)
    parts = guest.put(b"ab"), guest.put(b"cd")
    vectors = guest.put(struct.pack("<QQQQ", parts[0], 2, parts[1], 2))
    control = struct.pack("<Qiii4x", 20, socket.SOL_SOCKET, socket.SCM_RIGHTS, passed)
    header = struct.pack("<QI4xQQQQI4x", 0, 0, vectors, 2, guest.put(control), 24, 0)
    assert guest.call("sendmsg", a.fileno(), guest.put(header), 0) == 4
    back, space = guest.room(8), guest.room(64)
    vectors = guest.put(struct.pack("<QQ", back, 8))
    header_at = guest.put(struct.pack("<QI4xQQQQI4x", 0, 0, vectors, 1, space, 64, 0))
    assert guest.call("recvmsg", b.fileno(), header_at, 0) == 4
    assert guest.memory.read(back, 4) == b"abcd"
    fields = struct.unpack("<QI4xQQQQI4x", guest.memory.read(header_at, 56))
    assert fields == (0, 0, vectors, 1, space, 24, 0)
    received = struct.unpack("<Qiii", guest.memory.read(space, 20))
    assert received[:3] == (20, socket.SOL_SOCKET, socket.SCM_RIGHTS)
    assert os.fstat(received[3]).st_rdev == os.fstat(passed).st_rdev
    for fd in (passed, received[3]):
        os.close(fd)
    # several at once
    single = struct.pack("<QI4xQQQQI4xI4x", 0, 0, guest.put(struct.pack("<QQ", parts[0], 2)), 1, 0, 0, 0, 99)
    many = guest.put(single * 3)
    assert guest.call("sendmmsg", a.fileno(), many, 3, 0) == 3
    assert struct.unpack_from("<I", guest.memory.read(many, 192), 56)[0] == 2
    single = struct.pack("<QI4xQQQQI4xI4x", 0, 0, vectors, 1, 0, 0, 0, 99)
    many = guest.put(single * 3)
    assert guest.call("recvmmsg", b.fileno(), many, 3, socket.MSG_DONTWAIT, 0) == 3
    assert [struct.unpack_from("<I", guest.memory.read(many, 192), 56 + 64 * n)[0] for n in range(3)] == [2, 2, 2]
    a.close()
    b.close()


def test_sockets(guest: Any) -> None:
    server = socket.create_server(("127.0.0.1", 0))
    port = server.getsockname()[1]
    fd = guest.call("socket", socket.AF_INET, socket.SOCK_STREAM | socket.SOCK_CLOEXEC, 0)
    address = guest.put(struct.pack("<H", socket.AF_INET) + struct.pack(">H", port) + b"\x7f\0\0\x01" + bytes(8))
    assert guest.call("connect", fd, address, 16) == 0
    name, size = guest.room(16), guest.put(struct.pack("<I", 16))
    accepted = guest.call("accept4", server.fileno(), name, size, 0)
    assert accepted >= 0
    assert guest.memory.read(name, 2) == struct.pack("<H", socket.AF_INET)
    assert guest.call("sendto", fd, b"ping", 4, 0, 0, 0) == 4
    back = guest.room(8)
    assert guest.call("recvfrom", accepted, back, 8, 0, 0, 0) == 4
    assert guest.memory.read(back, 4) == b"ping"
    assert guest.call("setsockopt", fd, socket.SOL_SOCKET, socket.SO_KEEPALIVE, guest.put(struct.pack("<i", 1)), 4) == 0
    value, length = guest.room(4), guest.put(struct.pack("<I", 4))
    assert guest.call("getsockopt", fd, socket.SOL_SOCKET, socket.SO_KEEPALIVE, value, length) == 0
    assert guest.memory.read_int(value, 4) == 1
    for open_fd in (fd, accepted):
        os.close(open_fd)
    server.close()


def test_ioctl(guest: Any) -> None:
    read, write = os.pipe()
    os.write(write, b"12345")
    at = guest.room(4)
    assert guest.call("ioctl", read, 0x541B, at) == 0
    assert guest.memory.read_int(at, 4) == 5
    assert guest.call("ioctl", read, 0x5401, at) == -errno.ENOTTY
    assert guest.call("ioctl", read, 0x12345678, at) == -errno.ENOTTY
    assert guest.call("ioctl", read, 0x5451, 0) == 0
    assert not os.get_inheritable(read)
    master, slave = os.openpty()
    size = guest.put(struct.pack("<HHHH", 24, 80, 0, 0))
    assert guest.call("ioctl", master, 0x5414, size) == 0
    assert os.get_terminal_size(slave) == (80, 24)
    for fd in (read, write, master, slave):
        os.close(fd)


def test_semaphores(guest: Any) -> None:
    key = guest.call("semget", 0, 2, 0o600)
    assert key >= 0
    try:
        assert guest.call("semctl", key, 1, 16, 7) == 0
        assert guest.call("semctl", key, 1, 12, 0) == 7
        info = guest.room(104)
        assert guest.call("semctl", key, 0, 2, info) == 0
        assert struct.unpack_from("<Q", guest.memory.read(info, 88), 64)[0] == 2  # sem_nsems
        assert guest.memory.read(info + 88, 16) == b"\xaa" * 16
        assert guest.call("semop", key, guest.put(struct.pack("<Hhh", 1, -3, 0)), 1) == 0
        assert guest.call("semctl", key, 1, 12, 0) == 4
    finally:
        assert guest.call("semctl", key, 0, 0, 0) == 0


def test_shared_memory(guest: Any) -> None:
    key = guest.call("shmget", 0, 5000, 0o600)
    assert key >= 0
    try:
        first, second = guest.call("shmat", key, 0, 0), guest.call("shmat", key, 0, 0o10000)
        assert first > 0
        guest.memory.write(first + 4999, b"!")
        assert guest.memory.read(second + 4999, 1) == b"!"
        assert not guest.memory.writable(second, 1)
        assert guest.call("shmat", key, first, 0) == -errno.EINVAL
        assert guest.call("shmat", key, first + 1, 0) == -errno.EINVAL
        assert guest.call("shmdt", first) == 0
        assert not guest.memory.readable(first, 1)
        assert guest.call("shmdt", first) == -errno.EINVAL
        assert guest.call("shmdt", second) == 0
    finally:
        assert guest.call("shmctl", key, 0, 0) == 0


def test_futex_wakes_and_times_out(guest: Any) -> None:
    word = guest.put(struct.pack("<I", 5))
    limit = guest.put(struct.pack("<qq", 0, 1_000_000))
    assert guest.call("futex", word, 128, 5, limit, 0, 0) == -errno.ETIMEDOUT
    assert guest.call("futex", word, 128, 6, limit, 0, 0) == -errno.EAGAIN
    # a count where other operations have a pointer
    assert guest.call("futex", word, 3, 1, 0x7FFFFFFF, word + 4, 0) == 0
    assert guest.call("futex", word, 99, 0, 0, 0, 0) == -errno.ENOSYS
    results = []
    waiter = threading.Thread(target=lambda: results.append(guest.process.calls[guest.numbers["futex"]][0](
        guest.process, guest.thread, word, 128, 5, 0, 0, 0)))  # fmt: skip
    waiter.start()
    deadline = time.monotonic() + 5
    while guest.call("futex", word, 129, 1, 0, 0, 0) == 0 and time.monotonic() < deadline:
        time.sleep(0.001)
    waiter.join(5)
    assert results == [0]


def test_sleeping(guest: Any) -> None:
    start = time.monotonic()
    assert guest.call("nanosleep", guest.put(struct.pack("<qq", 0, 20_000_000)), 0) == 0
    assert time.monotonic() - start >= 0.02
    assert guest.call("nanosleep", guest.put(struct.pack("<qq", 0, 10**9)), 0) == -errno.EINVAL
    now = time.clock_gettime_ns(time.CLOCK_MONOTONIC)
    past = guest.put(struct.pack("<qq", *divmod(now, 10**9)))
    assert guest.call("clock_nanosleep", 1, 1, past, 0) == 0
    assert guest.call("clock_nanosleep", 3, 0, guest.put(struct.pack("<qq", 0, 1)), 0) == -errno.EINVAL


def test_interrupted_sleep_continues(guest: Any) -> None:
    """A restart sleeps for what is left; after a guest function the call starts anew."""
    spans = []

    def interrupted(thread: Any, number: int, args: tuple[int, ...]) -> int:
        import ctypes

        spec = (ctypes.c_int64 * 2).from_address(args[2])
        spans.append(spec[0] * 10**9 + spec[1])
        return -errno.EINTR

    guest.process.engine.host_call = interrupted
    request, rest = guest.put(struct.pack("<qq", 5, 0)), guest.room(16)
    assert guest.call("nanosleep", request, rest) == -514
    left = struct.unpack("<qq", guest.memory.read(rest, 16))
    assert left[0] == 4
    assert guest.call("nanosleep", request, rest) == -514
    assert spans[0] == spans[1]
    guest.thread.linux.sleeping = None
    assert guest.call("nanosleep", request, rest) == -514
    assert spans[2] > spans[1]


def test_interrupted_calls_say_how_they_restart(guest: Any) -> None:
    guest.process.engine.host_call = lambda thread, number, args: -errno.EINTR
    at = guest.room(64)
    assert guest.call("read", 0, at, 1) == -512
    assert guest.call("semop", 0, at, 1) == -514
    assert guest.call("ppoll", at, 1, 0, 0, 8) == -514
    assert guest.call("wait4", -1, at, 0, 0) == -512
    assert guest.call("readv", 0, guest.put(struct.pack("<QQ", at, 1)), 1) == -512


def test_calls_that_had_not_begun_are_done_later(guest: Any) -> None:
    """ERESTARTNOINTR goes through, whatever the row says."""
    guest.process.engine.host_call = lambda thread, number, args: -513
    at = guest.room(64)
    assert guest.call("read", 0, at, 1) == -513
    assert guest.call("semop", 0, at, 1) == -513
    assert guest.call("fcntl", 0, 3, 0) == -513
    assert guest.call("openat", -100, b"/etc/passwd", 0, 0) == -513
    assert guest.call("ppoll", at, 1, 0, 0, 8) == -513
    assert guest.call("lseek", -1, 0, 0) == -errno.EBADF  # does not wait: not the engine's


def test_limits(guest: Any) -> None:
    import resource

    old = guest.room(16)
    assert guest.call("prlimit64", 0, resource.RLIMIT_NOFILE, 0, old) == 0
    assert struct.unpack("<QQ", guest.memory.read(old, 16))[0] == resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    host = resource.getrlimit(resource.RLIMIT_AS)
    new = guest.put(struct.pack("<QQ", 1 << 30, (1 << 64) - 1))
    assert guest.call("prlimit64", 0, resource.RLIMIT_AS, new, old) == 0
    assert guest.call("getrlimit", resource.RLIMIT_AS, old) == 0
    assert struct.unpack("<QQ", guest.memory.read(old, 16)) == (1 << 30, (1 << 64) - 1)
    assert resource.getrlimit(resource.RLIMIT_AS) == host
    assert guest.call("setrlimit", resource.RLIMIT_AS, guest.put(struct.pack("<QQ", 2, 1))) == -errno.EINVAL
    assert guest.call("prlimit64", 0, 99, 0, old) == -errno.EINVAL


def test_prctl(guest: Any) -> None:
    at = guest.room(16)
    assert guest.call("prctl", 15, guest.put(b"my name\0"), 0, 0, 0) == 0
    assert guest.call("prctl", 16, at, 0, 0, 0) == 0
    assert guest.memory.read(at, 8) == b"my name\0"
    assert guest.call("prctl", 22, 2, 0, 0, 0) == -errno.EINVAL
    assert guest.call("prctl", 123456, 2, 0, 0, 0) == -errno.EINVAL


def test_uname(make_guest: Any) -> None:
    guest = make_guest(uname_release="5.4.3-test")
    at = guest.room(390)
    assert guest.call("uname", at) == 0
    fields = [guest.memory.read(at + 65 * n, 65).rstrip(b"\0").decode() for n in range(6)]
    assert fields[0] == "Linux"
    assert fields[2] == "5.4.3-test"
    assert fields[4] == "aarch64"
    assert fields[1] == os.uname().nodename


def test_unknown_and_refused(guest: Any) -> None:
    guest.thread.state = {48: 5000}
    assert guest.table.call(guest.process, guest.thread) == -errno.ENOSYS
    guest.thread.state = {48: 99999}
    assert guest.table.call(guest.process, guest.thread) == -errno.ENOSYS
    assert guest.call("io_uring_setup", 8, 0) == -errno.ENOSYS
    assert guest.call("rseq", 0, 32, 0, 0) == -errno.ENOSYS


def test_close_range_spares_our_own(guest: Any) -> None:
    kept, victims = os.open("/dev/null", os.O_RDONLY), [os.open("/dev/null", os.O_RDONLY) for _ in range(3)]
    low, middle, high = (os.dup2(victims[0], fd) for fd in (700, 701, 702))
    guest.process.kept_fds.add(middle)
    assert guest.call("close_range", 700, 702, 0) == 0
    os.fstat(middle)
    for fd in (low, high):
        with pytest.raises(OSError, match="Bad file"):
            os.fstat(fd)
    for fd in (middle, kept, *victims):
        os.close(fd)


def test_timers_end_with_the_program(guest: Any) -> None:
    event, timer = guest.put(struct.pack("<Qii48x", 1, 0, 1)), guest.room(4)  # SIGEV_NONE
    assert guest.call("timer_create", 1, event, timer) == 0
    number = guest.memory.read_int(timer, 4)
    value = guest.room(32)
    assert guest.call("timer_gettime", number, value) == 0
    for ending in guest.process.on_exec:
        ending()
    assert guest.call("timer_gettime", number, value) == -errno.EINVAL


@pytest.mark.parametrize("layout", ["generic64", "x86_64"])
def test_layout_rules_the_bytes(make_guest: Any, layout: str) -> None:
    guest = make_guest(layout=layout)
    buffer = guest.room(160)
    assert guest.call("newfstatat", AT_FDCWD, b"/", buffer, 0) == 0
    mode = struct.unpack_from("<I", guest.memory.read(buffer, 160), 16 if layout == "generic64" else 24)[0]
    assert mode == os.stat("/").st_mode
    assert guest.memory.read(buffer + 144, 16) == b"\xaa" * 16
    assert (guest.memory.read(buffer + 128, 16) == b"\xaa" * 16) == (layout == "generic64")
