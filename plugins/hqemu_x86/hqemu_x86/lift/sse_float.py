"""Floating point of SSE and AVX: arithmetic, comparison, rounding, sums of neighbours.

Which NaN results, and every flag, is the host instruction's; the bodies here serve where there is none.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Final

from hqemu_core.ir import opcodes as op
from hqemu_core.ir import types as ty
from hqemu_core.ir.builder import IRBuilder

from .common import Mem, Reg
from .flags import set_flags
from .natives import HELPERS as HELPERS
from .natives import Body, packed, scalar, unary
from .sse_int import op_horizontal, splat_const
from .vector import VEX, lift_binary, lift_unary, read, vector, write

LANES: Final = {"s": ty.F32, "d": ty.F64}


def _fbin(code: int, b: IRBuilder, x: int, y: int) -> int:
    return b.fbin(code, x, y)


def _counted(b: IRBuilder, x: int) -> int:
    """An operand with MXCSR.DAZ done: zero for what is below the normal range."""
    t = b.type_of(x)
    plain, width = ty.as_int(t), ty.lane_bits(t)
    sign = splat_const(b, plain, 1 << width - 1) if ty.is_vector(t) else b.const(1 << width - 1, plain)
    top = 0x7F800000 if width == 32 else 0x7FF << 52
    exponent = splat_const(b, plain, top) if ty.is_vector(t) else b.const(top, plain)
    bits = b.bitcast(x, plain)
    small = b.eq(b.and_(bits, exponent), b.const(0, plain))
    asked = b.ne(b.and_(b.fpmode(), b.const(op.MODE_ZERO_IN, ty.I32)), b.const(0, ty.I32))
    if ty.is_vector(t):
        asked = b.splat(asked, ty.lanes(t))
    return b.bitcast(b.select(b.and_(small, asked), b.and_(bits, sign), bits), t)


def _least(b: IRBuilder, x: int, y: int) -> int:
    """The second operand when they are equal or not ordered."""
    return b.select(b.fcmp(op.FLTS, x, y), _counted(b, x), _counted(b, y))


def _most(b: IRBuilder, x: int, y: int) -> int:
    return b.select(b.fcmp(op.FLTS, y, x), _counted(b, x), _counted(b, y))


def _estimate(root: bool, b: IRBuilder, x: int) -> int:
    """RCPPS, RSQRTPS: the manual only bounds the error (SDM: 1.5 * 2**-12), and no flag is raised."""
    flags = b.fpget()
    one = splat_const(b, b.type_of(x), 0x3F800000) if ty.is_vector(b.type_of(x)) else b.const(0x3F800000, ty.F32)
    value = b.fbin(op.FDIV, one, b.fsqrt(x) if root else x)
    b.fpset(flags)
    return value


_BINARY: Final[dict[str, Body]] = {
    "add": partial(_fbin, op.FADD), "sub": partial(_fbin, op.FSUB), "mul": partial(_fbin, op.FMUL),
    "div": partial(_fbin, op.FDIV), "min": _least, "max": _most,
}  # fmt: skip

PACKED: Final = {
    f"{name}p{letter}": packed(f"{name}p{letter}", lane, body, fp=True)
    for name, body in _BINARY.items() for letter, lane in LANES.items()
}  # fmt: skip
SCALAR: Final = {
    f"{name}s{letter}": scalar(f"{name}s{letter}", lane, body)
    for name, body in _BINARY.items() for letter, lane in LANES.items()
}  # fmt: skip


def _second(function: Callable[[IRBuilder, int], int]) -> Body:
    return lambda b, x, y: function(b, y)


SCALAR.update({
    "sqrtss": scalar("sqrtss", ty.F32, _second(lambda b, x: b.fsqrt(x))),
    "sqrtsd": scalar("sqrtsd", ty.F64, _second(lambda b, x: b.fsqrt(x))),
    "rcpss": scalar("rcpss", ty.F32, _second(partial(_estimate, False))),
    "rsqrtss": scalar("rsqrtss", ty.F32, _second(partial(_estimate, True))),
})  # fmt: skip


UNARY: Final = {
    "sqrtps": unary("sqrtps", ty.F32, lambda b, x: b.fsqrt(x)),
    "sqrtpd": unary("sqrtpd", ty.F64, lambda b, x: b.fsqrt(x)),
    "rcpps": unary("rcpps", ty.F32, partial(_estimate, False)),
    "rsqrtps": unary("rsqrtps", ty.F32, partial(_estimate, True)),
}


def _subadd(b: IRBuilder, x: int, y: int) -> int:
    """ADDSUBPS, ADDSUBPD: even lanes subtracted."""
    t = b.type_of(x)
    width = ty.lane_bits(t)
    sign = sum(1 << width * n + width - 1 for n in range(0, ty.lanes(t), 2))
    plain = ty.as_int(t)
    return b.fbin(op.FADD, x, b.bitcast(b.xor(b.bitcast(y, plain), b.const(sign, plain)), t))


for _letter, _lane in LANES.items():
    PACKED[f"addsubp{_letter}"] = packed(f"addsubp{_letter}", _lane, _subadd, fp=True)
    PACKED[f"haddp{_letter}"] = partial(op_horizontal, PACKED[f"addp{_letter}"])
    PACKED[f"hsubp{_letter}"] = partial(op_horizontal, PACKED[f"subp{_letter}"])

_SIGNALLING: Final = frozenset((1, 2, 5, 6, 9, 10, 13, 14))
"""predicates below 16 for which a quiet NaN is invalid; above it is the other way round"""


def _compared(predicate: int, b: IRBuilder, x: int, y: int) -> int:
    """CMPPS and so on (SDM volume 2, CMPPD: table of predicates): a mask of the operands' shape."""
    t = ty.as_int(b.type_of(x))
    b.fcmp(op.FLTS if (predicate & 15 in _SIGNALLING) != (predicate > 15) else op.FUNO, x, y)
    unordered = b.fcmp(op.FUNO, x, y)
    kind = predicate & 15
    if kind in (11, 15):
        truth = b.const(0, b.type_of(unordered))
    elif kind in (3, 7):
        truth = unordered
    elif kind in (0, 4):
        truth = b.fcmp(op.FEQ, x, y)
    elif kind in (8, 12):
        truth = b.or_(b.fcmp(op.FEQ, x, y), unordered)
    else:  # 1 LT 2 LE 5 NLT 6 NLE, 13 GE 14 GT 9 NGE 10 NGT
        code = op.FLT if kind in (1, 5, 10, 14) else op.FLE
        truth = b.fcmp(code, *((x, y) if kind < 8 else (y, x)))
    if kind in (4, 5, 6, 7, 9, 10, 12, 15):
        truth = b.not_(truth)
    return b.bitcast(b.sext(truth, t), b.type_of(x))


