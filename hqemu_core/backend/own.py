"""The core's own backends."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from .base import Backend, BlockCompiler, FormCompiler, Interpreter

if TYPE_CHECKING:
    from collections.abc import Callable

    from hqemu_core.ir.builder import IRBuilder
    from hqemu_core.isa.spec import IsaSpec


def _make_interp(helpers: Any, state: Any, memory: Any, make_builder: Callable[[], IRBuilder]) -> Interpreter:
    from hqemu_core.ir.interp import Interp

    return Interp(helpers, state, memory, make_builder)


def _make_stencil(isa: IsaSpec) -> FormCompiler:
    from .stencil.compile import FormCompiler

    return FormCompiler(isa)


def _make_llvm(isa: IsaSpec) -> BlockCompiler:
    from .llvm.blocks import BlockCompiler

    return BlockCompiler(isa)


INTERP: Final = Backend("interp", make_interpreter=_make_interp)
STENCIL: Final = Backend("stencil", make_form_compiler=_make_stencil)
LLVM: Final = Backend("llvm", make_block_compiler=_make_llvm)
BACKENDS: Final = (INTERP, STENCIL, LLVM)
