"""What the signal frames of both modes share: where the saved FPU state lies, and what a fault tells."""

from __future__ import annotations

import struct
from typing import Final

from hqemu_core.isa.abi import Cpu, Memory

from . import fpstate

SA_SIGINFO, SA_RESTORER = 4, 0x04000000
MAGIC1: Final = 0x46505853
MAGIC2: Final = 0x46505845
FREGS_SIZE: Final = 112
"""struct fregs_state, before the FXSAVE image in the frames of 32-bit programs"""
ENTRY_CLEARS: Final = 0x400 | 0x10000 | 0x100
"""DF RF TF: clear when a signal's function is entered"""
FIXED_FLAGS: Final = 0x50DD5
"""AC OF DF TF SF ZF AF PF CF RF: what sigreturn takes from the frame"""
_SW_RESERVED: Final = 464
_SI_KERNEL: Final = 0x80
_SIGILL, _SIGTRAP, _SIGBUS, _SIGFPE, _SIGSEGV = 4, 5, 7, 8, 11
_PAGE_FAULT: Final = 14


def place_fpstate(sp: int) -> int:
    """Where the XSAVE image below ``sp`` goes."""
    return (sp - fpstate.XSAVE_SIZE - 4) & ~63


def fpstate_image(cpu: Cpu, wide: bool) -> bytes:
    """The XSAVE image with the words by which programs know that it is one, and the end mark."""
    image = fpstate.save_xsave(cpu, wide)
    extended = fpstate.XSAVE_SIZE + 4 + (0 if wide else FREGS_SIZE)
    struct.pack_into("<IIQI", image, _SW_RESERVED, MAGIC1, extended, fpstate.FEATURES, fpstate.XSAVE_SIZE)
    return bytes(image) + struct.pack("<I", MAGIC2)


def restore_fpstate(cpu: Cpu, memory: Memory, at: int, wide: bool) -> None:
    """From the FXSAVE image at ``at``; without the marks of an extended one, only what FXSAVE has."""
    image = memory.read(at, fpstate.FX_SIZE)
    magic, _, _, size = struct.unpack_from("<IIQI", image, _SW_RESERVED)
    if magic == MAGIC1 and size == fpstate.XSAVE_SIZE and at & 63 == 0:
        more = memory.read(at + fpstate.FX_SIZE, fpstate.XSAVE_SIZE + 4 - fpstate.FX_SIZE)
        if more[-4:] == struct.pack("<I", MAGIC2):
            fpstate.restore_xsave(cpu, image + more[:-4], wide)
            return
    fpstate.restore_xsave(
        cpu, image + struct.pack("<Q", fpstate.X87_PART | fpstate.SSE_PART).ljust(320, b"\0"), wide
    )


def trap_of(signo: int, siginfo: bytes, fault: tuple[int, bool, bool] | None) -> tuple[int, int, int]:
    """(trapno, error code, cr2) as the kernel has them in ``thread.trap_nr`` and so on."""
    if fault is not None:
        address, write, mapped = fault
        return _PAGE_FAULT, 4 | (2 if write else 0) | (1 if mapped else 0), address
    code = int.from_bytes(siginfo[8:12], "little", signed=True)
    if code <= 0:
        return 0, 0, 0
    if signo == _SIGILL:
        return 6, 0, 0
    if signo == _SIGTRAP:
        return (3 if code == _SI_KERNEL else 1), 0, 0
    if signo == _SIGBUS:
        return 17, 0, 0
    if signo == _SIGSEGV:
        return 13, 0, 0
    if signo == _SIGFPE and code > 1:
        return 19, 0, 0
    return 0, 0, 0
