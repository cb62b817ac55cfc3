"""Join debug output and statistics to an engine and its process."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from hqemu_core.backend.llvm import watch
from hqemu_core.linux.syscalls.own_fds import keep_private

from .log import Log

if TYPE_CHECKING:
    from hqemu_core.config import Config

    from .debug import Debug
    from .profile import Profile


class Observers(watch.Watch):
    """Hands on what LLVM's users tell to all of them."""

    def __init__(self, parts: list[watch.Watch]) -> None:
        self.parts = parts
        self.timed = any(part.timed for part in parts)
        self.counter = next((part.counter for part in parts if part.counter is not None), None)

    def lifted(self, blocks: Any) -> None:
        for part in self.parts:
            part.lifted(blocks)

    def counted(self, head: int, places: Any) -> None:
        for part in self.parts:
            part.counted(head, places)

    def parsed(self, module: Any) -> None:
        for part in self.parts:
            part.parsed(module)

    def optimized(self, module: Any, timings: str) -> None:
        for part in self.parts:
            part.optimized(module, timings)


def attach(config: Config, engine: Any, process: Any) -> None:
    """Before any guest thread exists."""
    log = Log(config.debug_file or config.log_file, lambda fd: keep_private(process, fd))
    parts: list[watch.Watch] = []
    if config.debug:
        parts.append(_debug(config, engine, process, log))
    if config.profile and config.mode != "none":
        parts.append(_profile(config, engine, process, log))
    watch.current = Observers(parts)


def _debug(config: Config, engine: Any, process: Any, log: Log) -> Debug:
    from .debug import Debug

    debug = Debug(config.debug, log, engine)
    debug.begin()
    if config.debug & {"in_asm", "op", "out_asm"}:
        engine.translator.on_translated = both(engine.translator.on_translated, debug.on_translated)
    if config.mode in ("hybrids", "hybridm"):
        debug.watch_hybrid()
        engine.on_region = both(engine.on_region, debug.on_region)
    debug.watch_cache()
    debug.ready()
    process.at_exit.append(debug.end)
    return debug


def _profile(config: Config, engine: Any, process: Any, log: Log) -> Profile:
    from .hotspot import Sampler
    from .profile import Profile
    from .report import report

    profile = Profile(config.profile, engine)
    engine.translator.on_translated = both(engine.translator.on_translated, profile.on_translated)
    if config.mode in ("hybrids", "hybridm"):
        engine.on_region = both(engine.on_region, profile.on_region)
        profile.watch_threads()
    profile.time_blocks()
    sampler = Sampler(engine) if "hotspot" in config.profile else None

    def at_exit() -> None:
        log.text(report(profile, sampler, config.mode, config.net_profile, config.net_predict))

    process.at_exit.append(at_exit)
    return profile


def both(first: Callable[..., Any] | None, second: Callable[..., Any]) -> Callable[..., Any]:
    if first is None:
        return second

    def call(**arguments: Any) -> None:
        first(**arguments)
        second(**arguments)

    return call


