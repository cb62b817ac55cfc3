"""Renders a form (IR with holes) to the LLVM text of a stencil.

Every stencil is ``preserve_nonecc void (ptr env, i64 link)`` (``link``: what one part of an instruction hands to the
next, anything else between instructions) and ends in a tail call to ``next`` (falls out of the end after
layout), ``taken``/``jump`` (a direct exit) or through the IBTC. Holes are the addresses of hidden external symbols
``h<n>`` (state offsets, in [0, 2**31)), ``u<n>`` (32-bit immediates), ``s<n>`` (sign-extended 32 bits) and ``w<n>``
(64 bits, moved by an instruction of our own: LLVM would put a 32-bit field for some uses).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from hqemu_core.errors import BackendError
from hqemu_core.ir import opcodes as op
from hqemu_core.ir import types as ty
from hqemu_core.ir.builder import Hole, Op
from hqemu_core.runtime import header

from ..llvm import render_float as render_float  # registers its ops
from ..llvm import render_memory as render_memory
from ..llvm.render import Renderer, helper_signature, llvm_type, register

EXIT = "musttail call preserve_nonecc void {}(ptr %env, i64 {})"
ATTRIBUTES = "noimplicitfloat nounwind"
_LEAVES = frozenset((op.SYSCALL, op.TRAP, op.RESYNC))


class StencilRenderer(Renderer):
    def __init__(
        self, ops: Sequence[Op], types: Sequence[int], declares: set[str], helper_slots: dict[str, int],
        ibtc_shift: int, faulting: Collection[str] = (),
    ) -> None:  # fmt: skip
        """``faulting`` names the helpers that access guest memory."""
        super().__init__(ops, types, declares)
        self.faulting = faulting
        self.volatile = "volatile "  # an access that could fault may be neither dropped nor shrunk
        self.helper_slots = helper_slots
        self.ibtc_shift = ibtc_shift
        self.link = "poison"
        """what ``next`` is handed"""

    def _symbol(self, letter: str, n: int) -> str:
        suffix = ", !absolute_symbol !1" if letter == "s" else ""
        self.declares.add(f"@{letter}{n} = external hidden global i8{suffix}")
        return f"@{letter}{n}"

    def hole(self, hole: Hole, t: int) -> str:
        if hole.cls == "s32":
            if t == ty.I32:
                text = self.let(f"ptrtoint ptr {self._symbol('u', hole.n)} to i32")
            else:
                text = self.let(f"ptrtoint ptr {self._symbol('s', hole.n)} to i64")
        else:
            symbol = self._symbol("w", hole.n)
            text = self.let(f'call i64 asm "movabsq $1, $0", "=r,i"(ptr {symbol})')
            if t == ty.I32:
                text = self.let(f"trunc i64 {text} to i32")
        return self.let(f"add {llvm_type(t)} {text}, {hole.add}") if hole.add else text

    def hole_address(self, hole: Hole) -> str:
        offset = self.let(f"ptrtoint ptr {self._symbol('h', hole.n)} to i64")
        address = self.let(f"getelementptr i8, ptr %env, i64 {offset}")
        return self.let(f"getelementptr i8, ptr {address}, i64 {hole.add}") if hole.add else address

    def helper_call(self, helper: str, t: int, args: str) -> str:
        if helper in self.faulting:
            here = self.let('call i64 asm sideeffect "leaq (%rip), $0", "=r"()')
            low = self.let(f"trunc i64 {here} to i32")
            self.put(f"store volatile i32 {low}, ptr {self.state_address(header.HELPER_SITE)}")
        slot = self.let(f"getelementptr i8, ptr %env, i64 {header.HELPERS + 8 * self.helper_slots[helper]}")
        function = self.let(f"load ptr, ptr {slot}")
        text = f"call {llvm_type(t)} {function}(ptr %env{', ' if args else ''}{args})"
        if t == ty.VOID:
            self.put(text)
            return ""
        return self.let(text)

    def _tail(self, callee: str) -> None:
        self.put(EXIT.format(callee, self.link))
        self.put("ret void")

    def terminator(self, code: int, args: tuple[Any, ...]) -> None:
        if code == op.JUMP:
            self._tail("@taken")
        elif code == op.BRANCH:
            self.fresh += 1
            go, stay = f"go{self.fresh}", f"stay{self.fresh}"
            self.put(f"br {self.typed(args[0])}, label %{go}, label %{stay}")
            self.start_block(go)
            self._tail("@taken")
            self.start_block(stay)
            self._tail("@next")
        elif code == op.INDIRECT:
            self._indirect(args[0])
        else:  # system calls, traps, resync: the translator appends an exit stub
            self._tail("@next")

    def unguard(self) -> None:
        """A skipped instruction that leaves by a stub behind its code must not run into the stub."""
        leaves = self.end in _LEAVES
        super().unguard()
        if leaves:
            self._tail("@taken")
            self.end = op.UNGUARD

    def go_on(self) -> None:
        """Go on behind the code unless it has ended."""
        if self.end < 0:
            self._tail("@next")

    def _indirect(self, target: int) -> None:
        pc = self.ref(target)
        wide = pc if self.types[target] == ty.I64 else self.let(f"zext i32 {pc} to i64")
        index = self.let(f"lshr i64 {wide}, {self.ibtc_shift}")
        slot = self.let(f"and i64 {index}, {(1 << header.IBTC_BITS) - 1}")
        base = self.let(f"load ptr, ptr {self.state_address(header.IBTC)}")
        entry = self.let(f"getelementptr [2 x i64], ptr {base}, i64 {slot}")
        tag = self.let(f"load i64, ptr {entry}")
        hit = self.let(f"icmp eq i64 {tag}, {wide}")
        self.fresh += 1
        found, miss = f"hit{self.fresh}", f"miss{self.fresh}"
        self.put(f"br i1 {hit}, label %{found}, label %{miss}, !prof !2")
        self.start_block(miss)
        self.put(f"store i64 {wide}, ptr {self.state_address(header.SITE)}")
        away = self.let(f"load ptr, ptr {self.state_address(header.MISS)}")
        self._tail(away)
        self.start_block(found)
        at = self.let(f"getelementptr i8, ptr {entry}, i64 8")
        code = self.let(f"load ptr, ptr {at}")
        self._tail(code)


def _handed(r: Renderer, t: int) -> str:
    return "%link"


def _hand(r: Renderer, t: int, v: int) -> None:
    assert isinstance(r, StencilRenderer)
    r.link = r.ref(v)


register(op.HANDED, _handed)
register(op.HAND, _hand)

_HEAD = """target triple = "x86_64-unknown-linux-gnu"
target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
"""
_METADATA = """
!0 = !{!"branch_weights", i32 1, i32 100000}
!1 = !{i64 -2147483648, i64 2147483648}
!2 = !{!"branch_weights", i32 100000, i32 1}
"""


def render_stencil(name: str, r: StencilRenderer) -> str:
    """One stencil's function in a section of its own."""
    r.render()
    r.go_on()
    body = "\n".join(r.lines)
    head = f"define preserve_nonecc void @{name}(ptr %env, i64 %link)"
    return f'{head} {ATTRIBUTES} section ".text.{name}" {{\nentry:\n{body}\n}}\n'


def render_module(functions: list[str], declares: set[str]) -> str:
    exits = "".join(f"declare preserve_nonecc void @{name}(ptr, i64)\n" for name in ("next", "taken"))
    return _HEAD + "\n".join(sorted(declares)) + "\n" + exits + "\n".join(functions) + _METADATA


class HelperRenderer(StencilRenderer):
    """Body of a helper function: ordinary C calling convention, no holes, no terminators."""

    def hole(self, hole: Hole, t: int) -> str:
        raise BackendError("a helper has no operands")

    parameters: Sequence[int] = ()
    """value numbers of the arguments: placeholder constants at the start of the ops"""

    def ref(self, v: int) -> str:
        return f"%a{v}" if v < len(self.parameters) else super().ref(v)

    def typed(self, v: int) -> str:
        return f"{llvm_type(self.types[v])} {self.ref(v)}"


def render_helper(helper: Any, r: HelperRenderer, result: int | None) -> str:
    """``result`` is the value number the body returned."""
    r.render()
    tail = "ret void" if result is None else f"ret {r.typed(result)}"
    body = "\n".join(r.lines)
    return f"define {helper_signature(helper)} nounwind {{\nentry:\n{body}\n{tail}\n}}\n"
