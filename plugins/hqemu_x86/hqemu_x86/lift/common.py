"""Places that operands are, and the types of addresses."""

from __future__ import annotations

from typing import NamedTuple

from hqemu_core.ir import types as ty
from hqemu_core.ir.builder import IRBuilder, Operand


def word(b: IRBuilder) -> int:
    """The type of an address in the mode that the builder is for."""
    t: int = b.memo["word"]
    return t


def address(b: IRBuilder, value: int) -> int:
    """A computed address as memory ops take it."""
    return b.zext(value, ty.I64)


class Reg(NamedTuple):
    """A general or vector register, or a part of one; ``bits`` of it are operated on."""

    offset: Operand
    bits: int

    def read(self, b: IRBuilder, t: int = 0) -> int:
        return b.get(self.offset, t or self.bits)

    def write(self, b: IRBuilder, value: int) -> None:
        """A general register: 32 bits clear the upper half, fewer leave the rest."""
        b.set(self.offset, b.zext(value, ty.I64) if b.type_of(value) == ty.I32 else value)


class Mem(NamedTuple):
    """Guest memory at ``address`` (i64)."""

    address: int
    bits: int

    def read(self, b: IRBuilder, t: int = 0) -> int:
        return b.load(self.address, t or self.bits)

    def write(self, b: IRBuilder, value: int) -> None:
        b.store(self.address, value)


class Imm(NamedTuple):
    """An immediate; the operand is its value as a signed number."""

    value: Operand
    bits: int

    def read(self, b: IRBuilder, t: int = 0) -> int:
        return b.imm(self.value, t or self.bits)


Source = Reg | Mem | Imm
Place = Reg | Mem
