"""The only file that joins the parts: ISA, engine, personality, plugins.

SKETCH: the parts it joins are not in the tree yet; until then a run ends with an error.
"""

from __future__ import annotations

from .errors import HqemuError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from .config import Config
    from .entry import IsaEntry
    from .plugins import Plugins

SKETCH = True
"""Tests that run guest programs are skipped while this is true."""


def run(config: Config, entry: IsaEntry, plugins: Plugins) -> int:
    """Run ``config.program`` to its end; returns the exit status (a guest killed by a signal kills this process)."""
    machine = plugins.call("make_machine", config=config, isa=entry)
    if machine is None:
        raise HqemuError("this build has no execution engine")
    status: int = machine.run()
    return status


def prebuild(entries: Sequence[IsaEntry], plugins: Plugins) -> None:
    """Build the stencil library of each ISA, showing progress."""
    raise HqemuError("this build has no stencil tier")
