"""Reader of the relocatable x86-64 ELF objects that LLVM emits: sections, symbols, relocations."""

from __future__ import annotations

import struct
from typing import Final, NamedTuple

R_64: Final = 1
R_PC32: Final = 2
R_PLT32: Final = 4
R_32: Final = 10
R_32S: Final = 11
R_8: Final = 14


class Reloc(NamedTuple):
    offset: int
    type: int
    symbol: str
    """symbol name; for a section symbol the section's name"""
    addend: int
    section: int
    """index of the symbol's section, 0 when undefined"""
    value: int


class Section(NamedTuple):
    name: str
    flags: int
    align: int
    data: bytes
    relocs: list[Reloc]


class Symbol(NamedTuple):
    name: str
    section: int
    value: int
    size: int


class ObjectFile:
    """``sections`` by index; ``symbols`` are the named ones."""

    def __init__(self, image: bytes) -> None:
        (shoff,) = struct.unpack_from("<Q", image, 40)
        count, strings = struct.unpack_from("<HH", image, 60)
        heads = [struct.unpack_from("<IIQQQQIIQQ", image, shoff + 64 * n) for n in range(count)]

        def body(n: int) -> bytes:
            head = heads[n]
            return b"" if head[1] == 8 else image[head[4] : head[4] + head[5]]

        def text(table: bytes, at: int) -> str:
            return table[at : table.index(0, at)].decode()

        names = body(strings)
        self.sections = [Section(text(names, h[0]), h[2], h[8], body(n), []) for n, h in enumerate(heads)]
        self.symbols: list[Symbol] = []
        table: list[Symbol] = []
        for n, head in enumerate(heads):
            if head[1] != 2:
                continue
            raw, labels = body(n), body(head[6])
            for at in range(0, len(raw), 24):
                label, info, _, section, value, size = struct.unpack_from("<IBBHQQ", raw, at)
                name = self.sections[section].name if info & 15 == 3 else text(labels, label)
                table.append(Symbol(name, section if section < 0xFF00 else 0, value, size))
                if info & 15 != 3 and name:
                    self.symbols.append(table[-1])
        for n, head in enumerate(heads):
            if head[1] != 4:
                continue
            raw, target = body(n), self.sections[head[7]].relocs
            for at in range(0, len(raw), 24):
                offset, info, addend = struct.unpack_from("<QQq", raw, at)
                symbol = table[info >> 32]
                target.append(
                    Reloc(offset, info & 0xFFFFFFFF, symbol.name, addend, symbol.section, symbol.value)
                )
