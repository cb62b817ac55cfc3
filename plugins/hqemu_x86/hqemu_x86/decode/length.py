"""How long is an instruction? Tables by opcode and ModRM byte; nothing else of the instruction is looked at.

An opcode's entry: bit 7 says that a ModRM byte follows, the rest names what follows that.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from .prefixes import A67, P66, TABLES, W, scan

MODRM: Final = 0x80
NONE, BYTE, WORD, Z, V, ENTER, MOFFS, FAR, TEST8, TESTZ, NEAR, BAD = range(12)
"""what follows: nothing, 1 or 2 bytes, operand size but 4 at most, operand size, 3 bytes, an address, a far pointer,
a byte or Z if ModRM.reg is 0 or 1 (F6, F7), the displacement of a near branch; BAD: not an instruction"""
LONGEST: Final = 15


def _table(ranges: dict[int, Iterable[int]], default: int = NONE) -> bytes:
    table = bytearray((default,)) * 256
    for kind, opcodes in ranges.items():
        for opcode in opcodes:
            table[opcode] = kind
    return bytes(table)


def _one_byte(long: bool) -> bytes:
    rows = range(0, 0x40, 8)
    table = bytearray(_table({
        MODRM: [r + n for r in rows for n in range(4)] + [0x63, *range(0x84, 0x90), *range(0xD0, 0xD4),
                                                         *range(0xD8, 0xE0), 0xFE, 0xFF],
        BYTE: [r + 4 for r in rows] + [0x6A, *range(0x70, 0x80), 0xA8, *range(0xB0, 0xB8), 0xCD, *range(0xE0, 0xE8),
                                       0xEB],
        Z: [r + 5 for r in rows] + [0x68, 0xA9],
        MODRM | Z: (0x69, 0x81, 0xC7),
        MODRM | BYTE: (0x6B, 0x80, 0x83, 0xC0, 0xC1, 0xC6),
        MODRM | TEST8: (0xF6,),
        MODRM | TESTZ: (0xF7,),
        V: range(0xB8, 0xC0),
        WORD: (0xC2, 0xCA),
        ENTER: (0xC8,),
        MOFFS: range(0xA0, 0xA4),
        NEAR: (0xE8, 0xE9),
    }))  # fmt: skip
    if long:
        for opcode in (0x06, 0x07, 0x0E, 0x16, 0x17, 0x1E, 0x1F, 0x27, 0x2F, 0x37, 0x3F, 0x60, 0x61, 0x62, 0x82, 0x9A,
                       0xCE, 0xD4, 0xD5, 0xD6, 0xEA):  # fmt: skip
            table[opcode] = BAD
    else:
        table[0x62] = table[0xC4] = table[0xC5] = MODRM
        table[0x82] = MODRM | BYTE
        table[0x9A] = table[0xEA] = FAR
        table[0xD4] = table[0xD5] = BYTE
        table[0xD6] = BAD
    return bytes(table)


_TWO_BYTE: Final = _table({
    NONE: (0x05, 0x06, 0x07, 0x08, 0x09, 0x0B, 0x0E, *range(0x30, 0x36), 0x37, 0x77, 0xA0, 0xA1, 0xA2, 0xA8, 0xA9, 0xAA,
           *range(0xC8, 0xD0)),
    NEAR: range(0x80, 0x90),
    BYTE: range(0x20, 0x24),  # a ModRM byte that always names registers
    MODRM | BYTE: (0x0F, *range(0x70, 0x74), 0xA4, 0xAC, 0xBA, 0xC2, 0xC4, 0xC5, 0xC6),
    BAD: (0x04, 0x0A, 0x0C, *range(0x24, 0x28), 0x36, 0x39, *range(0x3B, 0x40), 0x7A, 0x7B, 0xA6, 0xA7),
}, MODRM)  # fmt: skip
_BAD_MAP: Final = _table({}, BAD)


def _modrm(wide: bool) -> bytes:
    """By ModRM byte: bytes of displacement, plus 0x80 where a SIB byte follows."""
    table = bytearray(256)
    for modrm in range(0xC0):
        mod, rm = modrm >> 6, modrm & 7
        if wide:
            disp = (0, 1, 4)[mod]
            if rm == 4:
                disp |= 0x80
            elif rm == 5 and mod == 0:
                disp = 4
        else:
            disp = 2 if mod == 0 and rm == 6 else mod
        table[modrm] = disp
    return bytes(table)


_MODRM32: Final = _modrm(True)
_MODRM16: Final = _modrm(False)


class Lengths:
    """Instruction lengths in one mode."""

    def __init__(self, long: bool) -> None:
        self.long = long
        self.one = _one_byte(long)
        self.maps = (self.one, _TWO_BYTE, _table({}, MODRM), _table({}, MODRM | BYTE)) + (_BAD_MAP,) * 28
        self.prefixes = TABLES[long]

    def length(self, code: bytes | memoryview, start: int) -> int:
        """Of the instruction at ``start``; of what is no instruction, as far as the opcode. Raises IndexError where
        the code ends first (immediates may be beyond the end)."""
        at = start
        byte = code[at]
        bits = 0
        if self.prefixes[byte] or byte == 0x0F or byte & 0xFE == 0xC4:
            long = self.long
            if (
                byte & 0xF0 == 0x40
                and long
                and not self.prefixes[code[at + 1]]
                and code[at + 1] not in (0x0F, 0xC4, 0xC5)
            ):
                # REX and an opcode of the first map
                if byte & 8:
                    bits = W
                at += 1
                info = self.one[code[at]]
            else:
                found = scan(code, at, long)
                at, bits = found.at, found.bits
                info = self.maps[found.map][code[at]]
        else:
            info = self.one[byte]
        at += 1
        if info & MODRM:
            modrm = code[at]
            at += 1
            extra = (_MODRM16 if bits & A67 and not self.long else _MODRM32)[modrm]
            if extra & 0x80:
                if code[at] & 7 == 5 and modrm < 0x40:
                    extra = 4
                at += 1 + (extra & 7)
            else:
                at += extra
            info &= 0x7F
            if info > FAR:
                if info == TEST8:
                    info = BYTE if modrm & 0x30 == 0 else NONE
                elif info == TESTZ:
                    info = Z if modrm & 0x30 == 0 else NONE
        if info:
            if info == BYTE:
                at += 1
            elif info == Z:
                at += 2 if bits & P66 and not bits & W else 4
            elif info == NEAR:
                at += 2 if bits & P66 and not self.long else 4
            elif info == WORD:
                at += 2
            elif info == V:
                at += 8 if bits & W else 2 if bits & P66 else 4
            elif info == ENTER:
                at += 3
            elif info == MOFFS:
                at += (4 if bits & A67 else 8) if self.long else 2 if bits & A67 else 4
            elif info == FAR:
                at += 4 if bits & P66 else 6
        return at - start if at - start <= LONGEST else LONGEST
