"""What the test runners need to know of an ISA: register names, an assembler, an emulator to compare with."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import NamedTuple

from hqemu_core.ir.builder import IRBuilder

from .spec import IsaSpec
from .table import Row, Table


class Special(NamedTuple):
    """A register that is not a state slot: IR that reads it, IR that writes it (a value of type ``type``)."""

    type: int
    read: Callable[[IRBuilder], int]
    write: Callable[[IRBuilder, int], None]


class OracleNames(NamedTuple):
    """Unicorn's constants, without prefixes where ``prefix`` has them.

    ``registers`` maps a register constant to the parts it is made of: (name in cases, lowest bit).
    """

    arch: str
    mode: str
    cpu: str
    pc: str
    registers: Mapping[str, tuple[tuple[str, int], ...]]
    illegal: frozenset[int] = frozenset()
    breakpoint: frozenset[int] = frozenset()
    syscall: frozenset[int] = frozenset()
    """interrupt numbers"""
    setup: Mapping[str, int] = {}
    """registers to write before every run: enabling floating point and the like"""


class StreamRules(NamedTuple):
    """How streams of random instructions (``hqemu_core.testing.streams``) are kept within bounds.

    ``exclude`` maps names of rows to the reason, ``skip(row, word)`` gives a reason or None. ``steer(row, word, pc,
    memory, random)`` changes fields of a random word so that branches go forward and accesses (``memory``: the row
    makes some) use registers of ``bounds``: name to (lowest, highest) value it may have; ``memory`` is (address, size)
    of the area accessed. ``lead(row, word, random)`` gives words that must come before it. ``values(random, name,
    type)`` may choose what a register holds at the start; ``prologue`` is executed first. ``explain(ours, theirs)`` is
    a reason why registers that differ from the oracle's, by name, may do so, or None.
    """

    memory: tuple[int, int]
    bounds: Mapping[str, tuple[int, int]]
    steer: Callable[[Row, int, int, bool, Random], int]
    values: Callable[[Random, str, int], int | None]
    exclude: Mapping[str, str] = {}
    skip: Callable[[Row, int], str | None] | None = None
    lead: Callable[[Row, int, Random], Sequence[int]] | None = None
    prologue: bytes = b""
    explain: Callable[[Mapping[str, int], Mapping[str, int]], str | None] | None = None


@dataclass(frozen=True)
class CaseSpec:
    """``registers``: name to (state offset, type); a float type makes its values be written as floats."""

    isa: IsaSpec
    assembler: tuple[str, str]
    """(KS_ARCH_ name, KS_MODE_ name)"""
    registers: Mapping[str, tuple[int, int]]
    special: Mapping[str, Special] = field(default_factory=dict)
    oracle: OracleNames | None = None
    streams: Callable[[], StreamRules] | None = None
    mode: int = 0
    """the instruction set: the ``pc_bits`` of code addresses"""
    disassembler: tuple[str, str] | None = None
    """(CS_ARCH_ name, CS_MODE_ names joined by "+") if they are not the ISA's"""

    @property
    def table(self) -> Table:
        return self.isa.tables[self.mode]
