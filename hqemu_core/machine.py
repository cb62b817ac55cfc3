"""The only file that joins the parts: configuration, ISA, engine, personality."""

from __future__ import annotations

import os
import sys
import zlib

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
    text = [isa.name.encode(), _llvm_identity(), _cpu_identity()]
    plugin = sys.modules[type(isa).__module__ if isa.decoding is None else isa.decoding.__module__]
    for root in (os.path.dirname(__file__), os.path.dirname(plugin.__file__ or "")):
        for directory in ("", "ir", "isa", "lift", "tables", "backend", "backend/llvm", "backend/stencil", "runtime"):
            try:
                entries = sorted(os.scandir(os.path.join(root, directory)), key=lambda e: e.name)
            except OSError:
                continue
            for entry in entries:
                if entry.name.endswith(".py"):
                    status = entry.stat()
                    text.append(f"{entry.name} {status.st_size} {status.st_mtime_ns}".encode())
    whole = b"\n".join(text)
    return f"{isa.name}-{zlib.crc32(whole):08x}{zlib.adler32(whole):08x}"


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


def open_library(isa: IsaSpec) -> Any:
    """The ISA's stencil library; its decoding tables come from it when they are there."""
    from .backend.stencil.library import Library

    library = Library(library_key(isa))
    snapshot = library.get("tables")
    if snapshot is None:
        library.put("tables", isa.snapshot())
    else:
        isa.use_snapshot(snapshot)
    return library
