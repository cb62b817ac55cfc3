"""Hints, barriers, the CP15 registers that a user program may access (ARM ARM A5.2.11, A5.6, A5.7, B3.17)."""

from __future__ import annotations

from hqemu_core.ir import types as ty
from hqemu_core.ir.builder import IRBuilder, Operand

from ..state import BIG, TPIDRURO, TPIDRURW


def lift_nothing(b: IRBuilder, shape: tuple[int, ...]) -> None:
    """A hint."""


def lift_barrier(b: IRBuilder, shape: tuple[int, ...]) -> None:
    """DMB, DSB. shape: fence kind."""
    b.fence(shape[0])


def lift_isb(b: IRBuilder, shape: tuple[int, ...], following: Operand) -> None:
    b.resync(following)


def lift_setend(b: IRBuilder, shape: tuple[int, ...], following: Operand) -> None:
    """shape: big-endian data from now on."""
    b.set(BIG, b.const(shape[0], ty.I8))
    b.resync(following)


def lift_read_thread(b: IRBuilder, shape: tuple[int, ...], rt: Operand) -> None:
    """TPIDRURW, TPIDRURO. shape: read-only one."""
    b.set(rt, b.get(TPIDRURO if shape[0] else TPIDRURW, ty.I32))


def lift_write_thread(b: IRBuilder, shape: tuple[int, ...], rt: Operand) -> None:
    b.set(TPIDRURW, b.get(rt, ty.I32))
