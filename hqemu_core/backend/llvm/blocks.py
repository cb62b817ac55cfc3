"""Guest blocks as LLVM functions: operands known, guest registers in SSA (mode ``block``).

A block's function is ``preserve_nonecc void (ptr env)``, like a stencil. It leaves through tail calls to symbols
``exit<n>``, which the linker turns into exit stubs. Faults are exact: state is written before every access that may
fault, and the number of the instruction is kept in the header.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from hqemu_core.errors import BackendError
from hqemu_core.ir import opcodes as op
from hqemu_core.isa.spec import IsaSpec
from hqemu_core.runtime import header

from ..base import CompiledBlock, Exit, LiftedBlock, faulting_helpers, helpers_in
from ..objfile import R_32, R_32S, R_64, R_PC32, R_PLT32, ObjectFile
from ..stencil.render import StencilRenderer, render_module
from . import watch
from .natives import natives_of
from .render import Renderer
from .target import Compiler

PASSES: Final = ("sroa", "instruction_combine", "simplify_cfg")
"""Measured against O1 and O2: the same speed of code at half the time. ``docs/architecture.md`` has the figures."""
LEAVE: Final = {op.SYSCALL: "syscall", op.TRAP: "trap", op.RESYNC: "resync"}


class BlockRenderer(StencilRenderer):
    """Terminators become exits; the function is strict about floating point."""

    volatile_access = "volatile "

    def start(self, pc: int, insns: int) -> None:
        self.volatile = self.volatile_access
        self.exits: list[Exit] = []
        self.pc = pc
        self.last = insns - 1

    def exit_to(self, kind: str, target: int) -> None:
        number = len(self.exits)
        self.exits.append(Exit(kind, target, 0 if kind == "check" else self.last))
        name = f"exit{self.base + number}"
        self.declares.add(f"declare preserve_nonecc void @{name}(ptr)")
        self._tail("@" + name)

    def _tail(self, callee: str) -> None:
        self.put(f"musttail call preserve_nonecc void {callee}(ptr %env)")  # nothing is handed on between blocks
        self.put("ret void")

    base = 0

    def unguard(self) -> None:
        Renderer.unguard(self)

    def check(self) -> None:
        """Leave when an exit is requested: at the head of a block that jumps backwards."""
        slot = self.let(f"load volatile i32, ptr {self.state_address(header.EXIT_REQUEST)}")
        wanted = self.let(f"icmp ne i32 {slot}, 0")
        self.put(f"br i1 {wanted}, label %asked, label %run, !prof !0")
        self.start_block("asked")
        self.exit_to("check", self.pc)
        self.start_block("run")

    def terminator(self, code: int, args: tuple[Any, ...]) -> None:
        if code == op.JUMP:
            self.exit_to("link", args[0])
        elif code == op.BRANCH:
            self.fresh += 1
            go, stay = f"go{self.fresh}", f"stay{self.fresh}"
            self.put(f"br {self.typed(args[0])}, label %{go}, label %{stay}")
            self.start_block(go)
            self.exit_to("link", args[1])
            self.start_block(stay)
            self.exit_to("link", args[2])
        elif code == op.INDIRECT:
            self._indirect(args[0])
        elif code == op.SYSCALL:
            self.exit_to("syscall", args[0])
        elif code == op.TRAP:
            self.exit_to("trap", args[1])
        else:
            self.exit_to("resync", args[0])


class BlockCompiler:
    """Compiles blocks, several per LLVM module when asked: the fixed cost is shared."""

    def __init__(self, isa: IsaSpec) -> None:
        self.isa = isa
        self.slots = {name: n for n, name in enumerate(isa.helper_names)}
        self.shift = isa.insn_align.bit_length() - 1
        self.natives = natives_of(isa)
        self.compiler = Compiler(2, PASSES)

    def render(self, blocks: Sequence[LiftedBlock]) -> tuple[str, list[BlockRenderer]]:
        declares: set[str] = set()
        functions, renderers = [], []
        base = 0
        for n, block in enumerate(blocks):
            faulting = faulting_helpers(self.isa, block.ops)
            r = BlockRenderer(block.ops, block.types, declares, self.slots, self.shift, faulting)
            r.natives = self.natives
            r.base = base
            r.start(block.pcs[0], len(block.pcs))
            if _goes_back(block):
                r.check()
            r.render()
            base += len(r.exits)
            body = "\n".join(r.lines)
            functions.append(
                f'define preserve_nonecc void @f{n}(ptr %env) nounwind strictfp section ".text.f{n}" '
                f"{{\nentry:\n{body}\n}}\n"
            )
            renderers.append(r)
        return render_module(functions, declares), renderers

    def compile(self, blocks: Sequence[LiftedBlock]) -> list[CompiledBlock]:
        """Raises BackendError."""
        if watch.current is not None:
            watch.current.lifted(blocks)
        text, renderers = self.render(blocks)
        obj = ObjectFile(self.compiler.compile(text, watch.current))
        by_name = {s.name: n for n, s in enumerate(obj.sections)}
        result = []
        for n, (block, r) in enumerate(zip(blocks, renderers, strict=True)):
            code, exits, absolute, align = _flatten(obj, by_name[f".text.f{n}"], r.base)
            pcs, ends, helpers = tuple(block.pcs), tuple(block.ends), helpers_in(block.ops, self.natives)
            parts = tuple(exits), tuple(absolute), tuple(r.exits), pcs, ends, helpers
            result.append(CompiledBlock(code, *parts, align))
        return result


def _goes_back(block: LiftedBlock) -> bool:
    end = block.ops[-1]
    targets = {op.JUMP: end[2:3], op.BRANCH: end[3:4]}.get(end[0], ())
    return any(t <= block.pcs[-1] for t in targets)


def _flatten(
    obj: ObjectFile, text: int, base: int
) -> tuple[bytes, list[tuple[int, int]], list[tuple[int, int, int]], int]:
    """A function with the constants it needs behind it: code, exits, absolute addresses, alignment."""
    code = bytearray(obj.sections[text].data)
    place = {text: 0}
    exits: list[tuple[int, int]] = []
    absolute: list[tuple[int, int, int]] = []
    todo = [text]
    align = 16
    while todo:
        at = todo.pop()
        for r in obj.sections[at].relocs:
            field = place[at] + r.offset
            if r.symbol.startswith("exit") and r.type in (R_PLT32, R_PC32):
                exits.append((field, int(r.symbol[4:]) - base))
                continue
            if not r.section:
                raise BackendError(f"block refers to {r.symbol}, which does not exist")
            if r.section not in place:
                section = obj.sections[r.section]
                align = max(align, section.align)
                code += bytes(-len(code) % max(16, section.align))
                place[r.section] = len(code)
                code += section.data
                todo.append(r.section)
            target = place[r.section] + r.value + r.addend
            if r.type in (R_PC32, R_PLT32):
                code[field : field + 4] = (target - field & 0xFFFFFFFF).to_bytes(4, "little")
            elif r.type in (R_32, R_32S):
                absolute.append((field, 4, target))
            elif r.type == R_64:
                absolute.append((field, 8, target))
            else:
                raise BackendError(f"block with relocation type {r.type}")
    return bytes(code), exits, absolute, align
