"""Conversions between integers and floats, between float formats, and widening moves."""

from __future__ import annotations

from typing import Final

from hqemu_core.ir import opcodes as op
from hqemu_core.ir import types as ty
from hqemu_core.ir.builder import IRBuilder

from .common import Mem, Reg
from .natives import Body, instruction
from .sse_float import scalar_source
from .vector import read, vector, write

I32X8: Final = ty.vec(ty.I32, 8)
F32X8: Final = ty.vec(ty.F32, 8)
F64X4: Final = ty.vec(ty.F64, 4)


def _low(function: Body, count: int) -> Body:
    """Of the lowest lanes."""
    return lambda b, x: function(b, b.shuffle(x, x, range(count)))


def _padded(function: Body, count: int) -> Body:
    """With zeros above."""

    def body(b: IRBuilder, x: int) -> int:
        value = function(b, x)
        return b.shuffle(value, b.const(0, b.type_of(value)), range(count))

    return body


def _convert(code: int, t: int) -> Body:
    return lambda b, x: b.fconv(code, x, t)


def _each(function: Body, t: int) -> Body:
    """Lane by lane: what one raises does not depend on the others."""

    def body(b: IRBuilder, x: int) -> int:
        result = b.const(0, t)
        for n in range(ty.lanes(t)):
            result = b.insert(result, n, function(b, b.extract(x, n)))
        return result

    return body


def _to_int(t: int) -> Body:
    """Rounded as MXCSR says. A lane whose result does not fit is invalid and not inexact."""
    if ty.is_vector(t):
        return _each(_to_int(ty.lane(t)), t)

    def body(b: IRBuilder, x: int) -> int:
        flags = b.fpget()
        whole = b.frint(x, 5)
        b.fpset(b.const(0, ty.I32))
        result = b.fconv(op.FTOSI, whole, t)
        wrong = b.and_(b.fpget(), b.const(op.FP_INVALID, ty.I32))
        b.frint(x, 4)
        seen = b.and_(b.fpget(), b.const(op.FP_INEXACT, ty.I32))
        inexact = b.select(b.eq(wrong, b.const(0, ty.I32)), seen, b.const(0, ty.I32))
        b.fpset(b.or_(b.or_(flags, wrong), inexact))
        return result

    return body


def _made(name: str, source: int, result: int, body: Body, text: str = "", fp: bool = True) -> Body:
    return instruction(name, (source,), result, body, f"v{text or name} $1, $0", "=x,x", "avx", fp)


_S, _D, _I = ty.F32X4, ty.F64X2, ty.I32X4
_HALF_S, _HALF_I = ty.F32X2, ty.I32X2

PACKED: Final[dict[tuple[str, int], Body]] = {
    ("cvtps2dq", 128): _made("cvtps2dq_128", _S, _I, _to_int(_I), "cvtps2dq"),
    ("cvtps2dq", 256): _made("cvtps2dq_256", F32X8, I32X8, _to_int(I32X8), "cvtps2dq"),
    ("cvttps2dq", 128): _made("cvttps2dq_128", _S, _I, _convert(op.FTOSI, _I), "cvttps2dq"),
    ("cvttps2dq", 256): _made("cvttps2dq_256", F32X8, I32X8, _convert(op.FTOSI, I32X8), "cvttps2dq"),
    ("cvtdq2ps", 128): _made("cvtdq2ps_128", _I, _S, _convert(op.SITOF, _S), "cvtdq2ps"),
    ("cvtdq2ps", 256): _made("cvtdq2ps_256", I32X8, F32X8, _convert(op.SITOF, F32X8), "cvtdq2ps"),
    ("cvtdq2pd", 128): _made("cvtdq2pd_128", _I, _D, _low(_convert(op.SITOF, _D), 2), "cvtdq2pd", False),
    ("cvtdq2pd", 256): _made("cvtdq2pd_256", _I, F64X4, _convert(op.SITOF, F64X4), "cvtdq2pd", False),
    ("cvtps2pd", 128): _made("cvtps2pd_128", _S, _D, _low(_convert(op.FWIDEN, _D), 2), "cvtps2pd"),
    ("cvtps2pd", 256): _made("cvtps2pd_256", _S, F64X4, _convert(op.FWIDEN, F64X4), "cvtps2pd"),
    ("cvtpd2ps", 128): _made("cvtpd2ps_128", _D, _S, _padded(_convert(op.FNARROW, _HALF_S), 4), "cvtpd2psx"),
    ("cvtpd2ps", 256): _made("cvtpd2ps_256", F64X4, _S, _convert(op.FNARROW, _S), "cvtpd2psy"),
    ("cvtpd2dq", 128): _made("cvtpd2dq_128", _D, _I, _padded(_to_int(_HALF_I), 4), "cvtpd2dqx"),
    ("cvtpd2dq", 256): _made("cvtpd2dq_256", F64X4, _I, _to_int(_I), "cvtpd2dqy"),
    ("cvttpd2dq", 128): _made("cvttpd2dq_128", _D, _I, _padded(_convert(op.FTOSI, _HALF_I), 4), "cvttpd2dqx"),
    ("cvttpd2dq", 256): _made("cvttpd2dq_256", F64X4, _I, _convert(op.FTOSI, _I), "cvttpd2dqy"),
}
"""by name and the wider operand's size"""


