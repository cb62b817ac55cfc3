"""Advanced SIMD table lookup (Arm ARM C4.1.94): TBL, TBX with one to four table registers."""

from __future__ import annotations

from hqemu_core.ir import types as ty
from hqemu_core.ir.builder import IRBuilder, Operand
from hqemu_core.isa.simd.lanes import lanes_of

from .simd_regs import get_v, set_v


def _lookup(b: IRBuilder, tables: tuple[Operand, ...], index: int) -> int:
    """Bytes of the concatenated registers. An index less 16 wraps round to above 15, so each part yields its own
    bytes and zero elsewhere."""
    result = b.tbl(b.get(tables[0], ty.I8X16), index)
    for n, table in enumerate(tables[1:], 1):
        part = b.tbl(b.get(table, ty.I8X16), b.sub(index, lanes_of(b, 16 * n, ty.I8X16)))
        result = b.or_(result, part)
    return result


def lift_tbl(b: IRBuilder, shape: tuple[int, ...], vd: Operand, vm: Operand, *tables: Operand) -> None:
    """shape: q."""
    (q,) = shape
    result = _lookup(b, tables, b.get(vm, ty.I8X16))
    set_v(b, vd, result if q else b.extract(b.bitcast(result, ty.I64X2), 0))


def lift_tbx(b: IRBuilder, shape: tuple[int, ...], vd: Operand, vm: Operand, *tables: Operand) -> None:
    """shape: q. A byte whose index is out of range keeps its value."""
    (q,) = shape
    index = b.get(vm, ty.I8X16)
    inside = b.ult(index, lanes_of(b, 16 * len(tables), ty.I8X16))
    result = b.select(inside, _lookup(b, tables, index), get_v(b, vd, ty.I8X16))
    set_v(b, vd, result if q else b.extract(b.bitcast(result, ty.I64X2), 0))
