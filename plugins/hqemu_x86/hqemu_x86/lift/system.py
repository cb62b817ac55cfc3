"""What user code can see of the system: segment selectors, descriptor tables, far transfers.

Loading a selector needs the program's descriptors, so the instruction says in the state what is wanted and traps; the
personality does it.
"""

from __future__ import annotations

from hqemu_core.ir import opcodes as op
from hqemu_core.ir import types as ty
from hqemu_core.ir.builder import IRBuilder, Operand

from ..state import BASES, ES, RSP, SEGMENT_LOAD, SEGMENT_NEXT, SEGMENT_SP
from .branches import push
from .common import Mem, Place, Reg, word


def lift_store_selector(b: IRBuilder, to: Place, segment: int) -> None:
    """To memory always 16 bits; a register of more is cleared above."""
    value = b.get(ES + 2 * segment, ty.I16)
    to.write(b, value if isinstance(to, Mem) else b.zext(value, to.bits))


def lift_push_selector(b: IRBuilder, segment: int, size: int) -> None:
    push(b, b.zext(b.get(ES + 2 * segment, ty.I16), size))


def _load(b: IRBuilder, segment: int, selector: int, top: int, following: Operand, pc: Operand) -> None:
    b.set(SEGMENT_LOAD, b.or_(b.zext(selector, ty.I32), b.const(1 + segment << 16, ty.I32)))
    b.set(SEGMENT_NEXT, b.imm(following, ty.I64))
    b.set(SEGMENT_SP, b.zext(top, ty.I64))
    b.trap(op.TRAP_ILLEGAL, pc)


def lift_load_selector(b: IRBuilder, segment: int, source: Place, following: Operand, pc: Operand) -> None:
    _load(b, segment, source.read(b, ty.I16), b.get(RSP, word(b)), following, pc)


def lift_pop_selector(b: IRBuilder, segment: int, size: int, following: Operand, pc: Operand) -> None:
    w = word(b)
    top = b.get(RSP, w)
    value = b.load(b.zext(top, ty.I64), size)
    _load(b, segment, b.trunc(value, ty.I16), b.add(top, b.const(size // 8, w)), following, pc)


def lift_load_far(b: IRBuilder, segment: int, to: Reg, source: Mem, following: Operand, pc: Operand) -> None:
    """LES, LDS, LSS, LFS, LGS: offset, then selector."""
    offset = source.read(b, to.bits)
    selector = b.load(b.add(source.address, b.const(to.bits // 8, ty.I64)), ty.I16)
    to.write(b, offset)
    _load(b, segment, selector, b.get(RSP, word(b)), following, pc)


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
