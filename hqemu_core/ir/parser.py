"""Reads the text form that :mod:`hqemu_core.ir.printer` writes. ``#`` starts a comment; blank lines are skipped.

Checks syntax and numbering only; :mod:`hqemu_core.ir.verifier` checks meaning.
"""

from __future__ import annotations

import re
from typing import Any, Final

from . import opcodes as op
from . import types as ty
from .builder import Hole, Op
from .opcodes import MemOp
from .printer import KINDS, Block, has_result

_OP: Final = re.compile(r"(?:v(\d+)\s*=\s*)?(\w+)\s*(.*)")
_HOLE: Final = re.compile(r"\$(\d+):(\w+)([+-]\d+)?")
_ARGUMENT: Final = re.compile(r"\s*(\([^)]*\)|<[^>]*>|\{[^}]*\}|[^,\s]+)\s*(?:,|$)")
_ORDERS: Final = ("acq", "rel", "seq")


def parse_types(ops: list[Op]) -> list[int]:
    """The types that belong to a parsed op list, as ``IRBuilder.types``."""
    return [o[1] for o in ops]


def _int(text: str) -> int:
    try:
        return int(text, 0)
    except ValueError:
        raise ValueError(f"not a number: {text!r}") from None


def parse_value(text: str) -> int:
    if not re.fullmatch(r"v\d+", text):
        raise ValueError(f"not a value: {text!r}")
    return int(text[1:])


def parse_hole(text: str) -> Hole:
    match = _HOLE.fullmatch(text)
    if match is None:
        raise ValueError(f"not a hole: {text!r}")
    return Hole(int(match[1]), match[2], int(match[3] or 0))


def parse_mem(text: str) -> MemOp:
    words = text.strip("{}").split()
    if not text.startswith("{") or not words:
        raise ValueError(f"not a memory operand: {text!r}")
    mem = MemOp(_int(words[0]))
    for word in words[1:]:
        key, _, value = word.partition("=")
        if word == "big":
            mem = mem._replace(big=True)
        elif key == "align":
            mem = mem._replace(align=_int(value))
        elif key == "mmu":
            mem = mem._replace(mmu=_int(value))
        elif word in _ORDERS:
            mem = mem._replace(order=word)
        else:
            raise ValueError(f"unknown memory attribute {word!r}")
    return mem


def _list(text: str, brackets: str) -> list[str]:
    if text[0] != brackets[0] or text[-1] != brackets[1]:
        raise ValueError(f"expected {brackets}: {text!r}")
    inner = text[1:-1].strip()
    return [part.strip() for part in inner.split(",")] if inner else []


def _argument(code: int, kind: str, text: str) -> Any:
    if kind == "v":
        return parse_value(text)
    if kind == "m":
        return parse_mem(text)
    if kind == "V":
        return tuple(parse_value(part) for part in _list(text, "()"))
    if kind == "s":
        return tuple(_int(part) for part in _list(text, "<>"))
    if kind == "h":
        return text
    if kind in "ot" and text.startswith("$"):
        return parse_hole(text)
    for value, name in KINDS.get(code, {}).items():
        if kind == "i" and text == name:
            return value
    return _int(text)


def _arguments(text: str) -> list[str]:
    result, at = [], 0
    while at < len(text):
        match = _ARGUMENT.match(text, at)
        if match is None:
            raise ValueError(f"cannot read {text[at:]!r}")
        result.append(match[1])
        at = match.end()
    return result


def parse_op(line: str, index: int) -> Op:
    """One op, which must define value ``index`` if it defines one. Raises ValueError."""
    match = _OP.fullmatch(line.strip())
    if match is None:
        raise ValueError(f"not an op: {line.strip()!r}")
    left, name, rest = match.groups()
    info = op.BY_NAME.get(name)
    if info is None:
        raise ValueError(f"unknown op {name!r}")
    head, _, tail = rest.partition(" ")
    try:
        t = ty.parse(head)
        rest = tail
    except ValueError:
        if info.result != "-":
            raise
        t = ty.VOID
    texts = _arguments(rest)
    if len(texts) != len(info.args):
        raise ValueError(f"{name} has {len(info.args)} arguments, not {len(texts)}")
    o = (info.code, t, *(_argument(info.code, kind, text) for kind, text in zip(info.args, texts, strict=True)))
    if has_result(o) != (left is not None):
        raise ValueError(f"{name} " + ("has no result" if left is not None else "needs a result"))
    if left is not None and int(left) != index:
        raise ValueError(f"value v{left} is op {index}")
    return o


def parse_ops(text: str) -> list[Op]:
    """An op list. Raises ValueError with the line number."""
    return _parse(text.splitlines(), 1)


def _parse(lines: list[str], first: int) -> list[Op]:
    ops: list[Op] = []
    for number, line in enumerate(lines, first):
        line = line.partition("#")[0].strip()
        if line:
            try:
                ops.append(parse_op(line, len(ops)))
            except ValueError as error:
                raise ValueError(f"line {number}: {error}") from None
    return ops


def parse_unit(text: str) -> list[Block]:
    """Blocks written by ``format_unit``."""
    heads: list[tuple[int, int]] = []
    lines = text.splitlines()
    for number, line in enumerate(lines):
        match = re.fullmatch(r"block (\w+):", line.partition("#")[0].strip())
        if match:
            heads.append((number, _int(match[1])))
    if not heads and text.strip():
        raise ValueError("line 1: no block")
    ends = [*(number for number, _ in heads[1:]), len(lines)][: len(heads)]
    return [
        (pc, _parse(lines[number + 1 : end], number + 2)) for (number, pc), end in zip(heads, ends, strict=True)
    ]  # fmt: skip
