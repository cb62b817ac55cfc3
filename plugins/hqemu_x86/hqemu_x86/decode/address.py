"""Memory operands: ModRM, SIB, displacement to an address row, its shape and operands (SDM volume 2, section 2.1.5)."""

from __future__ import annotations

from typing import Any, Final

from hqemu_core.isa.table import Row

from ..lift import address as lift
from .operands import SIGNED8, WIDE


class AddressRow(Row):
    """A part: leaves the address to the part behind it. ``shape``: segment, address size in bits, scale if indexed."""

    def __init__(self, name: str, kinds: tuple[str, ...], lift_function: Any, insn: str) -> None:
        self.name = name
        self.pattern = self.shape = self.operands = self.when = self.flags = self.end = self.fuse = self.feature = ""
        self.mask = self.value = self.width = 0
        self.fields = ()
        self.parts = ()
        self.insn = insn
        self.kinds = kinds
        self.target = kinds.index("to") if "to" in kinds else -1
        self.lift = lift_function


BASE: Final = AddressRow("at_base", ("r",), lift.lift_base, "[rax]")
BASE_DISP: Final = AddressRow("at_base_disp", ("r", "i"), lift.lift_base_disp, "[rax + 8]")
BASE_INDEX: Final = AddressRow("at_base_index", ("r", "r"), lift.lift_base_index, "[rax + 4*rcx]")
BASE_INDEX_DISP: Final = AddressRow(
    "at_base_index_disp", ("r", "r", "i"), lift.lift_base_index_disp, "[rax + 4*rcx + 8]"
)
INDEX_DISP: Final = AddressRow("at_index_disp", ("r", "i"), lift.lift_index_disp, "[4*rcx + 8]")
DISP: Final = AddressRow("at_disp", ("i",), lift.lift_disp, "[8]")
FAR_DISP: Final = AddressRow("at_far_disp", ("wide",), lift.lift_far_disp, "[0x123456789abc]")
RIP: Final = AddressRow("at_rip", ("to",), lift.lift_rip, "[rip + 8]")
ROWS: Final = (BASE, BASE_DISP, BASE_INDEX, BASE_INDEX_DISP, INDEX_DISP, DISP, FAR_DISP, RIP)

Address = tuple[Row, tuple[int, ...], tuple[int, ...]]

_int: Final = int.from_bytes


def address(key: bytes, at: int, rex: int, segment: int, pc: int, bits: int, long: bool) -> Address:
    """The operand whose ModRM byte (not of a register) is at ``at``; ``bits`` the address size, 32 or 64."""
    m = key[at]
    rm = m & 7
    if rm != 4:
        if m >= 0x80:
            return (
                BASE_DISP,
                (segment, bits),
                (WIDE[rm | rex << 3 & 8], _int(key[at + 1 : at + 5], "little", signed=True)),
            )
        if m >= 0x40:
            return BASE_DISP, (segment, bits), (WIDE[rm | rex << 3 & 8], SIGNED8[key[at + 1]])
        if rm != 5:
            return BASE, (segment, bits), (WIDE[rm | rex << 3 & 8],)
        disp = _int(key[at + 1 : at + 5], "little", signed=True)
        if long:
            return RIP, (segment, bits), (pc + len(key) + disp & (1 << bits) - 1,)
        return DISP, (segment, bits), (disp,)
    sib = key[at + 1]
    base, index, scale = sib & 7, sib >> 3 & 7 | rex << 2 & 8, sib >> 6
    if m >= 0x80:
        disp = _int(key[at + 2 : at + 6], "little", signed=True)
    elif m >= 0x40:
        disp = SIGNED8[key[at + 2]]
    elif base == 5:
        disp = _int(key[at + 2 : at + 6], "little", signed=True)
        if index == 4:
            return DISP, (segment, bits), (disp,)
        return INDEX_DISP, (segment, bits, scale), (WIDE[index], disp)
    else:
        disp = 0
    register = WIDE[base | rex << 3 & 8]
    if index == 4:
        if disp or m >= 0x40:
            return BASE_DISP, (segment, bits), (register, disp)
        return BASE, (segment, bits), (register,)
    if m < 0x40:
        return BASE_INDEX, (segment, bits, scale), (register, WIDE[index])
    return BASE_INDEX_DISP, (segment, bits, scale), (register, WIDE[index], disp)


_PAIRS16: Final = ((3, 6), (3, 7), (5, 6), (5, 7), (6,), (7,), (5,), (3,))


def address16(key: bytes, at: int, segment: int) -> Address:
    """The same with 16-bit addressing."""
    m = key[at]
    mod, rm = m >> 6, m & 7
    if mod == 0 and rm == 6:
        return DISP, (segment, 16), (_int(key[at + 1 : at + 3], "little", signed=True),)
    disp = 0 if mod == 0 else SIGNED8[key[at + 1]] if mod == 1 else _int(key[at + 1 : at + 3], "little", signed=True)
    registers = tuple(WIDE[n] for n in _PAIRS16[rm])
    if len(registers) == 1:
        return BASE_DISP, (segment, 16), (*registers, disp)
    return BASE_INDEX_DISP, (segment, 16, 0), (*registers, disp)


def moffs(key: bytes, at: int, segment: int, bits: int) -> Address:
    """The address behind the opcode at ``at`` (mov to and from rAX)."""
    value = _int(key[at + 1 : at + 1 + bits // 8], "little", signed=True)
    if -0x80000000 <= value < 0x80000000:
        return DISP, (segment, bits), (value,)
    return FAR_DISP, (segment, bits), (value,)
