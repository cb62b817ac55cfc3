"""Guest memory as translation sees it."""

from __future__ import annotations

from typing import Final, Protocol

from hqemu_core.errors import GuestFault

_SIGBUS: Final = 7
_BUS_ADRALN: Final = 1
_SIGSEGV: Final = 11
_SEGV_ACCERR: Final = 2


class CodeMemory(Protocol):
    """What translation needs of guest memory."""

    base: int

    def executable(self, addr: int) -> int: ...

    def view(self, addr: int, size: int, write: bool = False) -> memoryview: ...

    def code_pages(self, start: int, size: int) -> None: ...

    def constant_code(self, addr: int) -> int:
        """End of the mapping that holds ``addr`` if it is executable and the guest cannot write it, else 0."""

    def constant_start(self, addr: int) -> int | None:
        """Start of that mapping."""


def fetch(memory: CodeMemory, pc: int, limit: int) -> memoryview:
    """The words from ``pc`` on, ``limit`` at most. Raises GuestFault when there is no code."""
    if pc & 3:
        raise GuestFault(pc, False, _SIGBUS, _BUS_ADRALN)
    end = memory.executable(pc)
    if not end:
        memory.view(pc, 1)  # nothing mapped is another fault than no right to execute
        raise GuestFault(pc, False, _SIGSEGV, _SEGV_ACCERR)
    return memory.view(pc, min(limit * 4, end - pc)).cast("I")
