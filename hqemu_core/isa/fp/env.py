"""The modes of an ISA's floating point, and what FZ and DN do to operands and results.

The rules are those of ISAs whose NaN results are an operand's payload, the first signalling one before the first
quiet one, and whose control word has the bits below: AHP alternative half precision, DN default NaN, FZ flush to zero,
FZ16 the same for half precision, RMode in bits 23 and 22 (nearest, up, down, to zero). Where none of the former is set
(``exact`` is false) the host's arithmetic is the guest's but for NaN results and underflow. Else the same rules call
the helpers made here with the control word as an argument.

The host raises underflow for results tiny *after* rounding, the guest *before* it. They differ where a tiny value
rounds up to the smallest normal number: ``nan`` repairs the flag then, and :func:`rounded` flushes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple

from hqemu_core.ir import opcodes as op
from hqemu_core.ir import types as ty
from hqemu_core.ir.builder import IRBuilder
from hqemu_core.isa.spec import Helper

from .bits import any_lane, every, format_of, is_nan, is_subnormal, magnitude, raw

AHP: Final = 1 << 26
DN: Final = 1 << 25
FZ: Final = 1 << 24
FZ16: Final = 1 << 19
IDC: Final = 1 << 7
QC: Final = 1 << 27

MODES: Final = AHP | DN | FZ | FZ16


class FpEnv(NamedTuple):
    """What the rules need to know: state offsets of the control word and of the word that keeps IDC and QC (it may be
    the same one; both I32), and the modes under which code is translated."""

    control: int
    status: int
    exact: bool = False
    """some mode bit is set"""
    flush: bool = False
    """FZ is set"""
    keep: int = -1
    fixed: int = 0
    """the control word is the register's as far as ``keep`` goes, and ``fixed``"""


MEMO: Final = "fp"


def set_env(b: IRBuilder, env: FpEnv) -> None:
    """To be called for each builder (IsaSpec.make_builder)."""
    b.memo[MEMO] = env


def env_of(b: IRBuilder) -> FpEnv:
    env: FpEnv = b.memo[MEMO]
    return env


def control_word(b: IRBuilder) -> int:
    env = env_of(b)
    fixed = b.const(env.fixed, ty.I32)
    return b.or_(b.and_(b.get(env.control, ty.I32), b.const(env.keep, ty.I32)), fixed) if env.keep else fixed


def is_set(b: IRBuilder, control: int, bit: int) -> int:
    """i1: is the bit set in the control word."""
    return b.ne(b.and_(control, b.const(bit, ty.I32)), b.const(0, ty.I32))


def spread(b: IRBuilder, truth: int, lanes: int) -> int:
    """An i1 as i1xN; N 0 leaves it a scalar."""
    return b.splat(truth, lanes) if lanes else truth


def host_rounding(b: IRBuilder, control: int) -> int:
    """RMode (N P M Z) as FPROUND's operand (nearest, down, up, zero): the two bits change places."""
    one = b.const(1, ty.I32)
    low = b.and_(b.lshr(control, b.const(22, ty.I32)), one)
    high = b.and_(b.lshr(control, b.const(23, ty.I32)), one)
    return b.or_(b.shl(low, one), high)


def set_status_bit(b: IRBuilder, bit: int, where: int) -> None:
    """Set IDC or QC where the i1 is true."""
    status = env_of(b).status
    extra = b.select(where, b.const(bit, ty.I32), b.const(0, ty.I32))
    b.set(status, b.or_(b.get(status, ty.I32), extra))


def flush_input(b: IRBuilder, x: int, control: int) -> int:
    """FPUnpack: with FZ a subnormal operand is a zero of its sign, and IDC. Half precision: FZ16, no IDC."""
    t = b.type_of(x)
    half = ty.lane_bits(t) == 16
    lost = b.and_(is_subnormal(b, x), spread(b, is_set(b, control, FZ16 if half else FZ), t >> 16))
    bits = raw(b, x)
    zero = b.and_(bits, every(b, format_of(t).sign, ty.as_int(t)))
    if not half:
        set_status_bit(b, IDC, any_lane(b, lost))
    return b.bitcast(b.select(lost, zero, bits), t)


def default_nan(b: IRBuilder, r: int, control: int) -> int:
    """FPProcessNaN: with DN every NaN result is the default NaN."""
    t = b.type_of(r)
    where = b.and_(is_nan(b, r), spread(b, is_set(b, control, DN), t >> 16))
    return b.select(where, every(b, format_of(t).default_nan, t), r)


