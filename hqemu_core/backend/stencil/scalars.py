"""Rendering of forms proper: what pays for a few instructions whose operands all come from memory and go there.

*Operands of unlikely calls are read again.* The likely path then uses each operand once, and the read becomes part of
the instruction that uses it.

*A float result is written with the zeros above it in one store.* x86's scalar instructions keep the upper lanes of
their first operand, which loading a scalar has cleared; LLVM would clear them once more. So a scalar that was read is
taken as lane 0 of a vector of which LLVM knows nothing, arithmetic puts its result into lane 0 of the same vector, and
where the ops write zeros above such a value, the vector is stored instead of both.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from hqemu_core.ir import opcodes as op
from hqemu_core.ir import types as ty
from hqemu_core.ir.builder import Op, Operand, shift_operand

from ..llvm.render import llvm_type
from .render import StencilRenderer

_CHANGE_STATE: Final = frozenset((op.SET, op.ROTATE, op.CALL, op.CCALL))
_VECTORS: Final = {ty.F32: "<4 x float>", ty.F64: "<2 x double>"}


class FormRenderer(StencilRenderer):
    """``vectors``: values that are lane 0 of a vector with zeros above, to its name."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.vectors: dict[int, str] = {}
        self.done: set[int] = set()
        """writes of zeros that are part of another one"""

    def late(self, v: int) -> str:
        code, t, *args = self.ops[v]
        if code != op.GET or any(o[0] in _CHANGE_STATE for o in self.ops[v + 1 : self.at]):
            return self.typed(v)
        kind = llvm_type(t)
        return f"{kind} " + self.let(f"load {kind}, ptr {self.read_address(args[0])}, align 1")

    def one(self, entry: Op) -> str | None:
        special = _SPECIAL.get(entry[0])
        if special is not None and (entry[1] in _VECTORS or self.at in self.done):
            return special(self, entry)
        return super().one(entry)

    def hidden(self, vector: str, t: int) -> tuple[str, str]:
        """A vector of which LLVM knows nothing, and the scalar in its lane 0."""
        kind = _VECTORS[t]
        vector = self.let(f'call {kind} asm "", "=x,0"({kind} {vector})')
        return vector, self.let(f"extractelement {kind} {vector}, i32 0")

    def widened(self, scalar: str, t: int) -> str:
        kind = _VECTORS[t]
        return self.let(f"insertelement {kind} zeroinitializer, {llvm_type(t)} {scalar}, i32 0")


def _arithmetic(r: FormRenderer, entry: Op) -> str | None:
    """The first operand's vector is the one that x86 keeps."""
    t, first = entry[1], entry[2]
    if r.ops[first][0] != op.GET:
        return StencilRenderer.one(r, entry)
    plain = r.names[first]
    vector, r.names[first] = r.hidden(r.widened(plain, t), t)
    result = StencilRenderer.one(r, entry)
    r.names[first] = plain
    whole = r.let(f"insertelement {_VECTORS[t]} {vector}, {llvm_type(t)} {result}, i32 0")
    r.vectors[r.at], scalar = r.hidden(whole, t)
    return scalar


def _ccall(r: FormRenderer, entry: Op) -> str | None:
    _, t, cond, helper, args, otherwise = entry
    vector = r.vectors.get(otherwise)
    if vector is None:
        return StencilRenderer.one(r, entry)
    before = r.start_cold(cond)
    value = r.widened(r.helper_call(helper, t, ", ".join(r.late(a) for a in args)), t)
    after = r.end_cold()
    kind = _VECTORS[t]
    r.vectors[r.at] = r.let(f"phi {kind} [ {value}, %{after} ], [ {vector}, %{before} ]")
    return r.let(f"extractelement {kind} {r.vectors[r.at]}, i32 0")


def _set(r: FormRenderer, entry: Op) -> str | None:
    _, t, offset, value = entry
    if r.at in r.done:
        return None
    vector = r.vectors.get(value)
    zeros = _zeros_above(r, r.at + 1, offset, ty.bits(t) // 8) if vector is not None else []
    if not zeros:
        return StencilRenderer.one(r, entry)
    r.done.update(zeros)
    r.put(f"store {_VECTORS[t]} {vector}, ptr {r.write_address(offset)}, align 1")
    return None


def _zeros_above(r: FormRenderer, at: int, offset: Operand, size: int) -> list[int]:
    """The ops from ``at`` on that write zeros from ``size`` bytes above ``offset`` to 16; none if others do."""
    found = []
    while size < 16:
        while at < len(r.ops) and r.ops[at][0] == op.CONST:
            at += 1
        o = r.ops[at] if at < len(r.ops) else (-1,)
        if o[0] != op.SET or o[2] != shift_operand(offset, size) or r.ops[o[3]][0] != op.CONST or r.ops[o[3]][2] != 0:
            return []
        found.append(at)
        size += ty.bits(o[1]) // 8
        at += 1
    return found


_SPECIAL: Final[dict[int, Callable[[FormRenderer, Op], str | None]]] = {
    op.FADD: _arithmetic,
    op.FSUB: _arithmetic,
    op.FMUL: _arithmetic,
    op.FDIV: _arithmetic,
    op.FSQRT: _arithmetic,
    op.FMA: _arithmetic,
    op.CCALL: _ccall,
    op.SET: _set,
}
