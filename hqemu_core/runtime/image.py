"""Loads the native runtime: flat position-dependent code linked to the place where it is put."""

from __future__ import annotations

import struct

from hqemu_core.errors import BackendError

from . import native

_PC_RELATIVE = (2, 4)


def link(
    text: bytes, relocs: list[tuple[int, int, str, int]], symbols: dict[str, int], base: int, outside: dict[str, int]
) -> bytes:
    """Apply relocations ``(offset, type, symbol, addend)``; ``symbols`` are offsets, ``outside`` addresses."""
    code = bytearray(text)
    for offset, kind, name, addend in relocs:
        target = outside[name] if name in outside else base + symbols[name]
        if kind in _PC_RELATIVE:
            struct.pack_into("<i", code, offset, target + addend - base - offset)
        elif kind in (10, 11):
            struct.pack_into("<i", code, offset, target + addend)
        elif kind == 1:
            struct.pack_into("<Q", code, offset, target + addend)
        else:
            raise BackendError(f"runtime: relocation type {kind}")
    return bytes(code)


def build() -> tuple[bytes, list[tuple[int, int, str, int]], dict[str, int]]:
    """Compile the runtime: code, relocations and symbols, ready for :func:`link` and for the disk."""
    from hqemu_core.backend.llvm.target import Compiler
    from hqemu_core.backend.objfile import ObjectFile

    obj = ObjectFile(Compiler().compile(native.text()))
    index = next(n for n, s in enumerate(obj.sections) if s.name == ".text")
    section = obj.sections[index]
    symbols = {s.name: s.value for s in obj.symbols if s.section == index}
    relocs = []
    for r in section.relocs:
        if r.section and not r.symbol.startswith(("hq_", "g_")):
            raise BackendError(f"runtime: unexpected constants in {r.symbol}")
        relocs.append((r.offset, r.type, r.symbol, r.addend))
    return section.data, relocs, symbols


def globals_at(address: int) -> dict[str, int]:
    """Addresses of the runtime's globals, for ``link``."""
    return {
        "g_cache_lo": address + native.CACHE_LO,
        "g_cache_hi": address + native.CACHE_HI,
        "g_empty_ibtc": address + native.EMPTY_IBTC,
        "g_threads": address + native.THREADS,
        "g_main_env": address + native.MAIN_ENV,
        "g_ibtc_shift": address + native.IBTC_SHIFT,
    }
