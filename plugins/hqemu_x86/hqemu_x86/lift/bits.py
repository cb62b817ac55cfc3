"""Bit tests and scans, BMI1, BMI2 (SDM volume 2). Undefined flags: bit tests leave them, scans clear them."""

from __future__ import annotations

from hqemu_core.ir import opcodes as op
from hqemu_core.ir import types as ty
from hqemu_core.ir.builder import IRBuilder
from hqemu_core.ir.opcodes import MemOp
from hqemu_core.isa.spec import Helper

from ..state import PF
from .common import Imm, Mem, Place, Reg, Source, word
from .flags import flags_logic, result_flags, set_flags

TEST, SET, RESET, FLIP = range(4)


def _changed(b: IRBuilder, kind: int, x: int, mask: int) -> int:
    if kind == SET:
        return b.or_(x, mask)
    return b.and_(x, b.not_(mask)) if kind == RESET else b.xor(x, mask)


def _place(b: IRBuilder, to: Place, index: Source) -> tuple[Place, int]:
    """The element that has the bit, and the bit's mask. In memory a register's index reaches anywhere."""
    bits = to.bits
    if isinstance(index, Imm):
        at = b.and_(index.read(b, bits), b.const(bits - 1, bits))
        return to, b.shl(b.const(1, bits), at)
    number = index.read(b)
    if isinstance(to, Mem):
        step = b.ashr(number, b.const(bits.bit_length() - 1, bits))
        offset = b.shl(b.sext(step, ty.I64), b.const((bits // 8).bit_length() - 1, ty.I64))
        to = Mem(b.zext(b.trunc(b.add(to.address, offset), word(b)), ty.I64), bits)
    return to, b.shl(b.const(1, bits), b.and_(number, b.const(bits - 1, bits)))


def lift_bit(kind: int, b: IRBuilder, to: Place, index: Source) -> None:
    """BT, BTS, BTR, BTC."""
    place, mask = _place(b, to, index)
    x = place.read(b)
    out = b.ne(b.and_(x, mask), b.const(0, to.bits))
    if kind:
        place.write(b, _changed(b, kind, x, mask))
    _carry_only(b, out)


def _carry_only(b: IRBuilder, out: int) -> None:
    set_flags(b, out, -1, -1, -1, -1, -1)
    b.memo["flags"] = ("carry", out)


def lift_locked_bit(kind: int, b: IRBuilder, to: Mem, index: Source) -> None:
    place, mask = _place(b, to, index)
    assert isinstance(place, Mem)
    how = {SET: op.RMW_OR, RESET: op.RMW_AND, FLIP: op.RMW_XOR}[kind]
    value = b.not_(mask) if kind == RESET else mask
    old = b.rmw(how, place.address, value, MemOp(to.bits // 8, order="seq"))
    _carry_only(b, b.ne(b.and_(old, mask), b.const(0, to.bits)))


def _false(b: IRBuilder) -> int:
    return b.const(0, ty.I1)


def lift_scan(down: int, b: IRBuilder, to: Reg, source: Place) -> None:
    """BSF, BSR. Of 0 there is no bit: the destination stays, all 64 bits of it."""
    x = source.read(b)
    bits = to.bits
    none = b.eq(x, b.const(0, bits))
    found = b.xor(b.un(op.CLZ, x), b.const(bits - 1, bits)) if down else b.un(op.CTZ, x)
    if bits == 32:
        b.set(to.offset, b.select(none, b.get(to.offset, ty.I64), b.zext(found, ty.I64)))
    else:
        to.write(b, b.select(none, to.read(b), found))
    pf, _, _ = result_flags(b, found)
    set_flags(b, _false(b), pf, b.const(0, ty.I8), none, _false(b), _false(b))


def lift_count_zeros(code: int, b: IRBuilder, to: Reg, source: Place) -> None:
    """TZCNT, LZCNT."""
    x = source.read(b)
    found = b.un(code, x)
    to.write(b, found)
    zero = b.const(0, to.bits)
    set_flags(b, b.eq(x, zero), b.get(PF, ty.I8), b.const(0, ty.I8), b.eq(found, zero), _false(b), _false(b))


def lift_popcnt(b: IRBuilder, to: Reg, source: Place) -> None:
    x = source.read(b)
    to.write(b, b.un(op.POPCNT, x))
    false = _false(b)
    none = b.eq(x, b.const(0, to.bits))
    set_flags(b, false, b.const(1, ty.I8), b.const(0, ty.I8), none, false, false)


def lift_andn(b: IRBuilder, to: Reg, first: Reg, second: Place) -> None:
    result = b.and_(b.not_(first.read(b)), second.read(b))
    to.write(b, result)
    flags_logic(b, result)


def lift_lowest(kind: int, b: IRBuilder, to: Reg, source: Place) -> None:
    """BLSR 1, BLSMSK 2, BLSI 3 (numbered as encoded): CF says whether the source was 0, of BLSI that it was not."""
    x = source.read(b)
    t = to.bits
    less = b.sub(x, b.const(1, t))
    result = b.and_(x, less) if kind == 1 else b.xor(x, less) if kind == 2 else b.and_(x, b.neg(x))
    to.write(b, result)
    zero = b.const(0, t)
    carry = b.ne(x, zero) if kind == 3 else b.eq(x, zero)
    pf, zf, sf = result_flags(b, result)
    set_flags(b, carry, pf, b.const(0, ty.I8), zf, sf, _false(b))


def lift_bextr(b: IRBuilder, to: Reg, source: Place, control: Reg) -> None:
    """Bits from ``control`` 7:0 on, as many as 15:8 says."""
    t = to.bits
    c = control.read(b)
    byte, limit = b.const(255, t), b.const(t, t)
    start, length = b.and_(c, byte), b.and_(b.lshr(c, b.const(8, t)), byte)
    inside = b.ult(start, limit)
    x = b.select(inside, b.lshr(source.read(b), b.and_(start, b.const(t - 1, t))), b.const(0, t))
    result = _low_bits(b, x, length)
    to.write(b, result)
    flags_logic(b, result)


def _low_bits(b: IRBuilder, x: int, count: int) -> int:
    """The ``count`` low bits of x: all if it has no more."""
    t = b.type_of(x)
    mask = b.sub(b.shl(b.const(1, t), b.and_(count, b.const(t - 1, t))), b.const(1, t))
    return b.select(b.ult(count, b.const(t, t)), b.and_(x, mask), x)


def lift_bzhi(b: IRBuilder, to: Reg, source: Place, index: Reg) -> None:
    t = to.bits
    count = b.and_(index.read(b), b.const(255, t))
    result = _low_bits(b, source.read(b), count)
    to.write(b, result)
    pf, zf, sf = result_flags(b, result)
    set_flags(b, b.ule(b.const(t, t), count), pf, b.const(0, ty.I8), zf, sf, _false(b))


def lift_deposit(helper: str, b: IRBuilder, to: Reg, source: Reg, mask: Place) -> None:
    """PDEP, PEXT."""
    t = to.bits
    x, m = b.zext(source.read(b), ty.I64), b.zext(mask.read(b), ty.I64)
    to.write(b, b.trunc(b.call(helper, ty.I64, x, m), t))


def _steps(b: IRBuilder, mask: int) -> tuple[list[int], int]:
    """Six masks of bits to move by 1, 2, 4...: those with a number of zeros below them that has that bit. Parallel
    suffix: parities of the zeros below each bit, halved step by step."""
    t = ty.I64
    left = mask
    zeros = b.shl(b.not_(mask), b.const(1, t))
    moves = []
    for n in range(6):
        prefix = zeros
        for k in range(6):
            prefix = b.xor(prefix, b.shl(prefix, b.const(1 << k, t)))
        move = b.and_(prefix, left)
        moves.append(move)
        left = b.or_(b.xor(left, move), b.lshr(move, b.const(1 << n, t)))
        zeros = b.and_(zeros, b.not_(prefix))
    return moves, left


def _pext(b: IRBuilder, x: int, mask: int) -> int:
    moves, _ = _steps(b, mask)
    x = b.and_(x, mask)
    for n, move in enumerate(moves):
        part = b.and_(x, move)
        x = b.or_(b.xor(x, part), b.lshr(part, b.const(1 << n, ty.I64)))
    return x


def _pdep(b: IRBuilder, x: int, mask: int) -> int:
    moves, _ = _steps(b, mask)
    for n in range(5, -1, -1):
        up = b.shl(x, b.const(1 << n, ty.I64))
        x = b.or_(b.and_(x, b.not_(moves[n])), b.and_(up, moves[n]))
    return b.and_(x, mask)


HELPERS = [
    Helper("x86_pext", (ty.I64, ty.I64), ty.I64, _pext),
    Helper("x86_pdep", (ty.I64, ty.I64), ty.I64, _pdep),
]
