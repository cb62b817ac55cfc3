"""Told of system calls."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hqemu_core import hookimpl

from .log import note


@hookimpl
def on_syscall_enter(thread: Any, name: str, arguments: Sequence[int]) -> None:
    note("enter", name, *arguments)


@hookimpl
def on_syscall_exit(thread: Any, name: str, arguments: Sequence[int], result: int) -> None:
    note("exit", name, *arguments, "=", result)
