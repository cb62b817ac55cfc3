"""An assembler of forty lines: the table's rows say how an instruction is encoded; labels end in a colon."""

from __future__ import annotations

from collections.abc import Mapping

from hqemu_core.isa.table import Row

from .tables import make_table

ORDER = {"li": "rd imm", "bnz": "ra imm", "jal": "imm", "jr": "ra", "sys": ""}
"""Operands in assembler order, where it is not rd ra rb or rd ra imm."""


def _number(word: str, labels: Mapping[str, int], at: int) -> int:
    if word in labels:
        return (labels[word] - at) // 4
    return int(word[1:]) if word[0] == "r" and word[1:].isdigit() else int(word, 0)


def _encode(row: Row, words: list[str], labels: Mapping[str, int], at: int) -> int:
    fields = {name: (shift, width) for name, shift, width in row.fields}
    order = ORDER.get(row.name, "rd ra imm" if "imm" in fields else "rd ra rb").split()
    if len(words) != len(order):
        raise ValueError(f"{row.name} takes {len(order)} operands, not {words}")
    word = row.value
    for name, text in zip(order, words, strict=True):
        shift, width = fields[name]
        word |= (_number(text, labels, at) & (1 << width) - 1) << shift
    return word


def assemble(text: str) -> bytes:
    """Instructions one per line or separated by ";", ``NAME:`` labels, comments from "#" to the end of the line."""
    rows = make_table().by_name
    labels: dict[str, int] = {}
    items: list[tuple[int, Row, list[str]]] = []
    at = 0
    lines = [line.partition("#")[0] for line in text.splitlines()]
    for line in "\n".join(lines).replace(";", "\n").splitlines():
        line = line.strip()
        if line.endswith(":"):
            labels[line[:-1]] = at
            continue
        if not line:
            continue
        name, _, rest = line.partition(" ")
        items.append((at, rows[name], [word.strip() for word in rest.split(",") if word.strip()]))
        at += 4
    return b"".join([_encode(row, words, labels, at).to_bytes(4, "little") for at, row, words in items])


BASE = 0x10000


def make_elf(code: bytes, machine: int) -> bytes:
    """A static ELF64 program: one segment with everything, entered at its first instruction."""
    offset = 64 + 56
    head = b"\x7fELF\2\1\1" + bytes(9)
    for value, size in (
        (2, 2), (machine, 2), (1, 4), (BASE + offset, 8), (64, 8), (0, 8), (0, 4), (64, 2), (56, 2), (1, 2), (64, 2),
        (0, 2), (0, 2),
    ):  # fmt: skip
        head += value.to_bytes(size, "little")
    for value, size in ((1, 4), (7, 4), (0, 8), (BASE, 8), (BASE, 8)):
        head += value.to_bytes(size, "little")
    for value in (offset + len(code), offset + len(code) + 4096, 4096):
        head += value.to_bytes(8, "little")
    return head + code
