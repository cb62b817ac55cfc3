"""Finding plugins, calling hooks, versions that move together."""

from __future__ import annotations

import importlib.metadata
import inspect
import os
import runpy
import subprocess
import sys
import tomllib
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import hqemu_core
from hqemu_core import builtin
from hqemu_core.config import Config
from hqemu_core.errors import HqemuError, UsageError
from hqemu_core.isa.spec import IsaSpec
from hqemu_core.plugins import EntryPoint, Plugins, parse_entry_points, scan

ROOT = Path(__file__).parents[2]
LIBRARIES = {"hqemu_x86_64": ("hqemu-x86",)}
"""other plugins that one is written with"""
ISA_PLUGINS = sorted(path.parent for path in (ROOT / "plugins").glob("*/pyproject.toml"))

SAMPLE = """\
[console_scripts]
isa.fake = other:main

[hqemu]
isa.one=one.plugin
# comment
counter = counting

[zzz]
isa.two = no
"""


def make_dist(site: Path, name: str, text: str) -> None:
    folder = site / f"{name}.dist-info"
    folder.mkdir(parents=True)
    (folder / "entry_points.txt").write_text(text)


def test_parse_entry_points() -> None:
    assert list(parse_entry_points(SAMPLE)) == [("isa.one", "one.plugin"), ("counter", "counting")]


def test_scan_finds_the_group_and_skips_what_cannot_be_read(tmp_path: Path) -> None:
    site = tmp_path / "site"
    make_dist(site, "my_isa-2.5", SAMPLE)
    make_dist(site, "unrelated-1.0", "[console_scripts]\nhqemu = x:y\n")
    (site / "empty-1.dist-info").mkdir()
    tree = tmp_path / "tree" / "dev.egg-info"
    tree.mkdir(parents=True)
    (tree / "entry_points.txt").write_text("[hqemu]\nisa.dev = dev\nisa.one = shadowed\n")
    (tree / "PKG-INFO").write_text("Name: dev\nVersion: 3\n")
    found = scan([str(tmp_path / "missing"), __file__, str(site), str(tmp_path / "tree")])
    assert [(p.name, p.module, p.distribution, p.version) for p in found] == [
        ("counter", "counting", "my-isa", "2.5"),
        ("isa.dev", "dev", "dev", "3"),
        ("isa.one", "one.plugin", "my-isa", "2.5"),
    ]


def test_scan_agrees_with_importlib_metadata() -> None:
    theirs = {(point.name, point.value) for point in importlib.metadata.entry_points(group="hqemu")}
    assert {(point.name, point.module) for point in scan(sys.path)} == theirs


def make_module(monkeypatch: pytest.MonkeyPatch, name: str, **members: object) -> EntryPoint:
    module = ModuleType(name)
    vars(module).update(members)
    monkeypatch.setitem(sys.modules, name, module)
    return EntryPoint(name.replace("_", "."), name, f"dist-{name}", "1")


def make_isa(monkeypatch: pytest.MonkeyPatch, name: str, machine: int = 1, **members: object) -> EntryPoint:
    def load() -> IsaSpec:
        raise AssertionError("loaded")

    entry = hqemu_core.IsaEntry(name, machine, 32, (f"{name}-linux-user", f"{name}be-linux-user"), load)
    return make_module(monkeypatch, f"isa_{name}", register_isa=hqemu_core.hookimpl(lambda: entry), **members)


def test_only_the_chosen_isa_is_imported(monkeypatch: pytest.MonkeyPatch) -> None:
    broken = EntryPoint("isa.broken", "no_such_module_anywhere", "broken", "1")
    plugins = Plugins([make_isa(monkeypatch, "one"), broken])
    assert plugins.target("one-linux-user").name == "one"
    assert plugins.target("one-linux-user") is plugins.isa("one")
    assert plugins.isa("two") is None
    assert plugins.find(lambda entry: entry.name == "one") is not None
    for ask in (plugins.isas, lambda: plugins.find(lambda entry: False), lambda: plugins.target("x-linux-user")):
        with pytest.raises(HqemuError, match=r"plugin isa\.broken \(broken 1\) cannot be imported: No module named"):
            ask()


def test_target_by_another_name_than_the_plugin(monkeypatch: pytest.MonkeyPatch) -> None:
    plugins = Plugins([make_isa(monkeypatch, "one")])
    assert plugins.target("onebe-linux-user").name == "one"
    with pytest.raises(UsageError, match=r"unknown target 'three' \(installed: one-linux-user, onebe-linux-user\)"):
        plugins.target("three")


@pytest.mark.parametrize("members", [{}, {"register_isa": lambda: None}, {"register_isa": lambda: 3}])
def test_plugin_without_isa(monkeypatch: pytest.MonkeyPatch, members: dict[str, object]) -> None:
    plugins = Plugins([make_module(monkeypatch, "isa_bad", **members)])
    with pytest.raises(HqemuError, match=r"plugin isa\.bad \(isa_bad\): register_isa\(\) gives no IsaEntry"):
        plugins.isa("bad")


def hook_names() -> dict[str, bool]:
    """Every hook, and whether it has one answer."""
    from hqemu_core import hookspecs

    return {
        name: function.hqemu_spec["firstresult"]
        for name, function in vars(hookspecs).items()
        if hasattr(function, "hqemu_spec")
    }


