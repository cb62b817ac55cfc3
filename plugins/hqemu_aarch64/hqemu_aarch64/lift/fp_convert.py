"""Scalar conversions: between formats, and between them and general registers (Arm ARM C4.1.96)."""

from __future__ import annotations

from typing import Final

from hqemu_core.ir.builder import IRBuilder, Operand
from hqemu_core.isa.fp.conversions import fp_convert
from hqemu_core.isa.fp.integers import AWAY, DOWN, NEAREST, UP, ZERO, fp_from_int, fp_to_int

from .common import set_reg, size_type
from .fp_common import HELPERS as HELPERS
from .fp_common import TYPES, set_scalar

_ROUNDINGS: Final = (NEAREST, UP, DOWN, ZERO, AWAY)
"""by rmode; 4 stands for FCVTA*"""


def lift_format(b: IRBuilder, shape: tuple[int, ...], rd: Operand, rn: Operand) -> None:
    """FCVT. shape: type of the operand, of the result."""
    source, target = shape
    set_scalar(b, rd, fp_convert(b, b.get(rn, TYPES[source]), TYPES[target]))


def lift_to_int(b: IRBuilder, shape: tuple[int, ...], rd: Operand, rn: Operand) -> None:
    """FCVT{N,P,M,Z,A}{S,U}. shape: sf, type, rounding, unsigned."""
    sf, kind, rounding, unsigned = shape
    x = b.get(rn, TYPES[kind])
    set_reg(b, rd, fp_to_int(b, x, size_type(sf), not unsigned, _ROUNDINGS[rounding]))


def lift_to_fixed(b: IRBuilder, shape: tuple[int, ...], rd: Operand, rn: Operand, fbits: Operand) -> None:
    """FCVTZS, FCVTZU (fixed-point). shape: sf, type, unsigned."""
    sf, kind, unsigned = shape
    set_reg(b, rd, fp_to_int(b, b.get(rn, TYPES[kind]), size_type(sf), not unsigned, ZERO, fbits))


def lift_from_int(b: IRBuilder, shape: tuple[int, ...], rd: Operand, rn: Operand) -> None:
    """SCVTF, UCVTF. shape: sf, type, unsigned."""
    sf, kind, unsigned = shape
    set_scalar(b, rd, fp_from_int(b, b.get(rn, size_type(sf)), TYPES[kind], not unsigned))


def lift_from_fixed(b: IRBuilder, shape: tuple[int, ...], rd: Operand, rn: Operand, fbits: Operand) -> None:
    """SCVTF, UCVTF (fixed-point). shape: sf, type, unsigned."""
    sf, kind, unsigned = shape
    set_scalar(b, rd, fp_from_int(b, b.get(rn, size_type(sf)), TYPES[kind], not unsigned, fbits))
