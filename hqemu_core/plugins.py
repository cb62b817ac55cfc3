"""Finding plugins, and calling their hooks.

A plugin is a module named by an entry point of group ``hqemu``. An entry point called ``isa.NAME`` is an ISA: its
module is imported only when a program of that ISA is run (or plugins are listed). Any other entry point is imported at
every start and may implement any hook. The core's own parts are a plugin too (:mod:`hqemu_core.builtin`).

Two costs are avoided at start. ``importlib.metadata`` takes 15 ms to import, so the ``entry_points.txt`` files are
looked for here. pluggy takes 7 ms more than is loaded anyhow, so it is imported only when somebody other than the
core implements a hook; else the core's function is the only answer and is called directly.
"""

from __future__ import annotations

import os
import sys

from . import builtin
from .entry import IsaEntry
from .errors import HqemuError, UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from types import ModuleType
    from typing import Any

    from .backend.base import Backend
    from .entry import BackendEntry

GROUP = "hqemu"
ISA_PREFIX = "isa."


class EntryPoint:
    """``name`` = ``module`` in group ``hqemu`` of ``distribution`` ``version``."""

    __slots__ = ("distribution", "module", "name", "version")

    def __init__(self, name: str, module: str, distribution: str, version: str) -> None:
        self.name = name
        self.module = module
        self.distribution = distribution
        self.version = version

    def load(self) -> ModuleType:
        try:
            __import__(self.module)
        except ImportError as error:
            text = f"plugin {self.name} ({self.distribution} {self.version}) cannot be imported: {error}"
            raise HqemuError(text) from error
        return sys.modules[self.module]


def parse_entry_points(text: str) -> Iterator[tuple[str, str]]:
    """(name, module) of group ``hqemu`` in an ``entry_points.txt``."""
    group = ""
    for line in text.splitlines():
        line = line.strip()
        if line[:1] == "[":
            group = line[1:-1].strip()
        elif group == GROUP and line and line[0] not in "#;":
            name, _, module = line.partition("=")
            yield name.strip(), module.strip()


def scan(path: Iterable[str]) -> list[EntryPoint]:
    """Entry points of the distributions installed in the directories of ``path`` (as ``sys.path``)."""
    found: dict[str, EntryPoint] = {}
    for directory in path:
        try:
            entries = os.scandir(directory or ".")
        except OSError:
            continue
        with entries:
            for entry in entries:
                if entry.name.endswith((".dist-info", ".egg-info")):
                    for point in _read(entry.path, entry.name.rpartition(".")[0]):
                        found.setdefault(point.name, point)
    return sorted(found.values(), key=lambda point: point.name)


def _read(directory: str, stem: str) -> Iterator[EntryPoint]:
    try:
        with open(os.path.join(directory, "entry_points.txt"), encoding="utf-8") as file:
            text = file.read()
    except OSError:
        return
    if f"[{GROUP}]" not in text:
        return
    distribution, _, version = stem.partition("-")
    distribution = distribution.replace("_", "-")
    for name, module in parse_entry_points(text):
        yield EntryPoint(name, module, distribution, version or _egg_version(directory))


def _egg_version(directory: str) -> str:
    """A source tree's ``.egg-info`` has its version inside."""
    try:
        with open(os.path.join(directory, "PKG-INFO"), encoding="utf-8") as file:
            for line in file:
                if line.startswith("Version:"):
                    return line[8:].strip()
    except OSError:
        pass
    return "?"


