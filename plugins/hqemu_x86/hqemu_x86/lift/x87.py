"""x87: loads, stores, arithmetic, comparison. Rounding, precision and flags are the host's x87's own.

C1, which says how the last result was rounded, is 0 but for stack faults; the addresses of the last instruction and
operand are kept as they were loaded.
"""

from __future__ import annotations

from hqemu_core.ir import opcodes as op
from hqemu_core.ir import types as ty
from hqemu_core.ir.builder import IRBuilder

from ..state import FCW, FSW, FTAGS, FTOP, ST
from . import x87_stack as st
from .common import Mem, Reg
from .flags import condition, set_flags
from .natives import Body, instruction

SIGN = 1 << 79
SIZES = {16: ty.I16, 32: ty.I32, 64: ty.I64}
_WITH_STACK = "leaq -136(%rsp), %rsp; {} popq $0; leaq 128(%rsp), %rsp"
"""eight bytes of stack, beyond what the compiler may use without saying so"""


def _store_int(size: int) -> Body:
    t = ty.I64

    def body(b: IRBuilder, x: int) -> int:
        """16 bits that do not fit are invalid too."""
        whole = b.fconv(op.FTOSI, b.frint(x, 4), ty.I64)
        if size == 64:
            return whole
        t = SIZES[size]
        fits = b.eq(b.sext(b.trunc(whole, t), ty.I64), whole)
        b.fpset(b.or_(b.fpget(), b.select(fits, b.const(0, ty.I32), b.const(op.FP_INVALID, ty.I32))))
        return b.select(fits, whole, b.const(1 << size - 1, ty.I64))

    suffix = {16: "s", 32: "l", 64: "ll"}[size]
    text = _WITH_STACK.format(f"fistp{suffix} (%rsp);")
    return instruction(f"fist_{size}", (ty.F80,), t, body, text, "=r,{st},~{st}", "64bit", True)


TO_INT = {size: _store_int(size) for size in SIZES}


def load_float(b: IRBuilder, source: Mem) -> int:
    """m32, m64 or m80 as an f80."""
    if source.bits == 80:
        return b.load(source.address, ty.F80)
    return b.fconv(op.FWIDEN, b.load(source.address, ty.F32 if source.bits == 32 else ty.F64), ty.F80)


def load_int(b: IRBuilder, source: Mem) -> int:
    value = b.load(source.address, SIZES[source.bits])
    return b.fconv(op.SITOF, b.sext(value, ty.I32) if source.bits == 16 else value, ty.F80)


def operand(b: IRBuilder, source: Mem | int, whole: bool) -> int:
    """A memory operand (an integer: ``whole``), or ST(n)."""
    if isinstance(source, Mem):
        return load_int(b, source) if whole else load_float(b, source)
    return st.get(b, source)


def lift_fld(b: IRBuilder, source: Mem | int) -> None:
    st.push(b, operand(b, source, False))


def lift_fild(b: IRBuilder, source: Mem) -> None:
    st.push(b, load_int(b, source))


def lift_fst(pops: int, b: IRBuilder, to: Mem | int) -> None:
    value = st.get(b, 0)
    if isinstance(to, Mem):
        if to.bits != 80:
            value = b.fconv(op.FNARROW, value, ty.F32 if to.bits == 32 else ty.F64)
        b.store(to.address, value)
    else:
        st.put(b, to, value)
    if pops:
        st.pop(b)


def lift_fist(pops: int, b: IRBuilder, to: Mem) -> None:
    value = TO_INT[to.bits](b, st.get(b, 0))
    b.store(to.address, b.trunc(value, SIZES[to.bits]))
    if pops:
        st.pop(b)


def lift_fisttp(b: IRBuilder, to: Mem) -> None:
    """Towards zero whatever the control word says."""
    value = TRUNCATE[to.bits](b, st.get(b, 0))
    b.store(to.address, b.trunc(value, SIZES[to.bits]))
    st.pop(b)


