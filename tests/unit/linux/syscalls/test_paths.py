"""The sysroot and the guest's own /proc."""

from __future__ import annotations

import errno
import os
import struct
from pathlib import Path
from typing import Any

import pytest

AT_FDCWD = -100


@pytest.fixture
def sysroot(tmp_path: Path) -> Path:
    """usr/bin/tool -> /etc/alternatives/tool -> /usr/bin/real: absolute links, as Debian has them."""
    root = tmp_path / "root"
    (root / "usr/bin").mkdir(parents=True)
    (root / "etc/alternatives").mkdir(parents=True)
    (root / "usr/bin/real").write_text("in the sysroot")
    (root / "usr/bin/tool").symlink_to("/etc/alternatives/tool")
    (root / "etc/alternatives/tool").symlink_to("/usr/bin/real")
    (root / "bin").symlink_to("usr/bin")
    (root / "etc/passwd").write_text("guest's")
    return root


@pytest.fixture
def guest(make_guest: Any, sysroot: Path) -> Any:
    return make_guest(sysroot=str(sysroot))


@pytest.fixture(autouse=True)
def _back() -> Any:
    before = os.getcwd()
    yield
    os.chdir(before)


def read_file(guest: Any, path: bytes) -> bytes:
    fd = guest.call("openat", AT_FDCWD, path, 0, 0)
    if fd < 0:
        return errno.errorcode[-fd].encode()
    with os.fdopen(fd, "rb") as file:
        return file.read()


def test_redirects_what_is_there(guest: Any, sysroot: Path) -> None:
    paths = guest.process.resolve
    root = os.fsencode(sysroot)
    assert paths(b"/etc/passwd") == root + b"/etc/passwd"
    assert paths(b"/etc/hostname-of-host") == b"/etc/hostname-of-host"
    assert paths(b"relative") == b"relative"
    assert paths(b"") == b""
    assert read_file(guest, b"/etc/passwd") == b"guest's"
    assert read_file(guest, b"/no/such/file") == b"ENOENT"


def test_absolute_links_stay_inside(guest: Any, sysroot: Path) -> None:
    assert guest.process.resolve(b"/bin/tool") == os.fsencode(sysroot / "usr/bin/real")
    assert read_file(guest, b"/bin/tool") == b"in the sysroot"
    assert guest.process.resolve(b"/bin/tool", False) == os.fsencode(sysroot / "usr/bin/tool")
    at = guest.room(64)
    assert guest.call("readlinkat", AT_FDCWD, b"/bin/tool", at, 64) == 22
    assert guest.memory.read(at, 22) == b"/etc/alternatives/tool"


def test_kernel_file_systems_are_the_hosts(guest: Any, sysroot: Path) -> None:
    for name in ("proc", "tmp", "dev"):
        (sysroot / name).mkdir()
        assert guest.process.resolve(b"/" + name.encode()) == b"/" + name.encode()
    (sysroot / "process").mkdir()
    assert guest.process.resolve(b"/process") == os.fsencode(sysroot / "process")


def test_files_that_come_and_go(guest: Any, sysroot: Path) -> None:
    paths = guest.process.resolve
    assert paths(b"/etc/new") == b"/etc/new"
    (sysroot / "etc/new").write_text("")
    assert paths(b"/etc/new") == os.fsencode(sysroot / "etc/new")
    (sysroot / "etc/new").unlink()
    assert paths(b"/etc/new") == b"/etc/new"


def test_nofollow_flags(guest: Any) -> None:
    buffer = guest.room(128)
    assert guest.call("newfstatat", AT_FDCWD, b"/bin/tool", buffer, 0x100) == 0
    assert struct.unpack_from("<I", guest.memory.read(buffer, 128), 16)[0] & 0o170000 == 0o120000
    assert guest.call("newfstatat", AT_FDCWD, b"/bin/tool", buffer, 0) == 0
    assert struct.unpack_from("<I", guest.memory.read(buffer, 128), 16)[0] & 0o170000 == 0o100000
    assert guest.call("faccessat", AT_FDCWD, b"/usr/bin/real", 4) == 0


def test_the_links_own_removal(guest: Any, sysroot: Path) -> None:
    assert guest.call("unlinkat", AT_FDCWD, b"/usr/bin/tool", 0) == 0
    assert not os.path.lexists(sysroot / "usr/bin/tool")
    assert (sysroot / "etc/alternatives/tool").is_symlink()


