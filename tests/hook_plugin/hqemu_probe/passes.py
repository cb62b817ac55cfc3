"""A pass that makes each 64-bit product one too large, by a helper function: what ran it can be seen by the guest."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from hqemu_core import hookimpl
from hqemu_core.ir import opcodes as op
from hqemu_core.ir import types as ty
from hqemu_core.ir.builder import IRBuilder, Op
from hqemu_core.isa.spec import Helper, IsaSpec

from .log import note

NAME = "probe_product"


def product(b: IRBuilder, x: int, y: int) -> int:
    return b.add(b.bin(op.MUL, x, y), b.const(1, ty.I64))


def replace_products(ops: list[Op]) -> list[Op]:
    return [(op.CALL, o[1], NAME, (o[2], o[3])) if o[:2] == (op.MUL, ty.I64) else o for o in ops]


def make_noting(tier: str) -> Callable[[list[Op]], list[Op]]:
    def run(ops: list[Op]) -> list[Op]:
        note("pass", tier)
        return replace_products(ops)

    return run


@hookimpl
def register_helpers(isa: IsaSpec) -> Mapping[str, Helper]:
    return {NAME: Helper(NAME, (ty.I64, ty.I64), ty.I64, product)}


@hookimpl
def register_passes(isa: IsaSpec, tier: str) -> Sequence[tuple[str, Callable[[list[Op]], list[Op]]]]:
    return [("probe_products", make_noting(tier))]
