"""What a backend is: one of three ways to execute what lift functions emit.

A plugin registers one with the ``register_backend`` hook (:class:`hqemu_core.entry.BackendEntry`, whose ``load``
gives a :class:`Backend`); ``tests/conformance`` then checks it like the built-in ones.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from hqemu_core.ir import opcodes as op
from hqemu_core.ir.builder import IRBuilder
from hqemu_core.isa.code import Code
from hqemu_core.isa.spec import IsaSpec

if TYPE_CHECKING:
    from hqemu_core.ir.softfloat import FpEnv

    from .stencil.compile import Compiled
    from .stencil.form import Form


class Exit(NamedTuple):
    """``kind``: "link" goes on at ``target``; "syscall" calls out, then goes on there; "trap", "resync" and "check"
    leave."""

    kind: str
    target: int
    insn: int


class LiftedBlock(NamedTuple):
    """Operands are known; the last op is a terminator. ``pcs`` of the instructions in it, ``ends``: behind each."""

    ops: list[Any]
    types: list[int]
    pcs: Sequence[int]
    ends: Sequence[int]


class CompiledBlock(NamedTuple):
    code: bytes
    """function first, constants behind it; position-independent but for ``exits`` and ``absolute``"""
    exits: tuple[tuple[int, int], ...]
    """(offset of a rel32 field, number in ``targets``)"""
    absolute: tuple[tuple[int, int, int], ...]
    """(offset, size, offset in this code): fields that hold addresses"""
    targets: tuple[Exit, ...]
    pcs: tuple[int, ...]
    ends: tuple[int, ...]
    helpers: tuple[str, ...]
    align: int = 16
    """of the code's start: what its constants need"""


class RegionPlan(NamedTuple):
    """What to compile: ``blocks`` in order of discovery, the head first; ``codes`` of each; ``targets``: block -> guest
    addresses in the region that its indirect branch was seen to go to."""

    head: int
    context: int
    blocks: tuple[int, ...]
    codes: Mapping[int, Code]
    targets: Mapping[int, tuple[int, ...]]
    exact: bool


class Interpreter(Protocol):
    """As :class:`hqemu_core.ir.interp.Interp`."""

    env: FpEnv

    def run(self, ops: Sequence[Any], types: Sequence[int], operands: Sequence[int] = ()) -> Any: ...


class FormCompiler(Protocol):
    """Instructions with holes for operands to code with patch points."""

    def forms(self, forms: Iterable[Form]) -> Mapping[str, Compiled]:
        """By form key. Raises BackendError naming the form."""

    def helper(self, name: str) -> tuple[bytes, tuple[str, ...]]:
        """Position-independent code of a helper function and the helpers it calls."""


class BlockCompiler(Protocol):
    """Guest blocks to host functions."""

    def compile(self, blocks: Sequence[LiftedBlock]) -> list[CompiledBlock]:
        """Raises BackendError."""


class Backend:
    """``name`` and one of three: ``make_interpreter(helpers, state, memory, make_builder)``,
    ``make_form_compiler(isa)``, ``make_block_compiler(isa)``."""

    __slots__ = ("make_block_compiler", "make_form_compiler", "make_interpreter", "name")

    def __init__(
        self, name: str,
        make_interpreter: Callable[[Any, Any, Any, Callable[[], IRBuilder]], Interpreter] | None = None,
        make_form_compiler: Callable[[IsaSpec], FormCompiler] | None = None,
        make_block_compiler: Callable[[IsaSpec], BlockCompiler] | None = None,
    ) -> None:  # fmt: skip
        if sum(make is not None for make in (make_interpreter, make_form_compiler, make_block_compiler)) != 1:
            raise ValueError(f"backend {name}: exactly one of the three ways")
        self.name = name
        self.make_interpreter = make_interpreter
        self.make_form_compiler = make_form_compiler
        self.make_block_compiler = make_block_compiler

    def __repr__(self) -> str:
        return f"Backend({self.name!r})"


def helpers_in(ops: Sequence[Any], natives: Container[str] = ()) -> tuple[str, ...]:
    """Names of the helper functions that ops call, but ``natives``, which become instructions."""
    names = [o[2] for o in ops if o[0] == op.CALL and o[2] not in natives]
    return tuple(dict.fromkeys(names + [o[3] for o in ops if o[0] == op.CCALL]))


def faulting_helpers(isa: IsaSpec, ops: Sequence[Any]) -> frozenset[str]:
    """The helpers called that access guest memory."""
    return frozenset(name for name in helpers_in(ops) if isa.helpers[name].effects == "memory")
