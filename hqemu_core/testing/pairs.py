"""Counts the fusible pairs (compare and branch...) of real programs and prints them as a table's ``pairs``.

    python -m hqemu_core.testing.pairs ISA LEAST FILE... > plugins/.../tables/pairs.py

keeps the pairs that at least LEAST of the ELF files have.
"""

from __future__ import annotations

import sys
from array import array
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from elftools.elf.elffile import ELFFile

from hqemu_core.isa.spec import IsaSpec
from hqemu_core.plugins import Plugins

Insn = tuple[str, tuple[int, ...]]
"""row name and shape"""


def code_words(path: Path, machine: int) -> array[int] | None:
    """The 32-bit words of an ELF file's executable sections; None if it is not of the machine."""
    with path.open("rb") as file:
        head = file.read(20)
        if head[:4] != b"\x7fELF" or int.from_bytes(head[18:20], "little") != machine:
            return None
        words = array("I")
        for section in ELFFile(file).iter_sections():
            if section["sh_flags"] & 4 and section["sh_type"] == "SHT_PROGBITS":
                data = section.data()
                words.frombytes(data[: len(data) & ~3])
    return words


def fusible_pairs(
    isa: IsaSpec, words: array[int], known: dict[int, tuple[Insn, str] | None]
) -> Iterator[tuple[Insn, Insn]]:
    """Neighbours that the stencil tier fuses. ``known``: (instruction, its part in a pair) by word, filled here."""
    before: Insn | None = None
    for word in words:
        if word not in known:
            decoded = isa.decoders[0].decode(word)
            known[word] = None
            if decoded is not None:
                row, shape, _ = decoded
                role = row.fuse if row.fuse == "first" or row.flags == "r" else ""
                known[word] = (row.name, tuple(map(int, shape))), role
        found = known[word]
        if found is None:
            before = None
            continue
        insn, role = found
        if before is not None and role == "second":
            yield before, insn
        before = insn if role == "first" else None


def render_pairs(pairs: list[tuple[Insn, Insn]]) -> str:
    groups: dict[str, dict[str, list[str]]] = {}
    for first, second in sorted(pairs):
        seconds = groups.setdefault(f"{first[0]} {_text(first[1])}", {})
        seconds.setdefault(second[0], []).append(_text(second[1]))
    lines = ["PAIRS = {"]
    for name, by_row in groups.items():
        inside = ", ".join(f'"{row}": "{" ".join(shapes)}"' for row, shapes in by_row.items())
        lines.append(f'    "{name}": {{{inside}}},')
    return "\n".join([*lines, "}"])


def _text(shape: tuple[int, ...]) -> str:
    return ",".join(map(str, shape))


def main(name: str, least: str, *files: str) -> None:
    entry = Plugins().isa(name)
    if entry is None:
        raise SystemExit(f"unknown ISA {name}")
    isa = entry.load()
    counts: Counter[tuple[Insn, Insn]] = Counter()
    known: dict[int, tuple[Insn, str] | None] = {}
    read = 0
    for path in sorted({Path(file).resolve() for file in files}):
        words = code_words(path, entry.machine) if path.is_file() else None
        if words is not None:
            read += 1
            counts.update(set(fusible_pairs(isa, words, known)))
    pairs = [pair for pair, count in counts.items() if count >= int(least)]
    source = f"at least {least} of {read} programs and libraries have (``hqemu_core.testing.pairs``)"
    print(f'"""Fusible pairs that {source}."""')
    print("\n# fmt: off")
    print(render_pairs(pairs))


if __name__ == "__main__":
    main(*sys.argv[1:])