class Plugins:
    """The plugins of one run. ``call``/``first``/``caller`` reach the hooks of :mod:`hqemu_core.hookspecs`."""

    def __init__(self, points: list[EntryPoint] | None = None) -> None:
        self.points = scan(sys.path) if points is None else points
        self.modules: list[tuple[str, ModuleType]] = []
        """those that implement hooks beyond ``register_isa``, with their names"""
        self._isas: dict[str, IsaEntry] = {}
        self._hooks: Any = None
        for point in self.points:
            if not point.name.startswith(ISA_PREFIX):
                self.add(point.name, point.load())

    # -- ISAs
    def isa_points(self) -> list[EntryPoint]:
        return [point for point in self.points if point.name.startswith(ISA_PREFIX)]

    def isa(self, name: str) -> IsaEntry | None:
        """The ISA called ``name``; only its plugin is imported."""
        if name in self._isas:
            return self._isas[name]
        for point in self.isa_points():
            if point.name == ISA_PREFIX + name:
                return self._load_isa(point)
        return None

    def isas(self) -> list[IsaEntry]:
        """Every ISA installed; imports every ISA's plugin."""
        for point in self.isa_points():
            self._load_isa(point)
        return list(self._isas.values())

    def find(self, fits: Callable[[IsaEntry], bool]) -> IsaEntry | None:
        """The first ISA that ``fits``. Plugins are imported until one does; a broken one matters only if none does."""
        broken: HqemuError | None = None
        for point in self.isa_points():
            try:
                entry = self._load_isa(point)
            except HqemuError as error:
                broken = broken or error
                continue
            if fits(entry):
                return entry
        if broken is not None:
            raise broken
        return None

    def target(self, name: str) -> IsaEntry:
        """The ISA of a ``--target``: by its first word when that names a plugin, else by asking each."""
        entry = self.isa(name.partition("-")[0])
        if entry is None or name not in entry.targets:
            entry = self.find(lambda entry: name in entry.targets)
        if entry is None:
            known = [target for entry in self.isas() for target in entry.targets]
            raise UsageError(f"unknown target {name!r} (installed: {', '.join(known) or 'none'})")
        return entry

    def _load_isa(self, point: EntryPoint) -> IsaEntry:
        name = point.name[len(ISA_PREFIX) :]
        if name in self._isas:
            return self._isas[name]
        module = point.load()
        register = getattr(module, "register_isa", None)
        entry = register() if register is not None else None
        if not isinstance(entry, IsaEntry) or entry.name != name:
            raise HqemuError(f"plugin {point.name} ({point.module}): register_isa() gives no IsaEntry called {name!r}")
        self._isas[name] = entry
        self.add(point.name, module)
        return entry

    # -- backends
    def backends(self) -> dict[str, BackendEntry]:
        """Those registered, by name."""
        found: dict[str, BackendEntry] = {}
        for answer in reversed(self.call("register_backend")):
            for entry in answer:
                if found.setdefault(entry.name, entry) is not entry:
                    raise HqemuError(f"two backends are called {entry.name!r}")
        return found

    def backend(self, name: str) -> Backend:
        """The backend called ``name``, loaded."""
        known = self.backends()
        if name not in known:
            raise UsageError(f"-backend: unknown backend {name!r} (installed: {', '.join(known)})")
        found: Backend = known[name].load()
        return found

    # -- hooks
    def add(self, name: str, module: ModuleType) -> None:
        """Let ``module`` take part in hooks (a no-op when it only registers an ISA)."""
        if any(hasattr(value, "hqemu_impl") for key, value in vars(module).items() if key != "register_isa"):
            self.modules.append((name, module))
            self._hooks = None

    def _pluggy(self) -> Any:
        if self._hooks is None:
            from .hookspecs import make_plugin_manager

            self._hooks = make_plugin_manager(self.modules).hook
        return self._hooks

    def caller(self, hook: str) -> Callable[..., Any] | None:
        """What calls the hook (keyword arguments only), or None when nobody implements it: for hot places.

        A hook with one answer (``firstresult`` in its specification) returns it or None, any other a list.
        """
        if self.modules:
            call = getattr(self._pluggy(), hook)
            return call if call.get_hookimpls() else None
        own = getattr(builtin, hook, None)
        if own is None or hook in builtin.FIRST_RESULT:
            return own
        return lambda **arguments: [own(**arguments)]

    def call(self, hook: str, **arguments: Any) -> Any:
        """Call the hook; nobody implements it: None, or no results."""
        call = self.caller(hook)
        if call is None:
            return None if hook in builtin.FIRST_RESULT else []
        return call(**arguments)
