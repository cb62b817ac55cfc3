"""What user code can see of the system: segment selectors, descriptor tables, far transfers.

Loading a selector needs the program's descriptors, so there are no rows for it: it traps and the personality does it.
"""

from __future__ import annotations

from hqemu_core.ir import opcodes as op
from hqemu_core.ir import types as ty
from hqemu_core.ir.builder import IRBuilder, Operand

from ..state import BASES, ES
from .branches import push
from .common import Mem, Place, Reg


def lift_store_selector(b: IRBuilder, to: Place, segment: int) -> None:
    """To memory always 16 bits; a register of more is cleared above."""
    value = b.get(ES + 2 * segment, ty.I16)
    to.write(b, value if isinstance(to, Mem) else b.zext(value, to.bits))


def lift_push_selector(b: IRBuilder, segment: int, size: int) -> None:
    push(b, b.zext(b.get(ES + 2 * segment, ty.I16), size))


def lift_read_base(segment: int, b: IRBuilder, to: Reg) -> None:
    """RDFSBASE, RDGSBASE."""
    to.write(b, b.get(BASES + 8 * segment, to.bits))


def lift_write_base(segment: int, b: IRBuilder, source: Reg) -> None:
    b.set(BASES + 8 * segment, b.zext(source.read(b), ty.I64))


def lift_bound(b: IRBuilder, index: Reg, limits: Mem, pc: Operand) -> None:
    """#BR, which Linux reports as a segmentation fault."""
    t = index.bits
    x = index.read(b)
    low = b.load(limits.address, t)
    high = b.load(b.add(limits.address, b.const(t // 8, ty.I64)), t)
    b.check(b.or_(b.slt(x, low), b.slt(high, x)), op.TRAP_PRIVILEGED, pc)
