"""Names of stencils."""

from __future__ import annotations

from typing import NamedTuple

from hqemu_core.isa.table import Row


class Form(NamedTuple):
    """One or two (fused) instructions with their shapes. ``dead``: nobody reads the flags they set."""

    insns: tuple[tuple[Row, tuple[int, ...]], ...]
    context: int
    dead: bool

    @property
    def key(self) -> str:
        names = "+".join(f"{row.name}:{','.join(map(str, map(int, shape)))}" for row, shape in self.insns)
        return f"{self.context}|{names}|{int(self.dead)}"
