"""Names of what is kept on disk: whatever would make it wrong is in them, so it is never looked at again.

Sources count by size and time of change: reading them would cost a start more than it saves.
"""

from __future__ import annotations

import os
import sys
import zlib

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .isa.spec import IsaSpec
    from .plugins import Plugins

_STENCIL_SOURCES = (
    "", "ir", "isa", "isa/fp", "isa/simd", "lift", "tables", "passes", "backend", "backend/llvm", "backend/stencil",
    "runtime",
)  # fmt: skip
_CODE_SOURCES = ("frontend", "sched", "trace")


def library_key(isa: IsaSpec, plugins: Plugins, forms: str = "stencil") -> str:
    """Name of the ISA's stencil library: whatever changes stencils is in it. ``forms``: the backend that makes them."""
    guest = f"{isa.name} {isa.cpu}".encode()
    text = [guest, forms.encode(), sys.version.encode(), _llvm_identity(), _cpu_identity(), *_added(isa)]
    for package in _packages(plugins):
        text += _sources(package, _STENCIL_SOURCES)
    return f"{isa.name}-{_digest(text)}"


def code_key(plugins: Plugins, name: str) -> str:
    """What changes translated code beside the stencils. ``name``: the scheduler's."""
    text = [name.encode()]
    for package in _packages(plugins):
        text += _sources(package, _CODE_SOURCES)
    return _digest(text)[:8]


def file_key(path: str | bytes) -> str:
    """A program's file; "" when it is gone."""
    try:
        status = os.stat(path)
    except (OSError, ValueError):
        return ""
    return _digest([f"{status.st_dev} {status.st_ino} {status.st_size} {status.st_mtime_ns}".encode()])


def _digest(text: list[bytes]) -> str:
    whole = b"\n".join(text)
    return f"{zlib.crc32(whole):08x}{zlib.adler32(whole):08x}"


def _packages(plugins: Plugins) -> list[str]:
    """The core and every plugin: they use each other."""
    return ["hqemu_core", *sorted({point.module.partition(".")[0] for point in plugins.points})]


def _sources(package: str, directories: Iterable[str]) -> Iterator[bytes]:
    """A package's Python files by name, size and time."""
    module = sys.modules.get(package)
    found = [finder.find_spec(package, None) for finder in sys.meta_path] if module is None else [module.__spec__]
    spec = next((spec for spec in found if spec is not None), None)
    if spec is None or spec.origin is None:
        return
    root = os.path.dirname(spec.origin)
    for directory in directories:
        try:
            entries = sorted(os.scandir(os.path.join(root, directory)), key=lambda e: e.name)
        except OSError:
            continue
        for entry in entries:
            if entry.name.endswith(".py") and entry.is_file():  # editors leave links that lead nowhere
                status = entry.stat()
                yield f"{entry.name} {status.st_size} {status.st_mtime_ns}".encode()


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


def _added(isa: IsaSpec) -> Iterator[bytes]:
    """Names of plugins' helpers and passes, and the files that they are defined in by size and time."""
    passes = [(f"{tier} {name}", change) for tier, found in isa.passes.items() for name, change in found]
    for name, function in [*((name, helper.body) for name, helper in isa.added_helpers.items()), *passes]:
        yield name.encode()
        code = getattr(function, "__code__", None)
        if code is not None and os.path.exists(code.co_filename):
            status = os.stat(code.co_filename)
            yield f"{status.st_size} {status.st_mtime_ns}".encode()
