"""NaN results as the manual defines them (FPProcessNaNs, FPProcessNaNs3, FPConvertNaN), computed off the fast path.

The host has raised the flags already, so these only choose bits, but for two cases: FMA's infinity times zero with a
quiet addend is Invalid, and what rounded up to the smallest normal number is Underflow, because the guest looks before
rounding whether a result is tiny and the host after. One comparison with that number finds both: "equal or
unordered" is a single branch.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from hqemu_core.ir import opcodes as op
from hqemu_core.ir import types as ty
from hqemu_core.ir.builder import IRBuilder
from hqemu_core.isa.spec import Helper

from .bits import any_lane, every, format_of, is_inf, is_nan, is_signalling, is_zero, magnitude, raise_invalid, raw
from .env import VALUE_TYPES


def choose_nan(b: IRBuilder, operands: tuple[int, ...]) -> int:
    """Bits of the first signalling operand, else of the first NaN, else of the default NaN; always quiet."""
    t = ty.as_int(b.type_of(operands[0]))
    fmt = format_of(t)
    result = every(b, fmt.default_nan, t)
    for x in reversed(operands):
        result = b.select(is_nan(b, x), raw(b, x), result)
    for x in reversed(operands):
        result = b.select(is_signalling(b, x), raw(b, x), result)
    return b.or_(result, every(b, fmt.quiet, t))


def _repair(b: IRBuilder, *args: int) -> int:
    """(operands..., result): the result with NaN lanes replaced."""
    *operands, result = args
    chosen = b.bitcast(choose_nan(b, tuple(operands)), b.type_of(result))
    return b.select(is_nan(b, result), chosen, result)


def _repair_fma(b: IRBuilder, x: int, y: int, addend: int, result: int) -> int:
    """FPMulAdd: the addend's NaN comes first; infinity times zero plus a quiet NaN is invalid and gives the default
    NaN."""
    t = b.type_of(result)
    invalid = b.or_(b.and_(is_inf(b, x), is_zero(b, y)), b.and_(is_zero(b, x), is_inf(b, y)))
    quiet = b.xor(is_signalling(b, addend), every(b, 1, b.type_of(invalid)))
    wrong = b.and_(b.and_(invalid, is_nan(b, addend)), quiet)
    raise_invalid(b, any_lane(b, wrong))
    default = every(b, format_of(t).default_nan, t)
    return b.select(wrong, default, _repair(b, addend, x, y, result))


def _repair_either(b: IRBuilder, x: int, y: int, result: int) -> int:
    """FPMax, FPMin: a NaN wherever an operand is one."""
    chosen = b.bitcast(choose_nan(b, (x, y)), b.type_of(result))
    return b.select(b.or_(is_nan(b, x), is_nan(b, y)), chosen, result)


def _repair_number(b: IRBuilder, x: int, y: int, result: int) -> int:
    """FPMaxNum, FPMinNum: one quiet NaN gives the number; signalling ones and two NaNs follow FPProcessNaNs."""
    t = b.type_of(result)
    signalling = b.or_(is_signalling(b, x), is_signalling(b, y))
    nan = b.or_(signalling, b.and_(is_nan(b, x), is_nan(b, y)))
    number = b.select(is_nan(b, x), y, x)
    alone = b.select(nan, b.bitcast(choose_nan(b, (x, y)), t), number)
    return b.select(b.or_(is_nan(b, x), is_nan(b, y)), alone, result)


def widen_nan(b: IRBuilder, x: int, t: int) -> int:
    """FPConvertNaN to a wider format (bits of the quiet NaN as float type ``t``)."""
    source, target = format_of(b.type_of(x)), format_of(t)
    wide = ty.as_int(t)
    bits = b.zext(raw(b, x), wide)
    sign = b.and_(b.shl(bits, every(b, target.bits - source.bits, wide)), every(b, target.sign, wide))
    payload = b.shl(bits, every(b, target.frac - source.frac, wide))
    kept = b.and_(payload, every(b, target.quiet - 1, wide))
    return b.bitcast(b.or_(b.or_(sign, kept), every(b, target.default_nan, wide)), t)


def narrow_nan(b: IRBuilder, x: int, t: int) -> int:
    """FPConvertNaN to a narrower format."""
    source, target = format_of(b.type_of(x)), format_of(t)
    bits = raw(b, x)
    wide = b.type_of(bits)
    sign = b.and_(b.lshr(bits, every(b, source.bits - target.bits, wide)), every(b, target.sign, wide))
    payload = b.lshr(bits, every(b, source.frac - target.frac, wide))
    kept = b.and_(payload, every(b, target.quiet - 1, wide))
    whole = b.or_(b.or_(sign, kept), every(b, target.default_nan, wide))
    return b.bitcast(b.trunc(whole, ty.as_int(t)), t)


MAY_BE_TINY: Final = {op.FMUL: "product", op.FDIV: "quotient", op.FMA: "fused"}
"""With their helpers' names. Not sums: below the normal numbers they are exact. Nor roots: they are never there."""