def _lane_to_int(lane: int, bits: int, truncate: bool) -> Body:
    t = vector(lane, 128)
    name = f"cvt{'t' if truncate else ''}s{'d' if lane == ty.F64 else 's'}2si"
    inner = _convert(op.FTOSI, bits) if truncate else _to_int(bits)

    def body(b: IRBuilder, x: int) -> int:
        return inner(b, b.extract(x, 0))

    return instruction(f"{name}_{bits}", (t,), bits, body, f"v{name} $1, $0", "=r,x", "avx", True)


TO_INT: Final = {
    (lane, bits, truncate): _lane_to_int(lane, bits, truncate)
    for lane in (ty.F32, ty.F64) for bits in (32, 64) for truncate in (False, True)
}  # fmt: skip


def source_vector(b: IRBuilder, encoding: int, source: Reg | Mem, t: int) -> int:
    """An operand as vector type ``t``, of which memory may hold only the lower half."""
    if isinstance(source, Mem) and source.bits < ty.bits(t):
        low = b.insert(b.const(0, ty.I64X2), 0, b.load(source.address, ty.I64))
        return b.bitcast(low, t)
    return read(b, encoding, source, t)


def lift_packed(encoding: int, name: str, b: IRBuilder, to: Reg, source: Reg | Mem) -> None:
    """Sizes of operands differ where lanes' sizes do; the wider one names the operation's."""
    halved = name in ("cvtdq2pd", "cvtps2pd")
    wider = to.bits if halved or source.bits <= 128 else source.bits
    compute = PACKED[name, wider]
    t = _SOURCES[name, wider]
    write(b, encoding, to, compute(b, source_vector(b, encoding, source, t)))


_SOURCES: Final = {
    (name, bits): (
        vector(ty.I32, 128 if name == "cvtdq2pd" else bits) if name.startswith("cvtdq")
        else vector(ty.F64, bits) if "pd2" in name else vector(ty.F32, 128 if name == "cvtps2pd" else bits)
    )
    for name, bits in PACKED
}  # fmt: skip


def lift_from_int(encoding: int, lane: int, b: IRBuilder, to: Reg, *sources: Reg | Mem) -> None:
    """CVTSI2SS, CVTSI2SD: into the lowest lane."""
    first, second = sources if len(sources) == 2 else (to, sources[0])
    assert isinstance(first, Reg)
    t = vector(lane, 128)
    value = b.fconv(op.SITOF, second.read(b), lane)
    write(b, encoding, Reg(to.offset, 128), b.insert(b.get(first.offset, t), 0, value))


def lift_to_int(lane: int, truncate: bool, b: IRBuilder, to: Reg, source: Reg | Mem) -> None:
    to.write(b, TO_INT[lane, to.bits, truncate](b, scalar_source(b, source, lane)))


def lift_scalar_format(encoding: int, code: int, source_lane: int, b: IRBuilder, to: Reg, *sources: Reg | Mem) -> None:
    """CVTSS2SD, CVTSD2SS."""
    first, second = sources if len(sources) == 2 else (to, sources[0])
    assert isinstance(first, Reg)
    lane = ty.F64 if source_lane == ty.F32 else ty.F32
    value = b.fconv(code, second.read(b, source_lane), lane)
    write(b, encoding, Reg(to.offset, 128), b.insert(b.get(first.offset, vector(lane, 128)), 0, value))


def lift_extend(encoding: int, narrow: int, lane: int, signed: bool, b: IRBuilder, to: Reg, source: Reg | Mem) -> None:
    """PMOVSX, PMOVZX: the lowest lanes extended."""
    count = to.bits // lane
    t = ty.vec(narrow, count)
    value = b.load(source.address, t) if isinstance(source, Mem) else b.get(source.offset, t)
    wide = ty.vec(lane, count)
    write(b, encoding, to, b.sext(value, wide) if signed else b.zext(value, wide))

