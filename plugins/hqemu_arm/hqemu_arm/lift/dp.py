"""Data processing (ARM ARM A5.2.1 to A5.2.3): immediate, register, register-shifted register; MOVW, MOVT.

``code`` is the encoding's opcode: 0 AND 1 EOR 2 SUB 3 RSB 4 ADD 5 ADC 6 SBC 7 RSC 8 TST 9 TEQ 10 CMP 11 CMN 12 ORR
13 MOV 14 BIC 15 MVN; and 16 ORN, which only T32 has.
"""

from __future__ import annotations

from hqemu_core.ir import opcodes as op
from hqemu_core.ir import types as ty
from hqemu_core.ir.builder import IRBuilder, Operand

from .common import flags_all, flags_logic, flags_sub, get_carry, set_reg

_LOGIC = (0, 1, 8, 9, 12, 13, 14, 15, 16)


def _add_with_carry(b: IRBuilder, a: int, c: int, carry: int, setflags: int) -> int:
    """AddWithCarry: ``a + c + carry`` (i1)."""
    extra = b.zext(carry, ty.I32)
    partial = b.add(a, c)
    result = b.add(partial, extra)
    if setflags:
        out = b.or_(b.truth(op.UADDO, a, c), b.truth(op.UADDO, partial, extra))
        overflow = b.xor(b.truth(op.SADDO, a, c), b.truth(op.SADDO, partial, extra))
        flags_all(b, result, out, overflow)
    return result


def _logic(b: IRBuilder, code: int, a: int, c: int) -> int:
    if code in (0, 8):
        return b.and_(a, c)
    if code in (1, 9):
        return b.xor(a, c)
    if code == 12:
        return b.or_(a, c)
    if code == 14:
        return b.and_(a, b.not_(c))
    if code == 16:
        return b.or_(a, b.not_(c))
    return c if code == 13 else b.not_(c)


def _operate(b: IRBuilder, code: int, setflags: int, a: int, c: int, carry: int | None) -> int:
    """The result; ``a`` is unused by MOV and MVN; ``carry`` is the shifter's."""
    if code in _LOGIC:
        result = _logic(b, code, a, c)
        if setflags:
            flags_logic(b, result, carry)
        return result
    if code in (4, 11):
        result = b.add(a, c)
        if setflags:
            flags_all(b, result, b.truth(op.UADDO, a, c), b.truth(op.SADDO, a, c))
        return result
    if code in (2, 3, 10):
        if code == 3:
            a, c = c, a
        result = b.sub(a, c)
        if setflags:
            flags_sub(b, a, c, result)
        return result
    if code == 7:
        a, c = c, a
    return _add_with_carry(b, a, c if code == 5 else b.not_(c), get_carry(b), setflags)


# -- shifts


def shift_imm(b: IRBuilder, value: int, kind: int, amount: Operand, want_carry: bool) -> tuple[int, int | None]:
    """(shifted, carry or None when C is unchanged). ``kind``: :func:`..tables.expressions.shift_kind`."""
    zero = b.const(0, ty.I32)
    if kind == 0:
        return value, None
    if kind >= 5:
        top = b.slt(value, zero)
        if kind == 5:
            return zero, top
        if kind == 6:
            return b.ashr(value, b.const(31, ty.I32)), top
        carry_in = b.shl(b.zext(get_carry(b), ty.I32), b.const(31, ty.I32))
        out = b.trunc(value, ty.I1) if want_carry else None
        return b.or_(b.lshr(value, b.const(1, ty.I32)), carry_in), out
    by = b.imm(amount, ty.I32)
    result = b.bin((op.SHL, op.LSHR, op.ASHR, op.ROTR)[kind - 1], value, by)
    if not want_carry:
        return result, None
    if kind == 4:
        return result, b.slt(result, zero)
    if kind == 1:
        last = b.lshr(value, b.sub(b.const(32, ty.I32), by))
    else:
        last = b.lshr(value, b.sub(by, b.const(1, ty.I32)))
    return result, b.trunc(last, ty.I1)


def shift_reg(b: IRBuilder, value: int, kind: int, rs: Operand, want_carry: bool) -> tuple[int, int | None]:
    """Shift by the low byte of a register (Shift_C, A8.4.3). Computed in 64 bits, where an amount of 32 is ordinary."""
    amount = b.and_(b.get(rs, ty.I32), b.const(255, ty.I32))
    zero = b.const(0, ty.I32)
    if kind == 3:
        result = b.rotr(value, amount)
        if not want_carry:
            return result, None
        return result, b.select(b.eq(amount, zero), get_carry(b), b.slt(result, zero))
    by = b.zext(b.bin(op.UMIN, amount, b.const(63, ty.I32)), ty.I64)
    one = b.const(1, ty.I64)
    if kind == 0:
        wide = b.shl(b.zext(value, ty.I64), by)
        out = b.trunc(b.lshr(wide, b.const(32, ty.I64)), ty.I1)
        result = b.trunc(wide, ty.I32)
    else:  # the bit below the value receives the last one shifted out
        extended = b.sext(value, ty.I64) if kind == 2 else b.zext(value, ty.I64)
        wide = b.bin(op.ASHR if kind == 2 else op.LSHR, b.shl(extended, one), by)
        out = b.trunc(wide, ty.I1)
        result = b.trunc(b.lshr(wide, one), ty.I32)
    if not want_carry:
        return result, None
    return result, b.select(b.eq(amount, zero), get_carry(b), out)


