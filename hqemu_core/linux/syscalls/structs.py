"""Struct layouts and conversion between them: ``layout_of(name, layout)``, ``converter(name, from, to)``."""

from __future__ import annotations

import errno
from collections.abc import Callable
from functools import cache
from operator import itemgetter
from struct import Struct
from struct import error as PackError
from typing import Final

from ..calls import SyscallError

HOST: Final = "x86_64"
_CODES: Final = {
    "i8": ("b", 1), "u8": ("B", 1), "i16": ("h", 2), "u16": ("H", 2), "i32": ("i", 4), "u32": ("I", 4),
    "i64": ("q", 8), "u64": ("Q", 8),
}  # fmt: skip
_LONGS: Final = {8: {"long": ("q", 8), "ulong": ("Q", 8), "ptr": ("Q", 8)},
                 4: {"long": ("i", 4), "ulong": ("I", 4), "ptr": ("I", 4)}}  # fmt: skip
WIDTHS: Final = {"generic64": (8, 8), "x86_64": (8, 8), "arm": (4, 8), "i386": (4, 4)}
"""layout -> (bytes of a long, alignment of 64-bit fields)"""
MUST_FIT: Final = {
    "stat": frozenset(("st_ino", "st_nlink", "st_size")),
    "old_stat": frozenset(("st_ino", "st_nlink", "st_size")), "flock": frozenset(("l_start", "l_len")),
    "statfs": frozenset(("f_bsize", "f_blocks", "f_bfree", "f_bavail", "f_frsize")),
}  # fmt: skip
"""fields that the kernel refuses to cut: EOVERFLOW"""
_IDS: Final = frozenset(("st_uid", "st_gid"))
OVERFLOW_ID: Final = 65534
"""what 16 bits show of a user or group number that does not fit"""


def is_narrow(layout: str) -> bool:
    """A 32-bit ABI's."""
    return WIDTHS[layout][0] == 4


class Layout:
    """``fields``: (name, offset, struct code, is a pointer); the code is ``16s`` for bytes, ``3Q`` for other arrays.
    ``packer`` packs and unpacks the values in field order (arrays flat, padding skipped); ``names``, ``codes`` are one
    per value. ``pointers``: offsets."""

    __slots__ = ("codes", "fields", "names", "packer", "pointers", "size")

    def __init__(self, fields: list[tuple[str, int, str, bool]], packer: Struct) -> None:
        self.fields = fields
        self.packer = packer
        self.size = packer.size
        self.names: list[str] = []
        self.codes: list[str] = []
        for name, _, code, _ in fields:
            values = 1 if code[-1] == "s" else int(code[:-1] or 1)
            self.names += [name] if values == 1 else [f"{name}.{i}" for i in range(values)]
            self.codes += [code if code[-1] == "s" else code[-1]] * values
        self.pointers = [offset for _, offset, _, pointer in fields if pointer]


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
    fields: list[tuple[str, int, str, bool]] = []
    fmt, offset, widest = "<", 0, 1
    for word in words[packed:]:
        label, _, kind = word.partition(":")
        kind, _, count_text = kind.partition("[")
        code, size = codes[kind]
        count = int(count_text[:-1]) if count_text else 1
        align = 1 if packed else min(size, align64)
        widest = max(widest, align)
        pad = -offset % align
        spec = f"{count}{'s' if code == 'B' else code}" if count_text else code
        fmt += f"{pad}x{spec}" if pad else spec
        offset += pad
        fields.append((label, offset, spec, kind == "ptr"))
        offset += size * count
    return Layout(fields, Struct(f"{fmt}{-offset % widest}x"))


@cache
def same(name: str, layout: str, other: str = HOST) -> bool:
    """Both layouts have the same bytes and nothing inside needs translation. May say no too often."""
    text = _source(name, layout)
    if text != _source(name, other) or ":ptr" in text:
        return False
    if WIDTHS[layout] == WIDTHS[other]:
        return True
    a, b = layout_of(name, layout), layout_of(name, other)
    return name != "siginfo" and a.fields == b.fields and a.size == b.size


def _trim(code: str) -> Callable[[int], int]:
    """A value cut to a narrower field, as the kernel's own compat code does where nothing is lost."""
    bits = {"b": 8, "h": 16, "i": 32, "q": 64}[code.lower()]
    mask = (1 << bits) - 1
    if code.isupper():
        return lambda value: value & mask
    half = 1 << (bits - 1)
    return lambda value: ((value + half) & mask) - half


def _cut_id(value: int) -> int:
    return value if value < 1 << 16 else OVERFLOW_ID


@cache
def converter(name: str, source: str, target: str) -> Callable[[bytes], bytes]:
    """Bytes in ``source``'s layout -> bytes in ``target``'s. Values are matched by name; what has no source is 0."""
    if name == "siginfo" and is_narrow(source) != is_narrow(target):
        from .siginfo import siginfo_converter

        return siginfo_converter(source, target)
    a, b = layout_of(name, source), layout_of(name, target)
    if a.fields == b.fields and a.size == b.size:
        return bytes
    unpack, pack, zero = a.packer.unpack, b.packer.pack, len(a.names)
    at = {label: i for i, label in enumerate(a.names)}
    # the zero picked last makes the result a tuple even for a struct of one field
    pick = itemgetter(
        *(at.get(label, zero + (code[-1] == "s")) for label, code in zip(b.names, b.codes, strict=True)), zero
    )
    exact = MUST_FIT.get(name, ())
    trims = [
        (i, label in exact, _cut_id if label in _IDS and code == "H" else _trim(code))
        for i, (label, code) in enumerate(zip(b.names, b.codes, strict=True))
        if label in at and a.codes[at[label]] != code and code[-1] != "s"
    ]  # fmt: skip

    def convert(data: bytes) -> bytes:
        values = pick((*unpack(data), 0, b""))[:-1]
        try:
            return pack(*values)
        except PackError:  # a value that is too wide, which is rare
            cut = list(values)
            for i, must_fit, trim in trims:
                whole = cut[i]
                cut[i] = trim(whole)
                if must_fit and cut[i] != whole:
                    raise SyscallError(errno.EOVERFLOW) from None
            return pack(*cut)

    return convert
