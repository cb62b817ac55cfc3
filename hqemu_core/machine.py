"""The only file that joins the parts: configuration, ISA, engine, personality."""

from __future__ import annotations

import os
import sys

from .errors import HqemuError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from .config import Config
    from .entry import IsaEntry
    from .isa.spec import IsaSpec
    from .plugins import Plugins


def library_key(isa: IsaSpec) -> str:
    """Name of the ISA's stencil library: whatever changes stencils is in it."""
    import hashlib

    digest = hashlib.sha256()
    for root in (os.path.dirname(__file__), os.path.dirname(sys.modules[isa.origin].__file__ or "")):
        for directory in ("", "ir", "isa", "lift", "tables", "passes", "backend/llvm", "backend/stencil", "runtime"):
            try:
                entries = sorted(os.scandir(os.path.join(root, directory)), key=lambda e: e.name)
            except OSError:
                continue
            for entry in entries:
                if entry.name.endswith(".py"):
                    status = entry.stat()
                    digest.update(f"{entry.name} {status.st_size} {status.st_mtime_ns}\n".encode())
    digest.update(_llvm_identity())
    digest.update(_cpu_identity())
    return f"{isa.name}-{digest.hexdigest()[:24]}"


def _llvm_identity() -> bytes:
    """llvmlite's shared object by size and time, without importing it."""
    for root in sys.path:
        path = os.path.join(root or ".", "llvmlite", "binding", "libllvmlite.so")
        try:
            status = os.stat(path)
        except OSError:
            continue
        return f"{status.st_size} {status.st_mtime_ns}".encode()
    return b""


def _cpu_identity() -> bytes:
    """Model and features of the host CPU."""
    try:
        with open("/proc/cpuinfo", "rb") as file:
            text = file.read(4096)
    except OSError:
        return b""
    return b"".join(line for line in text.split(b"\n")[:30] if line.startswith((b"model name", b"flags")))


def make_engine(isa: IsaSpec, abi: Any, memory: Any) -> Any:
    from .backend.stencil.library import Library
    from .backend.stencil.tier import StencilTier
    from .sched.engine import Engine

    return Engine(isa, abi, memory, Library(library_key(isa)), StencilTier)
