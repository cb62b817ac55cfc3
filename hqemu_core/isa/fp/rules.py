"""Floating-point operations as functions on values: scalars and whole vectors alike (the type decides).

All take and return values of type F32, F64, F32X4, F64X2 or F32X2 (a 64-bit vector; computed on doubled lanes, so
that lanes outside the register never raise flags). Half precision appears only in conversions. Results and flags are
the manual's under every control word; see ``env``. Conversions are in ``conversions``, reciprocal (square root)
estimates in ``estimate``; ``helpers.HELPERS`` is what the ISA's spec needs.
"""

from __future__ import annotations

from typing import Final

from hqemu_core.ir import opcodes as op
from hqemu_core.ir import types as ty
from hqemu_core.ir.builder import IRBuilder

from .bits import any_lane, every, format_of, is_inf, is_zero, magnitude, raw
from .env import env_of, finish, flush_inputs, rounded
from .flushing import flushed
from .nan import repair_nan, repair_rounded


def _full(b: IRBuilder, x: int) -> int:
    """F32X2 as F32X4 with each lane twice; other types as they are."""
    return b.shuffle(x, x, (0, 1, 0, 1)) if b.type_of(x) == ty.F32X2 else x


def _like(b: IRBuilder, r: int, t: int) -> int:
    """Undo :func:`_full` when the operands were F32X2."""
    return b.shuffle(r, r, (0, 1)) if t == ty.F32X2 else r


def fp_abs(b: IRBuilder, x: int) -> int:
    return b.bitcast(magnitude(b, x), b.type_of(x))


def fp_neg(b: IRBuilder, x: int) -> int:
    bits = raw(b, x)
    t = b.type_of(bits)
    return b.bitcast(b.xor(bits, every(b, format_of(t).sign, t)), b.type_of(x))


def fp_binary(b: IRBuilder, code: int, x: int, y: int) -> int:
    """``code``: op.FADD FSUB FMUL FDIV."""
    t = b.type_of(x)
    if env_of(b).flush:
        return _like(b, flushed(b, code, _full(b, x), _full(b, y)), t)
    x, y = flush_inputs(b, _full(b, x), _full(b, y))
    return _like(b, finish(b, repair_rounded(b, code, (x, y), rounded(b, code, x, y))), t)


def fp_sqrt(b: IRBuilder, x: int) -> int:
    t = b.type_of(x)
    if env_of(b).flush:
        return _like(b, flushed(b, op.FSQRT, _full(b, x)), t)
    (x,) = flush_inputs(b, _full(b, x))
    return _like(b, finish(b, repair_nan(b, (x,), rounded(b, op.FSQRT, x))), t)


def fp_fma(b: IRBuilder, addend: int, x: int, y: int) -> int:
    """FPMulAdd: ``addend + x * y``, rounded once. FMLS and the like negate ``x`` (fp_neg) first."""
    t = b.type_of(x)
    if env_of(b).flush:
        return _like(b, flushed(b, op.FMA, _full(b, x), _full(b, y), _full(b, addend)), t)
    addend, x, y = flush_inputs(b, _full(b, addend), _full(b, x), _full(b, y))
    return _like(b, finish(b, repair_rounded(b, op.FMA, (x, y, addend), rounded(b, op.FMA, x, y, addend))), t)


def fp_abd(b: IRBuilder, x: int, y: int) -> int:
    """FABD: absolute difference."""
    return fp_abs(b, fp_binary(b, op.FSUB, x, y))


def fp_nmul(b: IRBuilder, x: int, y: int) -> int:
    """FNMUL: the negated product, also of a NaN."""
    return fp_neg(b, fp_binary(b, op.FMUL, x, y))


def _zero_times_inf(b: IRBuilder, x: int, y: int) -> int:
    """Truth per lane."""
    return b.or_(b.and_(is_inf(b, x), is_zero(b, y)), b.and_(is_zero(b, x), is_inf(b, y)))


def _replaced(b: IRBuilder, where: int, x: int, pattern: int) -> int:
    """``x`` with the lanes of ``where`` a constant that has x's sign."""
    bits = raw(b, x)
    t = b.type_of(bits)
    sign = b.and_(bits, every(b, format_of(t).sign, t))
    return b.bitcast(b.select(where, b.or_(sign, every(b, pattern, t)), bits), b.type_of(x))


def without_zero_times_inf(b: IRBuilder, x: int, y: int) -> tuple[int, int]:
    """The operands, zeros where their product would be that of infinity and zero; with FZ subnormals are zeros."""
    odd = _zero_times_inf(b, *(flush_inputs(b, _full(b, x), _full(b, y))))
    odd = b.shuffle(odd, odd, (0, 1)) if b.type_of(x) == ty.F32X2 else odd
    return _replaced(b, odd, x, 0), _replaced(b, odd, y, 0)


