"""What the test runners need to know of an ISA: register names, an assembler, an emulator to compare with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from hqemu_core.ir.builder import IRBuilder

from .spec import IsaSpec


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


@dataclass(frozen=True)
class CaseSpec:
    """``registers``: name to (state offset, type); a float type makes its values be written as floats."""

    isa: IsaSpec
    assembler: tuple[str, str]
    """(KS_ARCH_ name, KS_MODE_ name)"""
    registers: Mapping[str, tuple[int, int]]
    special: Mapping[str, Special] = field(default_factory=dict)
    oracle: OracleNames | None = None
