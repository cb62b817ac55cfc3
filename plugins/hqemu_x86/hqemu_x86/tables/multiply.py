"""Multiplication, division, decimal arithmetic."""

from __future__ import annotations

from functools import partial
from typing import Final

from ..lift import bcd
from ..lift import multiply as lift
from ..lift.bind import Op

ENCODINGS: Final = """
F6 /4     mul Eb
F7 /4     mul Ev
F6 /5     imul1 Eb
F7 /5     imul1 Ev
F6 /6     div Eb t
F7 /6     div Ev t
F6 /7     idiv Eb t
F7 /7     idiv Ev t
0F AF /r  imul Gv Ev
69 /r     imul3 Gv Ev Iz
6B /r     imul3 Gv Ev Ibv
VEX L0 F2 0F 38 F6 /r  mulx Gy By Ey
o32 27    daa
o32 2F    das
o32 37    aaa
o32 3F    aas
o32 D4    aam Ib t
o32 D5    aad Ib
"""

OPS: Final = {
    "mul": Op(partial(lift.lift_mul, 0), "w"),
    "imul1": Op(partial(lift.lift_mul, 1), "w"),
    "imul": Op(lift.lift_imul, "w"),
    "imul3": Op(lift.lift_imul, "w"),
    "div": Op(lift.lift_div),
    "idiv": Op(lift.lift_idiv),
    "mulx": Op(lift.lift_mulx, feature="bmi2"),
    "daa": Op(partial(bcd.lift_decimal, 0), "rw"),
    "das": Op(partial(bcd.lift_decimal, 1), "rw"),
    "aaa": Op(partial(bcd.lift_ascii, 0), "rw"),
    "aas": Op(partial(bcd.lift_ascii, 1), "rw"),
    "aam": Op(bcd.lift_aam, "w"),
    "aad": Op(bcd.lift_aad, "w"),
}
