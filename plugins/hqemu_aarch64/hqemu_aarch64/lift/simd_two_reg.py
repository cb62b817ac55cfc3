"""Advanced SIMD two-register miscellaneous, integer (Arm ARM C4.1.96.22); scalar with q = -1."""

from __future__ import annotations

from hqemu_core.ir import types as ty
from hqemu_core.ir.builder import IRBuilder, Operand
from hqemu_core.isa.simd.lanes import Emit1, Emit2, extend, lanes_of
from hqemu_core.isa.simd.ops import pair_sums
from hqemu_core.isa.simd.saturate import emit_narrow

from .simd_lanes import Lift, get_narrow, operand_type
from .simd_regs import set_half, set_v


def make_each(emit: Emit1) -> Lift:
    """shape: size, q."""

    def lift_each(b: IRBuilder, shape: tuple[int, ...], rd: Operand, rn: Operand) -> None:
        set_v(b, rd, emit(b, b.get(rn, operand_type(shape[0], shape[1]))))

    return lift_each


def make_each_acc(emit: Emit2) -> Lift:
    """shape: size, q. ``emit`` takes the destination's old lanes first (SUQADD, USQADD)."""

    def lift_each_acc(b: IRBuilder, shape: tuple[int, ...], rd: Operand, rn: Operand) -> None:
        t = operand_type(shape[0], shape[1])
        set_v(b, rd, emit(b, b.get(rd, t), b.get(rn, t)))

    return lift_each_acc


def make_narrow(source_signed: int, signed: int) -> Lift:
    """SQXTN, SQXTUN, UQXTN. shape: size (of the result), q."""

    def lift_narrow(b: IRBuilder, shape: tuple[int, ...], rd: Operand, rn: Operand) -> None:
        size, q = shape
        v = b.get(rn, operand_type(size + 1, 1 if q >= 0 else -1))
        set_half(b, rd, max(q, 0), emit_narrow(b, v, source_signed, signed))

    return lift_narrow


def lift_xtn(b: IRBuilder, shape: tuple[int, ...], rd: Operand, rn: Operand) -> None:
    """shape: size (of the result), q."""
    size, q = shape
    set_half(b, rd, q, b.trunc(b.get(rn, operand_type(size + 1, 1)), operand_type(size, 0)))


def lift_shll(b: IRBuilder, shape: tuple[int, ...], rd: Operand, rn: Operand) -> None:
    """Shift left by the source's lane width. shape: size, q."""
    size, q = shape
    wide = extend(b, get_narrow(b, rn, size, q), 0)
    set_v(b, rd, b.shl(wide, lanes_of(b, 8 << size, b.type_of(wide))))


def lift_rev(b: IRBuilder, shape: tuple[int, ...], rd: Operand, rn: Operand) -> None:
    """REV64, REV32, REV16: lanes reversed inside containers. shape: size, q, log2 of lanes per container."""
    size, q, group = shape
    t = operand_type(size, q)
    last = (1 << group) - 1
    v = b.get(rn, t)
    set_v(b, rd, b.shuffle(v, v, [n ^ last for n in range(ty.lanes(t))]))


def make_add_pairs(signed: int, accumulate: int) -> Lift:
    """SADDLP, UADDLP, SADALP, UADALP. shape: size (of the source), q."""

    def lift_add_pairs(b: IRBuilder, shape: tuple[int, ...], rd: Operand, rn: Operand) -> None:
        sums = pair_sums(b, b.get(rn, operand_type(shape[0], shape[1])), signed)
        if accumulate:
            sums = b.add(b.get(rd, b.type_of(sums)), sums)
        set_v(b, rd, sums)

    return lift_add_pairs


