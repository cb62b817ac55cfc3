"""Parts of the machine replaced: by the core's own, smaller or with notes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hqemu_core import hookimpl

from .log import note


@hookimpl
def make_code_cache(config: Any) -> Any:
    from hqemu_core.runtime.cache import CodeCache

    class ProbeCache(CodeCache):
        def reserve(self, size: int, align: int = 16) -> int:
            note("cache", size > 0)
            return super().reserve(size, align)

    return ProbeCache(16 << 20)


@hookimpl
def make_memory(config: Any, isa: Any) -> Any:
    from hqemu_core.linux.memory import GuestMemory

    class ProbeMemory(GuestMemory):
        def executable(self, addr: int) -> int:
            note("memory", hex(addr))
            return super().executable(addr)

    return ProbeMemory(isa.bits)


@hookimpl
def make_trace_former(config: Any) -> Any:
    from hqemu_core.trace.former import NetFormer

    class ProbeFormer(NetFormer):
        def begin(self, context: int) -> Any:
            note("former", config.net_predict)
            return super().begin(context)

    return ProbeFormer(config.net_predict, False)


@hookimpl
def make_scheduler(config: Any, mode: str, backend: Callable[[str], Any]) -> Any:
    """Mode ``none`` becomes ``hybrids``, with a low threshold; others stay the core's."""
    if mode != "none" or config.backend:
        return None
    from hqemu_core.sched.schedulers import HybridScheduler

    note("scheduler", mode)
    return HybridScheduler("probe", backend("stencil"), 0, 4)
