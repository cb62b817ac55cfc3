"""Instructions in parts: operations and address modes meet at translation, so their product needs no forms.

A guest instruction may be a sequence of rows, each with a stencil of its own, that hand an i64 on (``IRBuilder.hand``,
``handed``). To everybody but the stencil tier it is one row; its shape is the tuple of the parts' shapes.
"""

from __future__ import annotations

from hqemu_core.ir.builder import IRBuilder, Operand

from .table import Row

Shape = tuple[int, ...]


class JoinedRow(Row):
    """What the instruction does to flags and flow is what its last part does."""

    def __init__(self, *parts: Row) -> None:
        last = parts[-1]
        self.parts = parts
        self.name = "+".join(row.name for row in parts)
        self.pattern = self.shape = self.operands = self.when = ""
        self.mask = self.value = self.width = 0
        self.fields = ()
        self.flags, self.end = last.flags, last.end
        # a second one must stand right behind what sets its flags
        self.fuse = last.fuse if last.fuse == "first" else ""
        self.insn, self.feature = last.insn, last.feature
        self.kinds = tuple(kind for row in parts for kind in row.kinds)
        self.target = -1
        at = 0
        for row in parts:
            if row.target >= 0:
                self.target = at + row.target
            at += len(row.kinds)
        self.lift = self._lift

    def _lift(self, b: IRBuilder, shape: tuple[Shape, ...], *operands: Operand) -> None:
        at = 0
        for row, own in zip(self.parts, shape, strict=True):
            end = at + len(row.kinds)
            row.lift(b, own, *operands[at:end])
            at = end
