"""x87: functions that only the CPU computes, constants, decimal numbers, the environment in memory.

What a transcendental function returns is the CPU's own to the last bit, so there is no other body for them.
"""

from __future__ import annotations

from functools import partial
from typing import Final, NoReturn

from hqemu_core.errors import IsaError
from hqemu_core.ir import opcodes as op
from hqemu_core.ir import types as ty
from hqemu_core.ir.builder import IRBuilder

from ..state import FCS, FCW, FDP, FDS, FIP, FOP, FSW, FTAGS, FTOP, ST
from . import x87_stack as st
from .common import Mem
from .natives import Body, instruction
from .x87 import status, write_control

_F: Final = ty.F80


def _none(name: str, *values: object) -> NoReturn:
    raise IsaError(f"{name} is computed by the host's x87 alone")


def _host(name: str, count: int, text: str, result: int = ty.F80, constraints: str = "", fp: bool = True) -> Body:
    return instruction(
        name, (_F,) * count, result, partial(_none, name), text, constraints or "={st},{st}", "64bit", fp
    )


UNARY: Final = {
    "f2xm1": _host("f2xm1", 1, "f2xm1"),
    "frndint": instruction("frndint", (_F,), _F, lambda b, x: b.frint(x, 4), "frndint", "={st},{st}", "64bit", True),
    "fsin": _host("fsin", 1, "fsin"),
    "fcos": _host("fcos", 1, "fcos"),
}
BINARY: Final = {
    name: _host(name, 2, name, constraints=constraints)
    for name, constraints in (
        ("fscale", "={st},{st},{st(1)}"), ("fyl2x", "={st},{st},{st(1)},~{st(1)}"),
        ("fyl2xp1", "={st},{st},{st(1)},~{st(1)}"), ("fpatan", "={st},{st},{st(1)},~{st(1)}"),
        ("fprem", "={st},{st},{st(1)}"), ("fprem1", "={st},{st},{st(1)}"),
    )
}  # fmt: skip
"""``{st(1)}`` is ST(1); the first four but FSCALE take it away"""
_SECOND = "testl $$0x400, %eax; jnz 1f; fstp %st(0); 1: fstp %st(0)"
OUT_OF_RANGE: Final = {
    name: _host(f"{name}_status", 1, f"{name}; fnstsw %ax; {drop}", ty.I32, "={ax},{st},~{st},~{flags}")
    for name, drop in (("fsin", "fstp %st(0)"), ("fcos", "fstp %st(0)"), ("fptan", _SECOND), ("fsincos", _SECOND))
}
"""the status word after"""
REM_STATUS: Final = {
    name: _host(f"{name}_status", 2, f"{name}; fnstsw %ax; fstp %st(0)", ty.I32, "={ax},{st},{st(1)},~{st}")
    for name in ("fprem", "fprem1")
}
EXPONENT: Final = _host("fxtract_exponent", 1, "fxtract; fstp %st(0)")
SIGNIFICAND: Final = _host("fxtract_significand", 1, "fxtract; fstp %st(1)")
CONSTANTS: Final = {
    name: _host(name, 0, name, constraints="={st}")
    for name in ("fld1", "fldl2t", "fldl2e", "fldpi", "fldlg2", "fldln2", "fldz")
}
_ROOM = "leaq -144(%rsp), %rsp; {} leaq 144(%rsp), %rsp"
DECIMAL: Final = instruction(
    "fbld", (ty.I64, ty.I64), _F, partial(_none, "fbld"),
    _ROOM.format("movq $1, (%rsp); movq $2, 8(%rsp); fbld (%rsp);"), "={st},r,r", "64bit", True,
)  # fmt: skip
TO_DECIMAL: Final = [
    instruction(
        f"fbstp_{n}", (_F,), ty.I64, partial(_none, "fbstp"), _ROOM.format(f"fbstp (%rsp); movq {8 * n}(%rsp), $0;"),
        "=r,{st},~{st}", "64bit", True,
    )
    for n in range(2)
]  # fmt: skip


def lift_unary(name: str, b: IRBuilder) -> None:
    st.put(b, 0, UNARY[name](b, st.get(b, 0)))


