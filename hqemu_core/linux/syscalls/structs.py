"""Struct layouts and conversion between them: ``layout_of(name, layout)``, ``converter(name, from, to)``."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from operator import itemgetter
from struct import Struct
from typing import Final, NamedTuple

HOST: Final = "x86_64"
_CODES: Final = {
    "i8": ("b", 1), "u8": ("B", 1), "i16": ("h", 2), "u16": ("H", 2), "i32": ("i", 4), "u32": ("I", 4),
    "i64": ("q", 8), "u64": ("Q", 8),
}  # fmt: skip
_LONGS: Final = {8: {"long": ("q", 8), "ulong": ("Q", 8), "ptr": ("Q", 8)},
                 4: {"long": ("i", 4), "ulong": ("I", 4), "ptr": ("I", 4)}}  # fmt: skip
WIDTHS: Final = {"generic64": (8, 8), "x86_64": (8, 8), "arm": (4, 8), "i386": (4, 4)}
"""layout -> (bytes of a long, alignment of 64-bit fields)"""


class Field(NamedTuple):
    name: str
    offset: int
    code: str
    """struct module format, ``16s`` for bytes, ``3Q`` for other arrays"""
    size: int
    pointer: bool


class Layout(NamedTuple):
    fields: tuple[Field, ...]
    size: int
    packer: Struct
    """packs and unpacks the values in field order (arrays flat); padding between fields is skipped"""
    names: tuple[str, ...]
    """one per value of ``packer``"""


def _source(name: str, layout: str) -> str:
    from .tables.structs import STRUCTS

    text = STRUCTS[name]
    if isinstance(text, str):
        return text
    try:
        return text[layout]
    except KeyError:
        return text[""]


@cache
def layout_of(name: str, layout: str = HOST) -> Layout:
    """KeyError when the struct is not described for ``layout``."""
    long_size, align64 = WIDTHS[layout]
    codes = _CODES | _LONGS[long_size]
    words = _source(name, layout).split()
    packed = words[0] == "packed"
    fields: list[Field] = []
    names: list[str] = []
    fmt, offset, widest = "<", 0, 1
    for word in words[packed:]:
        label, _, kind = word.partition(":")
        kind, _, count_text = kind.partition("[")
        code, size = codes[kind]
        count = int(count_text[:-1]) if count_text else 1
        align = 1 if packed else min(size, align64)
        widest = max(widest, align)
        pad = -offset % align
        if code == "B" and count_text:
            spec, values = f"{count}s", 1
        else:
            spec, values = (f"{count}{code}" if count_text else code), count
        fmt += f"{pad}x{spec}" if pad else spec
        offset += pad
        fields.append(Field(label, offset, spec, size * count, kind == "ptr"))
        names += [label] if values == 1 else [f"{label}.{i}" for i in range(values)]
        offset += size * count
    tail = -offset % widest
    return Layout(tuple(fields), offset + tail, Struct(f"{fmt}{tail}x"), tuple(names))


@cache
def same(name: str, layout: str, other: str = HOST) -> bool:
    """Both layouts have the same bytes and nothing inside needs translation."""
    ours, theirs = layout_of(name, layout), layout_of(name, other)
    return ours.fields == theirs.fields and ours.size == theirs.size and not any(f.pointer for f in ours.fields)


def _trim(spec: str) -> Callable[[int], int]:
    """A value cut to a narrower field, as the kernel's own compat code does where nothing is lost."""
    bits = {"b": 8, "h": 16, "i": 32, "q": 64, "B": 8, "H": 16, "I": 32, "Q": 64}[spec[-1]]
    if spec[-1].isupper():
        return lambda value: value & ((1 << bits) - 1)
    half = 1 << (bits - 1)
    return lambda value: ((value + half) & ((1 << bits) - 1)) - half


@cache
def converter(name: str, source: str, target: str) -> Callable[[bytes], bytes]:
    """Bytes in ``source``'s layout -> bytes in ``target``'s. Values are matched by name; what has no source is 0."""
    a, b = layout_of(name, source), layout_of(name, target)
    if a.fields == b.fields and a.size == b.size:
        return bytes
    unpack, pack, zero = a.packer.unpack, b.packer.pack, len(a.names)
    pick = itemgetter(*(a.names.index(n) if n in a.names else zero for n in b.names), zero)
    codes_a = _codes(a)
    codes_b = _codes(b)
    trims = [
        (i, _trim(code)) for i, (n, code) in enumerate(zip(b.names, codes_b, strict=True))
        if n in a.names and (old := codes_a[a.names.index(n)]) != code and code[-1] != "s" and old[-1] != "s"
    ]  # fmt: skip
    if not trims:
        return lambda data: pack(*pick((*unpack(data), 0))[:-1])

    def convert(data: bytes) -> bytes:
        values = list(pick((*unpack(data), 0)))
        del values[-1]
        for i, trim in trims:
            values[i] = trim(values[i])
        return pack(*values)

    return convert


def _codes(layout: Layout) -> list[str]:
    out: list[str] = []
    for field in layout.fields:
        values = 1 if field.code[-1] == "s" else int(field.code[:-1] or 1)
        out += [field.code if field.code[-1] == "s" else field.code[-1]] * values
    return out
