"""Which forms will the code from here on need? Compiled together, they share LLVM's fixed costs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hqemu_core.backend.stencil.form import Form
from hqemu_core.errors import GuestFault

if TYPE_CHECKING:
    from .translator import Translator

FORMS: Final = 96
BLOCKS: Final = 400
RUN: Final = 64


def compile_from(translator: Translator, pc: int, context: int) -> None:
    """Compile the missing forms of the code reachable from ``pc`` over direct branches, nearest first."""
    wanted: dict[str, Form] = {}
    todo = [pc]
    seen: set[int] = set()
    tier, table = translator.tier, translator.isa.decoder(pc)
    while todo and len(wanted) < FORMS and len(seen) < BLOCKS:
        at = todo.pop(0)
        if at in seen:
            continue
        seen.add(at)
        try:
            words = translator.fetch(at)[:RUN]
        except GuestFault:
            continue
        before = None
        for word in words:
            decoded = table.decode(word, at)
            if decoded is None:
                break
            row, shape, operands = decoded
            for dead in (False, True) if row.flags in ("w", "p") else (False,):
                form = Form(((row, shape),), context, dead)
                if form.key not in tier.library:
                    wanted.setdefault(form.key, form)
            if before is not None and before[0].fuse == "first" and row.fuse == "second" and row.flags == "r":
                for dead in (False, True):
                    form = Form((before, (row, shape)), context, dead)
                    if form.key not in tier.library:
                        wanted.setdefault(form.key, form)
            before = (row, shape)
            if row.end in ("jump", "call", "branch"):
                todo.append(operands[row.target])
            if row.end in ("jump", "indirect", "ret", "trap", "resync"):
                break
            at += 4
    tier.compile(list(wanted.values()))