def lift_sqrt(b: IRBuilder) -> None:
    st.put(b, 0, b.fsqrt(st.get(b, 0)))


def lift_binary(name: str, pops: int, b: IRBuilder) -> None:
    """Of ST(0) and ST(1); with ``pops`` the result takes the place of both."""
    value = BINARY[name](b, st.get(b, 0), st.get(b, 1))
    if pops:
        st.put(b, 1, value)
        st.pop(b)
    else:
        st.put(b, 0, value)


def _in_range(name: str, b: IRBuilder, x: int) -> int:
    """i1; C2 says that ST(0) was not, and stays as it is."""
    out = b.and_(OUT_OF_RANGE[name](b, x), b.const(st.C2, ty.I32))
    kept = b.and_(b.get(FSW, ty.I16), b.const(~(st.C1 | st.C2), ty.I16))
    b.set(FSW, b.or_(kept, b.trunc(out, ty.I16)))
    return b.eq(out, b.const(0, ty.I32))


def lift_trig(name: str, b: IRBuilder) -> None:
    """The instruction leaves an operand out of range as it is by itself."""
    x = st.get(b, 0)
    _in_range(name, b, x)
    st.put(b, 0, UNARY[name](b, x))


def _two(b: IRBuilder, fits: int, first: int, pushed: int) -> None:
    """``first`` in place of ST(0) and the second result above it, if ``fits``; with no room both are lost."""
    first = b.ccall(st.in_use(b, 7), "x87_indefinite", (), first)
    if fits >= 0:
        b.guard(fits)
    st.put(b, 0, first)
    st.push(b, pushed)
    if fits >= 0:
        b.unguard()


def lift_tan(b: IRBuilder) -> None:
    """FPTAN pushes 1; of a NaN that NaN, twice."""
    x = st.get(b, 0)
    fits = _in_range("fptan", b, x)
    tangent = FPTAN(b, x)
    one = b.const(0x3FFF8000000000000000, _F)
    _two(b, fits, tangent, b.select(b.fcmp(op.FUNO, tangent, tangent), tangent, one))


FPTAN: Final = _host("fptan_value", 1, "fptan; fnstsw %ax; testl $$0x400, %eax; jnz 1f; fstp %st(0); 1:",
                     constraints="={st},{st},~{ax},~{flags}")  # fmt: skip


def lift_sincos(b: IRBuilder) -> None:
    x = st.get(b, 0)
    fits = _in_range("fsincos", b, x)
    _two(b, fits, UNARY["fsin"](b, x), UNARY["fcos"](b, x))


def lift_xtract(b: IRBuilder) -> None:
    x = st.get(b, 0)
    exponent, significand = EXPONENT(b, x), SIGNIFICAND(b, x)
    _two(b, -1, exponent, significand)


def lift_rem(name: str, b: IRBuilder) -> None:
    """Partial remainder; the codes say whether it is complete and the quotient's low bits."""
    x, y = st.get(b, 0), st.get(b, 1)
    codes = REM_STATUS[name](b, x, y)
    value = BINARY[name](b, x, y)
    st.put(b, 0, value)
    st.set_codes(b, b.trunc(codes, ty.I16))


def lift_constant(name: str, b: IRBuilder) -> None:
    st.push(b, CONSTANTS[name](b))


def lift_fxam(b: IRBuilder) -> None:
    """C3 C2 C0: unsupported 000, NaN 001, normal 010, infinity 011, zero 100, empty 101, denormal 110; C1 the sign."""
    low, top = b.get(ST, ty.I64), b.get(ST + 8, ty.I16)
    exponent = b.and_(top, b.const(0x7FFF, ty.I16))
    integer = b.slt(low, b.const(0, ty.I64))
    highest = b.eq(exponent, b.const(0x7FFF, ty.I16))
    lowest = b.eq(exponent, b.const(0, ty.I16))

    def code(bits: int) -> int:
        return b.const((bits & 1) << 8 | (bits >> 1 & 1) << 10 | (bits >> 2) << 14, ty.I16)

    infinite = b.eq(low, b.const(1 << 63, ty.I64))
    with_integer = b.select(highest, b.select(infinite, code(3), code(1)), code(2))
    subnormal = b.select(b.eq(low, b.const(0, ty.I64)), code(4), code(6))
    found = b.select(lowest, subnormal, b.select(integer, with_integer, code(0)))
    found = b.select(st.in_use(b, 0), found, code(5))
    sign = b.and_(b.lshr(top, b.const(6, ty.I16)), b.const(st.C1, ty.I16))
    st.set_codes(b, b.or_(found, sign))


