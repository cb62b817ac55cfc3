"""Multiplication and division (ARM ARM A5.2.5, A5.2.7, A5.4.4)."""

from __future__ import annotations

from hqemu_core.ir import opcodes as op
from hqemu_core.ir import types as ty
from hqemu_core.ir.builder import IRBuilder, Operand

from .common import flags_logic, set_reg
from .status import raise_q


def _get(b: IRBuilder, *registers: Operand) -> tuple[int, ...]:
    return tuple(b.get(r, ty.I32) for r in registers)


def _wide(b: IRBuilder, value: int) -> int:
    return b.sext(value, ty.I64)


def _join(b: IRBuilder, low: Operand, high: Operand) -> int:
    lo, hi = (b.zext(b.get(r, ty.I32), ty.I64) for r in (low, high))
    return b.or_(lo, b.shl(hi, b.const(32, ty.I64)))


def _split(b: IRBuilder, low: Operand, high: Operand, value: int) -> None:
    b.set(low, b.trunc(value, ty.I32))
    b.set(high, b.trunc(b.lshr(value, b.const(32, ty.I64)), ty.I32))


def _half(b: IRBuilder, value: int, top: int) -> int:
    """A half of a register, sign-extended to i32."""
    if top:
        return b.ashr(value, b.const(16, ty.I32))
    return b.sext(b.trunc(value, ty.I16), ty.I32)


def lift_mul(b: IRBuilder, shape: tuple[int, ...], rd: Operand, rn: Operand, rm: Operand) -> None:
    """shape: set flags; C and V stay."""
    n, m = _get(b, rn, rm)
    result = b.mul(n, m)
    set_reg(b, rd, result)
    if shape[0]:
        flags_logic(b, result)


def lift_mla(b: IRBuilder, shape: tuple[int, ...], rd: Operand, rn: Operand, rm: Operand, ra: Operand) -> None:
    """MLA, MLS. shape: set flags, subtract."""
    setflags, subtract = shape
    n, m, a = _get(b, rn, rm, ra)
    product = b.mul(n, m)
    result = b.sub(a, product) if subtract else b.add(a, product)
    set_reg(b, rd, result)
    if setflags:
        flags_logic(b, result)


def lift_mull(b: IRBuilder, shape: tuple[int, ...], lo: Operand, hi: Operand, rn: Operand, rm: Operand) -> None:
    """UMULL, UMLAL, SMULL, SMLAL. shape: signed, accumulate, set flags."""
    signed, accumulate, setflags = shape
    n, m = ((b.sext if signed else b.zext)(v, ty.I64) for v in _get(b, rn, rm))
    result = b.mul(n, m)
    if accumulate:
        result = b.add(result, _join(b, lo, hi))
    _split(b, lo, hi, result)
    if setflags:
        flags_logic(b, result)


def lift_umaal(b: IRBuilder, shape: tuple[int, ...], lo: Operand, hi: Operand, rn: Operand, rm: Operand) -> None:
    n, m, low, high = (b.zext(v, ty.I64) for v in _get(b, rn, rm, lo, hi))
    _split(b, lo, hi, b.add(b.add(b.mul(n, m), low), high))


def _accumulate(b: IRBuilder, rd: Operand, wide: int) -> None:
    """Write the low word of an exact sum; Q where it does not fit."""
    result = b.trunc(wide, ty.I32)
    raise_q(b, b.ne(b.sext(result, ty.I64), wide))
    b.set(rd, result)


def lift_smul_half(b: IRBuilder, shape: tuple[int, ...], rd: Operand, rn: Operand, rm: Operand) -> None:
    """SMUL<x><y>. shape: top half of rn, of rm."""
    n, m = _get(b, rn, rm)
    set_reg(b, rd, b.mul(_half(b, n, shape[0]), _half(b, m, shape[1])))


def lift_smla_half(
    b: IRBuilder, shape: tuple[int, ...], rd: Operand, rn: Operand, rm: Operand, ra: Operand
) -> None:
    """SMLA<x><y>. shape: top half of rn, of rm."""
    n, m, a = _get(b, rn, rm, ra)
    product = b.mul(_half(b, n, shape[0]), _half(b, m, shape[1]))
    _accumulate(b, rd, b.add(_wide(b, product), _wide(b, a)))


def lift_smlal_half(
    b: IRBuilder, shape: tuple[int, ...], lo: Operand, hi: Operand, rn: Operand, rm: Operand
) -> None:
    """SMLAL<x><y>. shape: top half of rn, of rm."""
    n, m = _get(b, rn, rm)
    product = b.mul(_half(b, n, shape[0]), _half(b, m, shape[1]))
    _split(b, lo, hi, b.add(_wide(b, product), _join(b, lo, hi)))


