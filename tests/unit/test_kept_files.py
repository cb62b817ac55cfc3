"""What is kept between runs never shows: names change with what they depend on, and damage or the lack of a place to
keep anything costs time only."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from hqemu_core import identity
from hqemu_core.plugins import EntryPoint, Plugins
from hqemu_toy.asm import assemble, make_elf
from hqemu_toy.plugin import EM_TOY
from hqemu_toy.spec import make_spec

SOURCE = (Path(__file__).parents[1] / "toy_isa" / "hqemu_toy" / "count.s").read_text()
OUTPUT, STATUS = b"5\n4\n3\n2\n1\n", 15


# -- names


@pytest.fixture
def plugins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Plugins:
    """With a plugin whose files may be touched."""
    package = tmp_path / "hqemu_touched"
    (package / "lift").mkdir(parents=True)
    (package / "sched").mkdir()
    for name in ("__init__.py", "lift/some.py", "sched/some.py"):
        (package / name).write_text("")
    monkeypatch.syspath_prepend(str(tmp_path))
    return Plugins([EntryPoint("isa.touched", "hqemu_touched.plugin", "hqemu-touched", "1")])


def keys(plugins: Plugins) -> tuple[str, str]:
    return identity.library_key(make_spec(), plugins), identity.code_key(plugins, "none")


@pytest.mark.parametrize("part", ["ir", "isa", "passes", "backend", "runtime", "frontend", "sched", "trace"])
def test_every_folder_of_sources_counts(part: str) -> None:
    """All but what is never imported where code is made."""
    core = Path(identity.__file__).parent
    folders = {str(path.parent.relative_to(core)) for path in (core / part).rglob("*.py")}
    assert folders - {"backend/interp"} <= {*identity._STENCIL_SOURCES, *identity._CODE_SOURCES}


def test_names_stay(plugins: Plugins) -> None:
    assert keys(plugins) == keys(plugins)
    assert keys(plugins)[0].startswith("toy-")


@pytest.mark.parametrize(
    "name, library, code", [("lift/some.py", True, False), ("lift/new.py", True, False), ("sched/some.py", False, True)]
)
def test_names_follow_sources(name: str, library: bool, code: bool, plugins: Plugins, tmp_path: Path) -> None:
    before = keys(plugins)
    (tmp_path / "hqemu_touched" / name).write_text("changed = 1")
    after = keys(plugins)
    assert (before[0] != after[0], before[1] != after[1]) == (library, code)


def test_names_follow_what_compiles(plugins: Plugins, monkeypatch: pytest.MonkeyPatch) -> None:
    found = {keys(plugins)[0]}
    monkeypatch.setattr(identity, "_llvm_identity", lambda: b"another LLVM")
    found.add(keys(plugins)[0])
    monkeypatch.setattr(identity, "_cpu_identity", lambda: b"another CPU")
    found.add(keys(plugins)[0])
    monkeypatch.setattr(sys, "version", "another Python")
    found.add(keys(plugins)[0])
    found.add(identity.library_key(make_spec(), plugins, "another backend"))
    assert len(found) == 5


def test_links_that_lead_nowhere_do_not_matter(plugins: Plugins, tmp_path: Path) -> None:
    before = keys(plugins)
    (tmp_path / "hqemu_touched" / "lift" / ".#some.py").symlink_to("nobody@nowhere")
    assert keys(plugins) == before


def test_a_program_that_is_gone() -> None:
    assert identity.file_key("/nonexistent") == identity.file_key("/x (deleted)") == identity.file_key("a\0b") == ""


def test_a_program_that_changed(tmp_path: Path) -> None:
    path = tmp_path / "program"
    path.write_text("a")
    first = identity.file_key(str(path))
    path.write_text("ab")
    second = identity.file_key(str(path))
    (tmp_path / "other").write_text("ab")
    (tmp_path / "other").rename(path)
    assert len({first, second, identity.file_key(str(path)), ""}) == 4


# -- runs


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("program") / "count"
    path.write_bytes(make_elf(assemble(SOURCE), EM_TOY))
    path.chmod(0o755)
    return path


def run(program: Path, **environ: str | None) -> None:
    """It does what it does, and says nothing else."""
    full = {**os.environ, **environ}
    done = subprocess.run(
        [sys.executable, "-m", "hqemu_core", str(program)],
        capture_output=True, env={k: v for k, v in full.items() if v is not None}, timeout=120,
    )  # fmt: skip
    assert (done.stdout, done.returncode, done.stderr) == (OUTPUT, STATUS, b"")


@pytest.mark.parametrize("root", ["/proc", "/dev/null", "relative"])
def test_no_place(root: str, program: Path) -> None:
    run(program, XDG_CACHE_HOME=root)


def test_no_home(program: Path) -> None:
    run(program, XDG_CACHE_HOME=None, HOME=None)


def test_damaged_files(program: Path, tmp_path: Path) -> None:
    run(program, XDG_CACHE_HOME=str(tmp_path))
    kept = list(tmp_path.glob("hqemu/*.stencils"))
    assert len(kept) == 1
    good = kept[0].read_bytes()
    for bad in (b"", good[:1000], good[:500] + bytes(8) + good[508:]):
        kept[0].write_bytes(bad)
        run(program, XDG_CACHE_HOME=str(tmp_path))
        assert len(kept[0].read_bytes()) > 1000, "not made anew"


def test_two_at_once(program: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "hqemu_core", str(program)]
    environ = {**os.environ, "XDG_CACHE_HOME": str(tmp_path)}
    started = [subprocess.Popen(command, stdout=subprocess.PIPE, env=environ) for _ in range(2)]
    assert [(process.communicate(timeout=120)[0], process.returncode) for process in started] == [(OUTPUT, STATUS)] * 2
    run(program, XDG_CACHE_HOME=str(tmp_path))
    assert {path.suffix for path in tmp_path.glob("hqemu/*")} == {".stencils", ".lock"}
