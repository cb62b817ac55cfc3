"""Operand tokens of the encoding tables: letter and size as in the SDM's opcode map (volume 2, appendix A).

=====  ====================================================================================
E      general register or memory by ModRM.rm; M memory only, R register only
G      general register by ModRM.reg; Z by the opcode's low bits; B by VEX.vvvv; A, C, D: rAX, rCX, rDX
V      vector register by ModRM.reg; W vector register or memory by ModRM.rm, X memory only, U register only;
       H by VEX.vvvv; L by bits 7:4 of the last byte; V0 is XMM0
P      MMX register by ModRM.reg; Q MMX register or memory by ModRM.rm, N register only
F      x87 register by ModRM.rm: its number is in the shape
S      segment register by ModRM.reg: its number is in the shape
I      immediate at the instruction's end, sign-extended; I1 an unsigned byte, I3 a word before a last byte;
       K unsigned byte in the shape
J      branch target; T that of a far one, before its selector; O memory whose address is in the instruction
=====  ====================================================================================

Sizes: b w d q by name, ``dq`` 16 bytes, ``qq`` 32; v operand size, y the same but never 16, z as v with an immediate
of 4 bytes at most, s that of the stack, f that of a near branch, bv bs an immediate byte extended to v or s, ``x`` 16
or 32 by VEX.L, h half of that, a none (the address only).

Tokens without an operand: ``n`` address of the next instruction, ``t`` of this one (both operands of kind "to"); and
in the shape: ``cc`` low four bits of the opcode, ``@a`` address size, ``@o`` operand size, ``@s`` that of the stack,
``@g`` segment override, ``@z`` whether a shift count in the last byte is not 0, ``@b`` whether the address has rSP as
its base, ``@l`` length of the instruction, ``@r`` the repeat prefix. ``=5`` is the number 5.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from ..state import GPR, ST, YMM
from .prefixes import A67, LONG, P66, PF2, PF3, W

_FIXED_SIZES: Final = {"b": 8, "w": 16, "d": 32, "q": 64, "dq": 128, "qq": 256, "t": 80, "a": 0, "": 0}

LOW8: Final = tuple(
    [GPR + 8 * n for n in range(4)] + [GPR + 8 * n + 1 for n in range(4)] + [0] * 8 + [GPR + 8 * n for n in range(16)]
)
"""byte registers: numbers 4 to 7 without REX are AH CH DH BH; with it (16 added) the low bytes of all"""
WIDE: Final = tuple(GPR + 8 * n for n in range(16))
VECTOR: Final = tuple(YMM + 32 * n for n in range(16))
MMX: Final = tuple(ST + 16 * n for n in range(8))
SIGNED8: Final = tuple((n ^ 0x80) - 0x80 for n in range(256))

SPACE: Final[Mapping[str, Any]] = {
    "LOW8": LOW8, "WIDE": WIDE, "VECTOR": VECTOR, "MMX": MMX, "S8": SIGNED8, "int_at": int.from_bytes,
}  # fmt: skip
"""what the expressions below may use"""


class Parsed(NamedTuple):
    """What a token comes to under given prefixes: ``letter`` of the operand's kind in a row's name (r register, v
    vector or MMX register, m memory, i immediate, w wide immediate, j code address; "" no operand), ``kind`` in
    ``state.KINDS``, ``expr`` that computes the operand, ``shape`` numbers for the row's shape (ints or expressions)."""

    letter: str
    kind: str
    expr: str
    shape: tuple[int | str, ...]


def operand_size(bits: int, long: bool) -> int:
    if bits & W:
        return 64
    return 16 if bits & P66 else 32


def stack_size(bits: int, long: bool) -> int:
    return 16 if bits & P66 and not bits & W else 64 if long else 32


def size_of(text: str, bits: int, long: bool) -> int:
    if text in _FIXED_SIZES:
        return _FIXED_SIZES[text]
    if text in "vz":
        return operand_size(bits, long)
    if text == "y":
        return 64 if bits & W and long else 32
    if text == "f":
        return 64 if long else operand_size(bits, long)
    if text == "s":
        return stack_size(bits, long)
    if text == "x":
        return 256 if bits & LONG else 128
    if text == "h":
        return 128 if bits & LONG else 64
    raise ValueError(f"operand size {text!r}")


def _general(number: str, size: int) -> str:
    return f"LOW8[{number} + (rex >> 2 & 16)]" if size == 8 else f"WIDE[{number}]"


