"""LOCK, exchanges and comparisons with memory: real atomics of the host."""

from __future__ import annotations

from hqemu_core.ir import opcodes as op
from hqemu_core.ir import types as ty
from hqemu_core.ir.builder import IRBuilder, Operand
from hqemu_core.ir.opcodes import MemOp

from ..state import RAX, RBX, RCX, RDX, ZF
from .arith import add_carry, step_flags, sub_borrow
from .common import Mem, Place, Reg, Source
from .flags import carry_in, flags_add, flags_logic, flags_sub, forget


def _atomic(bits: int) -> MemOp:
    return MemOp(bits // 8, order="seq")


def lift_locked(name: str, b: IRBuilder, to: Mem, source: Source) -> None:
    """ADD, SUB, AND, OR, XOR."""
    y = source.read(b)
    kind = {"and": op.RMW_AND, "or": op.RMW_OR, "xor": op.RMW_XOR}.get(name, op.RMW_ADD)
    old = b.rmw(kind, to.address, b.neg(y) if name == "sub" else y, _atomic(to.bits))
    if name == "add":
        flags_add(b, old, y, b.add(old, y))
    elif name == "sub":
        flags_sub(b, old, y, b.sub(old, y))
    else:
        code = {"and": op.AND, "or": op.OR, "xor": op.XOR}[name]
        flags_logic(b, b.bin(code, old, y))


def lift_locked_carry(minus: int, b: IRBuilder, to: Mem, source: Source) -> None:
    """ADC, SBB: the carry is known before."""
    y, carry = source.read(b), carry_in(b)
    total = b.add(y, b.zext(carry, to.bits))
    old = b.rmw(op.RMW_ADD, to.address, b.neg(total) if minus else total, _atomic(to.bits))
    (sub_borrow if minus else add_carry)(b, old, y, carry)


def lift_locked_step(down: int, b: IRBuilder, to: Mem) -> None:
    one = b.const(1, to.bits)
    old = b.rmw(op.RMW_ADD, to.address, b.const(-1, to.bits) if down else one, _atomic(to.bits))
    step_flags(b, down, old, b.sub(old, one) if down else b.add(old, one))


def lift_locked_not(b: IRBuilder, to: Mem) -> None:
    b.rmw(op.RMW_XOR, to.address, b.const(-1, to.bits), _atomic(to.bits))


def lift_locked_neg(b: IRBuilder, to: Mem, pc: Operand, following: Operand) -> None:
    """There is no host operation for it: where somebody wrote in between, the instruction is done again."""
    x = to.read(b)
    zero = b.const(0, to.bits)
    result = b.sub(zero, x)
    old = b.cas(to.address, x, result, _atomic(to.bits))
    flags_sub(b, zero, x, result)
    b.branch(b.ne(old, x), pc, following)


def lift_xadd(b: IRBuilder, to: Place, source: Reg) -> None:
    y = source.read(b)
    x = to.read(b)
    total = b.add(x, y)
    if isinstance(to, Mem):
        to.write(b, total)
        source.write(b, x)
    else:  # one register twice: the sum stays
        source.write(b, x)
        to.write(b, total)
    flags_add(b, x, y, total)


def lift_locked_xadd(b: IRBuilder, to: Mem, source: Reg) -> None:
    y = source.read(b)
    x = b.rmw(op.RMW_ADD, to.address, y, _atomic(to.bits))
    source.write(b, x)
    flags_add(b, x, y, b.add(x, y))


def lift_cmpxchg(b: IRBuilder, to: Place, source: Reg) -> None:
    """The destination is written either way."""
    bits = to.bits
    x, expected, new = to.read(b), b.get(RAX, bits), source.read(b)
    same = b.eq(x, expected)
    if isinstance(to, Mem):
        to.write(b, b.select(same, new, x))
        _seen(b, bits, same, x)
    else:
        _seen(b, bits, same, x)
        if bits == 32:  # where it differs the register keeps its upper half
            kept = b.select(same, b.zext(new, ty.I64), b.get(to.offset, ty.I64))
            b.set(to.offset, kept)
        else:
            to.write(b, b.select(same, new, to.read(b)))
    flags_sub(b, expected, x, b.sub(expected, x))


def _seen(b: IRBuilder, bits: int, same: int, x: int) -> None:
    """rAX gets what was there if that was not what it held."""
    if bits == 32:
        b.set(RAX, b.select(same, b.get(RAX, ty.I64), b.zext(x, ty.I64)))
    else:
        b.set(RAX, b.select(same, b.get(RAX, bits), x))


def lift_locked_cmpxchg(b: IRBuilder, to: Mem, source: Reg) -> None:
    bits = to.bits
    expected = b.get(RAX, bits)
    x = b.cas(to.address, expected, source.read(b), _atomic(bits))
    _seen(b, bits, b.eq(x, expected), x)
    flags_sub(b, expected, x, b.sub(expected, x))


def lift_cmpxchg_pair(align: int, b: IRBuilder, to: Mem) -> None:
    """CMPXCHG8B, CMPXCHG16B: rDX:rAX is compared, rCX:rBX stored; of the flags ZF alone changes."""
    half, t = to.bits // 2, to.bits
    shift = b.const(half, t)
    expected = b.or_(b.zext(b.get(RAX, half), t), b.shl(b.zext(b.get(RDX, half), t), shift))
    new = b.or_(b.zext(b.get(RBX, half), t), b.shl(b.zext(b.get(RCX, half), t), shift))
    x = b.cas(to.address, expected, new, MemOp(t // 8, align=align, order="seq"))
    same = b.eq(x, expected)
    for offset, value in ((RAX, b.trunc(x, half)), (RDX, b.trunc(b.lshr(x, shift), half))):
        b.set(offset, b.select(same, b.get(offset, ty.I64), b.zext(value, ty.I64)))
    b.set(ZF, b.zext(same, ty.I8))
    forget(b)
