"""Told of signals and of the end."""

from __future__ import annotations

from typing import Any

from hqemu_core import hookimpl

from .log import note


@hookimpl
def on_guest_signal(thread: Any, signo: int, code: int, addr: int) -> None:
    note("signal", signo, code, hex(addr), hex(thread.pc))


@hookimpl
def on_exit(status: int, signo: int) -> None:
    note("end", status, signo)
    print("probe: the end")
