"""The reference meaning of the IR: executes op lists, one op at a time, with exact integer arithmetic.

Values are Python ints: bit patterns, a vector as one int with lane 0 lowest. State is little-endian bytes.
Atomics are not atomic here: one thread.

Whatever an op leaves open (shift too far, division by zero) raises :class:`IsaError` instead of picking a result.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final, Protocol

from hqemu_core.errors import IsaError

from . import opcodes as op
from . import semantics_effects as effects
from . import semantics_fp as floats
from . import semantics_values as values
from .builder import Hole, IRBuilder, Op
from .helpers import HelperBody, lift_helper
from .semantics import BINARY, TRUTH, UNARY
from .semantics_effects import SKIP, Outcome
from .semantics_float import FLOAT_BINARY, FLOAT_COMPARE
from .semantics_values import Run
from .softfloat import FpEnv


class Memory(Protocol):
    """Guest memory; as :class:`hqemu_core.isa.abi.Memory`."""

    def read(self, addr: int, size: int) -> bytes: ...

    def write(self, addr: int, data: bytes) -> None: ...


__all__ = ["HelperBody", "Interp", "Memory", "Outcome"]

State = bytearray | memoryview


class Interp:
    """One guest CPU. ``state``, ``memory`` and ``env`` may be replaced between runs."""

    def __init__(
        self, helpers: Mapping[str, HelperBody], state: State, memory: Memory,
        make_builder: Callable[[], IRBuilder] = IRBuilder,
    ) -> None:  # fmt: skip
        self.helpers = helpers
        self.state = state
        self.memory = memory
        self.env = FpEnv()
        self.make_builder = make_builder
        self.vals: list[int] = []
        self.types: Sequence[int] = ()
        self.operands: Sequence[int] = ()
        self.outcome: Outcome | None = None
        self.link = 0
        """what the last part of an instruction handed over"""
        self._bodies: dict[str, tuple[list[Op], list[int], int | None]] = {}

    def run(self, ops: Sequence[Op], types: Sequence[int], operands: Sequence[int] = ()) -> Outcome | None:
        """Execute; the terminator reached, None when there is none. ``operands`` fill the holes."""
        self.outcome = None
        self._execute(ops, types, operands)
        return self.outcome

    def _execute(self, ops: Sequence[Op], types: Sequence[int], operands: Sequence[int]) -> list[int]:
        vals: list[int] = []
        before = self.vals, self.types, self.operands
        self.vals, self.types, self.operands = vals, types, operands
        table = _TABLE
        append = vals.append
        try:
            for o in ops:
                if self.outcome is None:
                    append(table[o[0]](self, o))
                elif self.outcome is not SKIP:
                    break
                else:
                    append(0)
                    if o[0] == op.UNGUARD:
                        self.outcome = None
        except IsaError as error:
            at = len(vals)
            raise IsaError(f"op {at} ({op.INFO[ops[at][0]].name}): {error}") from error
        finally:
            self.vals, self.types, self.operands = before
        return vals

    def call(self, name: str, args: Sequence[int]) -> int:
        """Run a helper's body; 0 when it has no result."""
        found = self._bodies.get(name)
        if found is None:
            if name not in self.helpers:
                raise IsaError(f"unknown helper {name!r}")
            found = self._bodies[name] = lift_helper(self.helpers[name], self.make_builder())
        ops, types, value = found
        vals = self._execute(ops, types, args)
        return 0 if value is None else vals[value]

    def operand(self, operand: int | Hole) -> int:
        return operand if isinstance(operand, int) else self.operands[operand.n] + operand.add


def _make_run(info: op.OpInfo) -> Run:
    """The function that runs one op: by table where the ops of a group share it, else the ``on_<name>``."""
    if info.code in BINARY:
        return values.make_binary(info.code)
    if info.code in TRUTH:
        return values.make_truth(info.code)
    if info.code in UNARY:
        return values.make_unary(info.code)
    if info.code in FLOAT_BINARY:
        return floats.make_float_binary(info.code)
    if info.code in FLOAT_COMPARE:
        return floats.make_float_compare(info.code)
    for module in (values, floats, effects):
        found: Run | None = vars(module).get(f"on_{info.name}")
        if found is not None:
            return found
    raise NotImplementedError(info.name)


_TABLE: Final[tuple[Run, ...]] = tuple(_make_run(info) for info in op.INFO)
