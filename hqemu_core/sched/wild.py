"""The guest address of an access that the host reports without one: to a non-canonical host address."""

from __future__ import annotations

from typing import Any

from hqemu_core.errors import GuestFault
from hqemu_core.frontend.fetch import fetch
from hqemu_core.ir.interp import Interp
from hqemu_core.isa.spec import IsaSpec


class _Window:
    """Memory in which writes only check their address: those that succeed were done already."""

    def __init__(self, memory: Any) -> None:
        self.memory = memory

    def read(self, addr: int, size: int) -> bytes:
        if addr + size > self.memory.size:
            raise GuestFault(addr)
        data: bytes = self.memory.read(addr, size)
        return data

    def write(self, addr: int, data: bytes) -> None:
        if addr + len(data) > self.memory.size:
            raise GuestFault(addr, True)


def wild_address(isa: IsaSpec, thread: Any, memory: Any) -> int:
    """Interprets the instruction at ``thread.pc``, whose state is as before it; 0 when it does not fault."""
    pc = thread.pc
    decoded = isa.decoder(pc).decode(fetch(isa, memory, pc, 1).keys[0], pc)
    if decoded is None:
        return 0
    row, shape, operands = decoded
    b = isa.builder(thread.context)
    row.lift(b, shape, *operands)
    cpu = Interp(isa.helpers, bytearray(thread.view), _Window(memory), lambda: isa.builder(thread.context))
    try:
        cpu.run(b.ops, b.types)
    except GuestFault as fault:
        return fault.addr
    return 0
