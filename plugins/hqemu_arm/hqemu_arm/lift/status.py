"""APSR and its parts: MRS, MSR, the sticky Q, GE (ARM ARM A2.4, B9.3.8 to B9.3.12)."""

from __future__ import annotations

from hqemu_core.ir import types as ty
from hqemu_core.ir.builder import IRBuilder, Operand

from ..state import GE, C, N, Q, V_FLAG, Z
from .common import get_flags, is_big, set_flag

_USER_MODE = 0x10


def read_ge(b: IRBuilder) -> int:
    """GE as four bits."""
    x = b.and_(b.get(GE, ty.I32), b.const(0x08040201, ty.I32))
    x = b.or_(x, b.lshr(x, b.const(16, ty.I32)))
    x = b.or_(x, b.lshr(x, b.const(8, ty.I32)))
    return b.and_(x, b.const(15, ty.I32))


def write_ge(b: IRBuilder, value: int) -> None:
    """GE from four bits; the others are ignored."""
    bits = [b.and_(value, b.const(1 << n, ty.I32)) for n in range(4)]
    spread = bits[0]
    for n in (1, 2, 3):
        spread = b.or_(spread, b.shl(bits[n], b.const(7 * n, ty.I32)))
    b.set(GE, b.mul(spread, b.const(255, ty.I32)))


def raise_q(b: IRBuilder, saturated: int) -> None:
    """Set Q where the i1 is true."""
    b.set(Q, b.or_(b.get(Q, ty.I8), b.zext(saturated, ty.I8)))


def lift_mrs(b: IRBuilder, shape: tuple[int, ...], rd: Operand) -> None:
    """MRS of CPSR: what is not in APSR reads as User mode with everything enabled."""
    value = b.or_(b.shl(read_ge(b), b.const(16, ty.I32)), b.const(_USER_MODE, ty.I32))
    for bit, flag in zip((31, 30, 29, 28), get_flags(b), strict=True):
        value = b.or_(value, b.shl(b.zext(flag, ty.I32), b.const(bit, ty.I32)))
    if is_big(b):
        value = b.or_(value, b.const(1 << 9, ty.I32))
    q = b.zext(b.get(Q, ty.I8), ty.I32)
    b.set(rd, b.or_(value, b.shl(q, b.const(27, ty.I32))))


def _write(b: IRBuilder, mask: int, value: int) -> None:
    """A user program may write the flags (mask bit 3) and GE (bit 2); the rest is ignored."""
    if mask & 4:
        write_ge(b, b.lshr(value, b.const(16, ty.I32)))
    if mask & 8:
        for bit, offset in ((31, N), (30, Z), (29, C), (28, V_FLAG), (27, Q)):
            set_flag(b, offset, b.trunc(b.lshr(value, b.const(bit, ty.I32)), ty.I1))
        b.memo["flags"] = None


def lift_msr(b: IRBuilder, shape: tuple[int, ...], rn: Operand) -> None:
    """shape: field mask."""
    _write(b, shape[0], b.get(rn, ty.I32))


def lift_msr_imm(b: IRBuilder, shape: tuple[int, ...], imm: Operand) -> None:
    """shape: field mask."""
    _write(b, shape[0], b.imm(imm, ty.I32))
