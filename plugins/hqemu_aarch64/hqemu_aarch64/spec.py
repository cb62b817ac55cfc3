"""The AArch64 instruction set as the core sees it. Tables and lift functions are imported only when asked for."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from typing import Any

from hqemu_core.errors import IsaError
from hqemu_core.ir import types as ty
from hqemu_core.ir.builder import IRBuilder
from hqemu_core.isa.abi import Cpu, LinuxAbi
from hqemu_core.isa.spec import Helper, IsaSpec
from hqemu_core.isa.table import OperandKind, Table

from .cpus import MODELS, Model
from .plugin import CPUS
from .state import CODE_LINE, FLAGS, FPCR, FPSR, KINDS, LAYOUT, PC
from .sysregs import LINE_BYTES


def _make_tables(model: Model) -> Mapping[int, Table]:
    from .tables import make_table

    return {0: make_table(model)}


def _decoding(model: Model) -> tuple[Mapping[str, OperandKind], Mapping[str, Any]]:
    from .tables import namespace

    return KINDS, namespace(model)


def _make_helpers(spec: IsaSpec) -> Mapping[str, Helper]:
    """The ``HELPERS`` lists of all modules that the rows' lift functions live in."""
    found: dict[str, Helper] = {}
    for module in sorted({row.lift.__module__ for row in spec.tables[0].rows}):
        for helper in getattr(sys.modules[module], "HELPERS", ()):
            if found.setdefault(helper.name, helper) is not helper:
                raise IsaError(f"two helpers are named {helper.name}")
    return found


def _make_builder(b: IRBuilder, context: int) -> None:
    from hqemu_core.isa.fp.env import FpEnv, set_env

    set_env(b, FpEnv(FPCR, FPSR, context != 0, context == 2))


def _context_of(read: Callable[[int, int], int]) -> int:
    from hqemu_core.isa.fp.env import FZ, MODES

    fpcr = read(FPCR, ty.I32)
    return 2 if fpcr & FZ else int(fpcr & MODES != 0)


def _changed_code(cpu: Cpu) -> tuple[int, int]:
    """The line that IC IVAU named."""
    line = cpu.read(CODE_LINE, ty.I64)
    if not line:
        return 0, 0
    cpu.write(CODE_LINE, ty.I64, 0)
    return line - 1, LINE_BYTES


def _linux(spec: IsaSpec, model: Model) -> LinuxAbi:
    from .process_abi import make_linux_abi

    return make_linux_abi(spec.features, model)


def make_spec(cpu: str = CPUS[0]) -> IsaSpec:
    model = MODELS[cpu]
    spec = IsaSpec(
        name="aarch64",
        bits=64,
        state=LAYOUT,
        tables=lambda: _make_tables(model),
        pc=PC,
        flags=FLAGS,
        helpers=lambda: _make_helpers(spec),
        make_builder=_make_builder,
        context_of=_context_of,
        changed_code=_changed_code,
        capstone=("CS_ARCH_ARM64", "CS_MODE_ARM"),
        linux=lambda spec: _linux(spec, model),
        decoding=lambda: _decoding(model),
        cpu=cpu,
        tag_bits=8,  # Linux sets TCR_EL1.TBI0
    )
    return spec
