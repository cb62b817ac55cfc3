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


def ones(width: int) -> int:
    """``width`` low one bits, signed."""
    return sx((1 << width) - 1, 32)
