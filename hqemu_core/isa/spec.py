"""What an ISA plugin hands to the core."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from hqemu_core.ir.builder import IRBuilder

from .state import StateLayout
from .table import Decoded, OperandKind, Row, Table

if TYPE_CHECKING:
    from .abi import LinuxAbi


@dataclass(frozen=True)
class Helper:
    """A named function that lifted code calls: ``body(builder, *arguments)`` returns the value (or None).

    The body is straight-line IR; it is compiled once for stencils, and rendered into the region by the optimizing
    tier. It may read and write state at fixed offsets and call other helpers. ``params``/``result`` are IR
    types (VOID: no result). ``effects``: "pure", "fp" (reads rounding, raises flags), "state", "memory".
    """

    name: str
    params: tuple[int, ...]
    result: int
    body: Callable[..., int | None]
    effects: str = "pure"


@dataclass(frozen=True)
class IsaSpec:
    """One instruction set architecture.

    ``tables`` maps a context's instruction set (``isa_set(context)``) to its table; most ISAs have one, key 0.
    A *context* is a small int of mode bits that change how bytes are translated (FP mode, endianness);
    ``context_of(read)`` computes it from state, ``read(offset, type)``. It changes only after a ``resync``.
    ``flags`` are the state offsets that the tables' ``flags`` column speaks of.
    """

    name: str
    """as in targets: ``aarch64``"""
    bits: int
    """width of a guest address"""
    state: StateLayout
    tables: Mapping[int, Table]
    pc: int
    """state offset of the program counter; current only when guest code is left"""
    flags: frozenset[int] = frozenset()
    helpers: Mapping[str, Helper] = field(default_factory=dict)
    insn_align: int = 4
    make_builder: Callable[[IRBuilder, int], None] | None = None
    """called with each new builder and the context, to fill ``memo``"""
    context_of: Callable[[Callable[[int, int], int]], int] | None = None
    capstone: tuple[str, str] = ("", "")
    """(CS_ARCH_ name, CS_MODE_ name) for disassembly"""
    linux: Callable[[], LinuxAbi] | None = None
    interp: Mapping[str, Any] = field(default_factory=dict)

    def builder(self, context: int = 0) -> IRBuilder:
        b = IRBuilder(self.state.zeros, self.state.sinks)
        if self.make_builder is not None:
            self.make_builder(b, context)
        return b


__all__ = ["Decoded", "Helper", "IsaSpec", "OperandKind", "Row", "Sequence", "StateLayout", "Table"]
