"""hqemu: a retargetable dynamic binary translator. The names below are what plugins import from here."""

from __future__ import annotations

from .entry import BackendEntry, Demo, IsaEntry, hookimpl
from .version import VERSION

__all__ = ["VERSION", "BackendEntry", "Demo", "IsaEntry", "hookimpl", "main"]


def main() -> int:
    """The command ``hqemu``, and ``hqemu-<isa>`` by the name it is called by. Returns the exit status."""
    from .cli import main as run

    return run()
