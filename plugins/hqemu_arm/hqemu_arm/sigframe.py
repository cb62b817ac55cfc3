"""The signal frames of 32-bit Arm Linux (``arch/arm/kernel/signal.h``, ``uapi/asm/sigcontext.h``, ``asm/ucontext.h``).

Without SA_SIGINFO: ucontext (744 bytes), four words of code. With it: siginfo (128 bytes) before that. The ucontext
ends with 512 bytes of records, here one of VFP registers and a null word.
"""

from __future__ import annotations

import struct
from typing import Final

from hqemu_core.errors import GuestFault
from hqemu_core.ir import types as ty
from hqemu_core.isa.abi import Cpu, Memory

from . import vfp_frame
from .state import LR, MONITOR_ADDR, SP, R
from .status import code_address, read_cpsr, write_cpsr

SIGPAGE: Final = struct.pack(
    "<7I",
    0xE3A07077, 0xEF900077,  # mov r7, #119; svc #0x900077
    0xDF002777,  # movs r7, #119; svc #0
    0xE3A070AD, 0xEF9000AD,  # mov r7, #173; svc #0x9000ad
    0xDF0027AD,  # movs r7, #173; svc #0
    0,
)  # fmt: skip
"""Returns from signals, in A32 and T32, without siginfo and with: the very words that unwinders look for."""

INFO_SIZE: Final = 128
UCONTEXT_SIZE: Final = 744
CONTEXT: Final = 20
"""offset of uc_mcontext: trap_no, error_code, oldmask, r0 to r15, cpsr, fault_address"""
SIGMASK: Final = 104
REGSPACE: Final = 232
FRAME_SIZE: Final = UCONTEXT_SIZE + 16
_OLD_MAGIC: Final = 0x5AC3C35A
"""uc_flags of a frame without siginfo"""
_IT_AND_ENDIAN: Final = 0x0600FC00 | 0x200
"""bits of CPSR that are clear when a function is entered"""
_SA_SIGINFO, _SA_RESTORER = 4, 0x04000000
# fault status of a data abort: translation or permission fault of a page; bit 11 says write
_DATA_ABORT, _FSR_WRITE, _FSR_UNMAPPED, _FSR_PERMISSION = 14, 1 << 11, 0x07, 0x0F


def push_frame(
    cpu: Cpu, memory: Memory, sp: int, signo: int, siginfo: bytes, action: tuple[int, int, int, int], mask: int,
    altstack: tuple[int, int, int], fault: tuple[int, bool, bool] | None = None,
) -> None:  # fmt: skip
    """Build the frame below ``sp`` and enter the function. ``action`` is (function, flags, restorer, mask): without
    SA_RESTORER the restorer is the address of :data:`SIGPAGE`. ``mask`` and ``altstack`` (sp, flags, size) are those to
    return to; ``fault`` of a data access that faulted is (address, write, mapped)."""
    function, flags, restorer, _ = action
    with_info = bool(flags & _SA_SIGINFO)
    thumb = function & 1
    size = FRAME_SIZE + (INFO_SIZE if with_info else 0)
    at = (sp - size) & 0xFFFFFFF8
    code = bytes(16)
    if not flags & _SA_RESTORER:
        slot = thumb * 2 + with_info * 3
        code = SIGPAGE[slot * 4 : slot * 4 + 8].ljust(16, b"\0")
        restorer += slot * 4 + thumb
    uc = struct.pack("<IIIII", 0, 0, *altstack) if with_info else struct.pack("<II12x", _OLD_MAGIC, 0)
    frame = uc + _context(cpu, mask, fault) + struct.pack("<Q120x", mask) + vfp_frame.save(cpu)
    memory.write(at, (siginfo if with_info else b"") + frame.ljust(UCONTEXT_SIZE, b"\0") + code)
    cpu.write(R, ty.I32, signo)
    if with_info:
        cpu.write(R + 4, ty.I32, at)
        cpu.write(R + 8, ty.I32, at + INFO_SIZE)
    cpu.write(SP, ty.I32, at)
    cpu.write(LR, ty.I32, restorer)
    _forget_monitor(cpu)
    write_cpsr(cpu, read_cpsr(cpu) & ~_IT_AND_ENDIAN)
    cpu.pc = function if thumb else function & ~3


def _context(cpu: Cpu, mask: int, fault: tuple[int, bool, bool] | None) -> bytes:
    address, write, mapped = fault if fault is not None else (0, False, False)
    error = (_FSR_WRITE if write else 0) | (_FSR_PERMISSION if mapped else _FSR_UNMAPPED)
    trap, error = (_DATA_ABORT, error) if fault is not None else (0, 0)
    registers = [cpu.read(R + 4 * n, ty.I32) for n in range(15)]
    return struct.pack(
        "<21I", trap, error, mask & 0xFFFFFFFF, *registers, cpu.pc & 0xFFFFFFFE, read_cpsr(cpu), address & 0xFFFFFFFF
    )


def _forget_monitor(cpu: Cpu) -> None:
    cpu.write(MONITOR_ADDR, ty.I64, (1 << 64) - 1)


def _pop(cpu: Cpu, memory: Memory, before: int) -> tuple[int, tuple[int, int, int]]:
    """The frame whose ucontext is ``before`` bytes above sp."""
    sp = cpu.read(SP, ty.I32)
    if sp & 7:
        raise GuestFault(sp)
    data = memory.read(sp + before, UCONTEXT_SIZE)
    altstack = struct.unpack_from("<III", data, 8)
    values = struct.unpack_from("<21I", data, CONTEXT)
    (mask,) = struct.unpack_from("<Q", data, SIGMASK)
    registers, pc, cpsr = values[3:18], values[18], values[19]
    if not vfp_frame.is_valid(data, REGSPACE):
        raise GuestFault(sp)
    for n, value in enumerate(registers):
        cpu.write(R + 4 * n, ty.I32, value)
    vfp_frame.restore(cpu, data, REGSPACE)
    write_cpsr(cpu, cpsr)
    cpu.pc = code_address(pc, cpsr)
    _forget_monitor(cpu)
    return mask, altstack


def pop_frame(cpu: Cpu, memory: Memory) -> tuple[int, tuple[int, int, int]]:
    """rt_sigreturn: undo :func:`push_frame` from the frame at sp; (signal mask, altstack) that it holds."""
    return _pop(cpu, memory, INFO_SIZE)


def pop_old_frame(cpu: Cpu, memory: Memory) -> int:
    """sigreturn: from a frame without siginfo, whose altstack means nothing."""
    return _pop(cpu, memory, 0)[0]