# -- instructions


def lift_dp_imm(b: IRBuilder, shape: tuple[int, ...], rd: Operand, rn: Operand, imm: Operand) -> None:
    """shape: code, set flags, carry out of the immediate."""
    code, setflags, carry = shape
    out = b.const(carry - 1, ty.I1) if carry else None
    set_reg(b, rd, _operate(b, code, setflags, b.get(rn, ty.I32), b.imm(imm, ty.I32), out))


def lift_compare_imm(b: IRBuilder, shape: tuple[int, ...], rn: Operand, imm: Operand) -> None:
    """TST, TEQ, CMP, CMN. shape: code, carry out of the immediate."""
    code, carry = shape
    out = b.const(carry - 1, ty.I1) if carry else None
    _operate(b, code, 1, b.get(rn, ty.I32), b.imm(imm, ty.I32), out)


def lift_move_imm(b: IRBuilder, shape: tuple[int, ...], rd: Operand, imm: Operand) -> None:
    """MOV, MVN, MOVW. The table has inverted MVN's immediate. shape: set flags, carry out of the immediate."""
    setflags, carry = shape
    value = b.imm(imm, ty.I32)
    set_reg(b, rd, value)
    if setflags:
        flags_logic(b, value, b.const(carry - 1, ty.I1) if carry else None)


def lift_movt(b: IRBuilder, shape: tuple[int, ...], rd: Operand, imm: Operand) -> None:
    """The immediate is in the upper half already."""
    low = b.and_(b.get(rd, ty.I32), b.const(0xFFFF, ty.I32))
    set_reg(b, rd, b.or_(low, b.imm(imm, ty.I32)))


def lift_dp_reg(b: IRBuilder, shape: tuple[int, ...], rd: Operand, rn: Operand, rm: Operand, by: Operand) -> None:
    """shape: code, set flags, shift kind."""
    code, setflags, kind = shape
    c, carry = shift_imm(b, b.get(rm, ty.I32), kind, by, bool(setflags) and code in _LOGIC)
    set_reg(b, rd, _operate(b, code, setflags, b.get(rn, ty.I32), c, carry))


def lift_move_reg(b: IRBuilder, shape: tuple[int, ...], rd: Operand, rm: Operand, by: Operand) -> None:
    """MOV, MVN and the shifts. shape: code, set flags, shift kind."""
    code, setflags, kind = shape
    c, carry = shift_imm(b, b.get(rm, ty.I32), kind, by, bool(setflags))
    set_reg(b, rd, _operate(b, code, setflags, c, c, carry))


def lift_compare_reg(b: IRBuilder, shape: tuple[int, ...], rn: Operand, rm: Operand, by: Operand) -> None:
    """shape: code, shift kind."""
    code, kind = shape
    c, carry = shift_imm(b, b.get(rm, ty.I32), kind, by, code in _LOGIC)
    _operate(b, code, 1, b.get(rn, ty.I32), c, carry)


def lift_dp_rsr(b: IRBuilder, shape: tuple[int, ...], rd: Operand, rn: Operand, rm: Operand, rs: Operand) -> None:
    """shape: code, set flags, shift type."""
    code, setflags, kind = shape
    c, carry = shift_reg(b, b.get(rm, ty.I32), kind, rs, bool(setflags) and code in _LOGIC)
    set_reg(b, rd, _operate(b, code, setflags, b.get(rn, ty.I32), c, carry))


def lift_move_rsr(b: IRBuilder, shape: tuple[int, ...], rd: Operand, rm: Operand, rs: Operand) -> None:
    """shape: code, set flags, shift type."""
    code, setflags, kind = shape
    c, carry = shift_reg(b, b.get(rm, ty.I32), kind, rs, bool(setflags))
    set_reg(b, rd, _operate(b, code, setflags, c, c, carry))


def lift_compare_rsr(b: IRBuilder, shape: tuple[int, ...], rn: Operand, rm: Operand, rs: Operand) -> None:
    """shape: code, shift type."""
    code, kind = shape
    c, carry = shift_reg(b, b.get(rm, ty.I32), kind, rs, code in _LOGIC)
    _operate(b, code, 1, b.get(rn, ty.I32), c, carry)
