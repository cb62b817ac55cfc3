"""Addition, subtraction, logic."""

from __future__ import annotations

from hqemu_core.ir import types as ty
from hqemu_core.ir.builder import IRBuilder

from ..state import CF, OF
from .common import Place, Reg, Source
from .flags import carry_in, flags_add, flags_logic, flags_sub, half_carry, result_flags, set_flags


def lift_add(b: IRBuilder, to: Place, source: Source) -> None:
    x, y = to.read(b), source.read(b)
    result = b.add(x, y)
    to.write(b, result)
    flags_add(b, x, y, result)


def lift_sub(b: IRBuilder, to: Place, source: Source) -> None:
    x, y = to.read(b), source.read(b)
    result = b.sub(x, y)
    to.write(b, result)
    flags_sub(b, x, y, result)


def lift_cmp(b: IRBuilder, first: Place, second: Source) -> None:
    x, y = first.read(b), second.read(b)
    flags_sub(b, x, y, b.sub(x, y))


def lift_logic(code: int, b: IRBuilder, to: Place, source: Source) -> None:
    """AND, OR, XOR."""
    result = b.bin(code, to.read(b), source.read(b))
    to.write(b, result)
    flags_logic(b, result)


def lift_test(b: IRBuilder, first: Place, second: Source) -> None:
    flags_logic(b, b.and_(first.read(b), second.read(b)))


def lift_same_xor(b: IRBuilder, to: Reg) -> None:
    """XOR and SUB of a register with itself, which clear it."""
    zero = b.const(0, to.bits)
    to.write(b, zero)
    flags_logic(b, zero)


def lift_test_self(b: IRBuilder, register: Reg) -> None:
    """TEST, AND, OR of a register with itself."""
    flags_logic(b, register.read(b))


def add_carry(b: IRBuilder, x: int, y: int, carry: int) -> int:
    """x + y + carry (i1), and its flags."""
    result = b.add(b.add(x, y), b.zext(carry, b.type_of(x)))
    out = b.or_(b.ult(result, x), b.and_(carry, b.eq(result, x)))
    pf, zf, sf = result_flags(b, result)
    zero = b.const(0, b.type_of(x))
    over = b.slt(b.and_(b.xor(x, result), b.xor(y, result)), zero)
    set_flags(b, out, pf, half_carry(b, x, y, result), zf, sf, over)
    return result


def sub_borrow(b: IRBuilder, x: int, y: int, borrow: int) -> int:
    """x - y - borrow (i1), and its flags."""
    result = b.sub(b.sub(x, y), b.zext(borrow, b.type_of(x)))
    out = b.or_(b.ult(x, y), b.and_(borrow, b.eq(x, y)))
    pf, zf, sf = result_flags(b, result)
    zero = b.const(0, b.type_of(x))
    over = b.slt(b.and_(b.xor(x, y), b.xor(x, result)), zero)
    set_flags(b, out, pf, half_carry(b, x, y, result), zf, sf, over)
    return result


def lift_adc(b: IRBuilder, to: Place, source: Source) -> None:
    x, y, carry = to.read(b), source.read(b), carry_in(b)
    if isinstance(to, Reg):
        to.write(b, add_carry(b, x, y, carry))
        return
    # the store may fault, so it comes before the flags
    to.write(b, b.add(b.add(x, y), b.zext(carry, to.bits)))
    add_carry(b, x, y, carry)


def lift_sbb(b: IRBuilder, to: Place, source: Source) -> None:
    x, y, borrow = to.read(b), source.read(b), carry_in(b)
    if isinstance(to, Reg):
        to.write(b, sub_borrow(b, x, y, borrow))
        return
    to.write(b, b.sub(b.sub(x, y), b.zext(borrow, to.bits)))
    sub_borrow(b, x, y, borrow)


def lift_step(down: int, b: IRBuilder, to: Place) -> None:
    """INC, DEC: CF stays."""
    x = to.read(b)
    one = b.const(1, to.bits)
    result = b.sub(x, one) if down else b.add(x, one)
    to.write(b, result)
    step_flags(b, down, x, result)


def step_flags(b: IRBuilder, down: int, x: int, result: int) -> None:
    t = b.type_of(x)
    pf, zf, sf = result_flags(b, result)
    limit = 1 << t - 1
    over = b.eq(x, b.const(limit if down else limit - 1, t))
    set_flags(b, -1, pf, half_carry(b, x, b.const(1, t), result), zf, sf, over)
    # zero and sign are what is asked for after it
    b.memo["flags"] = ("step", result)


def lift_neg(b: IRBuilder, to: Place) -> None:
    x = to.read(b)
    zero = b.const(0, to.bits)
    result = b.sub(zero, x)
    to.write(b, result)
    flags_sub(b, zero, x, result)


def lift_not(b: IRBuilder, to: Place) -> None:
    to.write(b, b.not_(to.read(b)))


def lift_carry_add(flag: int, b: IRBuilder, to: Reg, source: Source) -> None:
    """ADCX (CF), ADOX (OF): add with carry in a flag, the others stay."""
    x, y = to.read(b), source.read(b)
    carry = b.ne(b.get(flag, ty.I8), b.const(0, ty.I8))
    result = b.add(b.add(x, y), b.zext(carry, to.bits))
    out = b.or_(b.ult(result, x), b.and_(carry, b.eq(result, x)))
    to.write(b, result)
    set_flags(b, out if flag == CF else -1, -1, -1, -1, -1, out if flag == OF else -1)
