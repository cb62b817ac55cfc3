"""What a loader needs of an ELF file, and no more: the header and the program headers, by ``struct``."""

from __future__ import annotations

import struct
from typing import Final, NamedTuple

ET_EXEC: Final = 2
ET_DYN: Final = 3
PT_LOAD: Final = 1
PT_INTERP: Final = 3
PT_PHDR: Final = 6
PT_GNU_STACK: Final = 0x6474E551

MACHINES: Final = {
    2: "SPARC", 3: "i386", 8: "MIPS", 20: "PowerPC", 21: "PowerPC64", 22: "S390", 40: "Arm", 43: "SPARC V9",
    62: "x86-64", 183: "AArch64", 243: "RISC-V", 258: "LoongArch",
}  # fmt: skip
"""e_machine, for messages"""


class ElfError(Exception):
    """Not a loadable ELF file; the text says why."""


class Segment(NamedTuple):
    type: int
    flags: int
    """PF_X 1, PF_W 2, PF_R 4"""
    offset: int
    vaddr: int
    filesz: int
    memsz: int
    align: int

    @property
    def prot(self) -> int:
        return self.flags >> 2 & 1 | self.flags & 2 | (self.flags & 1) << 2


class Elf(NamedTuple):
    type: int
    machine: int
    bits: int
    big: bool
    entry: int
    phoff: int
    phentsize: int
    segments: list[Segment]
    flags: int = 0
    """e_flags, which an ISA gives a meaning"""

    @property
    def loads(self) -> list[Segment]:
        return [s for s in self.segments if s.type == PT_LOAD]

    def phdr_addr(self) -> int:
        """Where the program headers are in memory, before relocation; 0 if in no segment."""
        for s in self.segments:
            if s.type == PT_LOAD and s.offset <= self.phoff < s.offset + s.filesz:
                return self.phoff - s.offset + s.vaddr
        return 0


def machine_name(machine: int) -> str:
    return MACHINES.get(machine, f"machine {machine}")


def parse_elf(head: bytes, size: int) -> Elf:
    """``head``: the first bytes of the file (a page normally holds all that is needed); ``size`` of the whole file."""
    if head[:4] != b"\x7fELF":
        raise ElfError("not an ELF file")
    if len(head) < 52 or head[4] not in (1, 2) or head[5] not in (1, 2) or (head[4] == 2 and len(head) < 64):
        raise ElfError("damaged ELF header")
    bits = 32 * head[4]
    big = head[5] == 2
    order = ">" if big else "<"
    words = "Q" if bits == 64 else "I"
    e_type, machine, _version, entry, phoff, _shoff, flags, _ehsize, phentsize, phnum = struct.unpack_from(
        f"{order}HHI{words}{words}{words}IHHH", head, 16
    )
    if e_type not in (ET_EXEC, ET_DYN):
        raise ElfError("not an executable ELF file" if e_type != 1 else "an object file, not an executable")
    if phentsize != (56 if bits == 64 else 32) or not phnum:
        raise ElfError("damaged ELF header: no program headers")
    if phoff + phnum * phentsize > size:
        raise ElfError("truncated: program headers are past the end of the file")
    if phoff + phnum * phentsize > len(head):
        raise NeedMore(phoff + phnum * phentsize)
    e_flags, segments = flags, []
    for at in range(phoff, phoff + phnum * phentsize, phentsize):
        if bits == 64:
            kind, flags, offset, vaddr, _, filesz, memsz, align = struct.unpack_from(order + "IIQQQQQQ", head, at)
        else:
            kind, offset, vaddr, _, filesz, memsz, flags, align = struct.unpack_from(order + "IIIIIIII", head, at)
        if kind == PT_LOAD:
            if filesz and offset + filesz > size:
                raise ElfError("truncated: a segment is past the end of the file")
            if filesz > memsz or (offset ^ vaddr) & 0xFFF or vaddr + memsz >= 1 << bits:
                raise ElfError("damaged program header")
        segments.append(Segment(kind, flags, offset, vaddr, filesz, memsz, align))
    elf = Elf(e_type, machine, bits, big, entry, phoff, phentsize, segments, e_flags)
    if not elf.loads:
        raise ElfError("nothing to load in this ELF file")
    return elf


class NeedMore(Exception):
    """The program headers lie beyond the bytes given; ``size`` bytes are needed."""

    def __init__(self, size: int) -> None:
        super().__init__(size)
        self.size = size
