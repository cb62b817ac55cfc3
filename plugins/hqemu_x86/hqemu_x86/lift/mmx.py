"""MMX registers are the low halves of the x87 registers, by physical number (SDM volume 1, section 9.6).

Every MMX instruction but EMMS sets TOP to 0 and marks all registers as in use, so they are where their numbers say.
"""

from __future__ import annotations

from hqemu_core.ir import types as ty
from hqemu_core.ir.builder import IRBuilder, Operand, shift_operand
from hqemu_core.isa.spec import Helper

from ..state import FTAGS, FTOP, ST

ALL_USED = 0x0101010101010101


def _turn(b: IRBuilder, top: int) -> int:
    """The stack's order becomes that of the registers' numbers."""
    for bit in (1, 2, 4):
        b.guard(b.ne(b.and_(top, b.const(bit, ty.I8)), b.const(0, ty.I8)))
        b.rotate(ST, 8 - bit)
        b.unguard()
    return b.const(0, ty.I8)


def _turn_to(b: IRBuilder, by: int, top: int) -> int:
    """TOP changes, the registers keep their numbers: number n + ``by`` on the stack comes to n."""
    for bit in (1, 2, 4):
        b.guard(b.ne(b.and_(by, b.const(bit, ty.I8)), b.const(0, ty.I8)))
        b.rotate(ST, 8 - bit)
        b.unguard()
    return top


HELPERS = [
    Helper("mmx_turn", (ty.I8,), ty.I8, _turn, "state"),
    Helper("x87_turn", (ty.I8, ty.I8), ty.I8, _turn_to, "state"),
]


def enter(b: IRBuilder) -> None:
    """Before an instruction reads or writes MMX registers."""
    top = b.get(FTOP, ty.I8)
    b.set(FTOP, b.ccall(b.ne(top, b.const(0, ty.I8)), "mmx_turn", (top,), top))
    b.set(FTAGS, b.const(ALL_USED, ty.I64))


def touch(b: IRBuilder, offset: Operand) -> None:
    """A register was written: its exponent and sign become ones."""
    b.set(shift_operand(offset, 8), b.const(-1, ty.I16))


def lift_emms(b: IRBuilder) -> None:
    enter(b)
    b.set(FTAGS, b.const(0, ty.I64))