def _truncate(size: int) -> Body:
    def body(b: IRBuilder, x: int) -> int:
        whole = b.fconv(op.FTOSI, x, ty.I64)
        if size == 64:
            return whole
        fits = b.eq(b.sext(b.trunc(whole, SIZES[size]), ty.I64), whole)
        b.fpset(b.or_(b.fpget(), b.select(fits, b.const(0, ty.I32), b.const(op.FP_INVALID, ty.I32))))
        return b.select(fits, whole, b.const(1 << size - 1, ty.I64))

    suffix = {16: "s", 32: "l", 64: "ll"}[size]
    text = _WITH_STACK.format(f"fisttp{suffix} (%rsp);")
    return instruction(f"fisttp_{size}", (ty.F80,), ty.I64, body, text, "=r,{st},~{st}", "64bit", True)


TRUNCATE = {size: _truncate(size) for size in SIZES}


def lift_arith(code: int, reverse: int, whole: int, b: IRBuilder, source: Mem | int) -> None:
    """ST(0) = ST(0) op source; ``reverse``: source op ST(0)."""
    x, y = st.get(b, 0), operand(b, source, bool(whole))
    st.put(b, 0, b.fbin(code, y, x) if reverse else b.fbin(code, x, y))


def lift_arith_to(code: int, reverse: int, pops: int, b: IRBuilder, n: int) -> None:
    """ST(n) = ST(n) op ST(0); ``reverse``: ST(0) op ST(n)."""
    x, y = st.get(b, n), st.get(b, 0)
    st.put(b, n, b.fbin(code, y, x) if reverse else b.fbin(code, x, y))
    if pops:
        st.pop(b)


def _order(b: IRBuilder, x: int, y: int, quiet: int) -> tuple[int, int, int]:
    """(unordered or less, unordered, unordered or equal), i1 each."""
    less = b.not_(b.fcmp(op.FLE if quiet else op.FLES, y, x))
    return less, b.fcmp(op.FUNO, x, y), b.fcmp(op.FUEQ, x, y)


def lift_compare(quiet: int, pops: int, whole: int, b: IRBuilder, source: Mem | int) -> None:
    """FCOM, FUCOM, FICOM: C0 less, C3 equal, all of C0, C2, C3 unordered."""
    x, y = st.get(b, 0), operand(b, source, bool(whole))
    compare_codes(b, x, y, quiet)
    for _ in range(pops):
        st.pop(b)


def compare_codes(b: IRBuilder, x: int, y: int, quiet: int) -> None:
    less, unordered, equal = _order(b, x, y, quiet)
    codes = b.const(0, ty.I16)
    for truth, bit in ((less, st.C0), (unordered, st.C2), (equal, st.C3)):
        codes = b.or_(codes, b.select(truth, b.const(bit, ty.I16), b.const(0, ty.I16)))
    kept = b.and_(b.get(FSW, ty.I16), b.const(~st.CODES, ty.I16))
    b.set(FSW, b.or_(kept, codes))


def lift_comi(quiet: int, pops: int, b: IRBuilder, n: int) -> None:
    """FCOMI, FUCOMI: ZF PF CF; OF SF AF become 0."""
    less, unordered, equal = _order(b, st.get(b, 0), st.get(b, n), quiet)
    zero = b.const(0, ty.I1)
    pf = b.xor(b.zext(unordered, ty.I8), b.const(1, ty.I8))
    set_flags(b, less, pf, b.const(0, ty.I8), equal, zero, zero)
    if pops:
        st.pop(b)


def lift_cmov(cc: int, b: IRBuilder, n: int) -> None:
    """Both registers are looked at, whichever is taken."""
    value, old = b.get(ST + 16 * n, ty.F80), b.get(ST, ty.F80)
    st.put(b, 0, st.checked(b, 0, st.checked(b, n, b.select(condition(b, cc), value, old))))


def lift_tst(b: IRBuilder) -> None:
    compare_codes(b, st.get(b, 0), b.const(0, ty.F80), 0)


def lift_xch(b: IRBuilder, n: int) -> None:
    x, y = st.get(b, 0), st.get(b, n)
    st.put(b, 0, y)
    st.put(b, n, x)


NEGATE = {
    flip: instruction(
        name, (ty.F80,), ty.F80, lambda b, x, flip=flip: _signed(b, x, flip), name, "={st},{st}", "64bit"
    )
    for flip, name in ((1, "fchs"), (0, "fabs"))
}


def _signed(b: IRBuilder, x: int, flip: int) -> int:
    """Where there is no such instruction: exact, but a signalling NaN becomes quiet."""
    negative = b.fbin(op.FSUB, b.const(SIGN, ty.F80), x)
    if flip:
        return negative
    return b.select(b.fcmp(op.FLT, x, b.const(0, ty.F80)), negative, x)