_REG: Final = "(m >> 3 & 7 | rex << 1 & 8)"
_RM: Final = "(m & 7 | rex << 3 & 8)"
_FIXED: Final = {"A": 0, "C": 1, "D": 2}


def _immediate(text: str, bits: int, long: bool) -> Parsed:
    if text in ("1", "3"):  # two immediates: a word and a byte
        expr = "int_at(key[-3:-1], 'little')" if text == "3" else "key[-1]"
        return Parsed("i", "i", expr, (16 if text == "3" else 8,))
    if text in ("bv", "bs"):  # a byte, extended
        return Parsed("i", "i", "S8[key[-1]]", (size_of(text[1], bits, long),))
    size = size_of(text, bits, long)
    bytes_ = min(size, 32) // 8 if text in "zs" else size // 8
    if bytes_ == 1:
        return Parsed("i", "i", "S8[key[-1]]", (size,))
    expr = f"int_at(key[-{bytes_}:], 'little', signed=True)"
    if bytes_ == 8:
        return Parsed("w", "wide", expr, (size,))
    return Parsed("i", "i", expr, (size,))


def _target(text: str, bits: int, long: bool) -> Parsed:
    short = bits & P66 and not long
    at = "S8[key[-1]]" if text == "b" else f"int_at(key[-{2 if short else 4}:], 'little', signed=True)"
    mask = 0xFFFF if short else (1 << 64) - 1 if long else 0xFFFFFFFF
    return Parsed("j", "to", f"(pc + len(key) + {at} & {mask})", ())


def parse(token: str, bits: int, opcode: int, register: bool, long: bool) -> Parsed:
    """``register``: ModRM names a register, not memory. Raises ValueError for an unknown token."""
    if token == "cc":
        return Parsed("", "", "", (opcode & 15,))
    if token in ("n", "t"):
        return Parsed("j", "to", "pc + len(key)" if token == "n" else "pc", ())
    if token[0] == "=":
        return Parsed("", "", "", (int(token[1:]),))
    if token == "@a":
        return Parsed("", "", "", ((32 if bits & A67 else 64) if long else 16 if bits & A67 else 32,))
    if token == "@o":
        return Parsed("", "", "", (operand_size(bits, long),))
    if token == "@s":
        return Parsed("", "", "", (stack_size(bits, long),))
    if token == "@b":
        return Parsed("", "", "", ("int(m & 7 == 4 == (key[at + 2] & 7 | rex << 3 & 8))",))
    if token == "@z":
        return Parsed("", "", "", (f"int(key[-1] & {63 if bits & W else 31} != 0)",))
    if token == "@g":
        return Parsed("", "", "", ("segment",))
    if token == "@l":
        return Parsed("", "", "", ("len(key)",))
    if token == "@r":
        return Parsed("", "", "", (2 if bits & PF2 else 1 if bits & PF3 else 0,))
    letter, text = token[0], token[1:]
    if letter == "I":
        return _immediate(text, bits, long)
    if letter == "J":
        return _target(text, bits, long)
    if letter == "T":
        start = -4 if bits & P66 else -6
        return Parsed("j", "to", f"int_at(key[{start}:-2], 'little')", ())
    if letter == "K":
        return Parsed("", "", "", ("key[-1]",))
    if letter == "F":
        return Parsed("", "", "", ("(m & 7)",))
    if letter == "S":
        return Parsed("", "", "", ("(m >> 3 & 7)",))
    if token == "V0":
        return Parsed("v", "r", "VECTOR[0]", (128,))
    size = size_of(text, bits, long)
    if letter in "MXO" or (letter in "EWQ" and not register):
        return Parsed("m", "", "", (size,))
    if letter in _FIXED:
        return Parsed("r", "r", f"WIDE[{_FIXED[letter]}]", (size,))
    if letter in "ERG":
        return Parsed("r", "r", _general(_REG if letter == "G" else _RM, size), (size,))
    if letter == "Z":
        return Parsed("r", "r", _general("(key[at] & 7 | rex << 3 & 8)", size), (size,))
    if letter == "B":
        return Parsed("r", "r", "WIDE[vvvv]", (size,))
    vector = {"V": _REG, "W": _RM, "U": _RM, "H": "vvvv", "L": "(key[-1] >> 4)"}.get(letter)
    if vector is not None:
        return Parsed("v", "r", f"VECTOR[{vector}]", (size,))
    if letter in "PQN":
        return Parsed("v", "r", "MMX[m >> 3 & 7]" if letter == "P" else "MMX[m & 7]", (size,))
    raise ValueError(f"operand token {token!r}")
