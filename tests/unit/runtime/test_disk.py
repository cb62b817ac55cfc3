"""Files kept between runs: whatever happened to them or to their directory, they are read whole or not at all."""

from __future__ import annotations

import errno
import os
import resource
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hqemu_core.backend.stencil import library
from hqemu_core.backend.stencil.library import Library
from hqemu_core.runtime import disk

MAGIC = b"test-magic-1\0\0\0\n"
PARTS = (b"first part", b"", b"the third part")
AS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "some.code"


def read(path: Path, magic: bytes = MAGIC, count: int = 3) -> list[bytes] | None:
    parts = disk.read_parts(str(path), magic, count)
    return None if parts is None else [bytes(part) for part in parts]


def write(path: Path, parts: tuple[bytes, ...] = PARTS) -> bool:
    return disk.write_parts(str(path), MAGIC, parts)


def in_child(body: Callable[[], Any]) -> int:
    """Its wait status."""
    pid = os.fork()
    if not pid:
        try:
            body()
        finally:
            os._exit(0)
    return os.waitpid(pid, 0)[1]


# -- the directory


def test_the_directory_is_private(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "a" / "b"))
    found = disk.cache_directory()
    assert found == str(tmp_path / "a" / "b" / "hqemu")
    os.chmod(found, 0o755)
    assert disk.cache_directory() == found
    assert os.stat(found).st_mode & 0o777 == 0o700


def test_the_directory_is_at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert disk.cache_directory() == str(tmp_path / ".cache" / "hqemu")
    monkeypatch.delenv("HOME")
    assert disk.cache_directory() is None