def _word_by_half(b: IRBuilder, n: int, m: int, top: int) -> int:
    """The upper 32 of 48 bits of a word by a half, as i64."""
    return b.ashr(b.mul(_wide(b, n), _wide(b, _half(b, m, top))), b.const(16, ty.I64))


def lift_smulw(b: IRBuilder, shape: tuple[int, ...], rd: Operand, rn: Operand, rm: Operand) -> None:
    """shape: top half of rm."""
    n, m = _get(b, rn, rm)
    set_reg(b, rd, b.trunc(_word_by_half(b, n, m, shape[0]), ty.I32))


def lift_smlaw(b: IRBuilder, shape: tuple[int, ...], rd: Operand, rn: Operand, rm: Operand, ra: Operand) -> None:
    """shape: top half of rm."""
    n, m, a = _get(b, rn, rm, ra)
    _accumulate(b, rd, b.add(_word_by_half(b, n, m, shape[0]), _wide(b, a)))


def _dual(b: IRBuilder, shape: tuple[int, ...], rn: Operand, rm: Operand) -> int:
    """Sum or difference of the products of the halves, as i64. shape: subtract, exchange the halves of rm."""
    subtract, exchange = shape
    n, m = _get(b, rn, rm)
    low = _wide(b, b.mul(_half(b, n, 0), _half(b, m, exchange)))
    high = _wide(b, b.mul(_half(b, n, 1), _half(b, m, 1 - exchange)))
    return b.sub(low, high) if subtract else b.add(low, high)


def lift_smuad(b: IRBuilder, shape: tuple[int, ...], rd: Operand, rn: Operand, rm: Operand) -> None:
    """SMUAD, SMUSD. shape: subtract, exchange the halves of rm."""
    _accumulate(b, rd, _dual(b, shape, rn, rm))


def lift_smlad(b: IRBuilder, shape: tuple[int, ...], rd: Operand, rn: Operand, rm: Operand, ra: Operand) -> None:
    """SMLAD, SMLSD. shape: subtract, exchange the halves of rm."""
    _accumulate(b, rd, b.add(_dual(b, shape, rn, rm), _wide(b, b.get(ra, ty.I32))))


def lift_smlald(b: IRBuilder, shape: tuple[int, ...], lo: Operand, hi: Operand, rn: Operand, rm: Operand) -> None:
    """SMLALD, SMLSLD. shape: subtract, exchange the halves of rm."""
    _split(b, lo, hi, b.add(_dual(b, shape, rn, rm), _join(b, lo, hi)))


def _most(b: IRBuilder, wide: int, rounding: int) -> int:
    if rounding:
        wide = b.add(wide, b.const(1 << 31, ty.I64))
    return b.trunc(b.lshr(wide, b.const(32, ty.I64)), ty.I32)


def lift_smmul(b: IRBuilder, shape: tuple[int, ...], rd: Operand, rn: Operand, rm: Operand) -> None:
    """shape: round."""
    n, m = _get(b, rn, rm)
    set_reg(b, rd, _most(b, b.mul(_wide(b, n), _wide(b, m)), shape[0]))


def lift_smmla(b: IRBuilder, shape: tuple[int, ...], rd: Operand, rn: Operand, rm: Operand, ra: Operand) -> None:
    """SMMLA, SMMLS. shape: subtract, round."""
    subtract, rounding = shape
    n, m, a = _get(b, rn, rm, ra)
    start = b.shl(_wide(b, a), b.const(32, ty.I64))
    product = b.mul(_wide(b, n), _wide(b, m))
    set_reg(b, rd, _most(b, b.sub(start, product) if subtract else b.add(start, product), rounding))


def lift_div(b: IRBuilder, shape: tuple[int, ...], rd: Operand, rn: Operand, rm: Operand) -> None:
    """SDIV, UDIV; by zero gives zero, the quotient that overflows is the dividend (A8.8.165). shape: signed."""
    n, m = _get(b, rn, rm)
    zero = b.const(0, ty.I32)
    none = b.eq(m, zero)
    divisor = b.select(none, b.const(1, ty.I32), m)
    if shape[0]:
        quotient = b.trunc(b.bin(op.SDIV, _wide(b, n), _wide(b, divisor)), ty.I32)
    else:
        quotient = b.bin(op.UDIV, n, divisor)
    set_reg(b, rd, b.select(none, zero, quotient))