def test_hook_groups() -> None:
    names = hook_names()
    assert {name for name, first in names.items() if first} == builtin.FIRST_RESULT
    assert all(name.startswith("make_") == first for name, first in names.items())
    assert all(name.startswith(("register_", "make_", "on_")) for name in names)


def test_hooks_are_documented() -> None:
    from hqemu_core import hookspecs

    text = (ROOT / "docs" / "hooks.md").read_text()
    for name in hook_names():
        function = getattr(hookspecs, name)
        assert inspect.getdoc(function)
        signature = f"{name}({', '.join(inspect.signature(function).parameters)})"
        assert f"`{signature}`" in text, signature


def test_core_answers_with_and_without_pluggy(monkeypatch: pytest.MonkeyPatch) -> None:
    """The short way gives what pluggy gives, for every hook the core implements."""
    plain, full = Plugins([]), Plugins([])
    full.add("observer", make_plugin(on_exit=lambda status, signo: None))
    config = Config()
    config.mode = "block"
    arguments: dict[str, dict[str, Any]] = {
        "make_code_cache": {"config": config},
        "make_trace_former": {"config": config},
        "make_scheduler": {"config": config, "mode": "block", "backend": plain.backend},
    }
    for name in hook_names():
        if hasattr(builtin, name):
            short, long = (plugins.call(name, **arguments.get(name, {})) for plugins in (plain, full))
            assert type(short) is type(long)
            assert isinstance(short, list) == (name not in builtin.FIRST_RESULT)
            if isinstance(short, list):
                assert repr(short) == repr(long)
        elif name == "on_exit":
            assert plain.caller(name) is None
            assert full.caller(name) is not None
        else:
            assert plain.caller(name) is None
            assert full.caller(name) is None
    assert plain.call("make_memory", config=None, isa=None) is None
    assert plain.call("on_exit", status=0, signo=0) == []


def make_plugin(**functions: object) -> ModuleType:
    module = ModuleType("sample_plugin")
    for name, function in functions.items():
        setattr(module, name, hqemu_core.hookimpl(function))  # type: ignore[type-var]
    return module


def test_plugin_hooks_are_called() -> None:
    seen: list[int] = []
    plugins = Plugins([])
    plugins.add("a", make_plugin(on_exit=lambda status: seen.append(status), make_machine=lambda config: None))
    plugins.add("b", make_plugin(on_exit=lambda signo: seen.append(signo), make_machine=lambda isa: f"M of {isa}"))
    plugins.call("on_exit", status=3, signo=9)
    assert sorted(seen) == [3, 9]
    assert plugins.call("make_machine", config=None, isa="x") == "M of x"


def test_unknown_hook_is_an_error() -> None:
    plugins = Plugins([])
    plugins.add("typo", make_plugin(on_exti=lambda: None))
    with pytest.raises(Exception, match="unknown hook 'on_exti'"):
        plugins.call("on_exit", status=0, signo=0)


def test_hook_plugin_is_imported_at_start(monkeypatch: pytest.MonkeyPatch) -> None:
    point = make_module(monkeypatch, "counter", on_exit=hqemu_core.hookimpl(lambda status: None))
    assert [name for name, _ in Plugins([point]).modules] == ["counter"]


FORBIDDEN = (
    "argparse", "capstone", "dataclasses", "elftools", "enum", "importlib.metadata", "inspect", "json", "llvmlite",
    "pathlib", "pluggy", "re", "shutil", "subprocess", "tempfile", "typing",
)  # fmt: skip


@pytest.mark.parametrize("module", ["hqemu_core.cli", *[f"{path.name}.plugin" for path in ISA_PLUGINS]])
def test_light_imports(module: str) -> None:
    """What every start imports before the ISA is known needs none of the slow standard modules."""
    code = f"import sys, {module}; print(*sorted(set(sys.modules) & {set(FORBIDDEN)!r}))"
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, (ROOT, *ISA_PLUGINS)))}
    done = subprocess.run([sys.executable, "-S", "-c", code], capture_output=True, text=True, env=environ, check=True)
    assert done.stdout.split() == []


def test_versions_move_together(monkeypatch: pytest.MonkeyPatch) -> None:
    assert tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["dynamic"]["version"] == {
        "attr": "hqemu_core.version.VERSION"
    }
    for plugin in ISA_PLUGINS:
        project = tomllib.loads((plugin / "pyproject.toml").read_text())["project"]
        assert set(project["dynamic"]) == {"version", "dependencies"}
        link = plugin / plugin.name / "version.py"
        assert link.is_symlink()
        assert link.resolve() == ROOT / "hqemu_core" / "version.py"
        given: dict[str, object] = {}
        fake = ModuleType("setuptools")
        vars(fake)["setup"] = given.update
        monkeypatch.setitem(sys.modules, "setuptools", fake)
        monkeypatch.chdir(plugin)
        runpy.run_path("setup.py")
        version = hqemu_core.VERSION
        needs = ["hqemu-core", *LIBRARIES.get(plugin.name, ())]
        assert given == {"version": version, "install_requires": [f"{name}=={version}" for name in needs]}
