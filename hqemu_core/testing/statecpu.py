"""Registers and memory without an engine: what a Linux ABI's functions (frames, start-up, emulation) work on."""

from __future__ import annotations

from hqemu_core.errors import GuestFault
from hqemu_core.ir import types as ty
from hqemu_core.isa.state import StateLayout


class StateCpu:
    """A :class:`hqemu_core.isa.abi.Cpu`. ``word``: type of the pc, which is at state offset ``pc_at``."""

    def __init__(self, layout: StateLayout, pc_at: int, word: int = ty.I64) -> None:
        self.state = bytearray(layout.size)
        self.pc_at, self.word = pc_at, word
        self.fp_flags = self.fp_rounding = self.f80_flags = 0
        self.f80_control = 0x37F

    def read(self, offset: int, t: int) -> int:
        return int.from_bytes(self.state[offset : offset + max(1, ty.bits(t) // 8)], "little")

    def write(self, offset: int, t: int, value: int) -> None:
        size = max(1, ty.bits(t) // 8)
        self.state[offset : offset + size] = (value & (1 << 8 * size) - 1).to_bytes(size, "little")

    def read_bytes(self, offset: int, size: int) -> bytes:
        return bytes(self.state[offset : offset + size])

    def write_bytes(self, offset: int, data: bytes) -> None:
        self.state[offset : offset + len(data)] = data

    @property
    def pc(self) -> int:
        return self.read(self.pc_at, self.word)

    @pc.setter
    def pc(self, value: int) -> None:
        self.write(self.pc_at, self.word, value)


class FlatMemory:
    """64 KiB at ``BASE``, nothing elsewhere."""

    BASE = 0x10000

    def __init__(self) -> None:
        self.data = bytearray(0x10000)

    def _at(self, addr: int, size: int, write: bool) -> int:
        if not self.BASE <= addr <= self.BASE + len(self.data) - size:
            raise GuestFault(addr, write)
        return addr - self.BASE

    def read(self, addr: int, size: int) -> bytes:
        at = self._at(addr, size, False)
        return bytes(self.data[at : at + size])

    def write(self, addr: int, data: bytes) -> None:
        at = self._at(addr, len(data), True)
        self.data[at : at + len(data)] = data

    def word(self, addr: int, size: int) -> int:
        return int.from_bytes(self.read(addr, size), "little")
