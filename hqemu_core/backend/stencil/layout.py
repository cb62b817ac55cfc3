"""From LLVM's object code of a stencil to the pieces the translator joins.

LLVM ends a stencil with ``jmp next`` somewhere; neighbours are joined by falling through, so the hot path is made
contiguous with ``next`` at its end, what LLVM considers cold goes to a separate piece, jumps to jumps are threaded,
and constants, which LLVM addresses relative to rip, are addressed absolutely (the pool lies below 2 GiB).
capstone gives instruction lengths; this runs once per form when the library is built, never during translation.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

import capstone

from hqemu_core.errors import BackendError

from ..objfile import R_8, R_32, R_32S, R_64, R_PC32, ObjectFile, Reloc, Section

_HOLE: Final = re.compile("[huws][0-9]+")

HOT: Final = 0
COLD: Final = 1
TO_TAKEN: Final = 2


class Patch(NamedTuple):
    """Bytes to fill in when an instruction is seen: ``operand`` plus ``add``. An operand below 0 is the address of
    the stencil's constant ``-1 - operand``, which is known when the stencil is loaded."""

    piece: int
    offset: int
    size: int
    operand: int
    add: int
    signed: int
    """1: the field is sign-extended; 0: any 32-bit pattern"""


class Jump(NamedTuple):
    """A rel32 field at ``offset`` of ``piece`` that goes to HOT/COLD ``+ target`` or to the TAKEN exit."""

    piece: int
    offset: int
    to: int
    target: int


class Stencil(NamedTuple):
    hot: bytes
    cold: bytes
    patches: tuple[Patch, ...]
    jumps: tuple[Jump, ...]
    constants: tuple[bytes, ...]
    """16 or 32 bytes each, to be placed below 2 GiB, aligned to their size"""


class _Insn:
    __slots__ = ("code", "label", "relocs", "size", "start", "target")

    def __init__(self, start: int, size: int, code: bytes, relocs: list[Reloc]) -> None:
        self.start = start
        self.size = size
        self.code = code
        self.relocs = relocs
        self.target: int | str | None = None
        """destination of a jump: offset in the function or symbol name"""
        self.label = ""
        """"jmp", "jcc", "end" (indirect jump, ud2) or "" """


_disassembler = capstone.Cs(capstone.CS_ARCH_X86, capstone.CS_MODE_64)


def _split(section: Section) -> list[_Insn]:
    relocs = sorted(section.relocs, key=lambda r: r.offset)
    insns = []
    at = 0
    for start, size, mnemonic, _ in _disassembler.disasm_lite(section.data, 0):
        mine = []
        while at < len(relocs) and relocs[at].offset < start + size:
            mine.append(relocs[at])
            at += 1
        code = section.data[start : start + size]
        insn = _Insn(start, size, code, mine)
        insns.append(insn)
        if code[0] in (0xEB, 0xE9):
            insn.label = "jmp"
        elif 0x70 <= code[0] <= 0x7F or (code[0] == 0x0F and 0x80 <= code[1] <= 0x8F):
            insn.label = "jcc"
        elif mnemonic == "jmp":
            insn.label = "end"
        if insn.label in ("jmp", "jcc"):
            if insn.relocs:
                insn.target = insn.relocs[0].symbol
            elif size <= 3:
                insn.target = start + size + int.from_bytes(code[-1:], "little", signed=True)
            else:
                insn.target = start + size + int.from_bytes(code[-4:], "little", signed=True)
    if insns and insns[-1].start + insns[-1].size != len(section.data):
        raise BackendError("stencil contains bytes that are not instructions")
    return insns


class _Block:
    def __init__(self, start: int) -> None:
        self.start = start
        self.body: list[_Insn] = []
        self.branches: list[_Insn] = []
        """conditional jumps at the end, in order"""
        self.out: int | str | None = None
        """where it goes on: offset, symbol, or None after an indirect jump"""


def _blocks(insns: list[_Insn], size: int) -> dict[int, _Block]:
    starts = {0} | {i.target for i in insns if isinstance(i.target, int)}
    blocks: dict[int, _Block] = {}
    block = blocks[0] = _Block(0)
    closed = False
    for insn in insns:
        if insn.start and (insn.start in starts or closed or (block.branches and insn.label not in ("jcc", "jmp"))):
            fresh = _Block(insn.start)
            if not closed:
                block.out = insn.start
            block = blocks[insn.start] = fresh
            closed = False
        if insn.label == "jcc":
            block.branches.append(insn)
        elif insn.label == "jmp":
            block.out = insn.target
            closed = True
        else:
            block.body.append(insn)
            closed = insn.label == "end"
    if not closed:
        raise BackendError("stencil runs off its end")
    return blocks


def _thread(blocks: dict[int, _Block], to: int | str | None) -> int | str | None:
    seen: set[int] = set()
    while isinstance(to, int) and to not in seen:
        seen.add(to)
        block = blocks[to]
        if block.body or block.branches or block.out is None:
            break
        to = block.out
    return to


def _order(blocks: dict[int, _Block]) -> tuple[list[_Block], list[_Block]]:
    """The hot chain from the entry along fall-through, and the other reachable blocks."""
    for block in blocks.values():
        block.out = _thread(blocks, block.out)
        for jump in block.branches:
            jump.target = _thread(blocks, jump.target)
    hot = []
    at: int | str | None = 0
    done: set[int] = set()
    while isinstance(at, int) and at not in done:
        done.add(at)
        block = blocks[at]
        hot.append(block)
        last = block.branches[-1] if block.branches else None
        if last is not None and last.target == "next" and block.out != "next":
            last.code = bytes((0x0F, (last.code[1] if last.code[0] == 0x0F else last.code[0]) ^ 1))
            last.target, block.out = block.out, "next"
        at = block.out
    reach = []
    todo = [j.target for b in hot for j in b.branches] + [hot[-1].out]
    while todo:
        at = todo.pop(0)
        if isinstance(at, int) and at not in done:
            done.add(at)
            reach.append(blocks[at])
            todo += [j.target for j in blocks[at].branches] + [blocks[at].out]
    return hot, reach


