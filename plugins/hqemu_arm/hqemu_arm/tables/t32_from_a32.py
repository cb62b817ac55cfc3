"""T32 rows of what A32 encodes with other top bits only: coprocessor instructions, VFP, Advanced SIMD (A6.3.18, A7).

A T32 row's pattern is that of the *key*: ``cond:4``, then the first halfword, then the second (0 for a 16-bit
instruction). ``cond`` is what the IT instruction before says: 14 outside of IT blocks. The rows' names, shapes and
operands are A32's, so that both instruction sets use the same stencils: operands that depend on PC have to be written
with :func:`.expressions.literal` (PC as an aligned base) or :func:`.expressions.following`.
"""

from __future__ import annotations

from collections.abc import Iterable

from hqemu_core.isa.table import Row

from .t32_variants import in_block, wide
from .variants import row_like


def _split(pattern: str) -> tuple[str, list[str], list[str]]:
    """The condition field, the other four tokens of the top byte, and the rest."""
    tokens = pattern.split()
    top: list[str] = []
    while len(top) < 5 or (top[0] != "cond:4" and len(top) < 8):
        token = tokens.pop(0)
        if token.strip("01x"):
            top.append(token)
        else:
            top.append(token[0])
            if token[1:]:
                tokens.insert(0, token[1:])
    return "".join(top[:-4]), top[-4:], tokens


def t32_pattern(pattern: str) -> str:
    """The key's pattern of the instruction whose A32 word has this pattern."""
    cond, top, rest = _split(pattern)
    if cond == "1111" and top[:3] == ["0", "0", "1"]:
        tokens = ["1110", "111", top[3], "1111"]
    elif cond == "1111" and top == ["0", "1", "0", "0"]:
        tokens = ["1110", "11111001"]
    elif top[:2] == ["1", "1"]:
        fixed = "".join(bit if len(bit) == 1 and bit in "01" else f" {bit} " for bit in top)
        tokens = ["1110" if cond == "1111" else cond, cond.replace("cond:4", "1110") + fixed]
    else:
        raise ValueError(f"T32 has another encoding for {pattern!r}")
    return " ".join(" ".join((*tokens, *rest)).split())


def _is_simd(row: Row) -> bool:
    """Advanced SIMD proper: without condition in A32, may stand in an IT block in T32."""
    cond, top, _ = _split(row.pattern)
    return cond == "1111" and top[0] == "0"


def t32_word(word: int) -> int:
    """The first halfword above the second of the instruction whose A32 word this is."""
    if word >> 25 == 0x79:
        return 0xEF000000 | (word >> 24 & 1) << 28 | word & 0xFFFFFF
    if word >> 24 == 0xF4:
        return 0xF9000000 | word & 0xFFFFFF
    return word if word >> 28 == 15 else 0xE0000000 | word & 0xFFFFFFF


def _example(insn: str) -> str:
    """The row's example, whose word, if it is one, stands in memory with the first halfword first."""
    word, mark, text = insn.partition(" // ")
    if not mark:
        return insn
    value = t32_word(int(word.removeprefix(".word "), 0))
    return f".word {value >> 16 | (value & 0xFFFF) << 16:#010x}{mark}{text}"


def t32_from_a32(rows: Iterable[Row]) -> list[Row]:
    """T32's rows for A32's, those of Advanced SIMD with a conditional one each."""
    found: list[Row] = []
    for row in rows:
        pattern, insn = t32_pattern(row.pattern), _example(row.insn)
        if _is_simd(row):
            found += wide(
                row.name, pattern.removeprefix("1110 "), row.lift, row.shape, row.operands, row.when, row.flags,
                row.end, row.fuse, insn, feature=row.feature,
            )  # fmt: skip
        else:
            found.append(row_like(row, pattern, in_block(insn) if row.name.endswith("_if") else insn))
    return found
