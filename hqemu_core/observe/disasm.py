"""Guest and host code as text, by capstone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import capstone

from hqemu_core.frontend.translator import CALL_LINK
from hqemu_core.isa.spec import IsaSpec
from hqemu_core.runtime import header as h

_SLOTS: Final = {
    h.LINK: "link", h.MISS: "miss", h.SYSCALL: "syscall", h.TRAP: "trap", h.RESYNC: "resync", h.CHECK: "check",
    h.HOT: "hot",
}  # fmt: skip
_CALL: Final = CALL_LINK[:4]
_JUMP: Final = b"\xe9"
_NOPS: Final = b"\x90\x90\x90"


class Disassembler:
    def __init__(self, isa: IsaSpec) -> None:
        self.isa = isa
        arch, mode = isa.capstone
        self.guest = self._make(getattr(capstone, arch), getattr(capstone, mode)) if arch else None
        self.host = self._make(capstone.CS_ARCH_X86, capstone.CS_MODE_64)

    def _make(self, arch: int, mode: int) -> Any:
        engine: Any = capstone.Cs(arch, mode)
        engine.skipdata = True
        return engine

    def guest_code(self, data: bytes, pc: int) -> str:
        """``0xPC:  instruction``, a line each."""
        pc &= ~self.isa.pc_bits
        if self.guest is None:
            return f"{pc:#010x}:  {data.hex()}\n"
        return "".join(
            f"{at:#010x}:  {name:<8} {operands}".rstrip() + "\n"
            for at, _, name, operands in self.guest.disasm_lite(data, pc)
        )

    def host_code(self, data: bytes, address: int) -> str:
        """Exit stubs, 8-aligned, are followed by the guest address that they lead to."""
        lines = []
        at = 0
        while at < len(data):
            found = 0
            for where, size, name, operands in self.host.disasm_lite(data[at:], address + at):
                lines.append(f"{where:#010x}:  {name:<8} {operands}".rstrip() + self._tag(data, where - address))
                found = where + size - address
                if self._is_stub(data, where - address):
                    found = where - address + 16
                    target = int.from_bytes(data[found - 8 : found], "little")
                    lines.append(f"{where + 8:#010x}:  .quad    {target:#x}")
                    break
            if found <= at:
                break
            at = found
        return "".join(line + "\n" for line in lines)

    def _is_stub(self, data: bytes, at: int) -> bool:
        if at % 8 or at + 16 > len(data):
            return False
        return data[at : at + 8] == CALL_LINK or (data[at : at + 1] == _JUMP and data[at + 5 : at + 8] == _NOPS)

    def _tag(self, data: bytes, at: int) -> str:
        """Ways out of translated code are marked with what they are for."""
        if data[at : at + 4] != _CALL:
            return ""
        slot = _SLOTS.get(int.from_bytes(data[at + 4 : at + 8], "little"))
        return f"  !{slot}" if slot else ""


def functions(module: Any) -> Iterator[str]:
    """The text of each function that an LLVM module defines."""
    for function in module.functions:
        if not function.is_declaration:
            yield str(function)
