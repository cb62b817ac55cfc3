# mypy: disable-error-code="empty-body"
"""Every hook a plugin may implement, by what it is for.

A plugin's module defines a function of the same name, marked with ``hqemu_core.hookimpl``, taking any of the
arguments by name. ``register_*`` hooks add something; all answers count. ``make_*`` hooks replace a part: the first
plugin with an answer other than None wins, and the core's own comes last. ``on_*`` hooks are told of events and
answer nothing; they run on the thread where the event happened, outside native code, and must be quick: one call
costs about 1 us plus the plugin's own time. No hook is called per instruction or per IR op.

Imported only when some plugin implements a hook (it imports pluggy).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pluggy

from . import builtin

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from types import ModuleType

    from hqemu_core.config import Config
    from hqemu_core.entry import BackendEntry, IsaEntry
    from hqemu_core.ir.builder import Op
    from hqemu_core.isa.abi import LinuxAbi
    from hqemu_core.isa.spec import Helper, IsaSpec

hookspec = pluggy.HookspecMarker("hqemu")


# -- adding parts -----------------------------------------------------------------------------------------------------
@hookspec
def register_isa() -> IsaEntry:
    """An instruction set. For modules whose entry point is called ``isa.NAME``; called when NAME is chosen."""


@hookspec
def register_backend() -> Sequence[BackendEntry]:
    """Backends. Called once, when the machine is put together or plugins are listed."""


@hookspec
def register_passes(isa: IsaSpec, tier: str) -> Sequence[tuple[str, Callable[[list[Op]], list[Op]]]]:
    """IR to IR passes as (name, function), run after the core's own on each unit of ``tier``: "stencil" (once per
    form, operands are holes) or "llvm" (per block or region, operands known). Called once per run and tier. The name
    enters the key of the disk cache, so change it when the pass changes."""


@hookspec
def register_helpers(isa: IsaSpec) -> Mapping[str, Helper]:
    """Helper functions beside the ISA's own, for passes that emit calls. A name the ISA has is an error."""


@hookspec
def register_syscalls(abi: LinuxAbi) -> Mapping[str, Callable[..., int]]:
    """System calls by kernel name, each ``f(context, *arguments)`` returning the result or ``-errno``; they replace
    the personality's. Called once per run, before the guest starts."""


# -- replacing parts --------------------------------------------------------------------------------------------------
@hookspec(firstresult=True)
def make_code_cache(config: Config) -> Any:
    """The cache of translated code, as ``hqemu_core.runtime`` has it."""


@hookspec(firstresult=True)
def make_trace_former(config: Config) -> Any:
    """What turns executed block heads into traces, as ``hqemu_core.trace`` has it (NET, NETPlus)."""


@hookspec(firstresult=True)
def make_scheduler(config: Config, mode: str) -> Any:
    """What decides which tier runs a block and when a region is optimized, as ``hqemu_core.sched`` has it.
    ``mode`` is one of none, block, hybrids, hybridm."""


@hookspec(firstresult=True)
def make_memory(config: Config, isa: IsaSpec) -> Any:
    """The guest's address space, as ``hqemu_core.linux`` has it."""


@hookspec(firstresult=True)
def make_machine(config: Config, isa: IsaEntry) -> Any:
    """The whole machine that runs ``config``: an object with ``run() -> int``, the exit status."""


# -- events -----------------------------------------------------------------------------------------------------------
@hookspec
def on_block_translated(pc: int, context: int, data: bytes, host: int, size: int) -> None:
    """Guest bytes ``data`` at ``pc`` became ``size`` bytes of code at ``host``."""


@hookspec
def on_trace_formed(head: int, blocks: Sequence[int], loop: bool) -> None:
    """A trace from ``head`` through the blocks at these addresses; ``loop``: it comes back to its head."""


@hookspec
def on_region_installed(head: int, blocks: Sequence[int], host: int, size: int, seconds: float) -> None:
    """Optimized code of a region is in use from now on. May be called on an optimizer's thread."""


@hookspec
def on_syscall_enter(thread: Any, name: str, arguments: Sequence[int]) -> None:
    """Before a system call. While anyone implements this or the next hook, pass-through calls go through Python."""


@hookspec
def on_syscall_exit(thread: Any, name: str, arguments: Sequence[int], result: int) -> None:
    """After a system call; ``result`` as the guest sees it."""


@hookspec
def on_guest_signal(thread: Any, signo: int, code: int, addr: int) -> None:
    """A signal is about to be delivered to the guest (handler, death or stop; not when ignored)."""


@hookspec
def on_exit(status: int, signo: int) -> None:
    """The guest process ends with ``status``, or of signal ``signo``. The last hook of a run."""


def make_plugin_manager(modules: Sequence[tuple[str, ModuleType]]) -> pluggy.PluginManager:
    """A manager that knows the specifications above, the core's own plugin and ``modules``."""
    import sys

    manager = pluggy.PluginManager("hqemu")
    manager.add_hookspecs(sys.modules[__name__])
    manager.register(builtin, "core")
    for name, module in modules:
        manager.register(module, name)
    manager.check_pending()
    return manager