@pytest.mark.parametrize("root", ["relative", "/proc", "/dev/null", "/proc/self/mem/x", "/" + "x" * 5000])
def test_no_directory(root: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", root)
    assert disk.cache_directory() is None


@AS_ROOT
@pytest.mark.parametrize("kind", ["directory", "link"])
def test_somebody_elses_directory(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor a link that somebody else made to a directory of ours: files there would be pruned."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    if kind == "link":
        (tmp_path / "mine").mkdir(mode=0o755)
        (tmp_path / "hqemu").symlink_to(tmp_path / "mine")
    else:
        (tmp_path / "hqemu").mkdir()
    os.lchown(tmp_path / "hqemu", 65534, 65534)
    assert disk.cache_directory() is None
    if kind == "link":
        assert (tmp_path / "mine").stat().st_mode & 0o777 == 0o755


def test_a_link_of_our_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    (tmp_path / "elsewhere").mkdir(mode=0o700)
    (tmp_path / "hqemu").symlink_to(tmp_path / "elsewhere")
    assert disk.cache_directory() == str(tmp_path / "hqemu")


# -- reading


def test_round_trip(path: Path) -> None:
    assert read(path) is None
    assert write(path)
    assert read(path) == list(PARTS)
    assert path.stat().st_mode & 0o777 == 0o600
    assert write(path, (b"", b"", b"x" * 100000))
    assert read(path) == [b"", b"", b"x" * 100000]
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_another_kind(path: Path) -> None:
    write(path)
    assert read(path, count=2) is None
    assert read(path, magic=MAGIC[::-1]) is None


def test_every_truncation(path: Path) -> None:
    write(path)
    whole = path.read_bytes()
    for size in range(len(whole)):
        path.write_bytes(whole[:size])
        assert read(path) is None, size
    path.write_bytes(whole + b"\0")
    assert read(path) is None


def test_every_changed_byte(path: Path) -> None:
    write(path)
    whole = path.read_bytes()
    for at in range(len(whole)):
        path.write_bytes(whole[:at] + bytes((whole[at] ^ 0x10,)) + whole[at + 1 :])
        assert read(path) is None, at


def test_a_link_is_not_followed(path: Path, tmp_path: Path) -> None:
    write(tmp_path / "target")
    path.symlink_to(tmp_path / "target")
    assert read(path) is None
    assert write(path)
    assert not path.is_symlink()


def test_no_regular_file(path: Path) -> None:
    path.mkdir()
    assert read(path) is None
    assert not write(path)
    path.rmdir()
    os.mkfifo(path)
    assert read(path) is None


@AS_ROOT
def test_somebody_elses_file(path: Path) -> None:
    write(path)
    os.chown(path, 65534, 65534)
    assert read(path) is None


# -- writing


def test_no_directory_to_write_to(path: Path) -> None:
    assert not write(path / "x" / "y")
    assert not write(Path("/proc/x.code"))
    assert not disk.write_parts("/proc/\0", MAGIC, PARTS)


@pytest.mark.parametrize("call", ["write", "replace", "fchmod"])
def test_a_full_disk(call: str, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The old file stays, nothing else does."""
    write(path)
    real = os.write
    budget = [40]

    def full(*arguments: Any) -> Any:
        if call == "write" and len(arguments[1]) <= budget[0]:
            budget[0] -= len(arguments[1])
            return real(*arguments)
        raise OSError(errno.ENOSPC, "no space")

    with monkeypatch.context() as patch:
        patch.setattr(os, call, full)
        assert not write(path, (b"new", b"new", b"new"))
    assert read(path) == list(PARTS)
    assert list(path.parent.iterdir()) == [path]


def test_a_limit_of_file_size(path: Path) -> None:
    """With the signal that goes with it as a guest may have set it."""

    def body() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
        resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))
        os._exit(1 if write(path, (b"x" * 200, b"", b"")) else 2)

    assert os.waitstatus_to_exitcode(in_child(body)) == 2
    assert list(path.parent.iterdir()) == []


def test_the_guests_umask(path: Path) -> None:
    def body() -> None:
        os.umask(0o777)
        write(path)

    in_child(body)
    assert path.stat().st_mode & 0o777 == 0o600


def test_killed_while_writing(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(path)

    def body() -> None:
        os.replace = lambda *_: os.kill(os.getpid(), 9)
        write(path, (b"a", b"b", b"c"))

    assert os.WTERMSIG(in_child(body)) == 9
    left = [file for file in path.parent.iterdir() if file != path]
    assert len(left) == 1
    assert read(path) == list(PARTS)
    write(path)
    assert left[0].exists(), "its writer might be at work"
    old = time.time() - 3600
    os.utime(left[0], (old, old))
    write(path)
    assert list(path.parent.iterdir()) == [path]


def test_a_number_of_a_killed_process_comes_again(path: Path) -> None:
    temporary = Path(f"{path}.{os.getpid()}.new")
    temporary.write_bytes(b"")
    assert not write(path), "another process may have this number in its container"
    os.utime(temporary, (1, 1))
    assert write(path)
    assert read(path) == list(PARTS)


def test_many_writers(path: Path) -> None:
    """A reader sees what one of them wrote, whole."""
    pids = []
    for n in range(8):
        pid = os.fork()
        if not pid:
            try:
                for _ in range(20):
                    write(path, (bytes((n,)) * 50000,) * 3)
            finally:
                os._exit(0)
        pids.append(pid)
    seen = 0
    while pids:
        found = read(path)
        if found is not None:
            assert len(set(b"".join(found))) == 1
            seen += 1
        pid, _ = os.waitpid(pids[-1], os.WNOHANG)
        if pid:
            pids.pop()
    assert seen
    assert list(path.parent.iterdir()) == [path]


# -- pruning


def make(folder: Path, name: str, age: float, size: int = 10) -> None:
    (folder / name).write_bytes(bytes(size))
    then = time.time() - age
    os.utime(folder / name, (then, then))


def names(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


def test_prune_takes_what_nobody_uses(tmp_path: Path) -> None:
    day = 86400
    make(tmp_path, "old.stencils", 40 * day)
    make(tmp_path, "old.stencils.lock", 40 * day)
    make(tmp_path, "used.stencils", 20 * day)
    make(tmp_path, "used.stencils.lock", 50 * day)
    make(tmp_path, "old.code", 31 * day)
    make(tmp_path, "orphan.stencils.lock", 2 * day)
    make(tmp_path, "a.code.1.new", day)
    make(tmp_path, "b.code.2.new", 5)
    make(tmp_path, "somebody's file", 1000 * day)
    (tmp_path / "folder.code").mkdir()
    os.utime(tmp_path / "folder.code", (1, 1))
    disk.prune(str(tmp_path))
    # a lock goes when its library has gone: at the next time
    disk.prune(str(tmp_path))
    kept = ["b.code.2.new", "folder.code", "somebody's file", "used.stencils", "used.stencils.lock"]
    assert names(tmp_path) == kept


def test_prune_keeps_the_directory_small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(disk, "DIRECTORY_LIMIT", 2500)
    for n in range(4):
        make(tmp_path, f"{n}.code", 100 - n, 1000)
    make(tmp_path, "not ours", 1000, 5000)
    disk.prune(str(tmp_path))
    assert names(tmp_path) == ["2.code", "3.code", "not ours"]


def test_reading_counts_as_use(path: Path) -> None:
    write(path)
    then = time.time() - 20 * 86400
    os.utime(path, (then, then))
    assert read(path) == list(PARTS)
    assert time.time() - path.stat().st_mtime < 1000


# -- the stencil library


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path / "hqemu"


def test_libraries_of_many_processes_are_merged(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(library, "PATIENCE", 60.0)
    pids = []
    for n in range(8):
        pid = os.fork()
        if not pid:
            try:
                mine = Library("test")
                for k in range(5):
                    mine.put(f"{n} {k}", (n, k))
                    mine.save()
            finally:
                os._exit(0)
        pids.append(pid)
    for pid in pids:
        os.waitpid(pid, 0)
    assert Library("test").records.keys() == {f"{n} {k}" for n in range(8) for k in range(5)}


def test_a_writer_that_hangs_holds_nobody_up(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import fcntl

    monkeypatch.setattr(library, "PATIENCE", 0.05)
    mine = Library("test")
    mine.put("a", 1)
    with open(cache / "test.stencils.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        mine.save()
        assert mine.fresh
    mine.save()
    assert not mine.fresh
    assert Library("test").get("a") == 1


def test_a_damaged_library_is_made_anew(cache: Path) -> None:
    mine = Library("test")
    mine.put("a", 1)
    mine.save()
    (cache / "test.stencils").write_bytes(b"")
    again = Library("test")
    assert again.get("a") is None
    again.put("b", 2)
    again.save()
    assert Library("test").records.keys() == {"b"}


def test_a_library_that_holds_something_else(cache: Path) -> None:
    Library("test")
    for body in (b"", b"\xff", b"i\1\0\0\0"):
        assert disk.write_parts(str(cache / "test.stencils"), library.MAGIC, (body,))
        assert Library("test").records == {}


def test_library_takes_up_what_others_wrote(cache: Path) -> None:
    mine, other = Library("test"), Library("test")
    mine.put("a", 1)
    assert not mine.refresh()
    other.put("b", 2)
    other.save()
    assert mine.refresh()
    assert (mine.get("a"), mine.get("b")) == (1, 2)
    assert not mine.refresh()
    mine.save()
    assert Library("test").records.keys() == {"a", "b"}
