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

    from hqemu_core.backend.base import Backend
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
    """Backends, each with a ``load()`` that gives a :class:`hqemu_core.backend.base.Backend`. Called when one is looked
    up by name: by a scheduler, for ``-backend NAME``, or to list them."""


@hookspec
def register_passes(isa: IsaSpec, tier: str) -> Sequence[tuple[str, Callable[[list[Op]], list[Op]]]]:
    """IR to IR passes as (name, function), run after the core's own on each unit of ``tier``: "stencil" (once per
    form, operands are holes), "llvm" (per block or region, operands known) or "interp" (per block, once). Called once
    per run and tier. What a pass returns is verified. Its name, and its file's size and time, enter the key of the disk
    cache; when it changes because something else does, change the name."""


@hookspec
def register_helpers(isa: IsaSpec) -> Mapping[str, Helper]:
    """Helper functions beside the ISA's own, for passes that emit calls. A name the ISA has is an error. Kept on disk
    as passes are."""


@hookspec
def register_syscalls(abi: LinuxAbi) -> Mapping[str, Callable[..., int]]:
    """System calls by kernel name, each ``f(context, *arguments)`` returning the result or ``-errno``; they replace
    the personality's. ``context`` has ``thread`` (its registers: ``read``, ``write``, ``pc``), ``memory``, ``process``,
    ``name``, and ``proceed(*arguments)``, which does the call that is replaced. Arguments are register values, as many
    as the kernel's call has; six when the personality does not know it. A name that ``abi.syscalls`` lacks is an error.
    Called once per run, before the guest starts."""


# -- replacing parts --------------------------------------------------------------------------------------------------
@hookspec(firstresult=True)
def make_code_cache(config: Config) -> Any:
    """The cache of translated code, as :class:`hqemu_core.runtime.cache.CodeCache`."""


@hookspec(firstresult=True)
def make_trace_former(config: Config) -> Any:
    """What turns executed blocks into traces: a :class:`hqemu_core.trace.former.TraceFormer`. Asked for when the
    scheduler wants traces (``wants_traces``), and then the scheduler's own (``former``); the core's modes ``none`` and
    ``block`` want none."""


@hookspec(firstresult=True)
def make_scheduler(config: Config, mode: str, backend: Callable[[str], Backend]) -> Any:
    """What decides which backend runs a piece of code and when a region is optimized: a
    :class:`hqemu_core.sched.scheduler.Scheduler`. ``mode`` is one of none, block, hybrids, hybridm, as asked for;
    ``backend(name)`` loads one."""


@hookspec(firstresult=True)
def make_memory(config: Config, isa: IsaSpec) -> Any:
    """The guest's address space, as :class:`hqemu_core.linux.memory.GuestMemory`."""


@hookspec(firstresult=True)
def make_machine(config: Config, isa: IsaEntry) -> Any:
    """The whole machine that runs ``config``: an object with ``run() -> int``, the exit status."""


# -- events -----------------------------------------------------------------------------------------------------------
@hookspec
def on_block_translated(pc: int, context: int, data: bytes, host: int, size: int) -> None:
    """Guest bytes ``data`` at ``pc`` became ``size`` bytes of code at ``host``. While anyone implements this, no
    translations of earlier runs are used, so that none goes untold. An interpreter translates nothing."""


@hookspec
def on_trace_formed(head: int, blocks: Sequence[int], loop: bool) -> None:
    """A trace from ``head`` through the blocks at these addresses; ``loop``: it comes back to its head. Specified for
    the hybrid modes: nobody calls it before they are there."""


@hookspec
def on_region_installed(head: int, blocks: Sequence[int], host: int, size: int, seconds: float) -> None:
    """Optimized code of a region is in use from now on. May be called on an optimizer's thread. Specified for the
    hybrid modes: nobody calls it before they are there."""


@hookspec
def on_syscall_enter(thread: Any, name: str, arguments: Sequence[int]) -> None:
    """Before a system call; ``name`` is its number in digits when the ISA's table lacks it. While anyone implements
    this or the next hook, pass-through calls go through Python."""


@hookspec
def on_syscall_exit(thread: Any, name: str, arguments: Sequence[int], result: int) -> None:
    """After a system call that came back; ``result`` as the guest sees it, a negative errno for an error. -512 or -514:
    a signal came first, and the call fails with EINTR or is done again."""


@hookspec
def on_guest_signal(thread: Any, signo: int, code: int, addr: int) -> None:
    """A signal is about to be delivered to the guest (handler, death or stop; not when ignored). ``code`` is the
    siginfo's; ``addr`` the address of a fault, else 0. Not: SIGKILL, and the terminal's stop signals without a handler,
    which the host's kernel acts on by itself."""


@hookspec
def on_exit(status: int, signo: int) -> None:
    """The guest process ends with ``status``, or of signal ``signo`` if that is not 0. The last hook of a run, called
    in forked children too. Not called when SIGKILL ends it, or when it executes a program of the host."""


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
