"""System calls: ``write`` in capitals, and one that the personality does not know."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from hqemu_core import hookimpl


def sys_write(context: Any, fd: int, data: int, size: int) -> int:
    context.memory.write(data, context.memory.read(data, size).upper())
    done: int = context.proceed(fd, data, size)
    return done


def sys_unknown(context: Any, *arguments: int) -> int:
    refused: int = context.proceed(*arguments)
    return -refused + len(arguments)


@hookimpl
def register_syscalls(abi: Any) -> Mapping[str, Callable[..., int]]:
    found: dict[str, Callable[..., int]] = {"write": sys_write}
    if "mseal" in abi.syscalls.values():
        found["mseal"] = sys_unknown
    return found
