"""T32 code to keys: the instruction's halfwords below, what the IT block says of it above.

A key is ``cond:4 first:16 second:16``; the second halfword of a 16-bit instruction is 0. ``cond`` is the condition, 14
outside of IT blocks. Under ``IT AL``, where 16-bit instructions do not set flags, those that do elsewhere have 15.
"""

from __future__ import annotations

from typing import Final

from hqemu_core.isa.code import Code, Key

from ..state import IT_SHIFT

_WIDE: Final = 0xE800
_ALWAYS: Final = 14 << 32
_SETTING_END: Final = 0x4400
"""16-bit encodings below are shifts, moves and data processing"""
_ADDRESS: Final = 0xFFFFFFFF


def advance(it: int) -> int:
    """ITAdvance (A2.5.2)."""
    return it & 0xE0 | it << 1 & 0x1F if it & 7 else 0


def following(pc: int, size: int) -> int:
    """Code address of the next instruction."""
    return (pc + size & _ADDRESS) | advance(pc >> IT_SHIFT) << IT_SHIFT


def split_thumb(source: bytes, pc: int, limit: int) -> Code:
    """Instructions of a block are at code addresses with their ITSTATE."""
    halves = memoryview(source)[: len(source) & ~1].cast("H").tolist()
    keys: list[Key] = []
    pcs = [pc]
    it, at = pc >> IT_SHIFT, pc & _ADDRESS
    n, count = 0, len(halves)
    while n < count and len(keys) < limit:
        first = halves[n]
        n += 1
        key = first << 16
        if first >= _WIDE:
            if n == count:
                break
            key |= halves[n]
            n += 1
        if not it:
            keys.append(key | _ALWAYS)
            if first & 0xFF0F > 0xBF00 and first < 0xC000:
                it = first & 0xFF
                pcs.append(at + 2 * n & _ADDRESS | it << IT_SHIFT)
            else:
                pcs.append(at + 2 * n & _ADDRESS)
        else:
            cond = it >> 4
            keys.append(key | (cond + (cond == 14 and first < _SETTING_END)) << 32)
            it = it & 0xE0 | it << 1 & 0x1F if it & 7 else 0
            pcs.append(at + 2 * n & _ADDRESS | it << IT_SHIFT)
    return Code(keys, pcs, source)


def join_thumb(key: int) -> bytes:
    """The instruction, behind an IT when it is conditional."""
    cond, first, second = key >> 32, key >> 16 & 0xFFFF, key & 0xFFFF
    code = first.to_bytes(2, "little")
    if first >= _WIDE:
        code += second.to_bytes(2, "little")
    if cond == 14:
        return code
    return (0xBF08 | min(cond, 14) << 4).to_bytes(2, "little") + code