def fp_mulx(b: IRBuilder, x: int, y: int) -> int:
    """FMULX: a product where infinity times zero is 2 with the product's sign, and not invalid."""
    t = b.type_of(x)
    x, y = flush_inputs(b, _full(b, x), _full(b, y))
    odd = _zero_times_inf(b, x, y)
    fmt = format_of(b.type_of(x))
    x, y = _replaced(b, odd, x, fmt.power(0)), _replaced(b, odd, y, fmt.power(1))
    return _like(b, finish(b, repair_rounded(b, op.FMUL, (x, y), rounded(b, op.FMUL, x, y))), t)


def fp_recps(b: IRBuilder, x: int, y: int) -> int:
    """FRECPS: 2 - x * y in one rounding; infinity times zero gives 2."""
    return _step(b, x, y, halve=False)


def fp_rsqrts(b: IRBuilder, x: int, y: int) -> int:
    """FRSQRTS: (3 - x * y) / 2 in one rounding; infinity times zero gives 1.5."""
    return _step(b, x, y, halve=True)


def _step(b: IRBuilder, x: int, y: int, halve: bool) -> int:
    """The manual negates the first operand before anything else, so a NaN from it has the other sign.

    (3 - xy)/2 is 1.5 - (x/2)y, halving the larger operand: that halving is exact, or the product is too small to
    matter for any rounding, and nothing overflows that the true result does not.
    """
    t = b.type_of(x)
    x, y = flush_inputs(b, fp_neg(b, _full(b, x)), _full(b, y))
    wide = b.type_of(x)
    fmt = format_of(wide)
    odd = _zero_times_inf(b, x, y)
    f, g = _replaced(b, odd, x, 0), _replaced(b, odd, y, 0)
    base = every(b, fmt.power(0) | (fmt.quiet if halve else 0), wide)
    if halve:
        first = b.ule(magnitude(b, g), magnitude(b, f))
        flip = b.xor(first, every(b, 1, b.type_of(first)))
        f, g = _halved(b, f, first), _halved(b, g, flip)
    else:
        base = every(b, fmt.power(1), wide)
    result = repair_nan(b, (x, y), rounded(b, op.FMA, f, g, base))
    return _like(b, finish(b, result), t)


def _halved(b: IRBuilder, x: int, where: int) -> int:
    """Half of the normal finite lanes of ``where``, by the exponent field: no flags."""
    bits = raw(b, x)
    t = b.type_of(bits)
    fmt = format_of(t)
    size = magnitude(b, x)
    fits = b.and_(b.ule(every(b, 2 * fmt.min_normal, t), size), b.ult(size, every(b, fmt.inf, t)))
    half = b.sub(bits, every(b, fmt.min_normal, t))
    return b.bitcast(b.select(b.and_(where, fits), half, bits), b.type_of(x))


MINMAX: Final = ("max", "min", "maxnm", "minnm")


def fp_minmax(b: IRBuilder, kind: str, x: int, y: int) -> int:
    """``kind``: max min maxnm minnm. The zeros are ordered -0 < +0."""
    t = b.type_of(x)
    x, y = flush_inputs(b, _full(b, x), _full(b, y))
    wide = b.type_of(x)
    low, high = (y, x) if kind.startswith("max") else (x, y)
    # Equal operands differ in the sign of zero at most: max keeps a sign both have, min one that either has.
    merge = b.and_ if kind.startswith("max") else b.or_
    xi, yi = raw(b, x), raw(b, y)
    # Chosen as integers: hosts have a conditional move for those, and a branch for scalar floats.
    bits = b.select(b.fcmp(op.FLT, low, high), xi, b.select(b.fcmp(op.FLT, high, low), yi, merge(xi, yi)))
    result = b.bitcast(bits, wide)
    name = ("fp_num_" if kind.endswith("nm") else "fp_either_") + ty.name(wide)
    where = any_lane(b, b.fcmp(op.FUNO, x, y))
    return _like(b, finish(b, b.ccall(where, name, (x, y, result), result)), t)


COMPARES: Final = ("eq", "ge", "gt", "acge", "acgt")


def fp_compare(b: IRBuilder, kind: str, x: int, y: int) -> int:
    """FCMEQ/GE/GT, FACGE/GT: truth per lane (i1xN). For F32X2 the result is i1x2. eq is quiet, the others invalid
    for any NaN."""
    t = b.type_of(x)
    x, y = flush_inputs(b, _full(b, x), _full(b, y))
    if kind.startswith("ac"):
        x, y = fp_abs(b, x), fp_abs(b, y)
    if kind == "eq":
        truth = b.fcmp(op.FEQ, x, y)
    else:
        truth = b.fcmp(op.FLES if kind.endswith("ge") else op.FLTS, y, x)
    return b.shuffle(truth, truth, (0, 1)) if t == ty.F32X2 else truth


def fp_rint(b: IRBuilder, mode: int, x: int) -> int:
    """FRINT*: ``mode`` as op.FRINT has it (N 0, M 1, P 2, Z 3, X 4, I 5, A 6)."""
    t = b.type_of(x)
    (x,) = flush_inputs(b, _full(b, x))
    return _like(b, finish(b, repair_nan(b, (x,), b.frint(x, mode))), t)
