"""Functions that the tables' ``shape``, ``operands`` and ``when`` expressions may call."""

from __future__ import annotations


def sx(value: int, bits: int) -> int:
    """Two's complement value of a ``bits``-wide field."""
    sign = 1 << (bits - 1)
    return (value & ((1 << bits) - 1) ^ sign) - sign


def u32(value: int) -> int:
    """An address computed from pc, wrapped."""
    return value & 0xFFFFFFFF


def expand(imm12: int) -> int:
    """Modified immediate constant (ARMExpandImm, A5.2.4) as a signed value."""
    value, rotate = imm12 & 0xFF, (imm12 >> 8) * 2
    return sx(value >> rotate | value << (32 - rotate), 32)


def expand_carry(imm12: int) -> int:
    """Carry out of the modified immediate: 0 C is unchanged, 1 becomes 0, 2 becomes 1."""
    if imm12 < 0x100:
        return 0
    return 2 if expand(imm12) < 0 else 1


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


def ones(width: int) -> int:
    """``width`` low one bits, signed."""
    return sx((1 << width) - 1, 32)
