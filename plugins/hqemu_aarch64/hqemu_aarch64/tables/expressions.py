"""Functions that the tables' ``shape``, ``operands`` and ``when`` expressions may call.

Every public function of this module is in the namespace of every row. They run once per distinct instruction
word, never per translated block.
"""

from __future__ import annotations

from functools import lru_cache


def sx(value: int, bits: int) -> int:
    """Two's complement value of a ``bits``-wide field."""
    sign = 1 << (bits - 1)
    return (value & ((1 << bits) - 1) ^ sign) - sign


def fits(value: int) -> bool:
    """Whether an immediate can be an ``i`` operand: signed 32 bit."""
    return -0x80000000 <= value <= 0x7FFFFFFF


def width(sf: int) -> int:
    """Bits of a W (0) or X (1) register."""
    return 64 if sf else 32


def ones(count: int, sf: int = 1) -> int:
    """``count`` low one bits as a signed immediate of a W or X operation."""
    return sx((1 << count) - 1, width(sf))


@lru_cache(maxsize=4096)
def bitmask(n: int, immr: int, imms: int, sf: int) -> int:
    """Logical immediate (DecodeBitMasks) as a signed value of the register's width; 0 when reserved.

    The element size is given by the highest bit of N:NOT(imms); an element of all ones is reserved, so 0 is free
    to mean that.
    """
    length = (n << 6 | imms ^ 0x3F).bit_length() - 1
    if length < 1 or (n and not sf):
        return 0
    size = 1 << length
    run, rotation = imms & (size - 1), immr & (size - 1)
    if run == size - 1:
        return 0
    element = (1 << (run + 1)) - 1
    element = (element >> rotation | element << (size - rotation)) & ((1 << size) - 1)
    total = width(sf)
    value = 0
    for at in range(0, total, size):
        value |= element << at
    return sx(value, total)


def move_wide(invert: int, hw: int, imm: int, sf: int) -> int:
    """MOVZ or MOVN: the new value, signed in the register's width."""
    value = imm << 16 * hw
    return sx(~value if invert else value, width(sf))


def is_bitfield(n: int, immr: int, imms: int, sf: int) -> bool:
    """Whether SBFM/BFM/UBFM fields are allocated."""
    return n == sf and (sf == 1 or not (immr | imms) & 32)


def insert_mask(immr: int, imms: int, sf: int) -> int:
    """BFM: the destination bits that the rotated source replaces, as a signed immediate."""
    if imms >= immr:
        return ones(imms - immr + 1, sf)
    return sx(((1 << (imms + 1)) - 1) << (width(sf) - immr), width(sf))


def extend_kind(option: int, sf: int) -> int:
    """Extended-register ``option``, with all that extend nothing folded into 3."""
    if option & 3 == 3 or (not sf and option & 3 == 2):
        return 3
    return option


def shift_kind(shift: int, amount: int) -> int:
    """Shifted register: 0 none, 1 LSL, 2 LSR, 3 ASR, 4 ROR."""
    return shift + 1 if amount else 0


def barrier_kind(crm: int) -> int:
    """DMB/DSB option as a fence: 0 loads, 1 stores, 2 full."""
    return (2, 0, 1, 2)[crm & 3]
