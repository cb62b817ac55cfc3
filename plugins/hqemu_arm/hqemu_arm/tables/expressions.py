"""Functions that the tables' ``shape``, ``operands`` and ``when`` expressions may call."""

from __future__ import annotations

from .itstate import following as following


def sx(value: int, bits: int) -> int:
    """Two's complement value of a ``bits``-wide field."""
    sign = 1 << (bits - 1)
    return (value & ((1 << bits) - 1) ^ sign) - sign


def u32(value: int) -> int:
    """An address computed from pc, wrapped."""
    return value & 0xFFFFFFFF


def literal(pc: int) -> int:
    """PC as the base of a literal, Align(PC, 4), of the instruction at a code address, in Arm or Thumb state."""
    return (pc & 0xFFFFFFFC) + (4 if pc & 1 else 8)


def pc_value(pc: int) -> int:
    """PC as an operand (A2.3)."""
    return (pc & 0xFFFFFFFE) + (4 if pc & 1 else 8)


def expand(imm12: int) -> int:
    """Modified immediate constant (ARMExpandImm, A5.2.4) as a signed value."""
    value, rotate = imm12 & 0xFF, (imm12 >> 8) * 2
    return sx(value >> rotate | value << (32 - rotate), 32)


def expand_carry(imm12: int) -> int:
    """Carry out of the modified immediate: 0 C is unchanged, 1 becomes 0, 2 becomes 1."""
    if imm12 < 0x100:
        return 0
    return 2 if expand(imm12) < 0 else 1


def thumb_imm(i: int, imm3: int, imm8: int) -> int:
    """Modified immediate constant of T32 (ThumbExpandImm, A6.3.2) as a signed value."""
    rotate = i << 4 | imm3 << 1 | imm8 >> 7
    if rotate < 8:
        return sx(imm8 * (1, 0x10001, 0x1000100, 0x1010101)[rotate >> 1], 32)
    value = imm8 | 0x80
    return sx(value >> rotate | value << (32 - rotate), 32)


def thumb_imm_carry(i: int, imm3: int, imm8: int) -> int:
    """Its carry out, as :func:`expand_carry`."""
    if not i and imm3 < 4:
        return 0
    return 2 if thumb_imm(i, imm3, imm8) < 0 else 1


def thumb_offset(s: int, j1: int, j2: int, high: int, low: int) -> int:
    """Distance of T32's B, BL, BLX (A8.8.18, T4)."""
    return sx((s << 23 | (j1 ^ s ^ 1) << 22 | (j2 ^ s ^ 1) << 21 | high << 11 | low) << 1, 25)


CODES = {0: 0, 1: 14, 2: 12, 3: 16, 4: 1, 8: 4, 10: 5, 11: 6, 13: 2, 14: 3}
"""T32's opcodes of data processing -> those of ``lift.dp``"""


def shift_kind(kind: int, amount: int) -> int:
    """Shift by an immediate (DecodeImmShift): 0 none, 1 LSL, 2 LSR, 3 ASR, 4 ROR by 1 to 31; 5 LSR #32, 6 ASR #32,
    7 RRX."""
    if amount:
        return kind + 1
    return (0, 5, 6, 7)[kind]


def signed_offset(up: int, value: int) -> int:
    """An address offset by the encoding's U bit."""
    return value if up else -value


def count(registers: int) -> int:
    """Registers in a list."""
    return registers.bit_count()


def nth(registers: int, n: int) -> int:
    """The n-th register in a list, lowest first."""
    for _ in range(n):
        registers &= registers - 1
    return (registers & -registers).bit_length() - 1


def freg(double: int, four: int, one: int) -> int:
    """Number of a VFP register for the operand kind ``f``: Dx is one:four, Sx four:one."""
    return 32 + (one << 4 | four) if double else four << 1 | one


def fp_imm(imm8: int, bits: int) -> int:
    """VFPExpandImm (A7.5.1): all 32 bits, or the upper 32 of 64, signed."""
    exponent = 8 if bits == 32 else 11
    high = (imm8 >> 6 & 1 ^ 1) << exponent - 1 | ((1 << exponent - 3) - 1) * (imm8 >> 6 & 1) << 2 | imm8 >> 4 & 3
    return sx((imm8 >> 7) << 31 | high << 31 - exponent | (imm8 & 15) << 27 - exponent, 32)


def dreg(one: int, four: int) -> int:
    """Number of a D register."""
    return one << 4 | four


def shift_size(long: int, imm6: int) -> int:
    """Log2 of a lane's bytes of an Advanced SIMD shift by immediate (L:imm6)."""
    return 3 if long else imm6.bit_length() - 4


def shift_right(long: int, imm6: int) -> int:
    """The amount of a shift right."""
    return (64 if long else 16 << shift_size(long, imm6)) - imm6


def shift_left(long: int, imm6: int) -> int:
    return imm6 - (0 if long else 8 << shift_size(long, imm6))


def simd_imm(op: int, cmode: int, imm8: int) -> int:
    """AdvSIMDExpandImm (A7.4.6), signed."""
    if cmode < 8:
        value = (imm8 << 8 * (cmode >> 1)) * 0x100000001
    elif cmode < 12:
        value = (imm8 << 8 * (cmode >> 1 & 1)) * 0x1000100010001
    elif cmode < 14:
        value = (imm8 << 8 | 0xFF if cmode == 12 else imm8 << 16 | 0xFFFF) * 0x100000001
    elif cmode == 14:
        value = sum(0xFF << 8 * n for n in range(8) if imm8 >> n & 1) if op else imm8 * 0x0101010101010101
    else:
        value = (fp_imm(imm8, 32) & 0xFFFFFFFF) * 0x100000001
    return sx(~value if op and cmode < 14 else value, 64)


def index_mode(rm: int) -> int:
    """Write-back of an element load: 0 none, 1 by the size, 2 by a register."""
    return {15: 0, 13: 1}.get(rm, 2)


def multiple_regs(type: int) -> int:
    """D registers of VLD1 to VLD4 (multiple)."""
    return {0: 4, 1: 4, 2: 4, 3: 4, 4: 3, 5: 3, 6: 3, 7: 1, 8: 2, 9: 2, 10: 2}[type]


def ones(width: int) -> int:
    """``width`` low one bits, signed."""
    return sx((1 << width) - 1, 32)
