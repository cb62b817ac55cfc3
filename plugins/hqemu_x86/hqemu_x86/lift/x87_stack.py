"""The x87 register stack: ST(0) is always in the same place, a push or pop moves all registers round.

In a region of the optimizing tier the moves are names of values and cost nothing. An empty register reads as the
default NaN and is a stack fault (masked response; SDM volume 1, section 8.5.1.1).
"""

from __future__ import annotations

from typing import Final

from hqemu_core.ir import types as ty
from hqemu_core.ir.builder import IRBuilder
from hqemu_core.isa.spec import Helper

from ..state import FSW, FTAGS, FTOP, ST

INDEFINITE: Final = 0xFFFFC000000000000000
STACK_FAULT: Final = 0x41
"""SF and IE"""
C0, C1, C2, C3 = 0x100, 0x200, 0x400, 0x4000
CODES: Final = C0 | C1 | C2 | C3

HELPERS = [Helper("x87_indefinite", (), ty.F80, lambda b: b.const(INDEFINITE, ty.F80))]


def in_use(b: IRBuilder, n: int) -> int:
    """Is ST(n) not empty: i1."""
    return b.ne(b.and_(b.get(FTAGS, ty.I64), b.const(1 << 8 * n, ty.I64)), b.const(0, ty.I64))


def fault(b: IRBuilder, cond: int, codes: int = 0) -> None:
    """A stack fault where ``cond``: C1 says overflow (``codes`` C1) or underflow (0)."""
    old = b.get(FSW, ty.I16)
    new = b.or_(b.and_(old, b.const(~C1, ty.I16)), b.const(STACK_FAULT | codes, ty.I16))
    b.set(FSW, b.select(cond, new, old))


def checked(b: IRBuilder, n: int, value: int) -> int:
    """``value`` unless ST(n) is empty."""
    empty = b.xor(in_use(b, n), b.const(1, ty.I1))
    fault(b, empty)
    return b.ccall(empty, "x87_indefinite", (), value)


def get(b: IRBuilder, n: int) -> int:
    """ST(n) as an operand."""
    return checked(b, n, b.get(ST + 16 * n, ty.F80))


def put(b: IRBuilder, n: int, value: int) -> None:
    """ST(n) as a result."""
    b.set(ST + 16 * n, value)
    b.set(FTAGS, b.or_(b.get(FTAGS, ty.I64), b.const(1 << 8 * n, ty.I64)))


def turn(b: IRBuilder, by: int) -> None:
    """TOP moves by 1 (pop) or -1."""
    tags = b.get(FTAGS, ty.I64)
    b.set(FTAGS, b.rotr(tags, b.const(8 if by > 0 else 56, ty.I64)))
    top = b.add(b.get(FTOP, ty.I8), b.const(by, ty.I8))
    b.set(FTOP, b.and_(top, b.const(7, ty.I8)))
    b.rotate(ST, by & 7)


def push(b: IRBuilder, value: int) -> None:
    full = in_use(b, 7)
    fault(b, full, C1)
    value = b.ccall(full, "x87_indefinite", (), value)
    turn(b, -1)
    put(b, 0, value)


def free(b: IRBuilder, n: int) -> None:
    b.set(FTAGS, b.and_(b.get(FTAGS, ty.I64), b.const(~(1 << 8 * n), ty.I64)))


def pop(b: IRBuilder) -> None:
    free(b, 0)
    turn(b, 1)


def set_codes(b: IRBuilder, codes: int) -> None:
    """C0, C1, C2, C3 from an i16 that has them in place."""
    kept = b.and_(b.get(FSW, ty.I16), b.const(~CODES, ty.I16))
    b.set(FSW, b.or_(kept, b.and_(codes, b.const(CODES, ty.I16))))