def lift_sign(flip: int, b: IRBuilder) -> None:
    """FCHS (flip 1), FABS."""
    st.put(b, 0, st.checked(b, 0, NEGATE[flip](b, b.get(ST, ty.F80))))


def lift_turn(by: int, b: IRBuilder) -> None:
    """FINCSTP, FDECSTP: TOP alone."""
    st.turn(b, by)


def lift_free(pops: int, b: IRBuilder, n: int) -> None:
    """FFREE, FFREEP."""
    st.free(b, n)
    if pops:
        st.pop(b)


def status(b: IRBuilder) -> int:
    """The status word, as i32."""
    flags = b.or_(FLAGS(b), b.zext(b.get(FSW, ty.I16), ty.I32))
    open_ = b.and_(b.and_(flags, b.not_(b.zext(b.get(FCW, ty.I16), ty.I32))), b.const(0x3F, ty.I32))
    pending = b.select(b.ne(open_, b.const(0, ty.I32)), b.const(0x8080, ty.I32), b.const(0, ty.I32))
    top = b.shl(b.zext(b.get(FTOP, ty.I8), ty.I32), b.const(11, ty.I32))
    return b.or_(b.or_(flags, pending), top)


FLAGS = instruction(
    "x87_flags", (), ty.I32, lambda b: b.fpget(), "fnstsw %ax; andl $$63, %eax", "={ax}", "64bit", True
)
"""the sticky flags"""
CLEAR = instruction(
    "x87_clear", (), ty.I32, lambda b: (b.fpset(b.const(0, ty.I32)), b.const(0, ty.I32))[1], "fnclex; xorl $0, $0",
    "=r,~{flags}", "64bit", True,
)  # fmt: skip


def _set_control(b: IRBuilder, value: int) -> int:
    """Only the rounding, where there is one environment for all floats."""
    mode = b.fpmode()
    field = b.and_(b.lshr(value, b.const(10, ty.I32)), b.const(3, ty.I32))
    b.fpround(b.or_(b.and_(mode, b.const(~3, ty.I32)), field))
    return value


CONTROL = instruction(
    "x87_control", (ty.I32,), ty.I32, _set_control,
    "leaq -136(%rsp), %rsp; movl $1, (%rsp); fldcw (%rsp); movl $1, $0; leaq 136(%rsp), %rsp", "=r,r", "64bit", True,
)  # fmt: skip


def write_control(b: IRBuilder, value: int) -> None:
    """From an i16."""
    word = b.or_(b.and_(value, b.const(0x1F3F, ty.I16)), b.const(0x40, ty.I16))
    CONTROL(b, b.zext(word, ty.I32))
    b.set(FCW, word)


def lift_fnstsw(b: IRBuilder, to: Reg | Mem) -> None:
    to.write(b, b.trunc(status(b), ty.I16))


def lift_fnstcw(b: IRBuilder, to: Mem) -> None:
    b.store(to.address, b.get(FCW, ty.I16))


def lift_fldcw(b: IRBuilder, source: Mem) -> None:
    write_control(b, b.load(source.address, ty.I16))


def lift_fnclex(b: IRBuilder) -> None:
    CLEAR(b)
    b.set(FSW, b.and_(b.get(FSW, ty.I16), b.const(st.CODES, ty.I16)))


def lift_fninit(b: IRBuilder) -> None:
    """The registers keep their values and their places by number: the stack turns so that TOP is 0."""
    top = b.get(FTOP, ty.I8)
    b.set(FTOP, b.ccall(b.ne(top, b.const(0, ty.I8)), "mmx_turn", (top,), top))
    b.set(FTAGS, b.const(0, ty.I64))
    CLEAR(b)
    b.set(FSW, b.const(0, ty.I16))
    write_control(b, b.const(0x37F, ty.I16))


def lift_wait(b: IRBuilder) -> None:
    """FWAIT: an exception that is pending and not masked is met by the next instruction of the host's x87 itself."""
    WAIT(b)


WAIT = instruction(
    "x87_wait", (), ty.I32, lambda b: b.const(0, ty.I32), "fwait; xorl $0, $0", "=r,~{flags}", "64bit", True
)
