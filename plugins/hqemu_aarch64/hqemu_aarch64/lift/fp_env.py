"""The block context, and what FZ and DN do to operands and results.

Context 0: FPCR.{AHP,DN,FZ,FZ16} are all 0; the host's arithmetic (guest rounding mode, no flushing) is Arm's but for
NaN results. Context 1: some is set; the same rules call the helpers made here, which read FPCR when they run.

The host raises underflow for results tiny *after* rounding, Arm *before* it (FPRound). They differ where a tiny value
rounds up to the smallest normal number: ``fp_nan`` repairs the flag then, and :func:`rounded` flushes in context 1.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from hqemu_core.ir import opcodes as op
from hqemu_core.ir import types as ty
from hqemu_core.ir.builder import IRBuilder
from hqemu_core.isa.spec import Helper

from ..state import FPCR, FPSR
from .fp_bits import any_lane, every, format_of, is_nan, is_subnormal, magnitude, raw

AHP: Final = 1 << 26
DN: Final = 1 << 25
FZ: Final = 1 << 24
FZ16: Final = 1 << 19
IDC: Final = 1 << 7
QC: Final = 1 << 27

_CONTEXT_BITS: Final = AHP | DN | FZ | FZ16


def fp_context_of(read: Callable[[int, int], int]) -> int:
    """For IsaSpec.context_of."""
    return int(read(FPCR, ty.I32) & _CONTEXT_BITS != 0)


def make_fp_builder(b: IRBuilder, context: int) -> None:
    """For IsaSpec.make_builder."""
    b.memo["fpmode"] = context


def fpcr_has(b: IRBuilder, bit: int) -> int:
    """i1: is the bit set in FPCR (read now)."""
    return b.ne(b.and_(b.get(FPCR, ty.I32), b.const(bit, ty.I32)), b.const(0, ty.I32))


def spread(b: IRBuilder, truth: int, lanes: int) -> int:
    """An i1 as i1xN; N 0 leaves it a scalar."""
    return b.splat(truth, lanes) if lanes else truth


def host_rounding(b: IRBuilder, fpcr: int) -> int:
    """FPCR.RMode (N P M Z) as FPROUND's operand (nearest, down, up, zero): the two bits change places."""
    one = b.const(1, ty.I32)
    low = b.and_(b.lshr(fpcr, b.const(22, ty.I32)), one)
    high = b.and_(b.lshr(fpcr, b.const(23, ty.I32)), one)
    return b.or_(b.shl(low, one), high)


def set_fpsr_bit(b: IRBuilder, bit: int, where: int) -> None:
    """Set IDC or QC where the i1 is true."""
    extra = b.select(where, b.const(bit, ty.I32), b.const(0, ty.I32))
    b.set(FPSR, b.or_(b.get(FPSR, ty.I32), extra))


def _flush_input(b: IRBuilder, x: int) -> int:
    """FPUnpack: with FZ a subnormal operand is a zero of its sign, and IDC. Half precision: FZ16, no IDC."""
    t = b.type_of(x)
    half = ty.lane_bits(t) == 16
    lost = b.and_(is_subnormal(b, x), spread(b, fpcr_has(b, FZ16 if half else FZ), t >> 16))
    bits = raw(b, x)
    zero = b.and_(bits, every(b, format_of(t).sign, ty.as_int(t)))
    if not half:
        set_fpsr_bit(b, IDC, any_lane(b, lost))
    return b.bitcast(b.select(lost, zero, bits), t)


def _default_nan(b: IRBuilder, r: int) -> int:
    """FPProcessNaN: with DN every NaN result is the default NaN."""
    t = b.type_of(r)
    where = b.and_(is_nan(b, r), spread(b, fpcr_has(b, DN), t >> 16))
    return b.select(where, every(b, format_of(t).default_nan, t), r)


def _make_rounded(code: int, t: int) -> Callable[..., int]:
    def body(b: IRBuilder, *operands: int) -> int:
        """The op on scalars, with FPRound's tininess. Towards zero nothing tiny becomes normal: that tells it."""
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
        flush = b.and_(tiny, fpcr_has(b, FZ16 if ty.lane_bits(t) == 16 else FZ))
        lossy = b.select(b.and_(tiny, inexact), underflow, b.const(0, ty.I32))
        b.fpset(b.select(flush, b.or_(before, underflow), b.or_(after, lossy)))
        zero = b.and_(raw(b, chopped), b.const(format_of(t).sign, int_t))
        return b.select(flush, b.bitcast(zero, t), result)

    return body


ROUNDED: Final = {op.FADD: "add", op.FSUB: "sub", op.FMUL: "mul", op.FDIV: "div", op.FSQRT: "sqrt", op.FMA: "fma"}
VALUE_TYPES: Final = (ty.F32, ty.F64, ty.F32X4, ty.F64X2)


def flush_inputs(b: IRBuilder, *operands: int) -> tuple[int, ...]:
    """The operands as FPUnpack sees them."""
    if not b.memo.get("fpmode"):
        return operands
    return tuple(b.call(f"fp_in_{ty.name(b.type_of(x))}", b.type_of(x), x) for x in operands)


def finish(b: IRBuilder, r: int) -> int:
    """The result with DN applied."""
    if not b.memo.get("fpmode"):
        return r
    return b.call(f"fp_out_{ty.name(b.type_of(r))}", b.type_of(r), r)


def rounded(b: IRBuilder, code: int, *operands: int) -> int:
    """FADD FSUB FMUL FDIV FSQRT FMA of flushed operands with FPRound's flushing; NaNs are not repaired yet."""
    t = b.type_of(operands[0])
    if not b.memo.get("fpmode"):
        return b.emit(code, t, *operands)
    scalar = ty.lane(t)
    name = f"fp_{ROUNDED[code]}_{ty.name(scalar)}"
    if not ty.is_vector(t):
        return b.call(name, t, *operands)
    result = operands[0]
    for n in range(ty.lanes(t)):
        result = b.insert(result, n, b.call(name, scalar, *(b.extract(x, n) for x in operands)))
    return result


def make_helpers() -> list[Helper]:
    found = []
    for t in VALUE_TYPES:
        found.append(Helper(f"fp_in_{ty.name(t)}", (t,), t, _flush_input, "state"))
        found.append(Helper(f"fp_out_{ty.name(t)}", (t,), t, _default_nan, "state"))
    for t in (ty.F32, ty.F64):
        for code, name in ROUNDED.items():
            count = {op.FSQRT: 1, op.FMA: 3}.get(code, 2)
            found.append(Helper(f"fp_{name}_{ty.name(t)}", (t,) * count, t, _make_rounded(code, t), "state"))
    return found
