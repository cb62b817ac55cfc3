"""What a plugin module hands over at import: light records that say what there is and load it when it is chosen.

Nothing here (nor in a plugin's ``plugin.py``) imports more than it must: importing one costs under 5 ms.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any, TypeVar

    from hqemu_core.isa.spec import IsaSpec

    F = TypeVar("F", bound=Callable[..., Any])


class IsaEntry:
    """An instruction set architecture that can be run.

    ``machine``, ``bits`` (32 or 64) and ``big`` are what an ELF header says of its programs; ``targets`` the names
    for ``--target``, the default first. ``load()`` imports the tables and returns the :class:`IsaSpec`.
    ``cpus`` are the models ``-cpu`` accepts, the default first; another one is loaded by ``load(model)``.
    ``demos()`` lists bundled guest programs.
    """

    __slots__ = ("big", "bits", "cpus", "demos", "load", "machine", "name", "targets")

    def __init__(
        self, name: str, machine: int, bits: int, targets: tuple[str, ...], load: Callable[..., IsaSpec],
        big: bool = False, cpus: tuple[str, ...] = ("max",), demos: Callable[[], Sequence[Demo]] | None = None,
    ) -> None:  # fmt: skip
        self.name = name
        self.machine = machine
        self.bits = bits
        self.targets = targets
        self.load = load
        self.big = big
        self.cpus = cpus
        self.demos = demos

    def __repr__(self) -> str:
        return f"IsaEntry({self.name!r})"


class BackendEntry:
    """A backend by name; ``load()`` imports it and returns its :class:`hqemu_core.backend.base` implementation."""

    __slots__ = ("load", "name")

    def __init__(self, name: str, load: Callable[[], Any]) -> None:
        self.name = name
        self.load = load

    def __repr__(self) -> str:
        return f"BackendEntry({self.name!r})"


class Demo:
    """A bundled guest program: ``path`` of its ELF file, ``arguments``, what it must print (computed on demand)."""

    __slots__ = ("arguments", "expected", "name", "path")

    def __init__(self, name: str, path: str, expected: Callable[[], bytes], arguments: tuple[str, ...] = ()) -> None:
        self.name = name
        self.path = path
        self.expected = expected
        self.arguments = arguments

    def __repr__(self) -> str:
        return f"Demo({self.name!r})"


def hookimpl(function: F) -> F:
    """Mark a function of a plugin as the implementation of the hook of its name (:mod:`hqemu_core.hookspecs`).

    The same mark that ``pluggy.HookimplMarker("hqemu")`` leaves, without importing pluggy.
    """
    options = dict.fromkeys(("wrapper", "hookwrapper", "optionalhook", "tryfirst", "trylast"), False)
    setattr(function, "hqemu_impl", {**options, "specname": None})  # noqa: B010
    return function
