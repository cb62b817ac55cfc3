"""Arithmetic where FZ is known to be set: the host's, unless an operand or a result is subnormal or nearly so.

A subnormal operand would raise inexact where a zero does not, and a result that the host rounds below the normal
numbers raises inexact where flushing does not. Both are found before the host computes, by looking at exponents: such
operations are done with harmless operands and then again, exactly. What is tiny after all is exact and raised nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from hqemu_core.ir import opcodes as op
from hqemu_core.ir import types as ty
from hqemu_core.ir.builder import IRBuilder
from hqemu_core.isa.spec import Helper

from .bits import any_lane, every, format_of, magnitude, raw
from .env import ROUNDED, VALUE_TYPES, control_word
from .nan import repair_rounded

_TINY_IF_EXACT: Final = (op.FADD, op.FSUB, op.FMA)
"""their results may be subnormal without being inexact"""


_HARMLESS: Final = {
    op.FADD: ((0, "zero"),), op.FSUB: ((0, "zero"),), op.FMUL: ((0, "one"),), op.FDIV: ((1, "one"),),
    op.FSQRT: ((0, "one"),), op.FMA: ((0, "one"), (2, "zero")),
}  # fmt: skip
"""which operands to replace by what, so that the result is another operand and raises nothing that is wrong"""


def flushed(b: IRBuilder, code: int, *operands: int) -> int:
    """FADD FSUB FMUL FDIV FSQRT FMA with flushing, NaN rule and flags."""
    t = b.type_of(operands[0])
    lanes = _risky(b, code, operands)
    risky = any_lane(b, lanes)
    safe = list(operands)
    for at, value in _HARMLESS[code]:
        # A call, not a select: the operand need not wait for the condition.
        safe[at] = b.ccall(risky, f"fp_{value}_{ty.name(t)}", (), operands[at])
    result = b.emit(code, t, *safe)
    odd = b.or_(lanes, b.fcmp(op.FUNO, result, result))
    if code in _TINY_IF_EXACT:
        odd = b.or_(odd, _is_tiny(b, result))
    name = f"fp_flushed_{ROUNDED[code]}_{ty.name(t)}"
    return b.ccall(any_lane(b, odd), name, (*operands, control_word(b)), result)


def _is_tiny(b: IRBuilder, x: int) -> int:
    """Truth per lane: below the normal numbers but not zero."""
    size = magnitude(b, x)
    t = b.type_of(size)
    one = every(b, 1, t)
    return b.ult(b.sub(size, one), every(b, format_of(t).min_normal - 1, t))


def _risky(b: IRBuilder, code: int, operands: Sequence[int]) -> int:
    """Truth per lane: an operand is subnormal, or a product or quotient may be too small and inexact."""
    t = ty.as_int(b.type_of(operands[0]))
    fmt = format_of(t)
    # Twice the magnitude less one: zero becomes the largest number.
    sizes = [b.sub(b.add(bits, bits), every(b, 1, t)) for bits in (raw(b, x) for x in operands)]
    least = sizes[0]
    for size in sizes[1:]:
        least = b.bin(op.UMIN, least, size)
    risky = b.ult(least, every(b, 2 * fmt.min_normal - 1, t))
    if code in (op.FMUL, op.FDIV, op.FMA):
        # These are the biased exponents, or one less.
        first, second = (b.lshr(size, every(b, fmt.frac + 1, t)) for size in sizes[:2])
        if code == op.FDIV:
            small = b.slt(b.sub(first, second), every(b, (3 - fmt.bias) & (1 << fmt.bits) - 1, t))
        else:
            # A sum loses nothing while the product's last bit is not below the smallest subnormal number.
            limit = fmt.bias + 2 + (fmt.frac if code == op.FMA else 0)
            small = b.ult(b.add(first, second), every(b, limit, t))
        risky = b.or_(risky, small)
    return risky


def _make_exact(code: int, t: int) -> Callable[..., int]:
    """All lanes again, one by one."""
    scalar = ty.lane(t)
    name = ty.name(scalar)

    def one(b: IRBuilder, operands: Sequence[int], control: int) -> int:
        inputs = tuple(b.call(f"fp_in_{name}", scalar, x, control) for x in operands)
        result = b.call(f"fp_{ROUNDED[code]}_{name}", scalar, *inputs, control)
        return b.call(f"fp_out_{name}", scalar, repair_rounded(b, code, inputs, result), control)

    def body(b: IRBuilder, *args: int) -> int:
        *operands, control = args
        if not ty.is_vector(t):
            return one(b, operands, control)
        result = b.const(0, t)
        for n in range(ty.lanes(t)):
            result = b.insert(result, n, one(b, [b.extract(x, n) for x in operands], control))
        return result

    return body


def _make_constant(t: int, pattern: int) -> Callable[[IRBuilder], int]:
    return lambda b: every(b, pattern, t)


def make_helpers() -> list[Helper]:
    found = []
    for t in VALUE_TYPES:
        found.append(Helper(f"fp_zero_{ty.name(t)}", (), t, _make_constant(t, 0)))
        found.append(Helper(f"fp_one_{ty.name(t)}", (), t, _make_constant(t, format_of(t).power(0))))
        for code, name in ROUNDED.items():
            count = {op.FSQRT: 1, op.FMA: 3}.get(code, 2)
            types = (*(t,) * count, ty.I32)
            found.append(Helper(f"fp_flushed_{name}_{ty.name(t)}", types, t, _make_exact(code, t), "state"))
    return found
