"""Counts what real programs have of an instruction set and prints it as a table's ``pairs`` and ``forms``.

    python -m hqemu_core.testing.pairs ISA[:SET] LEAST FILE... > plugins/.../tables/pairs.py

keeps the fusible pairs (compare and branch...) and the forms that at least LEAST of the ELF files have. SET is the
instruction set (default 0); a file is of the one that most of its functions are of.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from elftools.elf.elffile import ELFFile
from elftools.elf.sections import SymbolTableSection

from hqemu_core.isa.code import Key
from hqemu_core.isa.spec import IsaSpec
from hqemu_core.plugins import Plugins

Insn = tuple[str, tuple[int, ...]]
"""row name and shape"""


def instruction_set(isa: IsaSpec, elf: ELFFile) -> int:
    """The one of most functions, by their addresses' low bits."""
    counts: Counter[int] = Counter({0: 0})
    if isa.table_bits:
        for section in elf.iter_sections():
            if isinstance(section, SymbolTableSection):
                symbols = [s for s in section.iter_symbols() if s["st_info"]["type"] == "STT_FUNC" and s["st_value"]]
                counts.update(s["st_value"] & isa.table_bits for s in symbols)
        counts[elf["e_entry"] & isa.table_bits] += 1
    return counts.most_common(1)[0][0]


def code_keys(isa: IsaSpec, path: Path, machine: int, wanted: int) -> list[Key] | None:
    """The instructions of an ELF file's executable sections; None if it is not of the machine or instruction set."""
    with path.open("rb") as file:
        head = file.read(20)
        if head[:4] != b"\x7fELF" or int.from_bytes(head[18:20], "little") != machine:
            return None
        elf = ELFFile(file)
        if instruction_set(isa, elf) != wanted:
            return None
        keys: list[Key] = []
        for section in elf.iter_sections():
            if section["sh_flags"] & 4 and section["sh_type"] == "SHT_PROGBITS" and section.name != ".plt":
                data = section.data()
                keys += isa.decoders[wanted].split(data, section["sh_addr"] | wanted, len(data)).keys
    return keys


class Counted:
    """What the files have, each counted once per file."""

    def __init__(self, isa: IsaSpec, wanted: int) -> None:
        self.decode = isa.decoders[wanted].decode
        self.pairs: Counter[tuple[Insn, Insn]] = Counter()
        self.forms: Counter[Insn] = Counter()
        self.known: dict[Key, tuple[Insn, str] | None] = {}
        """(instruction, its part in a pair) by key"""

    def add(self, keys: list[Key]) -> None:
        self.pairs.update(set(self._pairs(keys)))
        found = (self.known[key] for key in set(keys))
        self.forms.update({insn[0] for insn in found if insn is not None})

    def _pairs(self, keys: list[Key]) -> Iterator[tuple[Insn, Insn]]:
        """Neighbours that the stencil tier fuses."""
        known = self.known
        before: Insn | None = None
        for key in keys:
            if key not in known:
                decoded = self.decode(key)
                known[key] = None
                if decoded is not None:
                    row, shape, _ = decoded
                    role = row.fuse if row.fuse == "first" or row.flags == "r" else ""
                    known[key] = (row.name, tuple(map(int, shape))), role
            found = known[key]
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


def render_forms(forms: list[Insn]) -> str:
    groups: dict[str, list[str]] = {}
    for name, shape in sorted(forms):
        groups.setdefault(name, []).append(_text(shape) or "-")
    return "\n".join(["FORMS = {", *(f'    "{name}": "{" ".join(texts)}",' for name, texts in groups.items()), "}"])


def _text(shape: tuple[int, ...]) -> str:
    return ",".join(map(str, shape))


def main(name: str, least: str, *files: str) -> None:
    name, _, number = name.partition(":")
    entry = Plugins().isa(name)
    if entry is None:
        raise SystemExit(f"unknown ISA {name}")
    isa, wanted = entry.load(), int(number or 0)
    counted = Counted(isa, wanted)
    read = 0
    for path in sorted({Path(file).resolve() for file in files}):
        keys = code_keys(isa, path, entry.machine, wanted) if path.is_file() else None
        if keys is not None:
            read += 1
            counted.add(keys)
    source = f"at least {least} of {read} programs and libraries have (``hqemu_core.testing.pairs``)"
    print(f'"""Fusible pairs, and forms, that {source}."""')
    print("\n# fmt: off")
    print(render_pairs([pair for pair, count in counted.pairs.items() if count >= int(least)]))
    print()
    print(render_forms([insn for insn, count in counted.forms.items() if count >= int(least)]))


if __name__ == "__main__":
    main(*sys.argv[1:])
