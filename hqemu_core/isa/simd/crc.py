"""CRC32 and CRC32C by Barrett reduction with carry-less products.

Bits are reflected: bit 0 of a value is its highest power. For ``k`` new bits ``t`` (data xor old CRC), the quotient of
``t * x**32`` by the polynomial is the upper half of ``t * (x**(k + 32) // poly)``, which reflected is the lower half;
the remainder is what the quotient times the polynomial leaves below ``x**32``.
"""

from __future__ import annotations

from typing import Final

from hqemu_core.ir import types as ty
from hqemu_core.ir.builder import IRBuilder

POLYNOMIALS: Final = (0x104C11DB7, 0x11EDC6F41)
"""CRC32, CRC32C; the highest power first."""


def _reflect(value: int, bits: int) -> int:
    return int(f"{value:0{bits}b}"[::-1], 2)


def _quotient(power: int, polynomial: int) -> int:
    """``x**power // polynomial`` without carries."""
    rest, quotient = 1 << power, 0
    for at in range(power - 32, -1, -1):
        if rest >> (at + 32) & 1:
            rest ^= polynomial << at
            quotient |= 1 << at
    return quotient


def _factor(polynomial: int, bits: int) -> int:
    return _reflect(_quotient(bits + 32, polynomial), bits + 1) & ((1 << bits) - 1)


_FACTORS: Final = tuple(tuple(_factor(p, 8 << size) for size in range(4)) for p in POLYNOMIALS)
_REFLECTED: Final = tuple(_reflect(p, 33) for p in POLYNOMIALS)


def emit_crc32(b: IRBuilder, which: int, size: int, old: int, data: int) -> int:
    """The CRC of ``old`` (I32) and ``1 << size`` bytes of ``data`` (I64). ``which``: index of :data:`POLYNOMIALS`."""
    bits = 8 << size
    keep = b.const((1 << bits) - 1, ty.I64)
    crc = b.zext(old, ty.I64)
    fresh = b.and_(b.xor(crc, data), keep)
    quotient = b.and_(b.trunc(b.clmul(fresh, b.const(_FACTORS[which][size], ty.I64)), ty.I64), keep)
    product = b.clmul(quotient, b.const(_REFLECTED[which], ty.I64))
    result = b.trunc(b.lshr(product, b.const(bits, ty.I128)), ty.I32)
    if bits < 32:
        result = b.xor(result, b.trunc(b.lshr(crc, b.const(bits, ty.I64)), ty.I32))
    return result
