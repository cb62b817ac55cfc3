"""What an ISA plugin hands to the core."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from hqemu_core.ir.builder import IRBuilder

from .state import StateLayout
from .table import Decoded, OperandKind, Row, Table

if TYPE_CHECKING:
    from .abi import LinuxAbi


class Helper(NamedTuple):
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


class IsaSpec:
    """One instruction set architecture.

    ``name`` as in targets, ``bits`` the width of a guest address, ``pc`` the state offset of the program counter
    (current only when guest code is left). ``flags`` are the state offsets that the tables' ``flags`` column speaks of.
    ``tables`` maps a context's instruction set (``isa_set(context)``) to its table; most ISAs have one, key 0.
    A *context* is a small int of mode bits that change how bytes are translated (FP mode, endianness);
    ``context_of(read)`` computes it from state, ``read(offset, type)``. It changes only after a ``resync``.
    ``make_builder(builder, context)`` is called with each new builder, to fill ``memo``.
    ``capstone`` is (CS_ARCH_ name, CS_MODE_ name) for disassembly.
    """

    __slots__ = (
        "bits", "capstone", "context_of", "flags", "helpers", "insn_align", "interp", "linux", "make_builder", "name",
        "pc", "state", "tables",
    )  # fmt: skip

    def __init__(
        self, name: str, bits: int, state: StateLayout, tables: Mapping[int, Table], pc: int,
        flags: frozenset[int] = frozenset(), helpers: Mapping[str, Helper] | None = None, insn_align: int = 4,
        make_builder: Callable[[IRBuilder, int], None] | None = None,
        context_of: Callable[[Callable[[int, int], int]], int] | None = None, capstone: tuple[str, str] = ("", ""),
        linux: Callable[[], LinuxAbi] | None = None, interp: Mapping[str, Any] | None = None,
    ) -> None:  # fmt: skip
        self.name = name
        self.bits = bits
        self.state = state
        self.tables = tables
        self.pc = pc
        self.flags = flags
        self.helpers: Mapping[str, Helper] = helpers or {}
        self.insn_align = insn_align
        self.make_builder = make_builder
        self.context_of = context_of
        self.capstone = capstone
        self.linux = linux
        self.interp: Mapping[str, Any] = interp or {}

    def __repr__(self) -> str:
        return f"IsaSpec({self.name!r})"

    def builder(self, context: int = 0) -> IRBuilder:
        b = IRBuilder(self.state.zeros, self.state.sinks)
        if self.make_builder is not None:
            self.make_builder(b, context)
        return b


__all__ = ["Decoded", "Helper", "IsaSpec", "OperandKind", "Row", "Sequence", "StateLayout", "Table"]