def _make_rounded(code: int, t: int) -> Callable[..., int]:
    def body(b: IRBuilder, *args: int) -> int:
        """The op on scalars, with FPRound's tininess. Towards zero nothing tiny becomes normal: that tells it."""
        *operands, control = args
        before, mode = b.fpget(), b.fpmode()
        result = b.emit(code, t, *operands)
        after = b.fpget()
        b.fpround(b.const(3, ty.I32))
        b.fpset(b.const(0, ty.I32))
        chopped = b.emit(code, t, *operands)
        inexact = b.ne(b.and_(b.fpget(), b.const(op.FP_INEXACT, ty.I32)), b.const(0, ty.I32))
        b.fpround(mode)
        size = magnitude(b, chopped)
        int_t = ty.as_int(t)
        small = b.ult(size, b.const(format_of(t).min_normal, int_t))
        tiny = b.and_(small, b.or_(b.ne(size, b.const(0, int_t)), inexact))
        underflow = b.const(op.FP_UNDERFLOW, ty.I32)
        flush = b.and_(tiny, is_set(b, control, FZ16 if ty.lane_bits(t) == 16 else FZ))
        lossy = b.select(b.and_(tiny, inexact), underflow, b.const(0, ty.I32))
        b.fpset(b.select(flush, b.or_(before, underflow), b.or_(after, lossy)))
        zero = b.and_(raw(b, chopped), b.const(format_of(t).sign, int_t))
        return b.select(flush, b.bitcast(zero, t), result)

    return body


ROUNDED: Final = {op.FADD: "add", op.FSUB: "sub", op.FMUL: "mul", op.FDIV: "div", op.FSQRT: "sqrt", op.FMA: "fma"}
VALUE_TYPES: Final = (ty.F32, ty.F64, ty.F32X4, ty.F64X2)


def flush_inputs(b: IRBuilder, *operands: int) -> tuple[int, ...]:
    """The operands as FPUnpack sees them."""
    env = env_of(b)
    if not env.exact:
        return operands
    control = control_word(b)
    if env.flush:
        return tuple(_flush_rarely(b, x, control) for x in operands)
    return tuple(b.call(f"fp_in_{ty.name(b.type_of(x))}", b.type_of(x), x, control) for x in operands)


def _flush_rarely(b: IRBuilder, x: int, control: int) -> int:
    t = b.type_of(x)
    return b.ccall(any_lane(b, is_subnormal(b, x)), f"fp_in_{ty.name(t)}", (x, control), x)


def finish(b: IRBuilder, r: int) -> int:
    """The result with DN applied."""
    env = env_of(b)
    if not env.exact:
        return r
    if env.flush:
        where = any_lane(b, b.fcmp(op.FUNO, r, r))
        return b.ccall(where, f"fp_out_{ty.name(b.type_of(r))}", (r, control_word(b)), r)
    return b.call(f"fp_out_{ty.name(b.type_of(r))}", b.type_of(r), r, control_word(b))


def rounded(b: IRBuilder, code: int, *operands: int) -> int:
    """FADD FSUB FMUL FDIV FSQRT FMA of flushed operands with FPRound's flushing; NaNs are not repaired yet."""
    t = b.type_of(operands[0])
    if not env_of(b).exact:
        return b.emit(code, t, *operands)
    control = control_word(b)
    scalar = ty.lane(t)
    name = f"fp_{ROUNDED[code]}_{ty.name(scalar)}"
    if not ty.is_vector(t):
        return b.call(name, t, *operands, control)
    result = operands[0]
    for n in range(ty.lanes(t)):
        result = b.insert(result, n, b.call(name, scalar, *(b.extract(x, n) for x in operands), control))
    return result


def make_helpers() -> list[Helper]:
    found = []
    for t in VALUE_TYPES:
        found.append(Helper(f"fp_in_{ty.name(t)}", (t, ty.I32), t, flush_input, "state"))
        found.append(Helper(f"fp_out_{ty.name(t)}", (t, ty.I32), t, default_nan))
    for t in (ty.F32, ty.F64):
        for code, name in ROUNDED.items():
            count = {op.FSQRT: 1, op.FMA: 3}.get(code, 2)
            found.append(Helper(f"fp_{name}_{ty.name(t)}", (*(t,) * count, ty.I32), t, _make_rounded(code, t), "fp"))
    return found
