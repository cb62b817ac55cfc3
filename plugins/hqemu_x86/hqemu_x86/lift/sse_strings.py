"""PCMPESTRI, PCMPESTRM, PCMPISTRI, PCMPISTRM (SDM volume 1, section 14.3.2 ff; "imm8 control byte operation")."""

from __future__ import annotations

from hqemu_core.ir import opcodes as op
from hqemu_core.ir import types as ty
from hqemu_core.ir.builder import IRBuilder

from ..state import RAX, RCX, RDX, YMM
from .common import Mem, Reg
from .flags import set_flags
from .sse_int import mask_of
from .vector import VEX, read, vector, write


def _length_given(b: IRBuilder, register: int, size: int, count: int) -> int:
    """Of a string whose length (its magnitude) is in a register, as i32."""
    value = b.get(register, size)
    magnitude = b.un(op.ABS, value)
    return b.trunc(b.bin(op.UMIN, magnitude, b.const(count, size)), ty.I32)


def _length_found(b: IRBuilder, x: int, count: int) -> int:
    """Up to the first zero."""
    ends = mask_of(b, b.sext(b.eq(x, b.const(0, b.type_of(x))), b.type_of(x)))
    return b.un(op.CTZ, b.or_(ends, b.const(1 << count, ty.I32)))


def _low_bits(b: IRBuilder, length: int) -> int:
    one = b.const(1, ty.I32)
    return b.sub(b.shl(one, length), one)


def _truth(b: IRBuilder, vector_truth: int, t: int) -> int:
    return mask_of(b, b.sext(vector_truth, t))


def _aggregate(b: IRBuilder, imm: int, x: int, y: int, valid: tuple[int, int], x_length: int) -> int:
    """IntRes1: a bit per element of the second string, as i32."""
    t = b.type_of(x)
    count = ty.lanes(t)
    full = (1 << count) - 1
    all_ones, none = b.const(full, ty.I32), b.const(0, ty.I32)
    x_valid, y_valid = valid
    kind = imm >> 2 & 3

    def each(n: int) -> int:
        return b.splat(b.extract(x, n), count)

    def present(n: int) -> int:
        return b.ult(b.const(n, ty.I32), x_length)

    if kind == 2:  # equal each
        same = b.and_(_truth(b, b.eq(x, y), t), b.and_(x_valid, y_valid))
        return b.or_(same, b.and_(b.xor(b.or_(x_valid, y_valid), all_ones), all_ones))
    if kind == 3:  # equal ordered
        result = all_ones
        for n in range(count):
            found = b.and_(_truth(b, b.eq(each(n), y), t), y_valid)
            beyond = full & ~(full >> n)
            moved = b.or_(b.lshr(found, b.const(n, ty.I32)), b.const(beyond, ty.I32))
            result = b.and_(result, b.select(present(n), moved, all_ones))
        return result
    result = none
    if kind == 0:  # equal any
        for n in range(count):
            found = _truth(b, b.eq(each(n), y), t)
            result = b.or_(result, b.select(present(n), found, none))
    else:  # ranges
        for n in range(0, count, 2):
            low, high = each(n), each(n + 1)
            if imm & 2:
                inside = b.and_(b.sle(low, y), b.sle(y, high))
            else:
                inside = b.and_(b.ule(low, y), b.ule(y, high))
            result = b.or_(result, b.select(present(n + 1), _truth(b, inside, t), none))
    return b.and_(result, y_valid)


def lift_compare(
    explicit: int, want_mask: int, encoding: int, b: IRBuilder, first: Reg, second: Reg | Mem, imm: int, size: int
) -> None:  # fmt: skip
    """``size`` of the registers with explicit lengths."""
    t = vector(ty.I16 if imm & 1 else ty.I8, 128)
    count = ty.lanes(t)
    x, y = b.get(first.offset, t), read(b, VEX, second, t)
    if explicit:
        bits = 64 if size == 64 else 32
        x_length, y_length = _length_given(b, RAX, bits, count), _length_given(b, RDX, bits, count)
    else:
        x_length, y_length = _length_found(b, x, count), _length_found(b, y, count)
    valid = _low_bits(b, x_length), _low_bits(b, y_length)
    result = _aggregate(b, imm, x, y, valid, x_length)
    full, zero = b.const((1 << count) - 1, ty.I32), b.const(0, ty.I32)
    if imm >> 4 & 3 == 1:
        result = b.xor(result, full)
    elif imm >> 4 & 3 == 3:
        result = b.xor(result, valid[1])
    if want_mask:
        _write_mask(b, encoding, result, imm, count)
    else:
        if imm & 0x40:
            index = b.sub(b.const(31, ty.I32), b.un(op.CLZ, result))
        else:
            index = b.un(op.CTZ, result)
        Reg(RCX, 32).write(b, b.select(b.eq(result, zero), b.const(count, ty.I32), index))
    short = b.const(count, ty.I32)
    set_flags(
        b, b.ne(result, zero), b.const(1, ty.I8), b.const(0, ty.I8), b.ult(y_length, short), b.ult(x_length, short),
        b.trunc(result, ty.I1),
    )  # fmt: skip


def _write_mask(b: IRBuilder, encoding: int, result: int, imm: int, count: int) -> None:
    """To XMM0: a bit per element, or all ones in it."""
    if imm & 0x40:
        lane = 128 // count
        bits = b.splat(b.trunc(result, ty.I16), count)
        chosen = b.const(sum(1 << n << 16 * n for n in range(count)), ty.vec(ty.I16, count))
        truth = b.ne(b.and_(bits, chosen), b.const(0, ty.vec(ty.I16, count)))
        value = b.bitcast(b.sext(truth, ty.vec(lane, count)), ty.I64X2)
    else:
        value = b.insert(b.const(0, ty.I64X2), 0, b.zext(result, ty.I64))
    write(b, encoding, Reg(YMM, 128), value)
