"""Shifts and rotates (SDM volume 2: RCL, SAL, SHLD and their like).

A count is taken modulo 32, or 64 with 64-bit operands, even where that is more than the operand has bits; with count 0
nothing changes, flags neither. OF, defined for count 1 only, is what the same rule gives for others, as on CPUs.
``moves`` in a shape: the count is known not to be 0.
"""

from __future__ import annotations

from hqemu_core.ir import opcodes as op
from hqemu_core.ir import types as ty
from hqemu_core.ir.builder import IRBuilder

from ..state import CF
from .common import Place, Reg, Source
from .flags import OFFSETS, get_flag, result_flags, set_flags

SHL, SHR, SAR = range(3)
ROL, ROR, RCL, RCR = range(4)


def _count(b: IRBuilder, count: Source | int, bits: int, t: int) -> int:
    """The masked count as type ``t``."""
    if isinstance(count, int):
        return b.const(count, t)
    return b.zext(b.and_(count.read(b, ty.I8), b.const(63 if bits == 64 else 31, ty.I8)), t)


def _bit(b: IRBuilder, x: int, at: int) -> int:
    """Bit ``at`` (a value of the same type) as i1."""
    t = b.type_of(x)
    return b.ne(b.and_(b.lshr(x, at), b.const(1, t)), b.const(0, t))


def _top(b: IRBuilder, x: int) -> int:
    return b.slt(x, b.const(0, b.type_of(x)))


def _second(b: IRBuilder, x: int) -> int:
    """The bit below the top."""
    return _top(b, b.shl(x, b.const(1, b.type_of(x))))


def _finish(b: IRBuilder, moved: int, cf: int, of: int, result: int = -1) -> None:
    """Set CF, OF and, for a shift, the flags of its result; all stay unless ``moved`` (i1)."""
    pf = zf = sf = af = -1
    if result >= 0:
        pf, zf, sf = result_flags(b, result)
        af = b.const(0, ty.I8)
    known = b.const_of(moved)
    if known:
        set_flags(b, cf, pf, af, zf, sf, of)
        if result >= 0:
            b.memo["flags"] = ("step", result)
        return
    news = []
    for offset, new in zip(OFFSETS, (cf, pf, af, zf, sf, of), strict=True):
        news.append(new if new < 0 else b.select(moved, b.zext(new, ty.I8), b.get(offset, ty.I8)))
    set_flags(b, *news)


def _moved(b: IRBuilder, count: int, moves: int) -> int:
    return b.const(1, ty.I1) if moves else b.ne(count, b.const(0, b.type_of(count)))


def lift_shift(kind: int, b: IRBuilder, moves: int, to: Place, count: Source | int = 1) -> None:
    bits = to.bits
    t = ty.I64 if bits < 64 else bits
    x = to.read(b)
    c = _count(b, count, bits, t)
    moved = _moved(b, c, moves)
    before = b.and_(b.sub(c, b.const(1, t)), b.const(63, t))  # where the bit is that goes to CF last
    if kind == SHL:
        wide = b.shl(b.zext(x, t), c)
        result = b.trunc(wide, bits)
        if bits < 64:
            out = _bit(b, wide, b.const(bits, t))
        else:
            out = _top(b, b.shl(x, before))
        over = b.xor(_top(b, result), out)
    elif kind == SHR:
        wide = b.zext(x, t)
        result = b.trunc(b.lshr(wide, c), bits)
        out = _bit(b, wide, before)
        over = _top(b, x)
    else:
        wide = b.sext(x, t)
        result = b.trunc(b.ashr(wide, c), bits)
        out = _bit(b, wide, before)
        over = b.const(0, ty.I1)
    to.write(b, result)
    _finish(b, moved, out, over, result)


def lift_rotate(kind: int, b: IRBuilder, moves: int, to: Place, count: Source | int = 1) -> None:
    """ROL, ROR: CF is the bit that came round."""
    bits = to.bits
    x = to.read(b)
    masked = _count(b, count, bits, ty.I32 if bits < 64 else bits)
    moved = _moved(b, masked, moves)
    c = b.trunc(masked, bits)
    result = b.rotr(x, b.neg(c) if kind == ROL else c)
    to.write(b, result)
    low = b.ne(b.and_(result, b.const(1, bits)), b.const(0, bits))
    if kind == ROL:
        _finish(b, moved, low, b.xor(_top(b, result), low))
    else:
        _finish(b, moved, _top(b, result), b.xor(_top(b, result), _second(b, result)))


