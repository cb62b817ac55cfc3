"""FPSCR: the block context, what a program reads and writes, Advanced SIMD's own modes.

Context bit 0: some of AHP, DN, FZ is set; bit 3: FZ is. Bit 1: the rounding mode is not to nearest, which only
Advanced SIMD and conversions from fixed point need to know. LEN and STRIDE read as zero: an implementation may leave
out short vectors (ARM ARM A2.5.3 of ARMv8: they are RES0 where they are not supported).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from hqemu_core.ir import types as ty
from hqemu_core.ir.builder import IRBuilder
from hqemu_core.isa.fp.env import AHP, DN, FZ, IDC, QC, FpEnv, env_of, host_rounding, set_env

from ..state import FP_C, FP_N, FP_V, FP_Z, FPSCR

MODE_BITS: Final = AHP | DN | FZ
RMODE: Final = 3 << 22
KEPT: Final = MODE_BITS | RMODE | QC | IDC
_EXACT: Final = 1
_ROUNDS: Final = 2
_FLUSH: Final = 8

# Host bit 0 is IOC; host bits 2 to 5 (zero divide, overflow, underflow, inexact) are 1 to 4 here. Host bit 1,
# "denormal operand", says something else than IDC and is ignored.
_INVALID: Final = 1
_OTHERS: Final = 0x1E
_NZCV: Final = ((31, FP_N), (30, FP_Z), (29, FP_C), (28, FP_V))


def fp_context_of(read: Callable[[int, int], int]) -> int:
    fpscr = read(FPSCR, ty.I32)
    flush = _FLUSH if fpscr & FZ else 0
    return (_EXACT if fpscr & MODE_BITS else 0) | (_ROUNDS if fpscr & RMODE else 0) | flush


def make_fp_builder(b: IRBuilder, context: int) -> None:
    set_env(b, FpEnv(FPSCR, FPSCR, bool(context & _EXACT), bool(context & _FLUSH)))
    b.memo["rounds"] = bool(context & _ROUNDS)


@contextmanager
def rounding_to_nearest(b: IRBuilder) -> Iterator[None]:
    if not b.memo["rounds"]:
        yield
        return
    mode = b.fpmode()
    b.fpround(b.const(0, ty.I32))
    yield
    b.fpround(mode)


@contextmanager
def standard_modes(b: IRBuilder) -> Iterator[None]:
    """StandardFPSCRValue: Advanced SIMD flushes to zero, gives default NaNs and rounds to nearest."""
    env = env_of(b)
    set_env(b, FpEnv(FPSCR, FPSCR, True, True, AHP if env.exact else 0, FZ | DN))
    with rounding_to_nearest(b):
        yield
    set_env(b, env)


def read_fpscr(b: IRBuilder) -> int:
    host = b.fpget()
    value = b.or_(b.get(FPSCR, ty.I32), b.and_(host, b.const(_INVALID, ty.I32)))
    value = b.or_(value, b.and_(b.lshr(host, b.const(1, ty.I32)), b.const(_OTHERS, ty.I32)))
    for bit, slot in _NZCV:
        value = b.or_(value, b.shl(b.zext(b.get(slot, ty.I8), ty.I32), b.const(bit, ty.I32)))
    return value


def write_fpscr(b: IRBuilder, value: int) -> None:
    """The caller sees to it that the context is computed anew."""
    b.set(FPSCR, b.and_(value, b.const(KEPT, ty.I32)))
    others = b.shl(b.and_(value, b.const(_OTHERS, ty.I32)), b.const(1, ty.I32))
    b.fpset(b.or_(b.and_(value, b.const(_INVALID, ty.I32)), others))
    for bit, slot in _NZCV:
        one = b.and_(b.lshr(value, b.const(bit, ty.I32)), b.const(1, ty.I32))
        b.set(slot, b.trunc(one, ty.I8))
    b.memo["fp_flags"] = None
    b.fpround(host_rounding(b, value))
