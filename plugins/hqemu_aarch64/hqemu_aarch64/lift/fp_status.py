"""FPCR and FPSR as a program reads and writes them."""

from __future__ import annotations

from typing import Final

from hqemu_core.ir import types as ty
from hqemu_core.ir.builder import IRBuilder
from hqemu_core.isa.fp.env import host_rounding

from ..state import FPCR, FPSR

FPCR_WRITABLE: Final = 0x07F7_0000
"""AHP DN FZ RMode Stride Len; FZ16 is RES0 without FP16 arithmetic, trap enables without trapping."""
FPSR_KEPT: Final = 0xF800_0080
"""QC, IDC and AArch32's NZCV; the other flags are the host's."""

# Host bit 0 is IOC; host bits 2 to 5 (zero divide, overflow, underflow, inexact) are Arm's 1 to 4. Host bit 1,
# "denormal operand", says something else than IDC and is ignored.
_INVALID: Final = 1
_OTHERS: Final = 0x1E


def read_fpcr(b: IRBuilder) -> int:
    return b.get(FPCR, ty.I32)


def write_fpcr(b: IRBuilder, value: int) -> None:
    """The caller sees to it that the context is computed anew."""
    kept = b.and_(value, b.const(FPCR_WRITABLE, ty.I32))
    b.set(FPCR, kept)
    b.fpround(host_rounding(b, kept))


def read_fpsr(b: IRBuilder) -> int:
    host = b.fpget()
    others = b.and_(b.lshr(host, b.const(1, ty.I32)), b.const(_OTHERS, ty.I32))
    flags = b.or_(b.and_(host, b.const(_INVALID, ty.I32)), others)
    return b.or_(b.get(FPSR, ty.I32), flags)


def write_fpsr(b: IRBuilder, value: int) -> None:
    others = b.shl(b.and_(value, b.const(_OTHERS, ty.I32)), b.const(1, ty.I32))
    b.fpset(b.or_(b.and_(value, b.const(_INVALID, ty.I32)), others))
    b.set(FPSR, b.and_(value, b.const(FPSR_KEPT, ty.I32)))
