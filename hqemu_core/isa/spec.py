"""What an ISA plugin hands to the core."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from hqemu_core.errors import IsaError
from hqemu_core.ir import types as ty
from hqemu_core.ir.builder import IRBuilder, Op

from .code import Decoder
from .state import StateLayout
from .table import Decoded, OperandKind, Row, Table

if TYPE_CHECKING:
    from .abi import Cpu, LinuxAbi


class Helper(NamedTuple):
    """A named function that lifted code calls: ``body(builder, *arguments)`` returns the value (or None).

    The body is straight-line IR; it is compiled once for stencils, and rendered into the region by the optimizing
    tier. It may read and write state at fixed offsets and call other helpers. ``params``/``result`` are IR
    types (VOID: no result). ``effects``: "pure", "fp" (reads rounding, raises flags), "state", "memory".
    ``native``: what does the same on an x86-64 host, in place of a call: LLVM inline assembly, its constraints, and the
    host feature that it needs (as LLVM names it). ``body`` may leave open what it does not: which NaN results.
    """

    name: str
    params: tuple[int, ...]
    result: int
    body: Callable[..., int | None]
    effects: str = "pure"
    native: tuple[str, str, str] | None = None


Pass: TypeAlias = Callable[[list[Op]], list[Op]]


class IsaSpec:
    """One instruction set architecture.

    ``name`` as in targets, ``bits`` the width of a guest address, ``pc`` the state offset of the program counter
    (current only when guest code is left). ``pc_bits`` are bits of code addresses that are not part of the memory
    address: they are in ``pc``, in branch targets and in the keys of translations; rows' expressions put them into the
    code addresses they make. Low ones choose the instruction set (Arm's Thumb bit). Those of the top byte tell what
    instructions before do to the one there (Arm's IT state); ``split`` of the decoder makes them. ``flags``
    are the state offsets that the tables' ``flags`` column speaks of.
    ``tables`` maps an instruction set (a code address's low ``pc_bits``) to its table; most ISAs have one, key 0.
    ``insn_align``: code addresses of all of them are multiples of that. ``tables`` and
    ``helpers`` may be functions without arguments, called when first needed: with a snapshot (``isa.snapshot``) of the
    tables most starts need neither. ``decoding`` then gives (operand kinds, namespace) without them.
    A *context* is a small int of mode bits that change how bytes are translated (FP mode, endianness);
    ``context_of(read)`` computes it from state, ``read(offset, type)``. It changes only after a ``resync``.
    Where guests must announce code that they have written, ``changed_code(cpu)`` is asked after each ``resync`` for
    (address, size) of what was announced; size 0: nothing.
    ``make_builder(builder, context)`` is called with each new builder, to fill ``memo``.
    ``tag_bits``: so many of the highest bits of an address the hardware ignores, using copies of the one below.
    ``cpu`` is the model (``IsaEntry.cpus``) that this is the spec of, where there are several.
    ``capstone`` is (CS_ARCH_ name, CS_MODE_ name) for disassembly.
    """

    __slots__ = (
        "_added", "_decoders", "_features", "_helper_names", "_helpers", "_tables", "bits", "capstone", "changed_code",
        "context_of", "cpu", "decoding", "flags", "insn_align", "interp", "linux", "make_builder", "name", "passes",
        "pc", "pc_bits", "state", "table_bits", "tag_bits",
    )  # fmt: skip

    def __init__(
        self, name: str, bits: int, state: StateLayout, tables: Mapping[int, Table] | Callable[[], Mapping[int, Table]],
        pc: int, flags: frozenset[int] = frozenset(),
        helpers: Mapping[str, Helper] | Callable[[], Mapping[str, Helper]] | None = None, insn_align: int = 4,
        make_builder: Callable[[IRBuilder, int], None] | None = None,
        context_of: Callable[[Callable[[int, int], int]], int] | None = None, capstone: tuple[str, str] = ("", ""),
        linux: Callable[[IsaSpec], LinuxAbi] | None = None, interp: Mapping[str, Any] | None = None,
        decoding: Callable[[], tuple[Mapping[str, OperandKind], Mapping[str, Any]]] | None = None,
        changed_code: Callable[[Cpu], tuple[int, int]] | None = None, pc_bits: int = 0,
        cpu: str = "", tag_bits: int = 0,
    ) -> None:  # fmt: skip
        self.name = name
        self.bits = bits
        self.state = state
        self._tables = tables
        self.pc = pc
        self.pc_bits = pc_bits
        self.table_bits = pc_bits & 0xFF
        self.flags = flags
        self.passes: dict[str, tuple[tuple[str, Pass], ...]] = {}
        """by tier: what plugins want to run after the core's own passes, with names"""
        self._added: dict[str, Helper] = {}
        self._helpers: Mapping[str, Helper] | Callable[[], Mapping[str, Helper]] = helpers or {}
        self.decoding = decoding
        self._decoders: Mapping[int, Decoder] | None = None
        self._helper_names: list[str] | None = None
        self._features: frozenset[str] | None = None
        self.insn_align = insn_align
        self.make_builder = make_builder
        self.context_of = context_of
        self.changed_code = changed_code
        self.capstone = capstone
        self.cpu = cpu
        self.linux = linux
        self.tag_bits = tag_bits
        self.interp: Mapping[str, Any] = interp or {}

    def __repr__(self) -> str:
        return f"IsaSpec({self.name!r})"

    @property
    def tables(self) -> Mapping[int, Table]:
        if callable(self._tables):
            self._tables = self._tables()
        return self._tables

    @property
    def helpers(self) -> Mapping[str, Helper]:
        if callable(self._helpers):
            own = self._helpers()
            both = sorted(own.keys() & self._added.keys())
            if both:
                raise IsaError(f"{self.name}: a plugin adds helper functions that the ISA has: {', '.join(both)}")
            self._helpers = {**own, **self._added}
        return self._helpers

    @property
    def added_helpers(self) -> Mapping[str, Helper]:
        return self._added

    def add_helpers(self, helpers: Mapping[str, Helper]) -> None:
        """Functions beside the ISA's own, for passes that emit calls. To be done before the ISA is used: everything
        that is kept on disk counts helpers by their place in :attr:`helper_names`."""
        twice = sorted(helpers.keys() & self._added.keys())
        if twice:
            raise IsaError(f"{self.name}: two plugins add helper functions called {', '.join(twice)}")
        self._added.update(helpers)
        own = self._helpers
        self._helpers = own if callable(own) else (lambda: own)

    @property
    def decoders(self) -> Mapping[int, Decoder]:
        """What translation decodes with: the tables, or their snapshot."""
        return self.tables if self._decoders is None else self._decoders

    def decoder(self, pc: int) -> Decoder:
        """What decodes the code at a code address. Raises IsaError when the ISA has no such instruction set."""
        found = self.decoders.get(pc & self.table_bits)
        if found is None:
            raise IsaError(f"{self.name}: code at {pc:#x} is of an instruction set that is not supported")
        return found

    @property
    def pc_type(self) -> int:
        """Of the state's program counter."""
        return ty.I64 if self.bits == 64 or self.pc_bits >> 32 else ty.I32

    @property
    def helper_names(self) -> list[str]:
        """Sorted; a helper's position is its number."""
        return sorted(self.helpers) if self._helper_names is None else self._helper_names

    @property
    def features(self) -> frozenset[str]:
        """The rows' ``feature`` names."""
        if self._features is None:
            self._features = frozenset().union(*(t.features for t in self.tables.values()))
        return self._features

    def snapshot(self) -> tuple[Any, ...]:
        """A marshallable value for :meth:`use_snapshot` in another process."""
        from .snapshot import take

        tables = tuple((key, take(table)) for key, table in self.tables.items())
        return tables, tuple(self.helper_names), tuple(sorted(self.features))

    def use_snapshot(self, data: tuple[Any, ...]) -> None:
        """Decode with tables taken from the same ISA before."""
        from .snapshot import SnapshotTable

        if self.decoding is None:
            return
        kinds, namespace = self.decoding()
        stored, names, features = data
        self._decoders = {
            key: SnapshotTable(table, kinds, namespace, lambda key=key: self.tables[key])  # type: ignore[misc]
            for key, table in stored
        }
        self._helper_names = list(names)
        self._features = frozenset(features)

    def untag(self, addr: int) -> int:
        """The address that the hardware uses for ``addr``."""
        if not self.tag_bits:
            return addr
        width = self.bits - self.tag_bits
        plain = addr & (1 << width) - 1
        return plain | -(plain >> width - 1) << width & (1 << self.bits) - 1

    def builder(self, context: int = 0) -> IRBuilder:
        b = IRBuilder(self.state.zeros, self.state.sinks)
        if self.make_builder is not None:
            self.make_builder(b, context)
        return b


__all__ = ["Decoded", "Helper", "IsaSpec", "OperandKind", "Row", "Sequence", "StateLayout", "Table"]
