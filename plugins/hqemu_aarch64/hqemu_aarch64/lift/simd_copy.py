"""Advanced SIMD copy (Arm ARM C4.1.94): DUP, INS, UMOV, SMOV."""

from __future__ import annotations

from hqemu_core.ir import types as ty
from hqemu_core.ir.builder import IRBuilder, Operand
from hqemu_core.isa.simd.lanes import lanes_of

from .common import set_reg, size_type
from .simd_regs import SCALARS, VECTORS, set_v, splat, with_lane


def lift_dup_element(b: IRBuilder, shape: tuple[int, ...], vd: Operand, vn: Operand) -> None:
    """shape: size, lane, bytes of the result (8 or 16; less: the scalar form, one lane)."""
    size, lane, length = shape
    source = b.get(vn, VECTORS[size])
    if length < 8 or length == 1 << size:
        set_v(b, vd, b.extract(source, lane))
    else:
        set_v(b, vd, b.shuffle(source, source, [lane] * (length >> size)))


def lift_dup_general(b: IRBuilder, shape: tuple[int, ...], vd: Operand, rn: Operand) -> None:
    """shape: size, q."""
    size, q = shape
    value = b.get(rn, SCALARS[size])
    set_v(b, vd, b.splat(value, (8 << q) >> size))


def lift_ins_general(b: IRBuilder, shape: tuple[int, ...], vd: Operand, rn: Operand) -> None:
    """shape: size, lane."""
    size, lane = shape
    b.set(vd, with_lane(b, b.get(vd, VECTORS[size]), lane, b.get(rn, SCALARS[size])))


def lift_ins_element(b: IRBuilder, shape: tuple[int, ...], vd: Operand, vn: Operand) -> None:
    """shape: size, destination lane, source lane."""
    size, to, lane = shape
    old, source = b.get(vd, VECTORS[size]), b.get(vn, VECTORS[size])
    n = ty.lanes(VECTORS[size])
    b.set(vd, b.shuffle(old, source, [n + lane if at == to else at for at in range(n)]))


def lift_ins_element_narrow(b: IRBuilder, shape: tuple[int, ...], vd: Operand, vn: Operand, first: Operand) -> None:
    """shape: size (0, 1), destination lane. ``first``: byte where the source lane begins; in a shape there would be
    256 forms."""
    size, to = shape
    index = splat(b, first, ty.I8X16)
    if size == 1:
        index = b.add(index, b.bitcast(lanes_of(b, 0x0100, ty.I16X8), ty.I8X16))
    source = b.bitcast(b.tbl(b.get(vn, ty.I8X16), index), VECTORS[size])
    n = ty.lanes(VECTORS[size])
    b.set(vd, b.shuffle(b.get(vd, VECTORS[size]), source, [at + n * (at == to) for at in range(n)]))


def lift_umov(b: IRBuilder, shape: tuple[int, ...], rd: Operand, vn: Operand) -> None:
    """shape: size, lane."""
    size, lane = shape
    set_reg(b, rd, b.extract(b.get(vn, VECTORS[size]), lane))


def lift_smov(b: IRBuilder, shape: tuple[int, ...], rd: Operand, vn: Operand) -> None:
    """shape: size, lane, q (an X register)."""
    size, lane, q = shape
    set_reg(b, rd, b.sext(b.extract(b.get(vn, VECTORS[size]), lane), size_type(q)))