def _rounded(imm: int, b: IRBuilder, x: int) -> int:
    """ROUNDPS and so on: bits 1 and 0 the rounding, bit 2 MXCSR's instead, bit 3 not inexact."""
    if imm & 4:
        return b.frint(x, 5 if imm & 8 else 4)
    if not imm & 8:
        b.frint(x, 4)  # for the flag
    return b.frint(x, imm & 3)


COMPARE: Final = {
    letter: {
        **{("p", n): packed(f"cmpp{letter}_{n}", lane, partial(_compared, n), True, f"cmpp{letter} $${n}, ")
           for n in range(32)},
        **{("s", n): scalar(f"cmps{letter}_{n}", lane, partial(_compared, n), f"cmps{letter} $${n}, ")
           for n in range(32)},
    }
    for letter, lane in LANES.items()
}  # fmt: skip
"""by letter and by (packed or scalar, predicate)"""
ROUND: Final = {
    letter: {
        **{("p", n): unary(f"roundp{letter}_{n}", lane, partial(_rounded, n), f"roundp{letter} $${n}, ")
           for n in range(16)},
        **{("s", n): scalar(f"rounds{letter}_{n}", lane, _second(partial(_rounded, n)), f"rounds{letter} $${n}, ")
           for n in range(16)},
    }
    for letter, lane in LANES.items()
}  # fmt: skip


