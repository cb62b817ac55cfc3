"""The host CPU as an oracle: runs bytes of either mode in this process, from given registers to those they leave.

A stub loads all registers from fixed low memory, runs the bytes, and stores all. Code of the 32-bit mode is reached by
a far return to Linux's 32-bit code segment and left by a far jump.
"""

from __future__ import annotations

import ctypes
import mmap
from functools import lru_cache
from typing import Final

PLACE: Final = 0x2A000000
"""stub, then registers, then the tested code, a page each"""
_REGISTERS: Final = PLACE + 0x1000
CODE: Final = PLACE + 0x2000
DATA: Final = PLACE + 0x10000
DATA_SIZE: Final = 0x4000
_SIZE: Final = 0x20000
_MAP_FIXED_NOREPLACE: Final = 0x100000
_FLAGS: Final = 16 * 8
_KEPT_SP: Final = 17 * 8
FLAG_BITS: Final = 0xCD5
"""CF PF AF ZF SF DF OF"""


def _mov(register: int, slot: int, store: bool) -> bytes:
    """``mov`` between a register and its slot, which has an absolute address."""
    return bytes(
        (0x48 | register >> 3 << 2, 0x89 if store else 0x8B, 0x04 | (register & 7) << 3, 0x25)
    ) + slot.to_bytes(4, "little")


def _all(store: bool) -> bytes:
    return b"".join(_mov(n, _REGISTERS + 8 * n, store) for n in range(16))


def _absolute(opcode: str, slot: int) -> bytes:
    return bytes.fromhex(opcode) + slot.to_bytes(4, "little")


@lru_cache(maxsize=2)
def _stub(bits: int) -> tuple[bytes, bytes]:
    """(what runs before the tested code, what behind it)"""
    saved = bytes.fromhex("53 55 41 54 41 55 41 56 41 57")  # push rbx rbp r12..r15
    if bits == 32:  # data segments, which the 64-bit mode does not look at
        saved += bytes.fromhex("b8 2b 00 00 00 8e d8 8e c0")  # mov eax, 0x2b; mov ds, eax; mov es, eax
    before = saved + _mov(4, _REGISTERS + _KEPT_SP, True)
    before += _absolute("ff3425", _REGISTERS + _FLAGS) + b"\x9d" + _all(False)  # push flags; popf
    if bits == 64:
        jump = b"\xff\x25\0\0\0\0" + CODE.to_bytes(8, "little")  # jmp [rip]
        leave = jump[:6] + (PLACE + 0x800).to_bytes(8, "little")
    else:
        jump = b"\xff\x2c\x25" + (_REGISTERS + 0x200).to_bytes(4, "little")  # jmp far [m16:32]
        leave = b"\xea" + (PLACE + 0x800).to_bytes(4, "little") + b"\x33\0"
    return before + jump, leave


def _after() -> bytes:
    out = _mov(4, _REGISTERS + 8 * 4, True) + _mov(4, _REGISTERS + _KEPT_SP, False)
    out += b"\x9c" + _absolute("8f0425", _REGISTERS + _FLAGS)  # pushf; pop
    out += b"".join(_mov(n, _REGISTERS + 8 * n, True) for n in range(16) if n != 4)
    return out + bytes.fromhex("fc 41 5f 41 5e 41 5d 41 5c 5d 5b c3")


class HostCpu:
    def __init__(self) -> None:
        libc = ctypes.CDLL(None, use_errno=True)
        libc.mmap.restype = ctypes.c_void_p
        libc.mmap.argtypes = (ctypes.c_void_p, ctypes.c_size_t) + (ctypes.c_int,) * 3 + (ctypes.c_long,)
        flags = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | _MAP_FIXED_NOREPLACE
        if libc.mmap(PLACE, _SIZE, 7, flags, -1, 0) != PLACE:
            raise OSError("no memory where the test code must be")
        self.view = memoryview((ctypes.c_char * _SIZE).from_address(PLACE)).cast("B")
        after = _after()
        self.view[0x800 : 0x800 + len(after)] = after
        far = CODE.to_bytes(4, "little") + b"\x23\0"
        self.view[0x1200:0x1206] = far
        self.call = ctypes.CFUNCTYPE(None)(PLACE)
        self.words = self.view[0x1000 : 0x1000 + 8 * 18].cast("Q")

    def data(self) -> memoryview:
        return self.view[DATA - PLACE : DATA - PLACE + DATA_SIZE]

    def run(self, bits: int, code: bytes, registers: list[int], flags: int) -> tuple[list[int], int]:
        """(registers, EFLAGS) afterwards. The code must fall out of its end."""
        before, leave = _stub(bits)
        self.view[: len(before)] = before
        at = CODE - PLACE
        self.view[at : at + len(code) + len(leave)] = code + leave
        for n, value in enumerate(registers):
            self.words[n] = value
        self.words[16] = flags & FLAG_BITS | 0x202
        self.call()
        return list(self.words[:16]), self.words[16]
