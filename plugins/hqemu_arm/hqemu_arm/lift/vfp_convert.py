"""VFP conversions (ARM ARM A8.8.306 to A8.8.310; VCVTA and the like of ARMv8). Shapes begin with ``sz``: 1 double."""

from __future__ import annotations

import struct
from typing import Final

from hqemu_core.ir import opcodes as op
from hqemu_core.ir import types as ty
from hqemu_core.ir.builder import IRBuilder, Operand
from hqemu_core.isa.fp import helpers
from hqemu_core.isa.fp.bits import raise_flags
from hqemu_core.isa.fp.conversions import fp_convert
from hqemu_core.isa.fp.env import flush_inputs
from hqemu_core.isa.fp.integers import ZERO, fp_from_int, fp_to_int

from .vfp_arith import TYPES
from .vfp_env import rounding_to_nearest

HELPERS: Final = tuple(helpers.HELPERS.values())
_CURRENT: Final = 5
"""op.FRINT's number for the current rounding mode"""


def lift_format(b: IRBuilder, shape: tuple[int, ...], rd: Operand, rm: Operand) -> None:
    """VCVT between single and double. shape: sz (of the operand)."""
    b.set(rd, fp_convert(b, b.get(rm, TYPES[shape[0]]), TYPES[1 - shape[0]]))


def lift_from_half(b: IRBuilder, shape: tuple[int, ...], rd: Operand, half: Operand) -> None:
    """VCVTB, VCVTT. shape: sz."""
    b.set(rd, fp_convert(b, b.get(half, ty.F16), TYPES[shape[0]]))


def lift_to_half(b: IRBuilder, shape: tuple[int, ...], half: Operand, rm: Operand) -> None:
    """The register's other half is kept. shape: sz."""
    b.set(half, fp_convert(b, b.get(rm, TYPES[shape[0]]), ty.F16))


def lift_from_int(b: IRBuilder, shape: tuple[int, ...], rd: Operand, rm: Operand) -> None:
    """VCVT from a 32-bit integer. shape: sz, signed."""
    b.set(rd, fp_from_int(b, b.get(rm, ty.I32), TYPES[shape[0]], bool(shape[1])))


def lift_to_int(b: IRBuilder, shape: tuple[int, ...], rd: Operand, rm: Operand) -> None:
    """VCVT, VCVTA and the like. shape: sz, signed, rounding."""
    sz, signed, mode = shape
    b.set(rd, fp_to_int(b, b.get(rm, TYPES[sz]), ty.I32, bool(signed), mode))


def _double(b: IRBuilder, value: float) -> int:
    return b.const(struct.unpack("<Q", struct.pack("<d", value))[0], ty.F64)


def lift_to_int_current(b: IRBuilder, shape: tuple[int, ...], rd: Operand, rm: Operand) -> None:
    """VCVTR: in FPSCR's rounding mode. What is in range and not an integer is inexact. shape: sz, signed."""
    sz, signed = shape
    (x,) = flush_inputs(b, b.get(rm, TYPES[sz]))
    if not sz:
        x = b.fconv(op.FWIDEN, x, ty.F64)
    whole = b.frint(x, _CURRENT)
    result = fp_to_int(b, whole, ty.I32, bool(signed), ZERO)
    low, high = (-(2.0**31), 2.0**31) if signed else (0.0, 2.0**32)
    inside = b.and_(b.fcmp(op.FLE, _double(b, low), whole), b.fcmp(op.FLT, whole, _double(b, high)))
    differs = b.xor(b.fcmp(op.FEQ, x, whole), b.const(1, ty.I1))
    raise_flags(b, op.FP_INEXACT, b.and_(inside, differs))
    b.set(rd, result)


def lift_to_fixed(b: IRBuilder, shape: tuple[int, ...], rd: Operand, fbits: Operand) -> None:
    """VCVT to fixed point, in place; 16 bits are extended. shape: sz, unsigned, 32 bits."""
    sz, unsigned, full = shape
    t = TYPES[sz]
    value = fp_to_int(b, b.get(rd, t), ty.I32 if full else ty.I16, not unsigned, ZERO, fbits)
    wide = ty.as_int(t)
    b.set(rd, b.zext(value, wide) if unsigned else b.sext(value, wide))


def lift_from_fixed(b: IRBuilder, shape: tuple[int, ...], rd: Operand, fbits: Operand) -> None:
    """VCVT from fixed point, in place, always to nearest. shape: sz, unsigned, 32 bits."""
    sz, unsigned, full = shape
    value = b.get(rd, ty.I32 if full else ty.I16)
    value = b.zext(value, ty.I32) if unsigned else b.sext(value, ty.I32)
    with rounding_to_nearest(b):
        result = fp_from_int(b, value, TYPES[sz], not unsigned, fbits)
    b.set(rd, result)
