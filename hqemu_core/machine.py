"""The only file that joins the parts: configuration, ISA, engine, personality."""

from __future__ import annotations

import os

from . import identity
from .errors import HqemuError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from .config import Config
    from .entry import IsaEntry
    from .isa.spec import IsaSpec
    from .linux.process import Process
    from .plugins import Plugins
    from .sched.schedulers import Scheduler

TIERS = ("stencil", "llvm", "interp")
"""What plugins' passes are registered for: units with holes, units with known operands, units that are interpreted."""


def load_isa(entry: IsaEntry, plugins: Plugins, cpu: str = "") -> IsaSpec:
    """The ISA, as CPU model ``cpu`` has it, with what plugins add to it."""
    isa = entry.load() if cpu in ("", entry.cpus[0]) else entry.load(cpu)
    for helpers in reversed(plugins.call("register_helpers", isa=isa)):
        isa.add_helpers(helpers)
    for tier in TIERS:
        answers = reversed(plugins.call("register_passes", isa=isa, tier=tier))
        passes = tuple(found for answer in answers for found in answer)
        if passes:
            isa.passes[tier] = passes
    return isa


def open_library(isa: IsaSpec, plugins: Plugins, forms: str = "stencil") -> Any:
    """The ISA's stencil library; its decoding tables come from it when they are there."""
    from .backend.stencil.library import Library

    library = Library(identity.library_key(isa, plugins, forms))
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
    isa = load_isa(entry, plugins, config.cpu)
    scheduler = make_scheduler(config, plugins)
    library = open_library(isa, plugins, scheduler.forms.name)
    from .linux import exec, threads

    process = make_process(config, isa, plugins)
    cache = plugins.call("make_code_cache", config=config)
    engine = scheduler.make_engine(isa, process.abi, process.memory, library, cache)
    told = watch_translation(engine, scheduler, plugins)
    if config.debug or config.profile:
        from .observe.attach import attach

        attach(config, engine, process)
        told = True
    process.join(engine)
    engine.attach(process)
    process.at_exit.append(library.save)
    if scheduler.keeps_code and not told:
        keep_translations(engine, process, library, plugins, scheduler.name)
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
    from .linux.memory import GuestMemory
    from .linux.process import LinuxConfig, Process
    from .linux.syscalls.table import bind

    linux = LinuxConfig(
        sysroot=config.prefix or None, strace=config.strace, uname_release=config.uname or None,
        stack_size=config.stack, log_file=config.log_file or None,
    )  # fmt: skip
    abi = isa.linux(isa)
    memory = plugins.call("make_memory", config=config, isa=isa)
    process = Process(abi, isa, linux, memory or GuestMemory(abi.bits, abi.big, config.base, config.reserved))
    table = bind(process)
    if plugins.modules:
        from .linux import hooks

        hooks.join(process, table, plugins.caller)
    return process


def watch_translation(engine: Any, scheduler: Scheduler, plugins: Plugins) -> bool:
    """Whether anyone wants to know of translations; then none may come from an earlier run."""
    block, trace, region = map(plugins.caller, ("on_block_translated", "on_trace_formed", "on_region_installed"))
    if hasattr(engine, "translator"):  # an engine that interprets translates nothing
        engine.translator.on_translated = block
    if scheduler.wants_traces:
        engine.on_trace = trace
        if region is not None:
            engine.on_region = lambda plan, compiled, host, size, seconds: region(
                head=plan.head, blocks=plan.blocks, host=host, size=size, seconds=seconds
            )
    return any(told is not None for told in (block, trace, region))


def keep_translations(engine: Any, process: Process, library: Any, plugins: Plugins, name: str) -> None:
    """Translations of each program are restored when it begins and saved when it ends. ``name``: the scheduler's."""
    if library.path is None:
        return
    stem = f"{library.path.removesuffix('.stencils')}-{identity.code_key(plugins, name)}"
    path = ""

    def restore() -> None:
        nonlocal path
        from .frontend import warm

        program = identity.file_key(process.exe_path)
        path = f"{stem}{program}.code" if program else ""
        engine.translator.warm = warm.load(engine.translator, path) if path else None

    def save() -> None:
        from .frontend import warm

        if path and engine.translator.new_insns >= warm.GROWTH and engine.lock.acquire(timeout=1.0):
            from .frontend import warm_save

            try:
                warm_save.save(engine.translator, path)
            finally:
                engine.lock.release()

    engine.on_start = restore
    process.on_exec.append(save)
    process.at_exit.append(save)


def prebuild(entry: IsaEntry, plugins: Plugins, done: Callable[[int, int], None]) -> tuple[int, list[str]]:
    """Build an ISA's stencil library; ``done(forms, all)`` hears how far it is. Its size, and what went wrong."""
    from .backend.stencil.prebuild import build

    isa = load_isa(entry, plugins)
    library = open_library(isa, plugins)
    if library.path is None:
        raise HqemuError("no directory to keep stencils in: XDG_CACHE_HOME or HOME must name one that is yours")
    wrong = build(isa, library, done)
    if library.fresh:
        raise HqemuError(f"cannot write {library.path}")
    return os.stat(library.path).st_size, wrong
