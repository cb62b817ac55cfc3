"""The FXSAVE and XSAVE images of a stopped CPU, and the FSAVE image of old signal frames (SDM vol. 1, 10.5, 13.4)."""

from __future__ import annotations

import struct
from typing import Final

from hqemu_core.ir import types as ty
from hqemu_core.isa.abi import Cpu

from .state import FCS, FCW, FDP, FDS, FIP, FOP, FSW, FTAGS, FTOP, ST, YMM

FX_SIZE: Final = 512
HEADER: Final = 512
"""of the XSAVE header: which components there are, and the compact form's"""
AVX: Final = 576
"""of the upper halves of YMM registers in the standard form"""
XSAVE_SIZE: Final = 832
X87_PART, SSE_PART, AVX_PART = 1, 2, 4
FEATURES: Final = X87_PART | SSE_PART | AVX_PART
"""XCR0"""
MXCSR_MASK: Final = 0xFFFF
FCW_INIT: Final = 0x37F
MXCSR_INIT: Final = 0x1F80
_SIGNIFICAND: Final = (1 << 64) - 1


def read_mxcsr(cpu: Cpu) -> int:
    """The core holds it while guest code runs: flags, and modes with traps where MXCSR has masks."""
    mode = cpu.fp_rounding
    return cpu.fp_flags | (mode & 7) << 13 | (mode & 8) << 3 | (~mode >> 4 & 63) << 7


def write_mxcsr(cpu: Cpu, value: int) -> None:
    cpu.fp_flags = value & 63
    cpu.fp_rounding = value >> 13 & 7 | value >> 3 & 8 | (~value >> 7 & 63) << 4


_CODES: Final = 0x4741
"""C0 to C3, SF and IE: what the state's FSW holds"""


def read_fcw(cpu: Cpu) -> int:
    return cpu.read(FCW, ty.I16)


def write_fcw(cpu: Cpu, value: int) -> None:
    cpu.write(FCW, ty.I16, value & 0x1F3F | 0x40)
    cpu.f80_control = value


def read_fsw(cpu: Cpu) -> int:
    value = cpu.read(FSW, ty.I16) & _CODES | cpu.f80_flags | (cpu.read(FTOP, ty.I8) & 7) << 11
    return value | (0x8080 if value & ~read_fcw(cpu) & 0x3F else 0)


def write_fsw(cpu: Cpu, value: int) -> None:
    """After the control word: what it does not mask is pending."""
    cpu.write(FSW, ty.I16, value & _CODES & ~1)
    cpu.write(FTOP, ty.I8, value >> 11 & 7)
    cpu.f80_flags = value & 0x3F


def _turned(bits: int, by: int) -> int:
    by &= 7
    return (bits << by | bits >> 8 - by) & 0xFF


def in_use(cpu: Cpu) -> int:
    """A bit per physical register that is not empty."""
    tags = cpu.read(FTAGS, ty.I64)
    return _turned(sum((tags >> 8 * n & 1) << n for n in range(8)), cpu.read(FTOP, ty.I8))


def set_in_use(cpu: Cpu, bits: int) -> None:
    """After TOP was set."""
    bits = _turned(bits, -cpu.read(FTOP, ty.I8))
    cpu.write(FTAGS, ty.I64, sum((bits >> n & 1) << 8 * n for n in range(8)))


def read_st(cpu: Cpu, n: int) -> bytes:
    """Ten bytes of ST(n)."""
    return cpu.read(ST + 16 * n, ty.F80).to_bytes(10, "little")


def write_st(cpu: Cpu, n: int, data: bytes) -> None:
    cpu.write(ST + 16 * n, ty.F80, int.from_bytes(data[:10], "little"))


def reset(cpu: Cpu) -> None:
    """As at a program's start, and when a signal's function is entered."""
    for offset in (FOP, FCS, FDS):
        cpu.write(offset, ty.I16, 0)
    for offset in (FIP, FDP):
        cpu.write(offset, ty.I64, 0)
    write_fcw(cpu, FCW_INIT)
    write_fsw(cpu, 0)
    set_in_use(cpu, 0)
    for n in range(8):
        write_st(cpu, n, b"")
    for n in range(32):
        cpu.write(YMM + 16 * n, ty.I128, 0)
    write_mxcsr(cpu, MXCSR_INIT)


def save_fx(cpu: Cpu, wide: bool) -> bytearray:
    """512 bytes; ``wide``: 64-bit mode, with 16 XMM registers and long pointers."""
    image = bytearray(FX_SIZE)
    fip, fdp = cpu.read(FIP, ty.I64), cpu.read(FDP, ty.I64)
    struct.pack_into(
        "<HHBxH", image, 0, read_fcw(cpu), read_fsw(cpu), in_use(cpu), cpu.read(FOP, ty.I16) & 0x7FF
    )
    if wide:
        struct.pack_into("<QQ", image, 8, fip, fdp)
    else:
        struct.pack_into("<IHxxIHxx", image, 8, fip & 0xFFFFFFFF, cpu.read(FCS, ty.I16), fdp & 0xFFFFFFFF,
                         cpu.read(FDS, ty.I16))  # fmt: skip
    struct.pack_into("<II", image, 24, read_mxcsr(cpu), MXCSR_MASK)
    for n in range(8):
        image[32 + 16 * n : 42 + 16 * n] = read_st(cpu, n)
    for n in range(16 if wide else 8):
        image[160 + 16 * n : 176 + 16 * n] = cpu.read(YMM + 32 * n, ty.I128).to_bytes(16, "little")
    return image


