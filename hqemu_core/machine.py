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


def run(config: Config, entry: IsaEntry, plugins: Plugins) -> int:
    """Run ``config.program`` to its end. Does not return: the process ends as the guest's does, by a signal too."""
    machine = plugins.call("make_machine", config=config, isa=entry)
    if machine is not None:
        status: int = machine.run()
        return status
    isa = entry.load()
    library = open_library(isa)
    if isa.linux is None:
        raise HqemuError(f"{isa.name} has no Linux personality")
    from .linux import exec, threads
    from .linux.process import LinuxConfig, Process
    from .linux.syscalls.table import bind

    process = Process(
        isa.linux(isa),
        isa,
        LinuxConfig(
            sysroot=config.prefix or None, strace=config.strace, uname_release=config.uname or None,
            stack_size=config.stack, log_file=config.log_file or None,
        ),
    )  # fmt: skip
    bind(process)
    engine = make_engine(isa, process, library, config)
    process.join(engine)
    engine.attach(process)
    process.at_exit.append(library.save)
    keep_translations(engine, process, library, config.mode)
    thread = exec.start_process(process, os.fsencode(config.program), config.argv, config.environ)
    threads.run_thread(process, thread)
    return 0


def keep_translations(engine: Any, process: Any, library: Any, mode: str) -> None:
    """Translations of each program are restored when it begins and saved when the process ends."""
    if library.path is None or mode not in ("none", "block"):
        return

    def path() -> str:
        status = os.stat(process.exe_path)
        identity = f"{mode} {status.st_dev} {status.st_ino} {status.st_size} {status.st_mtime_ns}".encode()
        return f"{library.path.removesuffix('.stencils')}-{zlib.crc32(identity):08x}.code"

    def restore() -> None:
        from .frontend import warm

        engine.translator.warm = warm.load(engine.translator, path())

    def save() -> None:
        from .frontend import warm

        warm.save(engine.translator, path())

    engine.on_start = restore
    process.at_exit.append(save)


def make_engine(isa: IsaSpec, process: Any, library: Any, config: Config) -> Any:
    """The engine of a mode: what translates, and how."""
    from .backend.stencil.tier import StencilTier
    from .frontend.translator import Translator
    from .sched.engine import Engine

    if config.mode in ("hybrids", "hybridm"):
        from .sched.hybrid import HybridEngine

        workers = config.threads if config.mode == "hybridm" else 0
        return HybridEngine(
            isa, process.abi, process.memory, library, StencilTier, workers=workers, predict=config.net_predict,
            threshold=config.net_profile, netplus=not config.disable_netplus,
        )  # fmt: skip
    translator: Any = Translator
    if config.mode == "block":
        from .frontend.block_translator import BlockTranslator

        translator = BlockTranslator
    return Engine(isa, process.abi, process.memory, library, StencilTier, translator)


def prebuild(entries: Sequence[IsaEntry], plugins: Plugins) -> None:
    """Build the stencil library of each ISA, showing progress."""
    raise HqemuError("this build does not prebuild stencils")
