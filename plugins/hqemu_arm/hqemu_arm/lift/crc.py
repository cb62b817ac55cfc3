"""CRC32 and CRC32C (ARM ARM F2.9.2, Poly32Mod2) by Barrett reduction with carry-less products.

Bits are reflected: bit 0 of a value is its highest power. For ``k`` new bits ``t`` (data xor old CRC), the quotient of
``t * x**32`` by the polynomial is the upper half of ``t * (x**(k + 32) // poly)``, which reflected is the lower half;
the remainder is what the quotient times the polynomial leaves below ``x**32``.
"""

from __future__ import annotations

from typing import Final

from hqemu_core.ir import types as ty
from hqemu_core.ir.builder import IRBuilder, Operand

_POLYNOMIALS: Final = (0x104C11DB7, 0x11EDC6F41)
"""CRC32, CRC32C; the highest power first."""


def _reflect(value: int, bits: int) -> int:
    return int(f"{value:0{bits}b}"[::-1], 2)


def _factor(polynomial: int, bits: int) -> int:
    """``x**(bits + 32) // polynomial`` without carries, reflected, without its highest power."""
    rest, quotient = 1 << bits + 32, 0
    for at in range(bits, -1, -1):
        if rest >> (at + 32) & 1:
            rest ^= polynomial << at
            quotient |= 1 << at
    return _reflect(quotient, bits + 1) & ((1 << bits) - 1)


_FACTORS: Final = tuple(tuple(_factor(p, 8 << size) for size in range(3)) for p in _POLYNOMIALS)
_REFLECTED: Final = tuple(_reflect(p, 33) for p in _POLYNOMIALS)


def lift_crc32(b: IRBuilder, shape: tuple[int, ...], rd: Operand, rn: Operand, rm: Operand) -> None:
    """shape: size, Castagnoli."""
    size, which = shape
    bits = 8 << size
    keep = b.const((1 << bits) - 1, ty.I64)
    crc = b.zext(b.get(rn, ty.I32), ty.I64)
    fresh = b.and_(b.xor(crc, b.zext(b.get(rm, ty.I32), ty.I64)), keep)
    quotient = b.and_(b.trunc(b.clmul(fresh, b.const(_FACTORS[which][size], ty.I64)), ty.I64), keep)
    product = b.clmul(quotient, b.const(_REFLECTED[which], ty.I64))
    result = b.trunc(b.lshr(product, b.const(bits, ty.I128)), ty.I32)
    if bits < 32:
        result = b.xor(result, b.trunc(b.lshr(crc, b.const(bits, ty.I64)), ty.I32))
    b.set(rd, result)
