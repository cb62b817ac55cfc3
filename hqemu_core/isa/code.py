"""Guest bytes to instructions: where each begins, and the value that stands for it.

A *key* stands for one instruction's bytes: the word itself for fixed-size instructions, anything hashable else. What
is translated is remembered by key.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol, TypeAlias

Key: TypeAlias = int | bytes


class Code(NamedTuple):
    """Consecutive instructions. ``pcs``: code address of each and, one more, of what follows the last; ``source``: at
    least their bytes."""

    keys: Sequence[Key]
    pcs: Sequence[int]
    source: bytes


class Decoder(Protocol):
    """What the core decodes an instruction set with: a :class:`hqemu_core.isa.table.Table`, its snapshot, or what an
    ISA with instructions of other sizes makes itself.

    ``align``: its instructions' addresses are multiples of that; ``longest``: bytes in an instruction at most.
    """

    align: int
    longest: int
    kinds: Any

    def split(self, source: bytes, pc: int, limit: int) -> Code:
        """The instructions that ``source``, the bytes at ``pc``, begins with: ``limit`` at most, none that is cut off.
        May stop behind one that never goes on to the next."""

    def join(self, key: Any) -> bytes:
        """The bytes of an instruction, behind those of another that makes it what it is if there must be one."""

    def decode(self, key: Any, pc: int = 0) -> Any:
        """(row, shape, operands), see ``table.Decoded``; None: unallocated."""

    def extractor(self, row: Any) -> Any:
        """``f(key, pc)`` -> (shape, operands) of instructions that decode to ``row``."""


def split_words(source: bytes, pc: int, limit: int) -> Code:
    """Four bytes each."""
    words = memoryview(source)[: min(len(source) >> 2, limit) << 2].cast("I")
    return Code(words, range(pc, pc + 4 * len(words) + 4, 4)[: len(words) + 1], source)


def split_halfwords(source: bytes, pc: int, limit: int, wide: int) -> Code:
    """Two bytes, or four when the first two are ``wide`` or more; those come first (most significant) in the key."""
    halves = memoryview(source)[: len(source) & ~1].cast("H").tolist()
    keys: list[Key] = []
    pcs = [pc]
    n, count = 0, len(halves)
    while n < count and len(keys) < limit:
        key = halves[n]
        n += 1
        if key >= wide:
            if n == count:
                break
            key = key << 16 | halves[n]
            n += 1
        keys.append(key)
        pcs.append(pc + 2 * n)
    return Code(keys, pcs, source)


def join_word(key: int) -> bytes:
    return key.to_bytes(4, "little")


def join_halfwords(key: int) -> bytes:
    """The inverse of :func:`split_halfwords` for one instruction."""
    low = (key & 0xFFFF).to_bytes(2, "little")
    return (key >> 16).to_bytes(2, "little") + low if key >> 16 else low