def restore_fx(cpu: Cpu, image: bytes, wide: bool) -> None:
    fcw, fsw, tags, fop = struct.unpack_from("<HHBxH", image)
    write_fcw(cpu, fcw)
    write_fsw(cpu, fsw)
    set_in_use(cpu, tags)
    cpu.write(FOP, ty.I16, fop & 0x7FF)
    if wide:
        fip, fdp = struct.unpack_from("<QQ", image, 8)
        fcs = fds = 0
    else:
        fip, fcs, fdp, fds = struct.unpack_from("<IHxxIHxx", image, 8)
    cpu.write(FIP, ty.I64, fip)
    cpu.write(FDP, ty.I64, fdp)
    cpu.write(FCS, ty.I16, fcs)
    cpu.write(FDS, ty.I16, fds)
    write_mxcsr(cpu, int.from_bytes(image[24:28], "little"))
    for n in range(8):
        write_st(cpu, n, image[32 + 16 * n : 42 + 16 * n])
    for n in range(16 if wide else 8):
        cpu.write(YMM + 32 * n, ty.I128, int.from_bytes(image[160 + 16 * n : 176 + 16 * n], "little"))


def save_xsave(cpu: Cpu, wide: bool) -> bytearray:
    """The standard form of all components."""
    image = save_fx(cpu, wide) + bytes(XSAVE_SIZE - FX_SIZE)
    struct.pack_into("<Q", image, HEADER, FEATURES)
    for n in range(16 if wide else 8):
        image[AVX + 16 * n : AVX + 16 + 16 * n] = cpu.read(YMM + 32 * n + 16, ty.I128).to_bytes(16, "little")
    return image


def restore_xsave(cpu: Cpu, image: bytes, wide: bool) -> None:
    """A component that the header does not name takes its initial value."""
    (present,) = struct.unpack_from("<Q", image, HEADER)
    data = bytearray(image)
    if not present & X87_PART:
        data[:24] = struct.pack("<HHBxHQQ", FCW_INIT, 0, 0, 0, 0, 0)
        data[32:160] = bytes(128)
    if not present & SSE_PART:
        data[160:416] = bytes(256)
    restore_fx(cpu, bytes(data), wide)
    for n in range(16 if wide else 8):
        high = data[AVX + 16 * n : AVX + 16 + 16 * n] if present & AVX_PART else b""
        cpu.write(YMM + 32 * n + 16, ty.I128, int.from_bytes(high, "little"))


def tag_word(cpu: Cpu) -> int:
    """The full tag word: 0 valid, 1 zero, 2 special, 3 empty; two bits per physical register."""
    word, top, used = 0, cpu.read(FTOP, ty.I8), in_use(cpu)
    for n in range(8):
        if not used >> n & 1:
            tag = 3
        else:
            value = cpu.read(ST + 16 * (n - top & 7), ty.F80)
            exponent, significand = value >> 64 & 0x7FFF, value & _SIGNIFICAND
            if not exponent and not significand:
                tag = 1
            else:
                tag = 2 if exponent in (0, 0x7FFF) or not significand >> 63 else 0
        word |= tag << 2 * n
    return word


def save_fregs(cpu: Cpu) -> bytes:
    """struct fregs_state, 112 bytes: FSAVE's image and the status word again."""
    fsw = read_fsw(cpu)
    head = struct.pack(
        "<7I", read_fcw(cpu) | 0xFFFF0000, fsw | 0xFFFF0000, tag_word(cpu) | 0xFFFF0000,
        cpu.read(FIP, ty.I64) & 0xFFFFFFFF, cpu.read(FCS, ty.I16) | cpu.read(FOP, ty.I16) << 16,
        cpu.read(FDP, ty.I64) & 0xFFFFFFFF, cpu.read(FDS, ty.I16) | 0xFFFF0000,
    )  # fmt: skip
    return head + b"".join([read_st(cpu, n) for n in range(8)]) + struct.pack("<I", fsw)


def restore_fregs(cpu: Cpu, data: bytes) -> None:
    """The x87 registers from struct fregs_state."""
    fcw, fsw, tags, fip, fcs, fdp, fds = struct.unpack_from("<7I", data)
    write_fcw(cpu, fcw)
    write_fsw(cpu, fsw & 0xFFFF)
    set_in_use(cpu, sum((tags >> 2 * n & 3 != 3) << n for n in range(8)))
    cpu.write(FIP, ty.I64, fip)
    cpu.write(FCS, ty.I16, fcs & 0xFFFF)
    cpu.write(FOP, ty.I16, fcs >> 16 & 0x7FF)
    cpu.write(FDP, ty.I64, fdp)
    cpu.write(FDS, ty.I16, fds & 0xFFFF)
    for n in range(8):
        write_st(cpu, n, data[28 + 10 * n : 38 + 10 * n])
