"""IRBuilder: what lift functions are written against.

Values are ints (indices of ops). Operands of an instruction reach a lift function as plain ints when it is
lifted for the optimizing tier, and as :class:`Hole` when it is lifted once per form for the stencil tier; a
lift function hands them to :meth:`get`, :meth:`set`, :meth:`imm` and the terminators without looking inside.
Anything it must *decide* on belongs into the form's shape.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, NamedTuple, TypeAlias

from . import opcodes as op
from . import types as ty
from .fold import fold
from .opcodes import MemOp

Op: TypeAlias = tuple[Any, ...]


class Hole(NamedTuple):
    """An operand filled in at translation. ``cls``: "off" state offset, "s32" immediate that fits a
    sign-extended 32-bit field, "i64" any immediate, "pc" guest address. ``add`` is added to the operand."""

    n: int
    cls: str
    add: int = 0


Operand: TypeAlias = int | Hole


def shift_operand(operand: Operand, delta: int) -> Operand:
    """The operand plus a constant: the high half of a register, the next immediate."""
    if isinstance(operand, int):
        return operand + delta
    return operand._replace(add=operand.add + delta)


class IRBuilder:
    """Appends ops; folds constants; drops what ``dead`` and ``sinks`` name.

    ``zeros``/``sinks``: state offsets that read as zero / whose writes vanish (a zero register).
    ``dead``: state offsets whose new value nobody reads (the frontend's flag liveness).
    ``memo``: scratch of the ISA's lift functions that lives as long as the builder; used to hand the source of
    the flags to a following conditional instruction.
    """

    __slots__ = ("consts", "dead", "link", "memo", "ops", "sinks", "types", "zeros")

    def __init__(self, zeros: frozenset[int] = frozenset(), sinks: frozenset[int] = frozenset()) -> None:
        self.ops: list[Op] = []
        self.types: list[int] = []
        self.consts: dict[int, int] = {}
        self.zeros: Final = zeros
        self.sinks: Final = sinks
        self.dead: frozenset[int] = frozenset()
        self.memo: dict[str, Any] = {}
        self.link = -1
        """what the last part of an instruction handed over and nobody took yet; -1: nothing"""

    # -- plumbing
    def emit(self, code: int, t: int, *args: Any) -> int:
        """Append an op as it is; returns its value number."""
        self.ops.append((code, t, *args))
        self.types.append(t)
        return len(self.ops) - 1

    def type_of(self, v: int) -> int:
        return self.types[v]

    def const(self, value: int, t: int) -> int:
        value &= (1 << ty.bits(t)) - 1
        v = self.emit(op.CONST, t, value)
        self.consts[v] = value
        return v

    def const_of(self, v: int) -> int | None:
        """The value's bit pattern if it is a constant."""
        return self.consts.get(v)

    def imm(self, operand: Operand, t: int) -> int:
        """An immediate operand as a value of integer type ``t``."""
        if isinstance(operand, int):
            return self.const(operand, t)
        if t in (ty.I32, ty.I64):
            return self.emit(op.HOLE, t, operand)
        return self.trunc(self.emit(op.HOLE, ty.I32, operand), t)

    def _fold(self, code: int, t: int, *args: int) -> int:
        consts = self.consts
        known = [consts.get(a) for a in args]
        if any(k is not None for k in known):
            result = fold(code, t, [self.types[a] for a in args], known, args)
            if result is not None:
                return result[1] if result[0] else self.const(result[1], t)
        return self.emit(code, t, *args)

    def _binary(self, code: int, a: int, b: int) -> int:
        return self._fold(code, self.types[a], a, b)

    def _truth(self, code: int, a: int, b: int) -> int:
        t = self.types[a]
        return self._fold(code, ty.with_lane(t, ty.I1), a, b)

    # -- state
    def get(self, offset: Operand, t: int) -> int:
        if isinstance(offset, int) and offset in self.zeros:
            return self.const(0, t)
        return self.emit(op.GET, t, offset)

    def set(self, offset: Operand, v: int) -> None:
        if isinstance(offset, int) and (offset in self.sinks or offset in self.dead):
            return
        self.emit(op.SET, self.types[v], offset, v)

    def rotate(self, offset: int, by: int) -> None:
        """Eight f80 of state from ``offset`` on: number n takes what number n + by (modulo 8) had."""
        self.emit(op.ROTATE, ty.VOID, offset, by)

    # -- integer
    def add(self, a: int, b: int) -> int:
        return self._binary(op.ADD, a, b)

    def sub(self, a: int, b: int) -> int:
        return self._binary(op.SUB, a, b)

    def mul(self, a: int, b: int) -> int:
        return self._binary(op.MUL, a, b)

    def udiv(self, a: int, b: int) -> int:
        return self._binary(op.UDIV, a, b)

    def sdiv(self, a: int, b: int) -> int:
        return self._binary(op.SDIV, a, b)

    def urem(self, a: int, b: int) -> int:
        return self._binary(op.UREM, a, b)

    def srem(self, a: int, b: int) -> int:
        return self._binary(op.SREM, a, b)

    def and_(self, a: int, b: int) -> int:
        return self._binary(op.AND, a, b)

    def or_(self, a: int, b: int) -> int:
        return self._binary(op.OR, a, b)

    def xor(self, a: int, b: int) -> int:
        return self._binary(op.XOR, a, b)

    def not_(self, a: int) -> int:
        return self.xor(a, self.const(-1, self.types[a]))

    def neg(self, a: int) -> int:
        return self.sub(self.const(0, self.types[a]), a)

    def shl(self, a: int, b: int) -> int:
        return self._binary(op.SHL, a, b)

    def lshr(self, a: int, b: int) -> int:
        return self._binary(op.LSHR, a, b)

    def ashr(self, a: int, b: int) -> int:
        return self._binary(op.ASHR, a, b)

    def rotr(self, a: int, b: int) -> int:
        return self._binary(op.ROTR, a, b)

    def bin(self, code: int, a: int, b: int) -> int:
        """Any other two-operand op with a result of the operands' type: ``b.bin(op.UMIN, x, y)``."""
        return self._binary(code, a, b)

    def un(self, code: int, a: int) -> int:
        """Any one-operand op with a result of the operand's type: ``b.un(op.CLZ, x)``."""
        return self._fold(code, self.types[a], a)

    def truth(self, code: int, a: int, b: int) -> int:
        """Any carry, comparison or float comparison op: i1 (per lane)."""
        return self._truth(code, a, b)

    def eq(self, a: int, b: int) -> int:
        return self._truth(op.EQ, a, b)

    def ne(self, a: int, b: int) -> int:
        return self._truth(op.NE, a, b)

    def ult(self, a: int, b: int) -> int:
        return self._truth(op.ULT, a, b)

    def ule(self, a: int, b: int) -> int:
        return self._truth(op.ULE, a, b)

    def slt(self, a: int, b: int) -> int:
        return self._truth(op.SLT, a, b)

    def sle(self, a: int, b: int) -> int:
        return self._truth(op.SLE, a, b)

    def select(self, cond: int, a: int, b: int) -> int:
        known = self.consts.get(cond)
        if known is not None and self.types[cond] == ty.I1:
            return a if known else b
        return self.emit(op.SELECT, self.types[a], cond, a, b)

    # -- conversions
    def zext(self, a: int, t: int) -> int:
        return a if self.types[a] == t else self._fold(op.ZEXT, t, a)

    def sext(self, a: int, t: int) -> int:
        return a if self.types[a] == t else self._fold(op.SEXT, t, a)

    def trunc(self, a: int, t: int) -> int:
        return a if self.types[a] == t else self._fold(op.TRUNC, t, a)

    def bitcast(self, a: int, t: int) -> int:
        return a if self.types[a] == t else self._fold(op.BITCAST, t, a)

    # -- vectors
    def extract(self, a: int, lane: int) -> int:
        return self.emit(op.EXTRACT, ty.lane(self.types[a]), a, lane)

    def insert(self, a: int, lane: int, v: int) -> int:
        return self.emit(op.INSERT, self.types[a], a, lane, v)

    def splat(self, v: int, lanes: int) -> int:
        return self.emit(op.SPLAT, ty.vec(self.types[v], lanes), v)

    def shuffle(self, a: int, b: int, mask: Sequence[int]) -> int:
        """Lanes of ``a`` are 0.., of ``b`` follow; the result has ``len(mask)`` lanes."""
        return self.emit(op.SHUFFLE, ty.vec(ty.lane(self.types[a]), len(mask)), a, b, tuple(mask))

    def tbl(self, table: int, index: int) -> int:
        return self.emit(op.TBL, self.types[index], table, index)

    # -- floating point
    def fbin(self, code: int, a: int, b: int) -> int:
        """FADD FSUB FMUL FDIV."""
        return self.emit(code, self.types[a], a, b)

    def fsqrt(self, a: int) -> int:
        return self.emit(op.FSQRT, self.types[a], a)

    def fma(self, a: int, b: int, c: int) -> int:
        return self.emit(op.FMA, self.types[a], a, b, c)

    def fcmp(self, code: int, a: int, b: int) -> int:
        """FEQ FLT FLE FUNO FUEQ FLTS FLES: i1 (per lane)."""
        return self.emit(code, ty.with_lane(self.types[a], ty.I1), a, b)

    def fconv(self, code: int, a: int, t: int) -> int:
        """FWIDEN FNARROW SITOF UITOF FTOSI to type ``t``."""
        return self.emit(code, t, a)

    def frint(self, a: int, mode: int) -> int:
        return self.emit(op.FRINT, self.types[a], a, mode)

    def fpget(self) -> int:
        return self.emit(op.FPGET, ty.I32)

    def fpset(self, v: int) -> None:
        self.emit(op.FPSET, ty.VOID, v)

    def fpmode(self) -> int:
        return self.emit(op.FPMODE, ty.I32)

    def fpround(self, v: int) -> None:
        self.emit(op.FPROUND, ty.VOID, v)

    # -- memory
    def load(self, addr: int, t: int, mem: MemOp | None = None) -> int:
        return self.emit(op.LOAD, t, addr, mem or MemOp(ty.bits(t) // 8))

    def store(self, addr: int, v: int, mem: MemOp | None = None) -> None:
        t = self.types[v]
        self.emit(op.STORE, t, addr, v, mem or MemOp(ty.bits(t) // 8))

    def cas(self, addr: int, expected: int, new: int, mem: MemOp) -> int:
        return self.emit(op.CAS, self.types[new], addr, expected, new, mem)

    def rmw(self, kind: int, addr: int, v: int, mem: MemOp) -> int:
        return self.emit(op.RMW, self.types[v], kind, addr, v, mem)

    def fence(self, kind: int) -> None:
        self.emit(op.FENCE, ty.VOID, kind)

    def check(self, cond: int, kind: int, pc: Operand) -> None:
        """Where ``cond`` (i1, unlikely) is true the instruction ends here, with the guest exception ``kind`` (TRAP_*)
        at ``pc``, which is its own address. Faults as a memory access does: write state behind it."""
        if self.consts.get(cond) != 0:
            self.emit(op.CHECK, ty.VOID, cond, kind, pc)

    # -- helpers
    def call(self, helper: str, t: int, *args: int) -> int:
        return self.emit(op.CALL, t, helper, args)

    def ccall(self, cond: int, helper: str, args: Sequence[int], otherwise: int) -> int:
        """``otherwise`` unless ``cond`` (i1, unlikely); then the helper's value. The helper runs only then."""
        if self.consts.get(cond) == 0:
            return otherwise
        return self.emit(op.CCALL, self.types[otherwise], cond, helper, tuple(args), otherwise)

    def clmul(self, a: int, b: int) -> int:
        return self.emit(op.CLMUL, ty.I128, a, b)

    def aes(self, kind: int, a: int) -> int:
        return self.emit(op.AES, ty.I8X16, kind, a)

    # -- instructions in parts
    def hand(self, v: int) -> None:
        """Leave an i64 to the part that follows (see :class:`hqemu_core.isa.joined.JoinedRow`)."""
        self.link = v

    def handed(self) -> int:
        """The i64 that the part before left: the value itself when both are lifted together."""
        v, self.link = self.link, -1
        return v if v >= 0 else self.emit(op.HANDED, ty.I64)

    # -- conditional instructions
    def guard(self, cond: int) -> None:
        """What follows happens only where ``cond`` (i1) is true, up to :meth:`unguard`. A terminator in it comes
        last; values made in it are not used outside."""
        self.emit(op.GUARD, ty.VOID, cond)

    def unguard(self) -> None:
        self.emit(op.UNGUARD, ty.VOID)

    # -- terminators
    def jump(self, target: Operand, hint: int = 0) -> None:
        self.emit(op.JUMP, ty.VOID, target, hint)

    def branch(self, cond: int, taken: Operand, fall: Operand) -> None:
        self.emit(op.BRANCH, ty.VOID, cond, taken, fall)

    def indirect(self, target: int, hint: int = 0) -> None:
        self.emit(op.INDIRECT, ty.VOID, target, hint)

    def syscall(self, following: Operand, code: int = 0) -> None:
        self.emit(op.SYSCALL, ty.VOID, following, code)

    def trap(self, kind: int, pc: Operand) -> None:
        self.emit(op.TRAP, ty.VOID, kind, pc)

    def resync(self, pc: Operand) -> None:
        self.emit(op.RESYNC, ty.VOID, pc)
