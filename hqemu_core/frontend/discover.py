"""Which forms will the code from here on need? Compiled together, they share LLVM's fixed costs."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any, Final

from hqemu_core.backend.stencil.form import Form
from hqemu_core.errors import GuestFault, IsaError

if TYPE_CHECKING:
    from .translator import Translator

FORMS: Final = 48
"""in a batch; a module alone costs what one or two forms do, and a form that is far away may never be needed"""
LOOK: Final = 250
"""instructions looked at for it"""
_GOES_ON: Final = ("jump", "call", "branch")
_STOPS: Final = ("jump", "indirect", "ret", "trap", "resync")


class Explorer:
    """Walks code over direct branches, nearest first, no instruction twice: what it has seen has its forms."""

    def __init__(self, translator: Translator, context: int) -> None:
        self.translator = translator
        self.context = context
        self.seen: set[int] = set()

    def compile_from(self, pc: int) -> None:
        """Compile the missing forms of the code reachable from ``pc``."""
        wanted: dict[str, Form] = {}
        todo = deque((pc,))
        self.seen.discard(pc)
        left = LOOK
        while todo and left > 0 and len(wanted) < FORMS:
            left -= self._walk(todo.popleft(), todo, wanted)
        self.translator.tier.compile(list(wanted.values()))

    def _walk(self, pc: int, todo: deque[int], wanted: dict[str, Form]) -> int:
        """Straight on from ``pc``; how far."""
        translator, context, seen = self.translator, self.context, self.seen
        try:
            keys, pcs, _ = translator.fetch(pc)
            decode = translator.isa.decoder(pc).decode
        except (GuestFault, IsaError):
            return 1
        n = 0
        while n < len(keys):
            at = pcs[n]
            if at in seen:
                break
            seen.add(at)
            decoded = decode(keys[n], at)
            if decoded is None:
                break
            row, shape, operands = decoded
            dead = False
            insns: tuple[Any, ...] = ((row, shape),)
            end, target = row.end, operands[row.target] if row.end in _GOES_ON else 0
            n += 1
            if row.flags in ("w", "p") and not end:
                follower = decode(keys[n], pcs[n]) if row.fuse == "first" and n < len(keys) else None
                if follower is not None and follower[0].fuse == "second" and follower[0].flags == "r":
                    row, shape, operands = follower
                    insns = (*insns, (row, shape))
                    end, target = row.end, operands[row.target] if row.end in _GOES_ON else 0
                    n += 1
                dead = translator.liveness.dead(pcs[n], context)
                dead = dead and (not target or translator.liveness.dead(target, context))
            form = Form(insns, context, dead)
            for part in form.parts:
                if part.key not in translator.tier.library:
                    wanted.setdefault(part.key, part)
            if target:
                todo.append(target)
            if end in _STOPS:
                break
        else:
            todo.append(pcs[n])
        return n + 1


def compile_from(translator: Translator, pc: int, context: int) -> None:
    explorer = translator.explorers.get(context)
    if explorer is None:
        explorer = translator.explorers[context] = Explorer(translator, context)
    explorer.compile_from(pc)
