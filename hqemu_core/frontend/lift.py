"""Guest blocks to IR with known operands: what a backend that works on blocks is given."""

from __future__ import annotations

from typing import Final

from hqemu_core.backend.base import LiftedBlock
from hqemu_core.ir import opcodes as op
from hqemu_core.ir import types as ty
from hqemu_core.isa.code import Code
from hqemu_core.isa.spec import IsaSpec
from hqemu_core.passes.added import run_added
from hqemu_core.passes.dce import dce
from hqemu_core.passes.state_ssa import state_ssa
from hqemu_core.runtime import header

LIMIT: Final = 64
"""instructions in a block"""


def lift_block(
    isa: IsaSpec, code: Code, context: int, tier: str, limit: int = LIMIT
) -> LiftedBlock:
    """The IR of the block that ``code`` begins with; always ends in a terminator.

    State is exact at every op that can fault, and the instruction's index in the block is in ``header.INSN`` then.
    ``tier``: whose plugin passes run, "llvm" or "interp".
    """
    b = isa.builder(context)
    decode = isa.decoder(code.pcs[0]).decode
    count = 0
    for n, key in enumerate(code.keys[:limit]):
        pc = code.pcs[n]
        decoded = decode(key, pc)
        count = n + 1
        b.set(header.INSN, b.const(n, ty.I32))
        if decoded is None:
            b.trap(op.TRAP_ILLEGAL, pc)
            break
        row, shape, operands = decoded
        row.lift(b, shape, *operands)
        if row.end:
            break
    if b.ops[-1][0] not in op.END:
        b.jump(code.pcs[count])
    helpers = isa.helpers
    ops, types = state_ssa(b.ops, b.types, True, helpers)
    ops, types = run_added(isa, tier, *dce(ops, types, helpers))
    return LiftedBlock(ops, types, code.pcs[:count], code.pcs[1 : count + 1])
