"""AVX2's gathers. Their addresses are vectors, which no address mode of the tables is: done as a trapped instruction.

VEX.66.0F38 90 to 93: bit 0 of the opcode says that indices have 64 bits, VEX.W that elements have (SDM volume 2,
VGATHERDPS). Lanes whose mask's sign is set are loaded, lowest first; a fault leaves mask and result as far as they are.
"""

from __future__ import annotations

from hqemu_core.errors import GuestFault
from hqemu_core.isa.abi import Cpu, Memory

from .state import BASES, GPR, YMM

_LONGEST = 15
_SEGMENTS = {0x26: 0, 0x2E: 1, 0x36: 2, 0x3E: 3, 0x64: 4, 0x65: 5}


def _code(memory: Memory, pc: int) -> bytes:
    """The instruction's bytes, as far as there are any."""
    for size in range(_LONGEST, 0, -1):
        try:
            return memory.read(pc, size)
        except GuestFault:
            continue
    return b""


def _register(cpu: Cpu, number: int) -> int:
    return int.from_bytes(cpu.read_bytes(GPR + 8 * number, 8), "little")


def emulate_gather(cpu: Cpu, memory: Memory, bits: int) -> bool:
    """Do the gather at ``cpu.pc`` and step over it; False: there is none. Raises GuestFault."""
    code = _code(memory, cpu.pc)
    at = segment = 0
    short = False
    while at < len(code) and (code[at] in _SEGMENTS or code[at] == 0x67):
        if code[at] == 0x67:
            short = True
        else:
            segment = _SEGMENTS[code[at]]
        at += 1
    if len(code) < at + 6 or code[at] != 0xC4 or code[at + 3] & ~3 != 0x90:
        return False
    first, second, opcode, modrm, sib = code[at + 1 : at + 6]
    if first & 31 != 2 or second & 3 != 1 or modrm >> 6 == 3 or modrm & 7 != 4:
        return False
    high = 0 if bits == 32 else 8
    to = modrm >> 3 & 7 | (~first >> 4 & high)
    index = sib >> 3 & 7 | (~first >> 3 & high)
    base = sib & 7 | (~first >> 2 & high)
    mask = ~second >> 3 & (15 if bits == 64 else 7)
    if len({to, index, mask}) < 3:
        return False
    at += 6
    mode = modrm >> 6
    size = 4 if mode == 2 or (mode == 0 and base & 7 == 5) else mode
    start = int.from_bytes(code[at : at + size], "little", signed=True)
    if mode or base & 7 != 5:
        start += _register(cpu, base)
    wide = (1 << (32 if short or bits == 32 else 64)) - 1
    moved = int.from_bytes(cpu.read_bytes(BASES + 8 * segment, 8), "little") if segment else 0
    whole = 32 if second & 4 else 16
    step, unit = (8 if opcode & 1 else 4), (8 if second & 0x80 else 4)
    count = whole // max(step, unit)
    indices = cpu.read_bytes(YMM + 32 * index, 32)
    for n in range(count):
        lane = YMM + 32 * mask + unit * n
        if cpu.read_bytes(lane + unit - 1, 1)[0] & 0x80:
            offset = int.from_bytes(indices[step * n : step * n + step], "little", signed=True)
            addr = (start + (offset << (sib >> 6)) & wide) + moved & ((1 << bits) - 1)
            cpu.write_bytes(YMM + 32 * to + unit * n, memory.read(addr, unit))
            cpu.write_bytes(lane, bytes(unit))
    cpu.write_bytes(YMM + 32 * mask, bytes(32))
    cpu.write_bytes(YMM + 32 * to + unit * count, bytes(32 - unit * count))
    cpu.pc += at + size
    return True