class _Writer:
    def __init__(self, obj: ObjectFile) -> None:
        self.obj = obj
        self.constants: list[bytes] = []
        self.pieces = (bytearray(), bytearray())
        self.patches: list[Patch] = []
        self.places: dict[int, tuple[int, int]] = {}
        self.wanted: list[tuple[int, int, int | str]] = []

    def block(self, piece: int, block: _Block, following: int | str | None) -> None:
        out = self.pieces[piece]
        self.places[block.start] = (piece, len(out))
        for insn in block.body:
            self.insn(piece, insn)
        for jump in block.branches:
            code = jump.code
            condition = code[1] if code[0] == 0x0F else code[0]
            out += bytes((0x0F, 0x80 | condition & 15, 0, 0, 0, 0))
            assert jump.target is not None
            self.wanted.append((piece, len(out) - 4, jump.target))
        if block.out is not None and block.out != following:
            out += b"\xe9\0\0\0\0"
            self.wanted.append((piece, len(out) - 4, block.out))

    def insn(self, piece: int, insn: _Insn) -> None:
        out = self.pieces[piece]
        base = len(out)
        code = bytearray(insn.code)
        for reloc in insn.relocs:
            at = reloc.offset - insn.start
            if reloc.section:
                if reloc.type == R_PC32:
                    start = reloc.value + reloc.addend + (insn.start + insn.size - reloc.offset)
                    at = self.make_absolute(code, at)
                elif reloc.type in (R_32, R_32S) and reloc.symbol.startswith(".rodata.cst"):
                    start = reloc.value + reloc.addend  # a table of constants
                else:
                    raise BackendError(f"stencil with relocation type {reloc.type} against {reloc.symbol}")
                operand, offset = self.constant(self.obj.sections[reloc.section], start)
                self.patches.append(Patch(piece, base + at, 4, operand, offset, 1))
            elif reloc.type == R_PC32 and _HOLE.fullmatch(reloc.symbol):
                self.make_immediate(code, at)
                self.patches.append(Patch(piece, base + at, 4, int(reloc.symbol[1:]), reloc.addend + 4, 1))
            elif reloc.type in (R_32, R_32S, R_64, R_8) and _HOLE.fullmatch(reloc.symbol):
                size = {R_64: 8, R_8: 1}.get(reloc.type, 4)
                operand = int(reloc.symbol[1:])
                self.patches.append(Patch(piece, base + at, size, operand, reloc.addend, int(reloc.type == R_32S)))
            else:
                raise BackendError(f"stencil refers to {reloc.symbol} (relocation type {reloc.type})")
        out += code

    def make_immediate(self, code: bytearray, at: int) -> None:
        """Turn ``lea symbol(%rip), register``, which LLVM writes for an immediate plus a constant, into ``mov``."""
        if at != 3 or code[0] & 0xFB != 0x48 or code[1] != 0x8D or code[2] & 0xC7 != 0x05:
            raise BackendError("rip-relative use of an operand")
        code[:3] = bytes((0x48 | code[0] >> 2 & 1, 0xC7, 0xC0 | code[2] >> 3 & 7))

    def make_absolute(self, code: bytearray, at: int) -> int:
        """Turn ``disp32(%rip)`` into an absolute ``disp32``: one SIB byte more. Where the field is then."""
        if code[at - 1] & 0xC7 != 0x05:
            raise BackendError("rip-relative relocation outside a memory operand")
        code[at - 1] = code[at - 1] & 0x38 | 0x04
        code.insert(at, 0x25)
        code[at + 1 : at + 5] = bytes(4)
        return at + 1

    def constant(self, section: Section, start: int) -> tuple[int, int]:
        """The operand that stands for the constant at ``start``, and where in it that is."""
        size = 32 if section.align >= 32 else 16
        slot = start - start % size
        chunk = section.data[slot : slot + size].ljust(size, b"\0")
        if chunk not in self.constants:
            self.constants.append(chunk)
        return -1 - self.constants.index(chunk), start - slot

    def finish(self) -> Stencil:
        hot, cold = self.pieces
        jumps = []
        for piece, offset, to in self.wanted:
            if to == "taken":
                jumps.append(Jump(piece, offset, TO_TAKEN, 0))
                continue
            where, target = (HOT, len(hot)) if to == "next" else self.places[to]  # type: ignore[index]
            if where == piece:
                rel = (target - offset - 4) & 0xFFFFFFFF
                self.pieces[piece][offset : offset + 4] = rel.to_bytes(4, "little")
            else:
                jumps.append(Jump(piece, offset, where, target))
        return Stencil(bytes(hot), bytes(cold), tuple(self.patches), tuple(jumps), tuple(self.constants))


def lay_out(obj: ObjectFile, section: Section) -> Stencil:
    """The stencil in ``section`` of a compiled module."""
    insns = _split(section)
    blocks = _blocks(insns, len(section.data))
    hot, cold = _order(blocks)
    writer = _Writer(obj)
    last = len(hot) - 1
    for n, block in enumerate(hot):
        writer.block(HOT, block, hot[n + 1].start if n < last else "next")
    for n, block in enumerate(cold):
        writer.block(COLD, block, cold[n + 1].start if n + 1 < len(cold) else None)
    return writer.finish()
