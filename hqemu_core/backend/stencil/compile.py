"""Compiles forms and helpers to stencils, in batches: LLVM's fixed cost per module is shared."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from hqemu_core.errors import BackendError
from hqemu_core.ir import opcodes as op
from hqemu_core.ir import types as ty
from hqemu_core.ir.builder import Hole, IRBuilder
from hqemu_core.isa.spec import IsaSpec
from hqemu_core.passes.added import run_added

from ..base import faulting_helpers, helpers_in
from ..llvm.natives import natives_of
from ..llvm.target import Compiler
from ..objfile import ObjectFile
from .form import Form
from .layout import Stencil, lay_out
from .render import HelperRenderer, render_helper, render_module, render_stencil
from .scalars import FormRenderer


class Compiled(NamedTuple):
    stencil: Stencil
    helpers: tuple[str, ...]
    """helper functions that the stencil calls"""


def lift_form(isa: IsaSpec, form: Form) -> IRBuilder:
    """The form's IR with holes numbered through its instructions' operands, after the passes of plugins."""
    b = isa.builder(form.context)
    if form.dead:
        b.dead = isa.flags
    kinds = isa.decoders[0].kinds
    number = 0
    for row, shape in form.insns:
        operands = []
        for kind in row.kinds:
            operands.append(Hole(number, kinds[kind].cls))
            number += 1
        row.lift(b, shape, *operands)
    if b.link >= 0:
        b.emit(op.HAND, ty.VOID, b.link)
    b.ops, b.types = run_added(isa, "stencil", b.ops, b.types)
    return b


class FormCompiler:
    """Holds one target machine; ``slots`` are the helpers' numbers in env's table."""

    def __init__(self, isa: IsaSpec) -> None:
        self.isa = isa
        self.slots = {name: n for n, name in enumerate(isa.helper_names)}
        self.shift = isa.insn_align.bit_length() - 1
        self.natives = natives_of(isa)
        self.compiler = Compiler()

    def forms(self, forms: Iterable[Form]) -> dict[str, Compiled]:
        """Stencils by form key. Raises BackendError or IsaError naming the form."""
        declares: set[str] = set()
        functions: list[str] = []
        keys: list[str] = []
        helpers: list[tuple[str, ...]] = []
        for form in forms:
            try:
                b = lift_form(self.isa, form)
                faulting = faulting_helpers(self.isa, b.ops)
                renderer = FormRenderer(b.ops, b.types, declares, self.slots, self.shift, faulting)
                renderer.natives = self.natives
                functions.append(render_stencil(f"f{len(functions)}", renderer))
            except (KeyError, TypeError, ValueError, IndexError, AssertionError) as error:
                raise BackendError(f"cannot lift form {form.key}: {type(error).__name__}: {error}") from error
            keys.append(form.key)
            helpers.append(helpers_in(b.ops, self.natives))
        obj = ObjectFile(self.compiler.compile(render_module(functions, declares)))
        sections = {s.name: s for s in obj.sections}
        result = {}
        for n, key in enumerate(keys):
            try:
                result[key] = Compiled(lay_out(obj, sections[f".text.f{n}"]), helpers[n])
            except BackendError as error:
                raise BackendError(f"form {key}: {error}") from error
        return result

    def helper(self, name: str) -> tuple[bytes, tuple[str, ...]]:
        """Position-independent code of a helper (entry first, constants after) and the helpers it calls."""
        helper = self.isa.helpers[name]
        b = self.isa.builder()
        params = [b.emit(op.CONST, t, 0) for t in helper.params]
        result = helper.body(b, *params)
        declares: set[str] = set()
        renderer = HelperRenderer(b.ops, b.types, declares, self.slots, self.shift)
        renderer.parameters = params
        renderer.natives = self.natives
        text = render_module([render_helper(helper, renderer, result)], declares)
        obj = ObjectFile(self.compiler.compile(text))
        code = bytearray()
        place: dict[int, int] = {}
        for n, section in enumerate(obj.sections):
            if section.flags & 2 and section.data and not section.name.startswith(".eh_frame"):
                code += bytes(-len(code) % max(16, section.align))
                place[n] = len(code)
                code += section.data
        for n, start in place.items():
            for r in obj.sections[n].relocs:
                if r.section not in place or r.type not in (2, 4):
                    raise BackendError(f"helper {name}: relocation type {r.type} against {r.symbol}")
                value = place[r.section] + r.value + r.addend - (start + r.offset)
                code[start + r.offset : start + r.offset + 4] = (value & 0xFFFFFFFF).to_bytes(4, "little")
        return bytes(code), helpers_in(b.ops, self.natives)
