"""Address modes: parts that hand a guest address on, as i64. shape: segment, address size in bits (, scale).

An address is computed modulo its size before a segment's base is added (SDM volume 1, section 3.7.5).
"""

from __future__ import annotations

from hqemu_core.ir import types as ty
from hqemu_core.ir.builder import IRBuilder, Operand

from ..state import BASES
from .common import word


def _hand(b: IRBuilder, shape: tuple[int, ...], address: int) -> None:
    """``address`` has the type of the address size."""
    address = b.zext(address, word(b))
    if shape[0]:
        address = b.add(address, b.get(BASES + 8 * shape[0], word(b)))
    b.hand(b.zext(address, ty.I64))


def _index(b: IRBuilder, shape: tuple[int, ...], index: Operand) -> int:
    t = shape[1]
    return b.shl(b.get(index, t), b.const(shape[2], t))


def lift_base(b: IRBuilder, shape: tuple[int, ...], base: Operand) -> None:
    _hand(b, shape, b.get(base, shape[1]))


def lift_base_disp(b: IRBuilder, shape: tuple[int, ...], base: Operand, disp: Operand) -> None:
    _hand(b, shape, b.add(b.get(base, shape[1]), b.imm(disp, shape[1])))


def lift_base_index(b: IRBuilder, shape: tuple[int, ...], base: Operand, index: Operand) -> None:
    _hand(b, shape, b.add(b.get(base, shape[1]), _index(b, shape, index)))


def lift_base_index_disp(
    b: IRBuilder, shape: tuple[int, ...], base: Operand, index: Operand, disp: Operand
) -> None:  # fmt: skip
    total = b.add(b.get(base, shape[1]), _index(b, shape, index))
    _hand(b, shape, b.add(total, b.imm(disp, shape[1])))


def lift_index_disp(b: IRBuilder, shape: tuple[int, ...], index: Operand, disp: Operand) -> None:
    _hand(b, shape, b.add(_index(b, shape, index), b.imm(disp, shape[1])))


def lift_disp(b: IRBuilder, shape: tuple[int, ...], disp: Operand) -> None:
    _hand(b, shape, b.imm(disp, shape[1]))


def lift_far_disp(b: IRBuilder, shape: tuple[int, ...], address: Operand) -> None:
    _hand(b, shape, b.imm(address, ty.I64))


def lift_rip(b: IRBuilder, shape: tuple[int, ...], address: Operand) -> None:
    """The address is a constant of the instruction's place."""
    _hand(b, shape, b.trunc(b.imm(address, ty.I64), shape[1]))