def is_least(b: IRBuilder, x: int) -> int:
    """Truth per lane: is the magnitude that of the smallest normal number."""
    size = magnitude(b, x)
    t = b.type_of(size)
    return b.eq(size, every(b, format_of(t).min_normal, t))


def nan_or_least(b: IRBuilder, x: int) -> int:
    """One i1: is some lane a NaN, or the smallest normal number but for the sign."""
    t = b.type_of(x)
    if t == ty.F32X4:  # LLVM makes two instructions of a mask with 32-bit lanes, one of others
        bits = b.bitcast(x, ty.I64X2)
        size = b.bitcast(b.and_(bits, every(b, 0x7FFFFFFF_7FFFFFFF, ty.I64X2)), t)
    else:
        size = b.bitcast(magnitude(b, x), t)
    return any_lane(b, b.fcmp(op.FUEQ, size, every(b, format_of(t).min_normal, t)))


def _make_underflow(code: int) -> Callable[..., int]:
    def body(b: IRBuilder, *args: int) -> int:
        """(operands..., result): raise Underflow if a lane of the result is the smallest normal number by rounding.
        Towards zero it is less exactly then."""
        *operands, result = args
        t = b.type_of(result)
        flags, mode = b.fpget(), b.fpmode()
        b.fpround(b.const(3, ty.I32))
        size = magnitude(b, b.emit(code, t, *operands))
        b.fpround(mode)
        less = b.ult(size, every(b, format_of(t).min_normal, b.type_of(size)))
        lossy = any_lane(b, b.and_(is_least(b, result), less))
        b.fpset(b.or_(flags, b.select(lossy, b.const(op.FP_UNDERFLOW, ty.I32), b.const(0, ty.I32))))
        return result

    return body


def _make_repair(code: int) -> Callable[..., int]:
    def body(b: IRBuilder, *args: int) -> int:
        """(operands..., result) of the op: underflow, and NaN lanes replaced."""
        *operands, result = args
        name = f"fp_tiny_{MAY_BE_TINY[code]}_{ty.name(b.type_of(result))}"
        result = b.ccall(any_lane(b, is_least(b, result)), name, args, result)
        if code != op.FMA:
            return _repair(b, *operands, result)
        x, y, addend = operands
        return _repair_fma(b, x, y, addend, result)

    return body


def repair_nan(b: IRBuilder, operands: tuple[int, ...], result: int) -> int:
    """``result`` of an operation on one or two operands, with the guest's NaN where it is a NaN."""
    where = any_lane(b, b.fcmp(op.FUNO, result, result))
    return b.ccall(where, f"fp_nan{len(operands)}_{ty.name(b.type_of(result))}", (*operands, result), result)


def repair_rounded(b: IRBuilder, code: int, operands: tuple[int, ...], result: int) -> int:
    """``result`` of ``code`` (any of env.ROUNDED) with the guest's NaN where it is a NaN, and the guest's underflow."""
    if code not in MAY_BE_TINY:
        return repair_nan(b, operands, result)
    name = f"fp_{MAY_BE_TINY[code]}_{ty.name(b.type_of(result))}"
    return b.ccall(nan_or_least(b, result), name, (*operands, result), result)


def make_helpers() -> list[Helper]:
    found = []
    for t in VALUE_TYPES:
        name = ty.name(t)
        found.append(Helper(f"fp_nan1_{name}", (t, t), t, _repair))
        found.append(Helper(f"fp_nan2_{name}", (t, t, t), t, _repair))
        found.append(Helper(f"fp_either_{name}", (t, t, t), t, _repair_either))
        for code, short in MAY_BE_TINY.items():
            types = (t,) * (4 if code == op.FMA else 3)
            found.append(Helper(f"fp_{short}_{name}", types, t, _make_repair(code), "fp"))
            found.append(Helper(f"fp_tiny_{short}_{name}", types, t, _make_underflow(code), "fp"))
        found.append(Helper(f"fp_num_{name}", (t, t, t), t, _repair_number))
    return found
