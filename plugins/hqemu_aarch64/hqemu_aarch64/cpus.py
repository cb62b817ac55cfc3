"""The models that ``-cpu`` names: what their identification register says and which extensions they lack."""

from __future__ import annotations

from typing import NamedTuple


class Model(NamedTuple):
    midr: int
    lacks: frozenset[str] = frozenset()
    """features, as in the tables' ``feature`` column; their encodings are unallocated"""


_V8_0 = frozenset({"lse", "rdm"})
"""what came with Armv8.1"""

MODELS = {
    # Neoverse N1 r3p1 by name, with what this plugin has: programs that know it choose well
    "max": Model(0x413FD0C1),
    "cortex-a35": Model(0x411FD040, _V8_0),
    "cortex-a53": Model(0x410FD034, _V8_0),
    "cortex-a57": Model(0x411FD070, _V8_0),
    "cortex-a72": Model(0x410FD083, _V8_0),
}
"""The default first. MIDR_EL1: the values of the Technical Reference Manuals."""
