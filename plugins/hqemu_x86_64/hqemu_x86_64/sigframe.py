"""The signal frame of x86-64 Linux (``struct rt_sigframe``, ``uapi/asm/sigcontext.h``).

From the new sp upwards: the restorer's address, ucontext (304 bytes), siginfo (128); above that, at a multiple of 64,
the XSAVE image. It begins below the red zone of 128 bytes under the old sp.
"""

from __future__ import annotations

import struct
from typing import Final

from hqemu_core.errors import GuestFault
from hqemu_core.ir import types as ty
from hqemu_core.isa.abi import Cpu, Memory
from hqemu_x86 import fpstate
from hqemu_x86.sigcontext import (
    ENTRY_CLEARS,
    FIXED_FLAGS,
    SA_RESTORER,
    SA_SIGINFO,
    fpstate_image,
    place_fpstate,
    restore_fpstate,
    trap_of,
)  # fmt: skip
from hqemu_x86.state import (
    CS,
    EFLAGS,
    FS,
    GS,
    R8,
    R9,
    R10,
    R11,
    R12,
    R13,
    R14,
    R15,
    RAX,
    RBP,
    RBX,
    RCX,
    RDI,
    RDX,
    RSI,
    RSP,
    SS,
    read_eflags,
    write_eflags,
)  # fmt: skip

USER_CS, USER_DS = 0x33, 0x2B
RED_ZONE: Final = 128
SIGRETURN_CODE: Final = b"\x48\xc7\xc0\x0f\0\0\0\x0f\x05"
"""mov $15, %rax; syscall: the very bytes that unwinders look for"""
_UC_FLAGS: Final = 7
"""UC_FP_XSTATE UC_SIGCONTEXT_SS UC_STRICT_RESTORE_SS"""
_UC: Final = 8
_UC_CONTEXT: Final = 40
_CONTEXT: Final = struct.Struct("<18Q4H5Q64x")
_INFO: Final = _UC + _UC_CONTEXT + _CONTEXT.size + 8
FRAME_SIZE: Final = _INFO + 128
_REGISTERS: Final = (R8, R9, R10, R11, R12, R13, R14, R15, RDI, RSI, RBP, RBX, RDX, RAX, RCX, RSP)
"""in the order of struct sigcontext, before the instruction pointer and the flags"""


def push_frame(
    cpu: Cpu, memory: Memory, sp: int, signo: int, siginfo: bytes, action: tuple[int, int, int, int], mask: int,
    altstack: tuple[int, int, int], fault: tuple[int, bool, bool] | None = None,
) -> None:  # fmt: skip
    """Build the frame below ``sp`` and enter the function. As in the kernel, there must be a restorer."""
    function, flags, restorer, _ = action
    if not flags & SA_RESTORER:
        raise GuestFault(sp, True)
    if sp == cpu.read(RSP, ty.I64):
        sp -= RED_ZONE
    state_at = place_fpstate(sp)
    at = ((state_at - FRAME_SIZE) & ~15) - 8
    number, error, cr2 = trap_of(signo, siginfo, fault)
    context = _CONTEXT.pack(
        *[cpu.read(offset, ty.I64) for offset in _REGISTERS], cpu.pc, read_eflags(cpu),
        *[cpu.read(offset, ty.I16) for offset in (CS, GS, FS, SS)], error, number, mask, cr2, state_at,
    )  # fmt: skip
    head = struct.pack("<QQQQi4xQ", restorer, _UC_FLAGS, 0, altstack[0], altstack[1], altstack[2])
    memory.write(state_at, fpstate_image(cpu, True))
    memory.write(at, head + context + struct.pack("<Q", mask) + (siginfo if flags & SA_SIGINFO else b""))
    fpstate.reset(cpu)
    for offset, value in ((RDI, signo), (RAX, 0), (RSI, at + _INFO), (RDX, at + _UC), (RSP, at)):
        cpu.write(offset, ty.I64, value)
    cpu.write(CS, ty.I16, USER_CS)
    write_eflags(cpu, read_eflags(cpu) & ~ENTRY_CLEARS)
    cpu.pc = function


def pop_frame(cpu: Cpu, memory: Memory) -> tuple[int, tuple[int, int, int]]:
    """rt_sigreturn: the function's return has popped the frame's first word."""
    at = cpu.read(RSP, ty.I64) - 8
    frame = memory.read(at, _INFO)
    alt_sp, alt_flags, alt_size = struct.unpack_from("<Qi4xQ", frame, _UC + 16)
    values = _CONTEXT.unpack_from(frame, _UC + _UC_CONTEXT)
    (mask,) = struct.unpack_from("<Q", frame, _INFO - 8)
    *registers, pc, flags, cs, _, _, ss, _, _, _, _, state_at = values
    if state_at:
        restore_fpstate(cpu, memory, state_at, True)
    else:
        fpstate.reset(cpu)
    for offset, value in zip(_REGISTERS, registers, strict=True):
        cpu.write(offset, ty.I64, value)
    cpu.write(CS, ty.I16, cs | 3)
    cpu.write(SS, ty.I16, ss | 3)
    write_eflags(cpu, cpu.read(EFLAGS, ty.I32) & ~FIXED_FLAGS | flags & FIXED_FLAGS)
    cpu.pc = pc
    return mask, (alt_sp, alt_flags, alt_size)
