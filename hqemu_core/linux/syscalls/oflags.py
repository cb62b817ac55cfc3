"""O_* flags: the few whose values differ between ISAs (arch/*/include/uapi/asm/fcntl.h)."""

from __future__ import annotations

from typing import Final

O_DIRECT: Final = 0o40000
O_LARGEFILE: Final = 0o100000
O_DIRECTORY: Final = 0o200000
O_NOFOLLOW: Final = 0o400000

_ARM: Final = {0o40000: O_DIRECTORY, 0o100000: O_NOFOLLOW, 0o200000: O_DIRECT, 0o400000: O_LARGEFILE}
_BITS: Final[dict[str, dict[int, int]]] = {"generic64": _ARM, "arm": _ARM}
"""layout -> guest bit -> host bit"""
_MOVED: Final = 0o740000
_TO: Final[dict[str, dict[int, int]]] = {}
_FROM: Final[dict[str, dict[int, int]]] = {}


def _tables(layout: str) -> None:
    bits = _BITS[layout]
    to: dict[int, int] = {}
    for n in range(16):
        guest = n << 14
        to[guest] = sum(host for bit, host in bits.items() if guest & bit)
    _TO[layout] = to
    _FROM[layout] = {host: guest for guest, host in to.items()}


def is_same(layout: str) -> bool:
    return layout not in _BITS


def to_host(flags: int, layout: str) -> int:
    if layout not in _BITS:
        return flags
    if layout not in _TO:
        _tables(layout)
    return flags & ~_MOVED | _TO[layout][flags & _MOVED]


def from_host(flags: int, layout: str) -> int:
    if layout not in _BITS:
        return flags
    if layout not in _FROM:
        _tables(layout)
    return flags & ~_MOVED | _FROM[layout][flags & _MOVED]
