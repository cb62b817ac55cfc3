"""Guest addresses with a tag in bits that the guest's hardware ignores: such an access faults on the host.

It is put right in place, at no cost for others: the host register that holds the tag loses it, the one host
instruction runs under the trap flag, the register gets it back. Guest state is not touched, so this works in whatever
code the access stands, and an access stays atomic.
"""

from __future__ import annotations

import ctypes
from typing import Final, NamedTuple

from . import header as h
from .cpu import CpuThread

_REGISTERS: Final = (13, 14, 12, 11, 15, 10, 9, 8, 0, 1, 2, 3, 4, 5, 6, 7)
"""place in a signal frame's ``gregs`` of rax rcx rdx rbx rsp rbp rsi rdi r8...r15"""
_GREGS: Final = 40
_EFLAGS: Final = 17
_TRAP: Final = 0x100
_MASK: Final = (1 << 64) - 1
_PREFIXES: Final = frozenset((0x26, 0x2E, 0x36, 0x3E, 0x64, 0x65, 0x66, 0x67, 0xF0, 0xF2, 0xF3))
_REPLACES: Final = frozenset(
    [(0, code) for code in (0x03, 0x0B, 0x13, 0x1B, 0x23, 0x2B, 0x33, 0x63, 0x69, 0x6B, 0x87, 0x8B)]
    + [(1, code) for code in (*range(0x40, 0x50), 0xAF, 0xB6, 0xB7, 0xB8, 0xBC, 0xBD, 0xBE, 0xBF, 0xC1)]
    + [(1, code) for code in (0x2C, 0x2D)]
    + [(2, code) for code in (0xF0, 0xF1, 0xF2, 0xF5, 0xF6, 0xF7)]
    + [(3, 0xF0)]
)  # fmt: skip
"""(opcode map, opcode) of what writes the general register in ModRM.reg"""


class Operand(NamedTuple):
    """A memory operand relative to GS; registers by number, None: none."""

    base: int | None
    other: int | None
    scale: int
    disp: int
    replaced: int | None
    """the general register that the instruction overwrites as a whole"""


def memory_operand(code: bytes) -> Operand | None:
    """Of the x86-64 instruction that ``code`` begins with; None: it has none that a tag may be in."""
    at = 0
    seen = set()
    while code[at] in _PREFIXES:
        seen.add(code[at])
        at += 1
    if 0x65 not in seen:
        return None
    rex = table = 0
    first = code[at]
    if first in (0xC4, 0xC5, 0x62):  # VEX and EVEX have the REX bits inverted
        rex = ~code[at + 1] >> 5 & (7 if first != 0xC5 else 4)
        table = code[at + 1] & 7 if first != 0xC5 else 1
        if first != 0xC5:
            rex |= code[at + 2] >> 4 & 8
        at += {0xC5: 2, 0xC4: 3, 0x62: 4}[first]
    else:
        if first & 0xF0 == 0x40:
            rex = first & 15
            at += 1
        if code[at] == 0x0F:
            at += 1
            table = {0x38: 2, 0x3A: 3}.get(code[at], 1)
            at += table > 1
    opcode = code[at]
    modrm = code[at + 1]
    at += 2
    mode, low = modrm >> 6, modrm & 7
    if mode == 3:
        return None
    base: int | None = low | (rex & 1) << 3
    index, scale = None, 1
    if low == 4:
        sib = code[at]
        at += 1
        scale = 1 << (sib >> 6)
        index = sib >> 3 & 7 | (rex & 2) << 2
        index = None if index == 4 else index
        low = sib & 7
        base = low | (rex & 1) << 3
    size = (0, 1, 4)[mode]
    if mode == 0 and low == 5:
        if modrm & 7 == 5:  # relative to rip
            return None
        base, size = None, 4
    disp = int.from_bytes(code[at : at + size], "little", signed=True)
    whole = 0x66 not in seen or rex & 8
    stores = (table, opcode) == (2, 0xF1) and 0xF2 not in seen  # MOVBE, not CRC32
    replaced = modrm >> 3 & 7 | (rex & 4) << 1 if (table, opcode) in _REPLACES and whole and not stores else None
    return Operand(base, index, scale, disp, replaced)


def strip_tag(thread: CpuThread, bits: int) -> bool:
    """After a fault at a non-canonical host address: make the access go on without the ``bits`` bits of its tag, for
    one instruction. False: it has no tag."""
    operand = memory_operand(ctypes.string_at(thread.get64(h.FAULT_RIP), 16))
    if operand is None:
        return False
    at = thread.get64(h.SAVED) + _GREGS
    address = operand.disp
    if operand.base is not None:
        address += _word(at, _REGISTERS[operand.base]).value
    if operand.other is not None:
        address += _word(at, _REGISTERS[operand.other]).value * operand.scale
    address &= _MASK
    tag = address >> 64 - bits
    register = operand.other if operand.base is None else operand.base
    if not tag or address >> 63 - bits & 1 or register is None:
        return False
    amount = (tag << 64 - bits) // (operand.scale if operand.base is None else 1)
    word = _word(at, _REGISTERS[register])
    word.value -= amount
    _word(at, _EFLAGS).value |= _TRAP
    thread.stripped = (_REGISTERS[register], 0 if operand.replaced == register else amount)
    return True


def restore_tag(thread: CpuThread) -> None:
    """After the one instruction."""
    assert thread.stripped is not None
    register, amount = thread.stripped
    thread.stripped = None
    at = thread.get64(h.SAVED) + _GREGS
    _word(at, register).value += amount
    _word(at, _EFLAGS).value &= ~_TRAP


def _word(at: int, index: int) -> ctypes.c_uint64:
    return ctypes.c_uint64.from_address(at + 8 * index)
