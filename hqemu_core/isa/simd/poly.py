"""Polynomial multiplication over {0, 1}."""

from __future__ import annotations

from hqemu_core.ir.builder import IRBuilder

from .lanes import lanes_of


def emit_products(b: IRBuilder, x: int, y: int) -> int:
    """Lanes of 16 bits: the 15-bit products of lanes below 256. A product with one bit of ``y`` is an ordinary
    one, so each bit costs one integer multiplication instead of a shift and a mask."""
    t = b.type_of(x)
    result = b.mul(x, b.and_(y, lanes_of(b, 1, t)))
    for n in range(1, 8):
        result = b.xor(result, b.mul(x, b.and_(y, lanes_of(b, 1 << n, t))))
    return result
