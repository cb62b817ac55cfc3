"""A synthetic ISA made of op lists: every snippet of IR becomes an instruction, so that every execution of lifted code
can run it.

Instruction ``n`` reads the snippet's inputs from slots of its own and writes the results to others: one run executes
any number of snippets, and inputs are changed without translating anew.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from hqemu_core.ir import types as ty
from hqemu_core.ir.builder import IRBuilder, Operand
from hqemu_core.isa.spec import Helper, IsaSpec
from hqemu_core.isa.state import StateLayout
from hqemu_core.isa.table import OperandKind, Row, Table

from .caserun import CaseState

Build = Callable[[IRBuilder, list[int]], Sequence[int]]


class Snippet(NamedTuple):
    """``build`` gets the inputs' values and returns the results'; ``draw`` makes inputs the op allows."""

    name: str
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    build: Build
    draw: Callable[[Any], Sequence[int]]


def _stored(t: int) -> int:
    """State has whole bytes: truth values are kept as such."""
    return ty.I8 if t == ty.I1 else t


def _make_lift(snippet: Snippet) -> Callable[..., None]:
    def lift(b: IRBuilder, shape: tuple[int, ...], *operands: Operand) -> None:
        count = len(snippet.inputs)
        values = []
        for t, offset in zip(snippet.inputs, operands, strict=False):
            value = b.get(offset, _stored(t))
            values.append(b.trunc(value, ty.I1) if t == ty.I1 else value)
        results = snippet.build(b, values)
        for t, offset, result in zip(snippet.outputs, operands[count:], results, strict=True):
            b.set(offset, b.zext(result, ty.I8) if t == ty.I1 else result)

    return lift


class OpIsa:
    """The ISA of some snippets. ``inputs[n]`` and ``outputs[n]`` are the state offsets of snippet ``n``."""

    def __init__(self, snippets: Sequence[Snippet], helpers: Mapping[str, Helper] | None = None) -> None:
        self.snippets = list(snippets)
        layout = StateLayout()
        pc = layout.add("pc", ty.I64)
        self.inputs: list[list[int]] = []
        self.outputs: list[list[int]] = []
        kinds: dict[str, OperandKind] = {}
        rows = []
        for n, snippet in enumerate(self.snippets):
            slots: tuple[list[int], list[int]] = ([], [])
            names = []
            for at, types in enumerate((snippet.inputs, snippet.outputs)):
                for t in types:
                    name = f"s{len(kinds)}"
                    slots[at].append(layout.add(name, _stored(t)))
                    kinds[name] = OperandKind(name, "off", (slots[at][-1],))
                    names.append(f"{name}(0)")
            self.inputs.append(slots[0])
            self.outputs.append(slots[1])
            rows.append(Row(snippet.name, f"{n:032b}", _make_lift(snippet), "", " ".join(names)))
        self.spec = IsaSpec(
            name="ops", bits=64, state=layout, tables={0: Table(rows, kinds, bucket=(0, 0xFFFF))}, pc=pc,
            helpers=helpers or {},
        )  # fmt: skip

    def state(self) -> CaseState:
        return CaseState(bytearray(self.spec.state.size))

    def code(self, numbers: Sequence[int]) -> bytes:
        """The instructions that execute these snippets in turn."""
        return b"".join(n.to_bytes(4, "little") for n in numbers)

    def put(self, state: CaseState, n: int, values: Sequence[int]) -> None:
        for t, offset, value in zip(self.snippets[n].inputs, self.inputs[n], values, strict=True):
            state.write(offset, _stored(t), value)

    def results(self, state: CaseState, n: int) -> list[int]:
        return [state.read(o, _stored(t)) for t, o in zip(self.snippets[n].outputs, self.outputs[n], strict=True)]


_NAN: Final = {ty.F16: (10, 0x7C00), ty.F32: (23, 0x7F800000), ty.F64: (52, 0x7FF << 52)}


def without_payloads(value: int, t: int) -> tuple[int | str, ...]:
    """The lanes of a value, every NaN as "nan": which one an op returns is not specified."""
    width = ty.lane_bits(t)
    lanes: list[int | str] = [value >> width * n & (1 << width) - 1 for n in range(ty.lanes(t))]
    if not ty.is_float(t):
        return tuple(lanes)
    infinity = _NAN[ty.lane(t)][1]
    nan = [isinstance(x, int) and x & (1 << width - 1) - 1 > infinity for x in lanes]
    return tuple("nan" if is_nan else x for x, is_nan in zip(lanes, nan, strict=True))
