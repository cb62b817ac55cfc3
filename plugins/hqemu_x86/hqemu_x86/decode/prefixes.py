"""Prefixes and opcode maps (SDM volume 2, chapter 2): where an instruction's opcode is and what stands before it."""

from __future__ import annotations

from typing import Final, NamedTuple

P66: Final = 1
PF3: Final = 2
PF2: Final = 4
W: Final = 8
A67: Final = 16
LOCK: Final = 32
VEX: Final = 64
LONG: Final = 128
"""VEX.L"""

_SEGMENT: Final = 64
_REX: Final = 128
_VEX_PP: Final = (0, P66, PF3, PF2)

_KINDS: Final = {0x66: P66, 0xF3: PF3, 0xF2: PF2, 0x67: A67, 0xF0: LOCK}
_SEGMENTS: Final = {0x26: 0, 0x2E: 1, 0x36: 2, 0x3E: 3, 0x64: 4, 0x65: 5}
FS: Final = 4
GS: Final = 5


def prefix_table(long: bool) -> bytes:
    """By first byte: 0 for what is no prefix."""
    table = bytearray(256)
    for byte, kind in _KINDS.items():
        table[byte] = kind
    for byte in _SEGMENTS:
        table[byte] = _SEGMENT
    if long:
        table[0x40:0x50] = bytes((_REX,)) * 16
    return bytes(table)


TABLES: Final = (prefix_table(False), prefix_table(True))


class Scan(NamedTuple):
    """``at`` index of the opcode byte, ``map`` 0 to 3, ``bits`` of the prefixes, ``rex`` 0 or the REX byte (VEX's bits
    as REX has them), ``segment`` 0 or FS or GS: other segments are flat; ``vvvv`` VEX's further register."""

    at: int
    map: int
    bits: int
    rex: int
    segment: int
    vvvv: int


def scan(code: bytes | memoryview, at: int, long: bool) -> Scan:
    """Raises IndexError where the code ends before the opcode."""
    table = TABLES[long]
    bits = rex = segment = 0
    byte = code[at]
    while kind := table[byte]:
        at += 1
        if kind == _REX:
            rex = byte
        else:
            rex = 0  # only the last prefix can be REX
            if kind == _SEGMENT:
                number = _SEGMENTS[byte]
                if number >= FS or not long:
                    segment = number if number >= FS else 0
            elif kind in (PF2, PF3):
                bits = bits & ~(PF2 | PF3) | kind
            else:
                bits |= kind
        byte = code[at]
    if byte == 0x0F:
        if rex & 8:
            bits |= W
        at += 1
        byte = code[at]
        if byte == 0x38:
            return Scan(at + 1, 2, bits, rex, segment, 0)
        if byte == 0x3A:
            return Scan(at + 1, 3, bits, rex, segment, 0)
        return Scan(at, 1, bits, rex, segment, 0)
    if byte in (0xC4, 0xC5) and (long or code[at + 1] >= 0xC0):
        # a prefix that VEX has in itself, or REX, before it: not an instruction
        wrong = rex or bits & (P66 | PF2 | PF3 | LOCK)
        first = code[at + 1]
        number = 1
        rex = 0x40 | ~first >> 5 & 4
        at += 2
        if byte == 0xC4:
            rex = 0x40 | ~first >> 5 & 7
            number = first & 31 if not wrong else 31
            first = code[at]
            at += 1
            if first & 0x80:
                bits |= W
                rex |= 8
        elif wrong:
            number = 31
        bits |= VEX | _VEX_PP[first & 3] | (LONG if first & 4 else 0)
        vvvv = ~first >> 3 & 15
        if not long:
            rex &= 0x48
            vvvv &= 7
        return Scan(at, number, bits, rex, segment, vvvv)
    if rex & 8:
        bits |= W
    return Scan(at, 0, bits, rex, segment, 0)
