"""Toy Linux: number in r8, arguments in r1 to r6, result in r1; two system calls."""

from __future__ import annotations

from typing import Any

from hqemu_core.errors import IsaError
from hqemu_core.ir import types as ty
from hqemu_core.isa.abi import Cpu, LinuxAbi, Memory

from .plugin import EM_TOY
from .state import SP, TLS, R


def setup(cpu: Cpu, entry: int, sp: int) -> None:
    cpu.pc = entry
    cpu.write(SP, ty.I64, sp)


def push_frame(*arguments: Any) -> None:
    raise IsaError("toy programs cannot have signal handlers")


def pop_frame(cpu: Cpu, memory: Memory) -> tuple[int, tuple[int, int, int]]:
    raise IsaError("toy programs cannot return from signal handlers")


def make_abi() -> LinuxAbi:
    return LinuxAbi(
        machine=EM_TOY, bits=64, uname="toy", syscalls={1: "write", 2: "exit_group"},
        number=R + 8 * 8, args=(R + 8, R + 16, R + 24, R + 32, R + 40, R + 48), ret=R + 8, sp=SP, tls=TLS,
        setup=setup, push_frame=push_frame, pop_frame=pop_frame,
    )  # fmt: skip
