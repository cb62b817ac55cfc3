"""Constant folding for the builder: integer scalars only, plus the identities that a zero register brings."""

from __future__ import annotations

from . import opcodes as op
from . import types as ty


def signed(value: int, bits: int) -> int:
    """The value of a ``bits``-wide two's complement pattern."""
    return value - (1 << bits) if value >> (bits - 1) else value


def _arith(code: int, bits: int, a: int, b: int) -> int | None:
    if code == op.ADD:
        return a + b
    if code == op.SUB:
        return a - b
    if code == op.MUL:
        return a * b
    if code == op.AND:
        return a & b
    if code == op.OR:
        return a | b
    if code == op.XOR:
        return a ^ b
    if code == op.SHL:
        return a << b if b < bits else None
    if code == op.LSHR:
        return a >> b if b < bits else None
    if code == op.ASHR:
        return signed(a, bits) >> b if b < bits else None
    if code == op.ROTR:
        b %= bits
        return a >> b | a << (bits - b)
    if code == op.EQ:
        return int(a == b)
    if code == op.NE:
        return int(a != b)
    if code == op.ULT:
        return int(a < b)
    if code == op.ULE:
        return int(a <= b)
    if code == op.SLT:
        return int(signed(a, bits) < signed(b, bits))
    if code == op.SLE:
        return int(signed(a, bits) <= signed(b, bits))
    if code == op.UADDO:
        return (a + b) >> bits
    if code == op.USUBO:
        return int(a < b)
    return None


def fold(
    code: int, t: int, types: list[int], known: list[int | None], args: tuple[int, ...]
) -> tuple[bool, int] | None:
    """``(False, constant)``, ``(True, value number)`` or None when the op must stay."""
    source = types[0]
    if ty.is_vector(t) or ty.is_vector(source) or ty.is_float(source):
        return None
    bits = ty.bits(source)
    if len(args) == 1:
        a = known[0]
        if a is None:
            return None
        if code in (op.ZEXT, op.TRUNC) or (code == op.BITCAST and not ty.is_float(t)):
            return False, a
        if code == op.SEXT:
            return False, signed(a, bits)
        return None
    a, b = known[0], known[1]
    if a is not None and b is not None:
        result = _arith(code, bits, a, b)
        return None if result is None else (False, result)
    if b == 0 and code in (op.ADD, op.SUB, op.OR, op.XOR, op.SHL, op.LSHR, op.ASHR, op.ROTR):
        return True, args[0]
    if a == 0 and code in (op.ADD, op.OR, op.XOR):
        return True, args[1]
    if code in (op.AND, op.MUL) and 0 in (a, b):
        return False, 0
    ones = (1 << bits) - 1
    if code == op.AND and b == ones:
        return True, args[0]
    if code == op.AND and a == ones:
        return True, args[1]
    return None
