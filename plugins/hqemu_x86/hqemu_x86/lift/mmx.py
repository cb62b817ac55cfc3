"""MMX registers are the low halves of the x87 registers, by physical number (SDM volume 1, section 9.6)."""

from __future__ import annotations

from hqemu_core.ir.builder import IRBuilder, Operand


def enter(b: IRBuilder) -> None:
    raise NotImplementedError


def touch(b: IRBuilder, offset: Operand) -> None:
    raise NotImplementedError
