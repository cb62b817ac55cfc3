"""The record of VFP registers in a signal frame (``struct vfp_sigframe``).

magic, size, d0 to d31, FPSCR (and padding), FPEXC, FPINST, FPINST2 (and padding); then a null word.
"""

from __future__ import annotations

import struct
from typing import Final

from hqemu_core.ir import opcodes as op
from hqemu_core.ir import types as ty
from hqemu_core.isa.abi import Cpu

from .state import FP_C, FP_N, FP_V, FP_Z, FPSCR, V

MAGIC: Final = 0x56465001
SIZE: Final = 288
_FPEXC_EN: Final = 1 << 30
_STICKY: Final = (
    (op.FP_INVALID, 1), (op.FP_DIVZERO, 2), (op.FP_OVERFLOW, 4), (op.FP_UNDERFLOW, 8), (op.FP_INEXACT, 16),
)  # fmt: skip
"""sticky flag -> FPSCR bit (IOC DZC OFC UFC IXC)"""
_NZCV: Final = ((31, FP_N), (30, FP_Z), (29, FP_C), (28, FP_V))
_KEPT: Final = 0x0FC0_0080
"""what the state's word holds: QC AHP DN FZ RMode IDC"""


def read_fpscr(cpu: Cpu) -> int:
    """What the state holds, and the sticky flags that the host's FPU holds while guest code runs."""
    value, flags = cpu.read(FPSCR, ty.I32), cpu.fp_flags
    for flag, bit in _STICKY:
        if flags & flag:
            value |= bit
    for at, slot in _NZCV:
        value |= (cpu.read(slot, ty.I8) & 1) << at
    return value


def write_fpscr(cpu: Cpu, value: int) -> None:
    cpu.write(FPSCR, ty.I32, value & _KEPT)
    for at, slot in _NZCV:
        cpu.write(slot, ty.I8, value >> at & 1)
    cpu.fp_flags = sum(flag for flag, bit in _STICKY if value & bit)
    # RMode 0 nearest, 1 up, 2 down, 3 zero; the IR's: 0 nearest, 1 down, 2 up, 3 zero
    cpu.fp_rounding = (0, 2, 1, 3)[value >> 22 & 3]


def save(cpu: Cpu) -> bytes:
    registers = [cpu.read(V + 8 * n, ty.I64) for n in range(32)]
    return struct.pack("<II32QI4xIII4xI", MAGIC, SIZE, *registers, read_fpscr(cpu), _FPEXC_EN, 0, 0, 0)


def is_valid(data: bytes, at: int) -> bool:
    """The kernel insists on the record where it put one."""
    return struct.unpack_from("<II", data, at) == (MAGIC, SIZE)


def restore(cpu: Cpu, data: bytes, at: int) -> None:
    values = struct.unpack_from("<32QI", data, at + 8)
    for n in range(32):
        cpu.write(V + 8 * n, ty.I64, values[n])
    write_fpscr(cpu, values[32])
