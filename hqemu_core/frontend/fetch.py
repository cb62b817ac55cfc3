"""Guest memory as translation sees it."""

from __future__ import annotations

from typing import Final, Protocol

from hqemu_core.errors import GuestFault
from hqemu_core.isa.code import Code
from hqemu_core.isa.spec import IsaSpec

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


def fetch(isa: IsaSpec, memory: CodeMemory, pc: int, limit: int) -> Code:
    """The instructions from code address ``pc`` on, ``limit`` at most and at least one: a copy, because another thread
    may be writing them. Raises GuestFault when there is no code."""
    decoder = isa.decoder(pc)  # says so when there is no such instruction set
    at = pc & ~isa.pc_bits
    if at & decoder.align - 1:
        raise GuestFault(at, False, _SIGBUS, _BUS_ADRALN)
    end = memory.executable(at)
    if not end:
        raise _no_code(memory, at)
    wanted = limit * decoder.longest
    while end - at < wanted and (further := memory.executable(end)):
        end = further
    code = decoder.split(bytes(memory.view(at, min(wanted, end - at))), pc, limit)
    if not code.keys:
        raise _no_code(memory, end)
    return code


def _no_code(memory: CodeMemory, at: int) -> GuestFault:
    try:
        memory.view(at, 1)  # nothing mapped is another fault than no right to execute
    except GuestFault as fault:
        return fault
    return GuestFault(at, False, _SIGSEGV, _SEGV_ACCERR)
