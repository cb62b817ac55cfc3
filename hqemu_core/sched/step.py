"""One guest instruction by the interpreter, where translating it again would not help."""

from __future__ import annotations

from typing import Any, Final

from hqemu_core.ir import opcodes as op
from hqemu_core.ir.interp import Interp
from hqemu_core.isa.spec import IsaSpec

_GOES_ON: Final = (op.JUMP, op.BRANCH, op.INDIRECT)


def step(isa: IsaSpec, thread: Any, memory: Any) -> None:
    """Execute the instruction at ``thread.pc``, unless it ends in a call of the system: nothing happens then.

    Raises GuestFault, before state is written.
    """
    pc = thread.pc
    decoded = isa.decoders[0].decode(memory.view(pc, 4).cast("I")[0], pc)
    if decoded is None:
        return
    row, shape, operands = decoded
    b = isa.builder(thread.context)
    row.lift(b, shape, *operands)
    if b.ops[-1][0] in op.END and b.ops[-1][0] not in _GOES_ON:
        return
    cpu = Interp(isa.helpers, thread.view, memory, lambda: isa.builder(thread.context))
    cpu.env.flags, cpu.env.rounding = thread.fp_flags, thread.fp_rounding
    outcome = cpu.run(b.ops, b.types)
    thread.fp_flags, thread.fp_rounding = cpu.env.flags, cpu.env.rounding
    thread.pc = pc + isa.insn_align if outcome is None else outcome.address & (1 << isa.bits) - 1
