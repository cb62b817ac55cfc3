"""The signal frames of i386 Linux (``arch/x86/include/asm/sigframe.h``, ``uapi/asm/sigcontext.h``)."""

from __future__ import annotations

import struct
from typing import Final

from hqemu_core.ir import types as ty
from hqemu_core.isa.abi import Cpu, Memory

from . import fpstate
from .segments import load_segment
from .sigcontext import (
    ENTRY_CLEARS,
    FIXED_FLAGS,
    FREGS_SIZE,
    SA_RESTORER,
    SA_SIGINFO,
    fpstate_image,
    place_fpstate,
    restore_fpstate,
    trap_of,
)  # fmt: skip
from .state import (
    CS,
    DS,
    EFLAGS,
    ES,
    FS,
    GS,
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

USER_CS, USER_DS = 0x23, 0x2B
OLD_RETURN: Final = b"\x58\xb8\x77\0\0\0\xcd\x80"
"""pop %eax; mov $119, %eax; int $0x80: the very bytes that unwinders look for"""
RT_RETURN: Final = b"\xb8\xad\0\0\0\xcd\x80\0"
SIGRETURN_CODE: Final = OLD_RETURN + RT_RETURN
CONTEXT_SIZE: Final = 88
_FPSTATE_UNUSED: Final = 624
OLD_SIZE: Final = 8 + CONTEXT_SIZE + _FPSTATE_UNUSED + 4 + 8
_INFO_SIZE: Final = 128
_RT_UC: Final = 16 + _INFO_SIZE
_UC_CONTEXT: Final = 20
RT_SIZE: Final = _RT_UC + _UC_CONTEXT + CONTEXT_SIZE + 8 + 8
_LOW: Final = 0xFFFFFFFF
_CONTEXT: Final = struct.Struct("<22I")


def _context(cpu: Cpu, trap: tuple[int, int, int], state_at: int, mask: int) -> bytes:
    def word(offset: int) -> int:
        return cpu.read(offset, ty.I32)

    def selector(offset: int) -> int:
        return cpu.read(offset, ty.I16)

    number, error, cr2 = trap
    return _CONTEXT.pack(
        selector(GS), selector(FS), selector(ES), selector(DS), word(RDI), word(RSI), word(RBP), word(RSP), word(RBX),
        word(RDX), word(RCX), word(RAX), number, error, cpu.pc, selector(CS), read_eflags(cpu), word(RSP),
        selector(SS), state_at, mask & _LOW, cr2 & _LOW,
    )  # fmt: skip


def push_frame(
    cpu: Cpu, memory: Memory, sp: int, signo: int, siginfo: bytes, action: tuple[int, int, int, int], mask: int,
    altstack: tuple[int, int, int], fault: tuple[int, bool, bool] | None = None,
) -> None:  # fmt: skip
    """Build the frame below ``sp`` and enter the function; without SA_RESTORER the restorer is the address of
    :data:`SIGRETURN_CODE`."""
    function, flags, restorer, _ = action
    with_info = bool(flags & SA_SIGINFO)
    image_at = place_fpstate(sp)
    state_at = image_at - FREGS_SIZE
    size = RT_SIZE if with_info else OLD_SIZE
    at = ((state_at - size + 4) & ~15 & _LOW) - 4 & _LOW
    if not flags & SA_RESTORER:
        restorer += len(OLD_RETURN) if with_info else 0
    context = _context(cpu, trap_of(signo, siginfo, fault), state_at, mask)
    if with_info:
        uc = at + _RT_UC
        frame = struct.pack("<4I", restorer, signo, at + 16, uc) + siginfo
        frame += struct.pack("<5I", 1, 0, *altstack) + context + struct.pack("<Q", mask) + RT_RETURN
        info = at + 16
    else:
        frame = struct.pack("<II", restorer, signo) + context + bytes(_FPSTATE_UNUSED)
        frame += struct.pack("<I", mask >> 32) + OLD_RETURN
        info = uc = 0
    memory.write(state_at & _LOW, fpstate.save_fregs(cpu) + fpstate_image(cpu, False))
    memory.write(at, frame)
    fpstate.reset(cpu)
    for offset, value in ((RAX, signo), (RDX, info), (RCX, uc), (RSP, at)):
        cpu.write(offset, ty.I64, value)
    for offset, value in ((DS, USER_DS), (ES, USER_DS), (SS, USER_DS), (CS, USER_CS)):
        cpu.write(offset, ty.I16, value)
    write_eflags(cpu, read_eflags(cpu) & ~ENTRY_CLEARS)
    cpu.pc = function


def _restore(cpu: Cpu, memory: Memory, at: int) -> int:
    """From the sigcontext at ``at``; the low half of the mask."""
    values = _CONTEXT.unpack(memory.read(at, CONTEXT_SIZE))
    gs, fs, es, ds, di, si, bp, sp, bx, dx, cx, ax, _, _, ip, cs, flags, _, ss, state_at, mask, _ = values
    if state_at:
        restore_fpstate(cpu, memory, state_at + FREGS_SIZE, False)
        fpstate.restore_fregs(cpu, memory.read(state_at, FREGS_SIZE))
    else:
        fpstate.reset(cpu)
    registers = ((RDI, di), (RSI, si), (RBP, bp), (RSP, sp), (RBX, bx), (RDX, dx), (RCX, cx), (RAX, ax))
    for offset, value in registers:
        cpu.write(offset, ty.I64, value)
    for n, selector in ((0, es), (3, ds), (4, fs), (5, gs)):
        if not load_segment(cpu, n, selector & 0xFFFF):
            load_segment(cpu, n, 0)
    cpu.write(CS, ty.I16, cs | 3)
    cpu.write(SS, ty.I16, ss | 3)
    write_eflags(cpu, cpu.read(EFLAGS, ty.I32) & ~FIXED_FLAGS | flags & FIXED_FLAGS)
    cpu.pc = ip
    return int(mask)


def pop_frame(cpu: Cpu, memory: Memory) -> tuple[int, tuple[int, int, int]]:
    """rt_sigreturn: the function's return has popped the frame's first word."""
    at = cpu.read(RSP, ty.I32) - 4 & _LOW
    uc = at + _RT_UC
    altstack = struct.unpack("<3I", memory.read(uc + 8, 12))
    (mask,) = struct.unpack("<Q", memory.read(uc + _UC_CONTEXT + CONTEXT_SIZE, 8))
    _restore(cpu, memory, uc + _UC_CONTEXT)
    return mask, (altstack[0], altstack[1], altstack[2])


def pop_old_frame(cpu: Cpu, memory: Memory) -> int:
    """sigreturn: its code has popped the signal's number too."""
    at = cpu.read(RSP, ty.I32) - 8 & _LOW
    high: int
    (high,) = struct.unpack("<I", memory.read(at + 8 + CONTEXT_SIZE + _FPSTATE_UNUSED, 4))
    return _restore(cpu, memory, at + 8) | high << 32