def test_working_directory(guest: Any, sysroot: Path) -> None:
    at = guest.room(256)
    assert guest.call("chdir", b"/usr") == 0
    assert os.getcwd() == str(sysroot / "usr")
    assert guest.call("getcwd", at, 256) == 5
    assert guest.memory.read(at, 5) == b"/usr\0"
    assert read_file(guest, b"bin/tool") == b"in the sysroot"
    assert read_file(guest, b"../etc/passwd") == b"guest's"
    assert guest.call("chdir", b"/") == 0
    assert guest.call("getcwd", at, 256) == 2
    assert guest.memory.read(at, 2) == b"/\0"
    # what the sysroot lacks is the host's, by a relative path too
    assert read_file(guest, b"proc/sys/kernel/ostype") == b"Linux\n"
    assert guest.call("getcwd", at, 1) == -errno.ERANGE
    assert guest.call("chdir", b"/proc") == 0
    assert guest.call("getcwd", at, 256) == 6
    fd = os.open(sysroot / "etc", os.O_RDONLY)
    assert guest.call("fchdir", fd) == 0
    os.close(fd)
    assert guest.call("getcwd", at, 256) == 5
    assert guest.memory.read(at, 5) == b"/etc\0"


def test_own_proc_entries(guest: Any) -> None:
    assert read_file(guest, b"/proc/self/cmdline") == b"prog\0a b\0"
    assert read_file(guest, b"/proc/%d/cmdline" % os.getpid()) == b"prog\0a b\0"
    assert read_file(guest, b"/proc/self/environ") == b"A=1\0"
    assert read_file(guest, b"/proc/self/auxv") == guest.process.auxv
    assert read_file(guest, b"/proc/cpuinfo").startswith(b"processor\t: 0\nBogoMIPS")
    assert read_file(guest, b"/proc/1/cmdline") == Path("/proc/1/cmdline").read_bytes()
    fields = read_file(guest, b"/proc/self/stat").rpartition(b") ")[2].split()
    assert fields[1] == b"%d" % os.getppid()
    assert int(fields[28 - 3]) == 0x123450


def test_maps(guest: Any, sysroot: Path) -> None:
    from hqemu_core.linux.mmap import map_pages

    with open(sysroot / "usr/bin/real", "rb") as file:
        at = map_pages(guest.memory, 0, 4096, 5, 2, file.fileno(), 0)
        inode = os.fstat(file.fileno()).st_ino
    lines = read_file(guest, b"/proc/self/maps").decode().splitlines()
    (line,) = [text for text in lines if text.startswith(f"{at:08x}-{at + 4096:08x} ")]
    assert line.split()[1:3] == ["r-xp", "00000000"]
    assert line.split()[4:] == [str(inode), "/usr/bin/real"]
    assert line.index("/usr") == 73
    (line,) = [text for text in lines if text.startswith(f"{guest.area:08x}-")]
    assert line.split()[1:] == ["rw-p", "00000000", "00:00", "0"]


def test_exe_link(guest: Any) -> None:
    at = guest.room(64)
    assert guest.call("readlinkat", AT_FDCWD, b"/proc/self/exe", at, 64) == 9
    assert guest.memory.read(at, 9) == b"/bin/true"
    assert guest.call("readlinkat", AT_FDCWD, b"/proc/self/exe", at, 4) == 4
    assert guest.process.resolve(b"/proc/self/exe") == b"/bin/true"
    assert guest.call("readlinkat", AT_FDCWD, b"/proc/self/nothing", at, 64) == -errno.ENOENT


def test_exe_link_in_the_sysroot(guest: Any, sysroot: Path) -> None:
    guest.process.exe_path = os.fsencode(sysroot / "usr/bin/real")
    at = guest.room(64)
    assert guest.call("readlinkat", AT_FDCWD, b"/proc/self/exe", at, 64) == 13
    assert guest.memory.read(at, 13) == b"/usr/bin/real"


def test_without_a_sysroot(make_guest: Any) -> None:
    guest = make_guest()
    path = b"/etc/passwd"
    assert guest.process.resolve(path) is path
    assert guest.process.resolve(b"/proc/self/exe") == b"/bin/true"
