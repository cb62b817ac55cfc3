"""The signal frame of arm64 Linux (``struct rt_sigframe``, ``arch/arm64/include/uapi/asm/sigcontext.h``).

From the new sp upwards: siginfo (128 bytes), ucontext whose ``uc_mcontext.__reserved`` holds records (fpsimd_context,
esr_context for faults, a null record), then a frame record (x29, x30) that unwinders walk through.
"""

from __future__ import annotations

import struct

from hqemu_core.errors import GuestFault
from hqemu_core.ir import opcodes as op
from hqemu_core.ir import types as ty
from hqemu_core.isa.abi import Cpu, Memory

from .state import FPCR, FPSR, MONITOR_ADDR, SP, N, V, X

SIGRETURN_CODE = struct.pack("<II", 0xD2801168, 0xD4000001)
"""mov x8, #139; svc #0: the very words that unwinders look for"""

_INFO_SIZE = 128
_UC_MCONTEXT = 176
_CONTEXT = _INFO_SIZE + _UC_MCONTEXT
_RESERVED = 288
_RESERVED_SIZE = 4096
FRAME_SIZE = _CONTEXT + _RESERVED + _RESERVED_SIZE
_FPSIMD_MAGIC, _FPSIMD_SIZE = 0x46508001, 528
_ESR_MAGIC, _ESR_SIZE = 0x45535201, 16
_SA_SIGINFO, _SA_RESTORER = 4, 0x04000000
_IDC_QC = 1 << 7 | 1 << 27
_STICKY = ((op.FP_INVALID, 1), (op.FP_DIVZERO, 2), (op.FP_OVERFLOW, 4), (op.FP_UNDERFLOW, 8), (op.FP_INEXACT, 16))
"""sticky flag -> FPSR bit (IOC DZC OFC UFC IXC); IDC is in the state's FPSR"""
# ESR_EL1 of a data abort from EL0: class 0x24, 32-bit instruction; WnR; translation or permission fault, level 3
_ESR_DATA, _ESR_WRITE, _ESR_UNMAPPED, _ESR_PERMISSION = 0x24 << 26 | 1 << 25, 1 << 6, 0x07, 0x0F


def push_frame(
    cpu: Cpu, memory: Memory, sp: int, signo: int, siginfo: bytes, action: tuple[int, int, int, int], mask: int,
    altstack: tuple[int, int, int], fault: tuple[int, bool, bool] | None = None,
) -> None:  # fmt: skip
    """Build the frame below ``sp`` and enter the function. ``action`` is (function, flags, restorer, mask);
    ``mask`` and ``altstack`` (sp, flags, size) are those to return to; ``fault`` of a data access that faulted is
    (address, write, mapped)."""
    function, flags, restorer, _ = action
    registers = cpu.read_bytes(X, 32 * 8)  # and sp
    record = (sp - 16) & ~15
    at = record - FRAME_SIZE
    n, z, c, v = cpu.read_bytes(N, 4)
    pstate = n << 31 | z << 30 | c << 29 | v << 28
    head = struct.pack("<QQQI4xQQ128x", 0, 0, *altstack, mask)
    context = struct.pack("<Q256sQQ", fault[0] if fault is not None else 0, registers, cpu.pc, pstate)
    records = struct.pack("<IIII", _FPSIMD_MAGIC, _FPSIMD_SIZE, _fpsr(cpu), cpu.read(FPCR, ty.I32))
    records += cpu.read_bytes(V, 32 * 16)
    if fault is not None:
        esr = _ESR_DATA | (_ESR_WRITE if fault[1] else 0) | (_ESR_PERMISSION if fault[2] else _ESR_UNMAPPED)
        records += struct.pack("<IIQ", _ESR_MAGIC, _ESR_SIZE, esr)
    info = siginfo if flags & _SA_SIGINFO else bytes(_INFO_SIZE)
    frame = info + head + context + bytes(_RESERVED - len(context)) + records
    memory.write(at, frame + bytes(FRAME_SIZE - len(frame)) + registers[29 * 8 : 31 * 8])
    cpu.write(X, ty.I64, signo)
    if flags & _SA_SIGINFO:
        cpu.write(X + 8, ty.I64, at)
        cpu.write(X + 16, ty.I64, at + _INFO_SIZE)
    cpu.write(X + 29 * 8, ty.I64, record)
    cpu.write(X + 30 * 8, ty.I64, restorer)
    cpu.write(SP, ty.I64, at)
    cpu.write(MONITOR_ADDR, ty.I64, (1 << 64) - 1)
    cpu.pc = function


def pop_frame(cpu: Cpu, memory: Memory) -> tuple[int, tuple[int, int, int]]:
    """Undo :func:`push_frame` from the frame at sp; (signal mask, altstack) that it holds."""
    at = cpu.read(SP, ty.I64)
    if at & 15:
        raise GuestFault(at)
    frame = memory.read(at, FRAME_SIZE)
    alt_sp, alt_flags, alt_size, mask = struct.unpack_from("<QI4xQQ", frame, _INFO_SIZE + 16)
    registers, cpu.pc, pstate = struct.unpack_from("<8x256sQQ", frame, _CONTEXT)
    vectors = _find_fpsimd(frame, at)
    cpu.write_bytes(X, registers)
    cpu.write_bytes(N, bytes(pstate >> bit & 1 for bit in (31, 30, 29, 28)))
    fpsr, fpcr = struct.unpack_from("<II", frame, vectors + 8)
    _set_fp(cpu, fpsr, fpcr)
    cpu.write_bytes(V, frame[vectors + 16 : vectors + 16 + 32 * 16])
    cpu.write(MONITOR_ADDR, ty.I64, (1 << 64) - 1)
    return mask, (alt_sp, alt_flags, alt_size)


def _find_fpsimd(frame: bytes, addr: int) -> int:
    """Offset of the fpsimd_context; a frame without one is bad, as for the kernel."""
    at, found = _CONTEXT + _RESERVED, 0
    while at + 8 <= FRAME_SIZE:
        magic, size = struct.unpack_from("<II", frame, at)
        if magic == 0 and size == 0:
            break
        if magic == _FPSIMD_MAGIC and size == _FPSIMD_SIZE and not found and at + size <= FRAME_SIZE:
            found = at
        if size < 16 or size & 15:
            break
        at += size
    if not found:
        raise GuestFault(addr)
    return found


def _fpsr(cpu: Cpu) -> int:
    """FPSR: what the state holds, and the sticky flags that the host's FPU holds while guest code runs."""
    flags = cpu.fp_flags
    value = cpu.read(FPSR, ty.I32)
    for flag, bit in _STICKY:
        if flags & flag:
            value |= bit
    return value


def _set_fp(cpu: Cpu, fpsr: int, fpcr: int) -> None:
    cpu.write(FPSR, ty.I32, fpsr & _IDC_QC)
    cpu.write(FPCR, ty.I32, fpcr)
    cpu.fp_flags = sum(flag for flag, bit in _STICKY if fpsr & bit)
    # RMode 0 nearest, 1 up, 2 down, 3 zero; the IR's: 0 nearest, 1 down, 2 up, 3 zero
    cpu.fp_rounding = (0, 2, 1, 3)[fpcr >> 22 & 3]
