"""How the interpreter runs memory ops, helper calls and terminators."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from hqemu_core.errors import GuestFault

from . import opcodes as op
from .builder import Op
from .semantics import RMW
from .semantics_crypto import aes, clmul

if TYPE_CHECKING:
    from .interp import Interp


SIGBUS: Final = 7
BUS_ADRALN: Final = 1


class Outcome(NamedTuple):
    """The terminator reached, its operands resolved: JUMP (address, hint), BRANCH (address chosen,),
    INDIRECT (address, hint), SYSCALL (following address, code), TRAP (kind, address), RESYNC (address,)."""

    code: int
    args: tuple[int, ...]

    @property
    def address(self) -> int:
        """Where the guest's program counter stands afterwards."""
        return self.args[1] if self.code == op.TRAP else self.args[0]


def on_rotate(m: Interp, o: Op) -> int:
    start, by = o[2], o[3]
    old = [bytes(m.state[start + 16 * n : start + 16 * n + 10]) for n in range(8)]
    for n in range(8):
        m.state[start + 16 * n : start + 16 * n + 10] = old[n + by & 7]
    return 0


# -- memory


def _check(addr: int, mem: op.MemOp, write: bool) -> None:
    if mem.align > 1 and addr % mem.align:
        raise GuestFault(addr, write, SIGBUS, BUS_ADRALN)


def _read(m: Interp, addr: int, mem: op.MemOp) -> int:
    return int.from_bytes(m.memory.read(addr, mem.size), "big" if mem.big else "little")


def _write(m: Interp, addr: int, value: int, mem: op.MemOp) -> None:
    m.memory.write(addr, value.to_bytes(mem.size, "big" if mem.big else "little"))


def on_load(m: Interp, o: Op) -> int:
    addr, mem = m.vals[o[2]], o[3]
    _check(addr, mem, False)
    return _read(m, addr, mem)


def on_store(m: Interp, o: Op) -> int:
    addr, mem = m.vals[o[2]], o[4]
    _check(addr, mem, True)
    _write(m, addr, m.vals[o[3]], mem)
    return 0


def on_cas(m: Interp, o: Op) -> int:
    """Writes even when the comparison fails, so that read-only memory faults either way."""
    addr, mem = m.vals[o[2]], o[5]
    _check(addr, mem, True)
    old = _read(m, addr, mem)
    _write(m, addr, m.vals[o[4]] if old == m.vals[o[3]] else old, mem)
    return old


def on_rmw(m: Interp, o: Op) -> int:
    _, t, kind, a, v, mem = o
    addr = m.vals[a]
    _check(addr, mem, True)
    old = _read(m, addr, mem)
    _write(m, addr, RMW[kind](old, m.vals[v], t & 0xFFF), mem)
    return old


def on_check(m: Interp, o: Op) -> int:
    if m.vals[o[2]]:
        m.outcome = Outcome(op.TRAP, (o[3], m.operand(o[4])))
    return 0


def on_fence(m: Interp, o: Op) -> int:
    return 0


# -- calls


def on_call(m: Interp, o: Op) -> int:
    vals = m.vals
    return m.call(o[2], [vals[v] for v in o[3]])


def on_ccall(m: Interp, o: Op) -> int:
    _, _, cond, name, args, otherwise = o
    vals = m.vals
    return m.call(name, [vals[v] for v in args]) if vals[cond] else vals[otherwise]


def on_clmul(m: Interp, o: Op) -> int:
    return clmul(m.vals[o[2]], m.vals[o[3]])


def on_aes(m: Interp, o: Op) -> int:
    return aes(o[2], m.vals[o[3]])


# -- guards


SKIP: Final = Outcome(op.GUARD, (0,))
"""Not an end: the interpreter goes on at the next UNGUARD."""


def on_hand(m: Interp, o: Op) -> int:
    m.link = m.vals[o[2]]
    return 0


def on_handed(m: Interp, o: Op) -> int:
    return m.link


def on_guard(m: Interp, o: Op) -> int:
    if not m.vals[o[2]]:
        m.outcome = SKIP
    return 0


def on_unguard(m: Interp, o: Op) -> int:
    return 0


# -- terminators


def on_jump(m: Interp, o: Op) -> int:
    m.outcome = Outcome(op.JUMP, (m.operand(o[2]), o[3]))
    return 0


def on_branch(m: Interp, o: Op) -> int:
    m.outcome = Outcome(op.BRANCH, (m.operand(o[3] if m.vals[o[2]] else o[4]),))
    return 0


def on_indirect(m: Interp, o: Op) -> int:
    m.outcome = Outcome(op.INDIRECT, (m.vals[o[2]], o[3]))
    return 0


def on_syscall(m: Interp, o: Op) -> int:
    m.outcome = Outcome(op.SYSCALL, (m.operand(o[2]), o[3]))
    return 0


def on_trap(m: Interp, o: Op) -> int:
    m.outcome = Outcome(op.TRAP, (o[2], m.operand(o[3])))
    return 0


def on_resync(m: Interp, o: Op) -> int:
    m.outcome = Outcome(op.RESYNC, (m.operand(o[2]),))
    return 0
