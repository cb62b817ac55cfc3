"""Advanced SIMD permute and extract (Arm ARM C4.1.94): EXT, ZIP, UZP, TRN."""

from __future__ import annotations

from hqemu_core.ir import types as ty
from hqemu_core.ir.builder import IRBuilder, Operand

from .simd_regs import SCALARS, set_v


def lift_ext(b: IRBuilder, shape: tuple[int, ...], vd: Operand, vn: Operand, vm: Operand) -> None:
    """shape: first byte, q."""
    first, q = shape
    count = 8 << q
    t = ty.vec(ty.I8, count)
    set_v(b, vd, b.shuffle(b.get(vn, t), b.get(vm, t), range(first, first + count)))


def _zip(count: int, part: int) -> list[int]:
    return [part * count // 2 + n // 2 + n % 2 * count for n in range(count)]


def _uzp(count: int, part: int) -> list[int]:
    return [2 * n + part for n in range(count)]


def _trn(count: int, part: int) -> list[int]:
    return [n - n % 2 + part + n % 2 * count for n in range(count)]


_MASKS = {1: _uzp, 2: _trn, 3: _zip}


def lift_permute(b: IRBuilder, shape: tuple[int, ...], vd: Operand, vn: Operand, vm: Operand) -> None:
    """shape: operation (1 UZP, 2 TRN, 3 ZIP), its part (0, 1), size, q."""
    kind, part, size, q = shape
    count = (8 << q) >> size
    t = ty.vec(SCALARS[size], count)
    set_v(b, vd, b.shuffle(b.get(vn, t), b.get(vm, t), _MASKS[kind](count, part)))
