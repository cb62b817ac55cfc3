"""Lanes of SIMD&FP registers: types from shape fields, widths, halves.

A shape says ``size`` (0..3: 8..64 bits per lane) and ``q``: 1 a whole register, 0 its lower half,
-1 a scalar (one lane, of a scalar type), so that the vector functions serve the scalar instructions too.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from hqemu_core.ir import types as ty
from hqemu_core.ir.builder import IRBuilder, Operand
from hqemu_core.isa.simd.lanes import INTS

from .simd_regs import get_half

Lift: TypeAlias = Callable[..., None]


def operand_type(size: int, q: int) -> int:
    """The integer type of a register operand; a scalar type for q = -1."""
    return INTS[size] if q < 0 else ty.vec(INTS[size], (8 << q) >> size)


def get_narrow(b: IRBuilder, rn: Operand, size: int, q: int) -> int:
    """The 64-bit source of a widening instruction: the upper half for q = 1 (the "2" forms); q = -1 a scalar."""
    return b.get(rn, INTS[size]) if q < 0 else get_half(b, rn, q, operand_type(size, 0))
