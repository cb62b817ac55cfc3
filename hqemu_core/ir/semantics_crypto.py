"""Carry-less product and the AES round steps (FIPS 197), on whole-value ints, byte 0 lowest.

AES state: byte ``i`` is row ``i % 4`` of column ``i // 4`` (FIPS 197, 3.4).
"""

from __future__ import annotations

from typing import Final


def clmul(a: int, b: int) -> int:
    """128-bit product of two 64-bit polynomials over GF(2)."""
    result = 0
    while b:
        low = b & -b
        result ^= a * low
        b ^= low
    return result


def _gf(a: int, b: int) -> int:
    """Product in GF(2**8) modulo x**8 + x**4 + x**3 + x + 1 (FIPS 197, 4.2)."""
    result = 0
    while b:
        if b & 1:
            result ^= a
        a = a << 1 ^ (0x11B if a & 0x80 else 0)
        b >>= 1
    return result


def _make_sbox() -> bytes:
    """FIPS 197, 5.1.1: inverse in the field, then an affine map."""
    inverse = [0] * 256
    for a in range(1, 256):
        for b in range(a, 256):
            if _gf(a, b) == 1:
                inverse[a], inverse[b] = b, a
                break
    box = bytearray()
    for x in inverse:
        y = x | x << 8
        box.append((x ^ y >> 4 ^ y >> 5 ^ y >> 6 ^ y >> 7) & 0xFF ^ 0x63)
    return bytes(box)


_boxes: list[bytes] = []


def _sboxes() -> tuple[bytes, bytes]:
    """The S-box and its inverse, made at first use."""
    if not _boxes:
        box = _make_sbox()
        inverse = bytearray(256)
        for i, x in enumerate(box):
            inverse[x] = i
        _boxes.extend((box, bytes(inverse)))
    return _boxes[0], _boxes[1]


_SHIFT: Final = tuple((i + 4 * (i % 4)) % 16 for i in range(16))
_UNSHIFT: Final = tuple((i - 4 * (i % 4)) % 16 for i in range(16))
_MIX: Final = (2, 3, 1, 1)
_UNMIX: Final = (14, 11, 13, 9)


def _mix(data: bytes, row: tuple[int, ...]) -> bytes:
    out = bytearray()
    for column in range(0, 16, 4):
        for r in range(4):
            x = 0
            for k in range(4):
                x ^= _gf(data[column + k], row[(k - r) % 4])
            out.append(x)
    return bytes(out)


def aes(kind: int, value: int) -> int:
    """0 ShiftRows then SubBytes, 1 their inverses, 2 MixColumns, 3 InvMixColumns."""
    data = value.to_bytes(16, "little")
    if kind == 0:
        box = _sboxes()[0]
        data = bytes(box[data[i]] for i in _SHIFT)
    elif kind == 1:
        box = _sboxes()[1]
        data = bytes(box[data[i]] for i in _UNSHIFT)
    else:
        data = _mix(data, _MIX if kind == 2 else _UNMIX)
    return int.from_bytes(data, "little")