def dot_product(b: IRBuilder, letter: str, x: int, y: int, imm: int) -> int:
    """DPPS, DPPD, by 128 bits: the products that bits 4 and up choose summed into the lanes that bits 0 and up do."""
    t = b.type_of(x)
    plain, width, per = ty.as_int(t), ty.lane_bits(t), 128 // ty.lane_bits(t)
    ones = (1 << width) - 1

    def mask(bits: int, v: int) -> int:
        chosen = sum(ones << width * n for n in range(ty.lanes(t)) if bits >> n % per & 1)
        return b.bitcast(b.and_(b.bitcast(v, plain), b.const(chosen, plain)), t)

    total = PACKED[f"mulp{letter}"](b, mask(imm >> 4, x), mask(imm >> 4, y))
    for _ in range(2 if letter == "s" else 1):
        total = PACKED[f"haddp{letter}"](b, total, total)
    return mask(imm, total)


def scalar_source(b: IRBuilder, source: Reg | Mem, lane: int) -> int:
    """An operand of a scalar instruction as a vector whose lowest lane it is."""
    t = vector(lane, 128)
    if isinstance(source, Mem):
        return b.insert(b.const(0, t), 0, b.load(source.address, lane))
    return b.get(source.offset, t)


def lift_scalar(encoding: int, lane: int, compute: Body, b: IRBuilder, to: Reg, *sources: Reg | Mem) -> None:
    first, second = sources if len(sources) == 2 else (to, sources[0])
    assert isinstance(first, Reg)
    whole = Reg(to.offset, 128)
    write(b, encoding, whole, compute(b, read(b, encoding, Reg(first.offset, 128), vector(lane, 128)),
                                      scalar_source(b, second, lane)))  # fmt: skip


def lift_compare(encoding: int, kind: str, letter: str, b: IRBuilder, to: Reg, *rest: Any) -> None:
    """CMPPS, CMPSD and so on; the predicate has three bits, with VEX five."""
    *sources, predicate = rest
    assert isinstance(predicate, int)
    compute = COMPARE[letter][kind, predicate & (31 if encoding == VEX else 7)]
    lift_fp(encoding, kind, LANES[letter], compute, b, to, *sources)


def lift_fp(encoding: int, kind: str, lane: int, compute: Body, b: IRBuilder, to: Reg, *sources: Reg | Mem) -> None:
    """``kind`` p: packed, s: scalar."""
    (lift_scalar if kind == "s" else lift_binary)(encoding, lane, compute, b, to, *sources)


def lift_round(encoding: int, kind: str, letter: str, b: IRBuilder, to: Reg, *rest: Any) -> None:
    *sources, imm = rest
    assert isinstance(imm, int)
    compute = ROUND[letter][kind, imm & 15]
    (lift_scalar if kind == "s" else lift_unary)(encoding, LANES[letter], compute, b, to, *sources)


def lift_dot(encoding: int, letter: str, b: IRBuilder, to: Reg, *rest: Any) -> None:
    *sources, imm = rest
    assert isinstance(imm, int)

    def compute(b: IRBuilder, x: int, y: int) -> int:
        return dot_product(b, letter, x, y, imm)

    lift_binary(encoding, LANES[letter], compute, b, to, *sources)


def lift_ucomi(lane: int, signalling: int, b: IRBuilder, first: Reg, second: Reg | Mem) -> None:
    """COMISS, UCOMISD and so on: ZF PF CF say unordered (all), less (CF), equal (ZF)."""
    x = b.get(first.offset, lane)
    y = second.read(b, lane)
    if signalling:
        less = b.not_(b.fcmp(op.FLES, y, x))
    else:
        less = b.not_(b.fcmp(op.FLE, y, x))
    unordered = b.fcmp(op.FUNO, x, y)
    equal = b.fcmp(op.FUEQ, x, y)
    zero = b.const(0, ty.I1)
    set_flags(b, less, b.xor(b.zext(unordered, ty.I8), b.const(1, ty.I8)), b.const(0, ty.I8), equal, zero, zero)
