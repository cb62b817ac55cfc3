"""Advanced SIMD across lanes (Arm ARM C4.1.96.23): one result from all lanes, by halving."""

from __future__ import annotations

from hqemu_core.ir import opcodes as op
from hqemu_core.ir import types as ty
from hqemu_core.ir.builder import IRBuilder, Operand
from hqemu_core.isa.simd.ops import pair_sums

from .simd_lanes import Lift, operand_type
from .simd_regs import set_v


def reduce(b: IRBuilder, v: int, code: int) -> int:
    """All lanes combined by an associative op."""
    count = ty.lanes(b.type_of(v))
    while count > 1:
        count //= 2
        v = b.bin(code, b.shuffle(v, v, range(count)), b.shuffle(v, v, range(count, 2 * count)))
    return b.extract(v, 0)


def make_across(code: int) -> Lift:
    """ADDV, SMAXV, SMINV, UMAXV, UMINV. shape: size, q."""

    def lift_across(b: IRBuilder, shape: tuple[int, ...], rd: Operand, rn: Operand) -> None:
        set_v(b, rd, reduce(b, b.get(rn, operand_type(shape[0], shape[1])), code))

    return lift_across


def make_across_long(signed: int) -> Lift:
    """SADDLV, UADDLV: a sum twice as wide as the lanes. shape: size, q."""

    def lift_across_long(b: IRBuilder, shape: tuple[int, ...], rd: Operand, rn: Operand) -> None:
        set_v(b, rd, reduce(b, pair_sums(b, b.get(rn, operand_type(shape[0], shape[1])), signed), op.ADD))

    return lift_across_long
