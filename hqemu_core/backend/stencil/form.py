"""Names of stencils."""

from __future__ import annotations

from typing import Any, NamedTuple

from hqemu_core.isa.table import Row

Insns = tuple[tuple[Row, tuple[Any, ...]], ...]


class Form(NamedTuple):
    """One or two (fused) instructions with their shapes. ``dead``: nobody reads the flags they set."""

    insns: Insns
    context: int
    dead: bool

    @property
    def key(self) -> str:
        names = "+".join(f"{row.name}:{','.join(map(str, map(int, shape)))}" for row, shape in self.insns)
        return f"{self.context}|{names}|{int(self.dead)}"

    @property
    def parts(self) -> tuple[Form, ...]:
        """The forms that stencils are compiled of: an instruction in parts is several, the last of which may be
        fused with the instruction that follows. Flags are the last one's business."""
        done: list[Form] = []
        open_: Insns = ()
        for row, shape in self.insns:
            if not row.parts:
                open_ = (*open_, (row, shape))
                continue
            *heads, last = zip(row.parts, shape, strict=True)
            for head in heads:
                done.append(Form((*open_, head), self.context, self.dead if open_ else False))
                open_ = ()
            open_ = (last,)
        return (*done, Form(open_, self.context, self.dead))
