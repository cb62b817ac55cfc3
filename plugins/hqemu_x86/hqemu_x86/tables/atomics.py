"""LOCK, XADD, CMPXCHG and their kind."""

from __future__ import annotations

from functools import partial
from typing import Final

from ..lift import atomics as lift
from ..lift.bind import Op

_ALU: Final = ("add", "or", "adc", "sbb", "and", "sub", "xor")


def _locked() -> str:
    lines = []
    for n, name in enumerate(_ALU):
        lines += [f"LOCK {8 * n:02X} /r  lock_{name} Mb Gb", f"LOCK {8 * n + 1:02X} /r  lock_{name} Mv Gv"]
        lines += [f"LOCK 80 /{n}  lock_{name} Mb Ib", f"LOCK 81 /{n}  lock_{name} Mv Iz"]
        lines += [f"LOCK 83 /{n}  lock_{name} Mv Ibv", f"o32 LOCK 82 /{n}  lock_{name} Mb Ib"]
    return "\n".join(lines)


ENCODINGS: Final = (
    _locked()
    + """
LOCK FE /0  lock_inc Mb
LOCK FF /0  lock_inc Mv
LOCK FE /1  lock_dec Mb
LOCK FF /1  lock_dec Mv
LOCK F6 /2  lock_not Mb
LOCK F7 /2  lock_not Mv
LOCK F6 /3  lock_neg Mb t n
LOCK F7 /3  lock_neg Mv t n
0F C0 /r  xadd Eb Gb
0F C1 /r  xadd Ev Gv
LOCK 0F C0 /r  lock_xadd Mb Gb
LOCK 0F C1 /r  lock_xadd Mv Gv
0F B0 /r  cmpxchg Eb Gb
0F B1 /r  cmpxchg Ev Gv
LOCK 0F B0 /r  lock_cmpxchg Mb Gb
LOCK 0F B1 /r  lock_cmpxchg Mv Gv
W0 0F C7 /1  cmpxchg8b Mq
LOCK W0 0F C7 /1  cmpxchg8b Mq
W1 0F C7 /1  cmpxchg16b Mdq
LOCK W1 0F C7 /1  cmpxchg16b Mdq
"""
)

OPS: Final = {
    **{"lock_" + name: Op(partial(lift.lift_locked, name), "w") for name in ("add", "or", "and", "sub", "xor")},
    "lock_adc": Op(partial(lift.lift_locked_carry, 0), "rw"),
    "lock_sbb": Op(partial(lift.lift_locked_carry, 1), "rw"),
    "lock_inc": Op(partial(lift.lift_locked_step, 0), "p"),
    "lock_dec": Op(partial(lift.lift_locked_step, 1), "p"),
    "lock_not": Op(lift.lift_locked_not),
    "lock_neg": Op(lift.lift_locked_neg, "w", "branch"),
    "xadd": Op(lift.lift_xadd, "w"),
    "lock_xadd": Op(lift.lift_locked_xadd, "w"),
    "cmpxchg": Op(lift.lift_cmpxchg, "w"),
    "lock_cmpxchg": Op(lift.lift_locked_cmpxchg, "w"),
    "cmpxchg8b": Op(partial(lift.lift_cmpxchg_pair, 1), "p"),
    "cmpxchg16b": Op(partial(lift.lift_cmpxchg_pair, 16), "p", feature="cx16"),
}
