"""The system calls that memory, processes, threads and signals are made of, by kernel name."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType

from . import brk, exec, memory_calls, signal_calls, thread_calls


def _functions(*modules: ModuleType) -> dict[str, Callable[..., int]]:
    return {
        name.removeprefix("sys_"): function
        for module in modules
        for name, function in vars(module).items()
        if name.startswith("sys_")
    }


CALLS = _functions(brk, exec, memory_calls, signal_calls, thread_calls)
