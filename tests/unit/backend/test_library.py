"""The stencil library on disk: damaged, foreign, shared with other processes, too big."""

from __future__ import annotations

import marshal
import os
import subprocess
import sys
from pathlib import Path

import pytest

from hqemu_core.backend.stencil import library
from hqemu_core.backend.stencil.library import Library
from hqemu_core.runtime import disk

KEY = "isa-0123"


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path / "hqemu"


def save(**values: object) -> Path:
    made = Library(KEY)
    for name, value in values.items():
        made.put(name, value)
    made.save()
    assert made.path is not None
    return Path(made.path)


def test_values_come_back() -> None:
    value = (b"code", (1, -2), "name", None, {"a": 1})
    path = save(one=value)
    again = Library(KEY)
    assert again.get("one") == value
    assert again.get("two") is None
    assert "one" in again
    assert "two" not in again
    assert path.stat().st_mode & 0o077 == 0 or path.parent.stat().st_mode & 0o077 == 0


def test_what_is_put_is_there_before_it_is_saved() -> None:
    made = Library(KEY)
    made.put("one", 1)
    assert made.get("one") == 1
    assert Library(KEY).get("one") is None


def test_damage_anywhere_is_noticed() -> None:
    path = save(one=bytes(50), two="x" * 50)
    image = path.read_bytes()
    for at in range(0, len(image), 7):
        damaged = bytearray(image)
        damaged[at] ^= 0x10
        path.write_bytes(damaged)
        assert library.read(str(path)) == {}, at
    path.write_bytes(image)
    assert library.read(str(path)).keys() == {"one", "two"}


def test_truncation_is_noticed() -> None:
    path = save(one=bytes(50))
    image = path.read_bytes()
    for size in range(len(image)):
        path.write_bytes(image[:size])
        assert library.read(str(path)) == {}, size
    path.write_bytes(image + b"more")
    assert library.read(str(path)) == {}


def test_a_damaged_library_is_made_anew() -> None:
    path = save(one=1)
    path.write_bytes(b"rubbish")
    assert Library(KEY).get("one") is None
    save(two=2)
    again = Library(KEY)
    assert (again.get("one"), again.get("two")) == (None, 2)


def test_a_body_that_is_no_dict() -> None:
    path = save(one=1)
    assert disk.write_parts(str(path), library.MAGIC, (marshal.dumps([1, 2]),))
    assert library.read(str(path)) == {}


def test_a_foreign_file_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    path = save(one=1)
    real = os.geteuid()
    monkeypatch.setattr(os, "geteuid", lambda: real + 1)
    assert library.read(str(path)) == {}


def test_a_foreign_directory_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    save(one=1)
    real = os.geteuid()
    monkeypatch.setattr(os, "geteuid", lambda: real + 1)
    assert disk.cache_directory() is None
    made = Library(KEY)
    made.put("one", 2)
    made.save()
    monkeypatch.undo()


def test_the_directory_is_made_private(cache: Path) -> None:
    cache.mkdir(mode=0o755)
    cache.chmod(0o777)
    assert disk.cache_directory() == str(cache)
    assert cache.stat().st_mode & 0o777 == 0o700


def test_without_a_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    assert disk.cache_directory() is None
    made = Library(KEY)
    made.put("one", 1)
    made.save()
    assert made.get("one") == 1


def test_two_libraries_in_one_process_are_merged() -> None:
    first, second = Library(KEY), Library(KEY)
    first.put("one", 1)
    second.put("two", 2)
    first.save()
    second.save()
    again = Library(KEY)
    assert (again.get("one"), again.get("two")) == (1, 2)


WRITER = """
import sys
from hqemu_core.backend.stencil import library
from hqemu_core.backend.stencil.library import Library
library.PATIENCE = 60
who = sys.argv[1]
for n in range(25):
    made = Library("isa-0123")
    made.put(f"{who}{n}", bytes([n]) * 3000)
    made.save()
"""


def test_processes_writing_at_once_lose_nothing(cache: Path) -> None:
    writers = [subprocess.Popen([sys.executable, "-c", WRITER, who]) for who in ("a", "b")]
    assert [writer.wait() for writer in writers] == [0, 0]
    again = Library(KEY)
    for who in ("a", "b"):
        for n in range(25):
            assert again.get(f"{who}{n}") == bytes([n]) * 3000
    assert {path.suffix for path in cache.iterdir()} <= {".stencils", ".lock"}


def test_a_reader_never_sees_half_a_file() -> None:
    save(one=1)
    writer = subprocess.Popen([sys.executable, "-c", WRITER, "c"])
    while writer.poll() is None:
        assert Library(KEY).get("one") == 1
    assert writer.returncode == 0


def test_a_library_that_grows_too_big_is_kept_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    save(one=1)
    monkeypatch.setattr(library, "LIMIT", 1000)
    save(two=bytes(2000))
    again = Library(KEY)
    assert (again.get("one"), again.get("two")) == (1, None)