def lift_fbld(b: IRBuilder, source: Mem) -> None:
    low = b.load(source.address, ty.I64)
    high = b.load(b.add(source.address, b.const(8, ty.I64)), ty.I16)
    st.push(b, DECIMAL(b, low, b.zext(high, ty.I64)))


def lift_fbstp(b: IRBuilder, to: Mem) -> None:
    x = st.get(b, 0)
    b.store(to.address, TO_DECIMAL[0](b, x))
    b.store(b.add(to.address, b.const(8, ty.I64)), b.trunc(TO_DECIMAL[1](b, x), ty.I16))
    st.pop(b)


# -- the environment in memory


def physical_tags(b: IRBuilder) -> int:
    """A bit per physical register that is in use, as i32."""
    tags = b.and_(b.get(FTAGS, ty.I64), b.const(0x0101010101010101, ty.I64))
    bits = b.trunc(b.lshr(b.mul(tags, b.const(0x0102040810204080, ty.I64)), b.const(56, ty.I64)), ty.I8)
    away = b.and_(b.sub(b.const(8, ty.I8), b.get(FTOP, ty.I8)), b.const(7, ty.I8))
    return b.zext(b.rotr(bits, away), ty.I32)


def set_physical_tags(b: IRBuilder, bits: int, top: int) -> None:
    """``bits`` i32, ``top`` the new TOP as i8."""
    turned = b.zext(b.rotr(b.trunc(bits, ty.I8), top), ty.I64)
    spread = b.mul(turned, b.const(0x8040201008040201, ty.I64))
    high = b.and_(spread, b.const(-0x7F7F7F7F7F7F7F80, ty.I64))
    b.set(FTAGS, b.un(op.BSWAP, b.lshr(high, b.const(7, ty.I64))))


def _kinds(b: IRBuilder) -> int:
    """The full tag word as i32: by physical register 0 valid, 1 zero, 2 special, 3 empty."""
    word = b.const(0, ty.I32)
    top = b.zext(b.get(FTOP, ty.I8), ty.I32)
    for n in range(8):
        low = b.get(ST + 16 * n, ty.I64)
        exponent = b.and_(b.get(ST + 16 * n + 8, ty.I16), b.const(0x7FFF, ty.I16))
        zero = b.and_(b.eq(exponent, b.const(0, ty.I16)), b.eq(low, b.const(0, ty.I64)))
        inner = b.ule(b.sub(exponent, b.const(1, ty.I16)), b.const(0x7FFD, ty.I16))
        valid = b.and_(inner, b.slt(low, b.const(0, ty.I64)))
        kind = b.select(zero, b.const(1, ty.I32), b.select(valid, b.const(0, ty.I32), b.const(2, ty.I32)))
        kind = b.select(st.in_use(b, n), kind, b.const(3, ty.I32))
        place = b.and_(b.add(top, b.const(n, ty.I32)), b.const(7, ty.I32))
        word = b.or_(word, b.shl(kind, b.add(place, place)))
    return word


def _at(b: IRBuilder, base: int, offset: int) -> int:
    return b.add(base, b.const(offset, ty.I64))


def _store_env(b: IRBuilder, base: int, size: int) -> None:
    """Seven words of 32 bits (the unused halves ones) or 16."""
    ones = b.const(-0x10000, ty.I32)
    fip, fdp = b.get(FIP, ty.I64), b.get(FDP, ty.I64)
    words = [
        b.or_(b.zext(b.get(FCW, ty.I16), ty.I32), ones), b.or_(status(b), ones), b.or_(_kinds(b), ones),
        b.trunc(fip, ty.I32),
        b.or_(b.zext(b.get(FCS, ty.I16), ty.I32), b.shl(b.zext(b.get(FOP, ty.I16), ty.I32), b.const(16, ty.I32))),
        b.trunc(fdp, ty.I32), b.or_(b.zext(b.get(FDS, ty.I16), ty.I32), ones),
    ]  # fmt: skip
    for n, value in enumerate(words):
        if size == 16:
            b.store(_at(b, base, 2 * n), b.trunc(value, ty.I16))
        else:
            b.store(_at(b, base, 4 * n), value)


