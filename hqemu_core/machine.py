"""The only file that joins the parts: configuration, ISA, engine, personality."""

from __future__ import annotations

import os
import sys
import zlib

from .errors import HqemuError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    from .config import Config
    from .entry import IsaEntry
    from .isa.spec import IsaSpec
    from .linux.process import Process
    from .plugins import Plugins
    from .sched.schedulers import Scheduler

TIERS = ("stencil", "llvm", "interp")
"""What plugins' passes are registered for: units with holes, units with known operands, units that are interpreted."""


def load_isa(entry: IsaEntry, plugins: Plugins) -> IsaSpec:
    """The ISA with what plugins add to it."""
    isa = entry.load()
    for helpers in reversed(plugins.call("register_helpers", isa=isa)):
        isa.add_helpers(helpers)
    for tier in TIERS:
        answers = reversed(plugins.call("register_passes", isa=isa, tier=tier))
        passes = tuple(found for answer in answers for found in answer)
        if passes:
            isa.passes[tier] = passes
    return isa


def library_key(isa: IsaSpec, forms: str = "stencil") -> str:
    """Name of the ISA's stencil library: whatever changes stencils is in it. ``forms``: the backend that makes them."""
    text = [isa.name.encode(), forms.encode(), _llvm_identity(), _cpu_identity(), *_added(isa)]
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


def _added(isa: IsaSpec) -> Iterator[bytes]:
    """Names of plugins' helpers and passes, and the files that they are defined in by size and time."""
    passes = [(f"{tier} {name}", change) for tier, found in isa.passes.items() for name, change in found]
    for name, function in [*((name, helper.body) for name, helper in isa.added_helpers.items()), *passes]:
        yield name.encode()
        code = getattr(function, "__code__", None)
        if code is not None and os.path.exists(code.co_filename):
            status = os.stat(code.co_filename)
            yield f"{status.st_size} {status.st_mtime_ns}".encode()


def open_library(isa: IsaSpec, forms: str = "stencil") -> Any:
    """The ISA's stencil library; its decoding tables come from it when they are there."""
    from .backend.stencil.library import Library

    library = Library(library_key(isa, forms))
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
    isa = load_isa(entry, plugins)
    scheduler = make_scheduler(config, plugins)
    library = open_library(isa, scheduler.forms.name)
    from .linux import exec, threads

    process = make_process(config, isa, plugins)
    cache = plugins.call("make_code_cache", config=config)
    engine = scheduler.make_engine(isa, process.abi, process.memory, library, cache)
    process.join(engine)
    engine.attach(process)
    process.at_exit.append(library.save)
    watch_translation(engine, scheduler, plugins)
    if scheduler.keeps_code and plugins.caller("on_block_translated") is None:
        keep_translations(engine, process, library, scheduler.name)
    thread = exec.start_process(process, os.fsencode(config.program), config.argv, config.environ)
    if plugins.modules:
        from .linux import hooks

        hooks.catch_deaths(process)
    threads.run_thread(process, thread)
    return 0


def make_scheduler(config: Config, plugins: Plugins) -> Scheduler:
    scheduler: Scheduler = plugins.call("make_scheduler", config=config, mode=config.mode, backend=plugins.backend)
    if scheduler.wants_traces:
        scheduler.former = plugins.call("make_trace_former", config=config)
    return scheduler


def make_process(config: Config, isa: IsaSpec, plugins: Plugins) -> Process:
    """The guest process as Linux has it, with its system calls and what plugins change of them."""
    if isa.linux is None:
        raise HqemuError(f"{isa.name} has no Linux personality")
    from .linux.process import LinuxConfig, Process
    from .linux.syscalls.table import bind

    linux = LinuxConfig(
        sysroot=config.prefix or None, strace=config.strace, uname_release=config.uname or None,
        stack_size=config.stack, log_file=config.log_file or None,
    )  # fmt: skip
    process = Process(isa.linux(isa), isa, linux, plugins.call("make_memory", config=config, isa=isa))
    table = bind(process)
    if plugins.modules:
        from .linux import hooks

        hooks.join(process, table, plugins.caller)
    return process


def watch_translation(engine: Any, scheduler: Scheduler, plugins: Plugins) -> None:
    """Who wants to know of translations; an engine that interprets has none."""
    if hasattr(engine, "translator"):
        engine.translator.on_translated = plugins.caller("on_block_translated")
    if scheduler.wants_traces:
        engine.on_trace = plugins.caller("on_trace_formed")
        engine.on_region = plugins.caller("on_region_installed")


def keep_translations(engine: Any, process: Process, library: Any, name: str) -> None:
    """Translations of each program are restored when it begins and saved when the process ends. ``name``: the
    scheduler's."""
    if library.path is None:
        return

    def path() -> str:
        status = os.stat(process.exe_path)
        identity = f"{name} {status.st_dev} {status.st_ino} {status.st_size} {status.st_mtime_ns}".encode()
        return f"{library.path.removesuffix('.stencils')}-{zlib.crc32(identity):08x}.code"

    def restore() -> None:
        from .frontend import warm

        engine.translator.warm = warm.load(engine.translator, path())

    def save() -> None:
        from .frontend import warm

        warm.save(engine.translator, path())

    engine.on_start = restore
    process.at_exit.append(save)


def prebuild(entry: IsaEntry, done: Callable[[int, int], None]) -> tuple[int, list[str]]:
    """Build an ISA's stencil library; ``done(forms, all)`` hears how far it is. Its size, and what went wrong."""
    from .backend.stencil.prebuild import build

    isa = entry.load()
    library = open_library(isa)
    if library.path is None:
        raise HqemuError("no directory to keep stencils in: XDG_CACHE_HOME or HOME must name one that is yours")
    wrong = build(isa, library, done)
    if library.fresh:
        raise HqemuError(f"cannot write {library.path}")
    return os.stat(library.path).st_size, wrong
