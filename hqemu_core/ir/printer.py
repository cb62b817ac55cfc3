"""Text form of IR: one op per line, exact (:mod:`hqemu_core.ir.parser` reads it back).

::

    v0 = get i64 $0:off+8          hole 0, class off, plus 8
    v1 = const i64 0xff
    v2 = eq i1 v0, v1
    v3 = load i32 v0, {4 align=4 acq}
    v4 = ccall i64 v2, helper, (v0, v1), v0
    set i64 2056, v4               no result, but it has number 5
    branch v2, 0x401000, $1:pc

A value's number is the index of its op. Types of ops without a result are left out when void.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from . import opcodes as op
from . import types as ty
from .builder import Hole, Op
from .opcodes import MemOp

KINDS: Final[dict[int, dict[int, str]]] = {
    op.RMW: dict(enumerate(op.RMW_NAMES)),
    op.TRAP: op.TRAP_NAMES,
    op.CHECK: op.TRAP_NAMES,
}
"""Ops whose int is written as a name."""

Block = tuple[int, Sequence[Op]]
"""(guest pc, ops)"""


def has_result(o: Op) -> bool:
    """Whether the op defines a value."""
    return op.INFO[o[0]].result != "-" and o[1] != ty.VOID


def format_hole(hole: Hole) -> str:
    sign = f"{hole.add:+d}" if hole.add else ""
    return f"${hole.n}:{hole.cls}{sign}"


def format_mem(mem: MemOp) -> str:
    parts = [str(mem.size)]
    if mem.big:
        parts.append("big")
    if mem.align != 1:
        parts.append(f"align={mem.align}")
    if mem.order:
        parts.append(mem.order)
    if mem.mmu:
        parts.append(f"mmu={mem.mmu}")
    return "{" + " ".join(parts) + "}"


def _values(numbers: Iterable[int]) -> str:
    return ", ".join(f"v{v}" for v in numbers)


def _argument(o: Op, kind: str, arg: object) -> str:
    if isinstance(arg, Hole):
        return format_hole(arg)
    if isinstance(arg, MemOp):
        return format_mem(arg)
    if isinstance(arg, tuple):
        return f"({_values(arg)})" if kind == "V" else "<" + ", ".join(map(str, arg)) + ">"
    if isinstance(arg, int):
        if kind == "v":
            return f"v{arg}"
        if kind == "t" or o[0] == op.CONST:
            return hex(arg)
        if kind == "i" and o[0] in KINDS:
            return KINDS[o[0]].get(arg, str(arg))
    return str(arg)


def format_op(o: Op, index: int) -> str:
    """One op; ``index`` is its position."""
    info = op.INFO[o[0]]
    left = f"v{index} = " if has_result(o) else ""
    name = info.name if o[1] == ty.VOID and info.result == "-" else f"{info.name} {ty.name(o[1])}"
    args = ", ".join(_argument(o, kind, arg) for kind, arg in zip(info.args, o[2:], strict=True))
    return f"{left}{name} {args}".rstrip()


def format_ops(ops: Sequence[Op]) -> str:
    """An op list, a line per op, each ended by a newline."""
    return "".join(format_op(o, i) + "\n" for i, o in enumerate(ops))


def format_unit(blocks: Iterable[Block]) -> str:
    """Several blocks, each under ``block <pc>:``."""
    parts = []
    for pc, ops in blocks:
        parts.append(f"block {pc:#x}:\n")
        parts.extend(f"  {format_op(o, i)}\n" for i, o in enumerate(ops))
    return "".join(parts)
