"""Bit tests and scans, BMI1, BMI2."""

from __future__ import annotations

from functools import partial
from typing import Final

from hqemu_core.ir import opcodes as op

from ..lift import bits as lift
from ..lift.bind import Op

ENCODINGS: Final = """
0F A3 /r  bt Ev Gv
0F AB /r  bts Ev Gv
0F B3 /r  btr Ev Gv
0F BB /r  btc Ev Gv
0F BA /4  bt Ev I1
0F BA /5  bts Ev I1
0F BA /6  btr Ev I1
0F BA /7  btc Ev I1
LOCK 0F AB /r  lock_bts Mv Gv
LOCK 0F B3 /r  lock_btr Mv Gv
LOCK 0F BB /r  lock_btc Mv Gv
LOCK 0F BA /5  lock_bts Mv I1
LOCK 0F BA /6  lock_btr Mv I1
LOCK 0F BA /7  lock_btc Mv I1
0F BC /r  bsf Gv Ev
0F BD /r  bsr Gv Ev
F3 0F BC /r  tzcnt Gv Ev
F3 0F BD /r  lzcnt Gv Ev
F3 0F B8 /r  popcnt Gv Ev
VEX L0 NP 0F 38 F2 /r  andn Gy By Ey
VEX L0 NP 0F 38 F3 /1  blsr By Ey
VEX L0 NP 0F 38 F3 /2  blsmsk By Ey
VEX L0 NP 0F 38 F3 /3  blsi By Ey
VEX L0 NP 0F 38 F7 /r  bextr Gy Ey By
VEX L0 NP 0F 38 F5 /r  bzhi Gy Ey By
VEX L0 F2 0F 38 F5 /r  pdep Gy By Ey
VEX L0 F3 0F 38 F5 /r  pext Gy By Ey
"""

OPS: Final = {
    "bt": Op(partial(lift.lift_bit, lift.TEST), "p", fuse="first"),
    "bts": Op(partial(lift.lift_bit, lift.SET), "p"),
    "btr": Op(partial(lift.lift_bit, lift.RESET), "p"),
    "btc": Op(partial(lift.lift_bit, lift.FLIP), "p"),
    "lock_bts": Op(partial(lift.lift_locked_bit, lift.SET), "p"),
    "lock_btr": Op(partial(lift.lift_locked_bit, lift.RESET), "p"),
    "lock_btc": Op(partial(lift.lift_locked_bit, lift.FLIP), "p"),
    "bsf": Op(partial(lift.lift_scan, 0), "w"),
    "bsr": Op(partial(lift.lift_scan, 1), "w"),
    "tzcnt": Op(partial(lift.lift_count_zeros, op.CTZ), "w", feature="bmi1"),
    "lzcnt": Op(partial(lift.lift_count_zeros, op.CLZ), "w", feature="abm"),
    "popcnt": Op(lift.lift_popcnt, "w", feature="popcnt"),
    "andn": Op(lift.lift_andn, "w", feature="bmi1"),
    "blsr": Op(partial(lift.lift_lowest, 1), "w", feature="bmi1"),
    "blsmsk": Op(partial(lift.lift_lowest, 2), "w", feature="bmi1"),
    "blsi": Op(partial(lift.lift_lowest, 3), "w", feature="bmi1"),
    "bextr": Op(lift.lift_bextr, "w", feature="bmi1"),
    "bzhi": Op(lift.lift_bzhi, "w", feature="bmi2"),
    "pdep": Op(partial(lift.lift_deposit, "x86_pdep"), feature="bmi2"),
    "pext": Op(partial(lift.lift_deposit, "x86_pext"), feature="bmi2"),
}
