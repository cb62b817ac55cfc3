"""What -strace prints."""

from __future__ import annotations

import os
import struct
from pathlib import Path
from typing import Any

import pytest

from hqemu_core.linux.syscalls import strace
from hqemu_core.linux.syscalls.strace_values import quote, signals_text, sockaddr_text


@pytest.fixture
def traced(make_guest: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    guest = make_guest(strace=True)
    guest.lines = []
    monkeypatch.setattr(strace, "write_line", lambda process, text: guest.lines.append(text))
    return guest


def line(guest: Any, name: str, *args: Any) -> str:
    """The line of a call, without the thread id."""
    guest.lines.clear()
    guest.call(name, *args)
    assert len(guest.lines) == 1, guest.lines
    tid, _, text = guest.lines[0].rstrip("\n").partition(" ")
    assert tid == "77"
    return str(text)


def test_no_native_calls_when_tracing(traced: Any, make_guest: Any) -> None:
    assert traced.process.native == []
    assert make_guest().process.native != []


def test_paths_flags_and_errors(traced: Any) -> None:
    assert line(traced, "openat", -100, b"/no/such\n", os.O_CLOEXEC | 0o40000, 0) == (
        'openat(AT_FDCWD, "/no/such\\n", O_RDONLY|O_DIRECTORY|O_CLOEXEC, 000) = -1 ENOENT (No such file or directory)'
    )
    assert line(traced, "openat", 5, b"x", 0o102, 0o644).startswith('openat(5, "x", O_RDWR|O_CREAT, 0644) = -1 ')
    assert line(traced, "faccessat", -100, b"/", 5) == 'faccessat(AT_FDCWD, "/", R_OK|X_OK) = 0'
    assert line(traced, "close", -1) == "close(-1) = -1 EBADF (Bad file descriptor)"
    assert line(traced, "faccessat", -100, 0, 0).startswith("faccessat(AT_FDCWD, NULL, F_OK) = -1 EFAULT")


def test_buffers(traced: Any) -> None:
    read, write = os.pipe()
    assert line(traced, "write", write, b'say "hi"\1', 9) == f'write({write}, "say \\"hi\\"\\1", 9) = 9'
    at = traced.room(64)
    assert line(traced, "read", read, at, 64) == f'read({read}, "say \\"hi\\"\\1", 64) = 9'
    text = line(traced, "write", write, b"y" * 50, 50)
    assert text == f'write({write}, "{"y" * 32}"..., 50) = 50'
    assert line(traced, "read", -1, at, 4) == f"read(-1, {at:#x}, 4) = -1 EBADF (Bad file descriptor)"
    os.close(read)
    os.close(write)


def test_structs(traced: Any) -> None:
    at = traced.room(256)
    text = line(traced, "newfstatat", -100, b"/", at, 0x100)
    assert text.startswith('newfstatat(AT_FDCWD, "/", {st_dev=')
    assert f"st_mode={os.stat('/').st_mode:o}".replace("=", "=0") in text
    assert text.endswith("}, AT_SYMLINK_NOFOLLOW) = 0")
    span = traced.put(struct.pack("<qq", 0, 1000))
    assert line(traced, "nanosleep", span, 0) == "nanosleep({tv_sec=0, tv_nsec=1000}, NULL) = 0"
    pair = traced.room(8)
    text = line(traced, "pipe2", pair, os.O_CLOEXEC)
    fds = struct.unpack("<ii", traced.memory.read(pair, 8))
    assert text == f"pipe2([{fds[0]}, {fds[1]}], O_RDONLY|O_CLOEXEC) = 0"
    for fd in fds:
        os.close(fd)


def test_calls_that_depend_on_an_argument(traced: Any) -> None:
    read, write = os.pipe()
    assert line(traced, "fcntl", read, 2, 1) == f"fcntl({read}, F_SETFD, FD_CLOEXEC) = 0"
    assert line(traced, "fcntl", write, 3, 0) == f"fcntl({write}, F_GETFL) = O_WRONLY"
    at = traced.room(8)
    assert line(traced, "ioctl", read, 0x541B, at) == f"ioctl({read}, FIONREAD, [0]) = 0"
    assert line(traced, "ioctl", read, 0x12345678, at).startswith(f"ioctl({read}, 0x12345678, ")
    word = traced.put(b"\5\0\0\0")
    assert line(traced, "futex", word, 129, 1, 0, 0, 0) == f"futex({word:#x}, FUTEX_WAKE_PRIVATE, 1) = 0"
    assert line(traced, "prctl", 15, b"nm", 0, 0, 0) == 'prctl(PR_SET_NAME, "nm") = 0'
    os.close(read)
    os.close(write)


def test_results(traced: Any) -> None:
    assert line(traced, "getpid") == f"getpid() = {os.getpid()}"
    traced.process.engine.host_call = lambda thread, number, args: -4
    assert line(traced, "read", 0, traced.room(4), 4).endswith("= ? ERESTARTSYS (to be restarted)")


def test_unfinished_calls(traced: Any) -> None:
    """A call that never comes back is shown when the thread makes its next one."""
    number = traced.numbers["execve"]
    words = traced.put(struct.pack("<QQQ", traced.put(b"a\0"), traced.put(b"b c\0"), 0))
    traced.process.strace(traced.process, traced.thread, number, [traced.put(b"/bin/x\0"), words, 0], None)
    assert traced.lines == []
    traced.call("getpid")
    assert traced.lines[0] == '77 execve("/bin/x", ["a", "b c"], NULL) = ?\n'
    traced.lines.clear()
    traced.process.strace(traced.process, traced.thread, traced.numbers["exit_group"], [3], None)
    assert traced.lines == ["77 exit_group(3) = ?\n"]


def test_unknown_is_named_once(traced: Any) -> None:
    traced.lines.clear()
    for _ in range(2):
        traced.thread.state = {48: 5000}
        traced.table.call(traced.process, traced.thread)
    assert traced.lines == ["77 strange (system call 5000): not implemented = -1 ENOSYS (Function not implemented)\n"]


def test_quote() -> None:
    assert quote(b"a\0b\x007\xff\\") == '"a\\0b\\0007\\377\\\\"'


def test_signal_sets(traced: Any) -> None:
    assert signals_text(1 << 16 | 1 << 1) == "[INT CHLD]"
    assert signals_text((1 << 64) - 1 ^ 1 << 8) == "~[KILL]"
    at = traced.put(struct.pack("<Q", 1 << 13))
    assert line(traced, "signalfd4", 900, at, 8, 0) == "signalfd4(900, [ALRM], 8, 0) = -1 EBADF (Bad file descriptor)"


def test_socket_addresses() -> None:
    assert sockaddr_text(b"\x02\0\x00\x50\x7f\0\0\x01" + bytes(8)) == (
        '{sa_family=AF_INET, sin_port=80, sin_addr="127.0.0.1"}'
    )
    assert sockaddr_text(b"\x01\0/tmp/s\0") == '{sa_family=AF_UNIX, sun_path="/tmp/s"}'
    assert sockaddr_text(b"\x01\0\0abs") == '{sa_family=AF_UNIX, sun_path=@"abs"}'


def test_to_a_log_file(make_guest: Any, tmp_path: Path) -> None:
    guest = make_guest(strace=True, log_file=str(tmp_path / "log"))
    guest.call("getuid")
    guest.call("close_range", 3, 0xFFFFFFFF, 4)  # CLOSE_RANGE_CLOEXEC: does no harm to this process
    lines = (tmp_path / "log").read_text().splitlines()
    assert lines[0] == f"77 getuid() = {os.getuid()}"
    assert lines[1] == "77 close_range(3, 4294967295, CLOSE_RANGE_CLOEXEC) = 0"
