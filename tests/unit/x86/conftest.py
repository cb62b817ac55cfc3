"""These tests need this host's CPU, and both plugins."""

from __future__ import annotations

import platform
from importlib.util import find_spec

collect_ignore_glob: list[str] = []
if platform.machine() != "x86_64" or find_spec("hqemu_x86_64") is None:
    collect_ignore_glob.append("*")