def lift_rotate_carry(kind: int, b: IRBuilder, to: Place, count: Source | int = 1) -> None:
    """RCL, RCR: of the operand and CF above it."""
    bits = to.bits
    t = ty.I64
    c = _count(b, count, bits, t)
    if bits < 32:
        c = b.bin(op.UREM, c, b.const(bits + 1, t))
    one, zero, n = b.const(1, t), b.const(0, t), b.const(bits, t)
    moved = b.ne(c, zero) if not isinstance(count, int) else b.const(1, ty.I1)
    safe = b.select(moved, c, one)
    x = b.zext(to.read(b), t)
    carry = b.zext(get_flag(b, CF), t)
    less, rest = b.sub(safe, one), b.sub(n, safe)
    if kind == RCL:
        result = b.or_(b.or_(b.shl(x, safe), b.shl(carry, less)), b.lshr(b.lshr(x, one), rest))
        out = _bit(b, x, rest)
    else:
        result = b.or_(b.or_(b.lshr(x, safe), b.shl(carry, rest)), b.shl(b.shl(x, one), rest))
        out = _bit(b, x, less)
    result = b.trunc(b.select(moved, result, x), bits)
    to.write(b, result)
    over = b.xor(_top(b, result), out if kind == RCL else _second(b, result))
    _finish(b, moved, out, over)


def lift_double_shift(kind: int, b: IRBuilder, moves: int, to: Place, source: Reg, count: Source) -> None:
    """SHLD, SHRD. 16 bits by more than 16: CPUs shift in the destination's bits once more."""
    bits = to.bits
    x, y = to.read(b), source.read(b)
    t = ty.I64
    c = _count(b, count, bits, t)
    moved = _moved(b, c, moves)
    one = b.const(1, t)
    last = b.and_(b.sub(c, one), b.const(63, t))
    if bits == 64:
        other = b.xor(c, b.const(63, t))
        if kind == SHL:
            result = b.or_(b.shl(x, c), b.lshr(b.lshr(y, one), other))
            out = _top(b, b.shl(x, last))
        else:
            result = b.or_(b.lshr(x, c), b.shl(b.shl(y, one), other))
            out = _bit(b, x, last)
    else:
        wide_x, wide_y = b.zext(x, t), b.zext(y, t)
        up = b.const(32, t)
        if bits == 16:
            wide_y = b.or_(b.shl(wide_y, b.const(16, t)), wide_x)
        if kind == SHL:
            low = wide_y
            both = b.shl(b.or_(b.shl(wide_x, up), low), c)
            result = b.trunc(b.lshr(both, up), bits)
            out = _bit(b, b.lshr(both, up), b.const(bits, t)) if bits == 16 else b.ne(
                b.and_(b.lshr(wide_x, b.and_(b.sub(up, c), b.const(63, t))), one), b.const(0, t))  # fmt: skip
        else:
            if bits == 16:
                both = b.or_(wide_x, b.shl(b.zext(y, t), b.const(16, t)))
                both = b.or_(both, b.shl(wide_x, up))
            else:
                both = b.or_(wide_x, b.shl(wide_y, up))
            result = b.trunc(b.lshr(both, c), bits)
            out = _bit(b, both, last)
    to.write(b, result)
    _finish(b, moved, out, b.xor(_top(b, result), _top(b, x)), result)


def lift_plain_shift(kind: int, b: IRBuilder, to: Reg, source: Place, count: Reg) -> None:
    """SHLX, SHRX, SARX: no flags."""
    c = b.and_(count.read(b), b.const(to.bits - 1, to.bits))
    x = source.read(b)
    to.write(b, (b.shl, b.lshr, b.ashr)[kind](x, c))


def lift_rorx(b: IRBuilder, to: Reg, source: Place, count: Source) -> None:
    to.write(b, b.rotr(source.read(b), b.zext(count.read(b, ty.I8), to.bits)))
