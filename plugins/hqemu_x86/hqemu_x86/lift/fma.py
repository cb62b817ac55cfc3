"""FMA and F16C."""

from __future__ import annotations

from functools import partial
from typing import Final

from hqemu_core.ir import opcodes as op
from hqemu_core.ir import types as ty
from hqemu_core.ir.builder import IRBuilder

from .common import Mem, Reg
from .natives import Body, instruction
from .sse_convert import source_vector
from .sse_float import LANES, scalar_source
from .vector import VEX, read, vector, write

KINDS: Final = ("madd", "msub", "nmadd", "nmsub", "maddsub", "msubadd")


def _negated(b: IRBuilder, x: int, lanes: int) -> int:
    """The signs of the lanes whose bits are set in ``lanes`` turned."""
    t = b.type_of(x)
    plain, width = ty.as_int(t), ty.lane_bits(t)
    mask = sum(1 << width * n + width - 1 for n in range(ty.lanes(t)) if lanes >> n & 1)
    return b.bitcast(b.xor(b.bitcast(x, plain), b.const(mask, plain)), t)


def _fused(kind: str, form: str, b: IRBuilder, x: int, y: int, z: int) -> int:
    """Operands in the instruction's order; ``form`` says which are multiplied (132: first and third)."""
    first, second, third = ((x, y, z)[int(n) - 1] for n in form)
    if kind[0] == "n":
        first = _negated(b, first, -1)
    away = {"madd": 0, "nmadd": 0, "msub": -1, "nmsub": -1, "maddsub": 0x55, "msubadd": 0xAA}[kind]
    return b.fma(first, second, _negated(b, third, away) if away else third)


def _scalar(kind: str, form: str, b: IRBuilder, x: int, y: int, z: int) -> int:
    low = [b.splat(b.extract(v, 0), 2) for v in (x, y, z)]
    return b.insert(x, 0, b.extract(_fused(kind, form, b, *low), 0))


def _make(kind: str, form: str, shape: str, letter: str, bits: int) -> Body:
    t = vector(LANES[letter], bits)
    name = f"f{kind}{form}{shape}{letter}"
    body = partial(_scalar if shape == "s" else _fused, kind, form)
    return instruction(f"{name}_{bits}", (t, t, t), t, body, f"v{name} $3, $2, $0", "=x,0,x,x", "fma", True)


FUSED: Final = {
    (kind, form, shape, letter, bits): _make(kind, form, shape, letter, bits)
    for kind in KINDS for form in ("132", "213", "231") for letter in LANES
    for shape, bits in (("p", 128), ("p", 256), ("s", 128)) if shape == "p" or len(kind) < 6
}  # fmt: skip


def lift_fma(
    kind: str, form: str, shape: str, letter: str, b: IRBuilder, to: Reg, second: Reg, third: Reg | Mem
) -> None:  # fmt: skip
    lane = LANES[letter]
    bits = 128 if shape == "s" else to.bits
    t = vector(lane, bits)
    last = scalar_source(b, third, lane) if shape == "s" else read(b, VEX, third, t)
    compute = FUSED[kind, form, shape, letter, bits]
    write(b, VEX, Reg(to.offset, bits), compute(b, b.get(to.offset, t), b.get(second.offset, t), last))


def _widened(count: int, b: IRBuilder, x: int) -> int:
    half = b.bitcast(b.shuffle(x, x, range(count)), ty.vec(ty.F16, count))
    flags = b.fpget()
    value = b.fconv(op.FWIDEN, half, ty.vec(ty.F32, count))
    # an operand below the normal range is not noted
    b.fpset(b.or_(flags, b.and_(b.fpget(), b.const(op.FP_INVALID, ty.I32))))
    return value


WIDEN: Final = {
    bits: instruction(
        f"cvtph2ps_{bits}", (ty.I16X8,), vector(ty.F32, bits), partial(_widened, bits // 32), "vcvtph2ps $1, $0",
        "=x,x", "f16c", True,
    )
    for bits in (128, 256)
}  # fmt: skip


def _narrowed(imm: int, b: IRBuilder, x: int) -> int:
    """Rounded as bits 1 and 0 say, or (bit 2) as MXCSR does."""
    count = ty.lanes(b.type_of(x))
    mode = b.fpmode()
    # nothing is flushed to zero
    wanted = b.and_(mode, b.const(~op.MODE_FLUSH, ty.I32))
    if not imm & 4:
        wanted = b.or_(b.and_(wanted, b.const(~3, ty.I32)), b.const(imm & 3, ty.I32))
    b.fpround(wanted)
    value = b.bitcast(b.fconv(op.FNARROW, x, ty.vec(ty.F16, count)), ty.vec(ty.I16, count))
    b.fpround(mode)
    return value if count == 8 else b.shuffle(value, b.const(0, b.type_of(value)), range(8))


NARROW: Final = {
    (bits, imm): instruction(
        f"cvtps2ph_{bits}_{imm}", (vector(ty.F32, bits),), ty.I16X8, partial(_narrowed, imm),
        f"vcvtps2ph $${imm}, $1, $0", "=x,x", "f16c", True,
    )
    for bits in (128, 256) for imm in range(8)
}  # fmt: skip


def lift_from_half(b: IRBuilder, to: Reg, source: Reg | Mem) -> None:
    write(b, VEX, to, WIDEN[to.bits](b, source_vector(b, VEX, source, ty.I16X8)))


def lift_to_half(b: IRBuilder, to: Reg | Mem, source: Reg, imm: int) -> None:
    value = NARROW[source.bits, imm & 7](b, b.get(source.offset, vector(ty.F32, source.bits)))
    if isinstance(to, Mem):
        if to.bits == 64:
            b.store(to.address, b.extract(b.bitcast(value, ty.I64X2), 0))
        else:
            b.store(to.address, value)
    else:
        write(b, VEX, Reg(to.offset, 128), value)