def lift_fnstenv(b: IRBuilder, to: Mem, size: int) -> None:
    """Afterwards all exceptions are masked."""
    _store_env(b, to.address, size)
    write_control(b, b.or_(b.get(FCW, ty.I16), b.const(0x3F, ty.I16)))


def _load_env(b: IRBuilder, base: int, size: int) -> None:
    step = 2 if size == 16 else 4
    fcw, fsw, tags = (b.load(_at(b, base, step * n), ty.I16) for n in range(3))
    t = ty.I16 if size == 16 else ty.I32
    fip, fdp = b.load(_at(b, base, 3 * step), t), b.load(_at(b, base, 5 * step), t)
    fcs, fds = b.load(_at(b, base, 4 * step), ty.I16), b.load(_at(b, base, 6 * step), ty.I16)
    set_status(b, fsw)
    write_control(b, fcw)
    # empty is 3: a bit of each pair, gathered
    both = b.and_(b.zext(tags, ty.I32), b.lshr(b.zext(tags, ty.I32), b.const(1, ty.I32)))
    used = b.xor(b.and_(both, b.const(0x5555, ty.I32)), b.const(0x5555, ty.I32))
    for shift, mask in ((1, 0x3333), (2, 0x0F0F), (4, 0x00FF)):
        used = b.and_(b.or_(used, b.lshr(used, b.const(shift, ty.I32))), b.const(mask, ty.I32))
    set_physical_tags(b, used, b.get(FTOP, ty.I8))
    b.set(FIP, b.zext(fip, ty.I64))
    b.set(FDP, b.zext(fdp, ty.I64))
    b.set(FCS, fcs)
    b.set(FDS, fds)
    if size != 16:
        b.set(FOP, b.and_(b.load(_at(b, base, 18), ty.I16), b.const(0x7FF, ty.I16)))


FLAGS_SET: Final = instruction(
    "x87_set_flags", (ty.I32,), ty.I32, lambda b, x: (b.fpset(x), x)[1],
    "leaq -160(%rsp), %rsp; fnstenv (%rsp); movw ${1:w}, 4(%rsp); fldenv (%rsp); leaq 160(%rsp), %rsp; movl $1, $0",
    "=&r,r", "64bit", True,
)  # fmt: skip


def set_status(b: IRBuilder, fsw: int) -> None:
    """From an i16: flags into the host's x87, codes and TOP into the state. The registers stay by number."""
    top = b.trunc(b.and_(b.lshr(fsw, b.const(11, ty.I16)), b.const(7, ty.I16)), ty.I8)
    moved = b.and_(b.sub(b.get(FTOP, ty.I8), top), b.const(7, ty.I8))
    b.set(FTOP, b.ccall(b.ne(moved, b.const(0, ty.I8)), "x87_turn", (moved, top), top))
    FLAGS_SET(b, b.zext(b.and_(fsw, b.const(0x3F, ty.I16)), ty.I32))
    b.set(FSW, b.and_(fsw, b.const(st.CODES | 0x40, ty.I16)))


def lift_fldenv(b: IRBuilder, source: Mem, size: int) -> None:
    _load_env(b, source.address, size)


def lift_fnsave(b: IRBuilder, to: Mem, size: int) -> None:
    """The environment and the eight registers from ST(0) on; then as FNINIT."""
    from .x87 import lift_fninit

    _store_env(b, to.address, size)
    base = 14 if size == 16 else 28
    for n in range(8):
        b.store(_at(b, to.address, base + 10 * n), b.get(ST + 16 * n, _F))
    lift_fninit(b)


def lift_frstor(b: IRBuilder, source: Mem, size: int) -> None:
    base = 14 if size == 16 else 28
    values = [b.load(_at(b, source.address, base + 10 * n), _F) for n in range(8)]
    _load_env(b, source.address, size)
    for n, value in enumerate(values):
        b.set(ST + 16 * n, value)
