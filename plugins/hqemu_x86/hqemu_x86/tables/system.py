"""Segment registers, bases, BOUND."""

from __future__ import annotations

from functools import partial
from typing import Final

from ..decode.prefixes import FS, GS
from ..lift import system as lift
from ..lift.bind import Op

_SELECTORS: Final = "\n".join(
    f"{pattern}  push_selector ={number} @s"
    for pattern, number in (("o32 06", 0), ("o32 0E", 1), ("o32 16", 2), ("o32 1E", 3), ("0F A0", 4), ("0F A8", 5))
)
_LOADS: Final = "\n".join(f"8E /{n}  load_selector ={n} Ew n t" for n in (0, 2, 3, 4, 5))
ENCODINGS: Final = (
    _SELECTORS
    + "\n"
    + _LOADS
    + """
o32 07    pop_selector =0 @s n t
o32 17    pop_selector =2 @s n t
o32 1F    pop_selector =3 @s n t
0F A1     pop_selector =4 @s n t
0F A9     pop_selector =5 @s n t
o32 C4 /r  load_far =0 Gv Mv n t
o32 C5 /r  load_far =3 Gv Mv n t
0F B2 /r  load_far =2 Gv Mv n t
0F B4 /r  load_far =4 Gv Mv n t
0F B5 /r  load_far =5 Gv Mv n t
8C /0     store_selector Ev =0
8C /1     store_selector Ev =1
8C /2     store_selector Ev =2
8C /3     store_selector Ev =3
8C /4     store_selector Ev =4
8C /5     store_selector Ev =5
F3 0F AE /0  rdfsbase Ry
F3 0F AE /1  rdgsbase Ry
F3 0F AE /2  wrfsbase Ry
F3 0F AE /3  wrgsbase Ry
o32 62 /r  bound Gv Mv t
"""
)

OPS: Final = {
    "push_selector": Op(lift.lift_push_selector),
    "store_selector": Op(lift.lift_store_selector),
    "load_selector": Op(lift.lift_load_selector, end="trap"),
    "pop_selector": Op(lift.lift_pop_selector, end="trap"),
    "load_far": Op(lift.lift_load_far, end="trap"),
    "rdfsbase": Op(partial(lift.lift_read_base, FS), feature="fsgsbase"),
    "rdgsbase": Op(partial(lift.lift_read_base, GS), feature="fsgsbase"),
    "wrfsbase": Op(partial(lift.lift_write_base, FS), feature="fsgsbase"),
    "wrgsbase": Op(partial(lift.lift_write_base, GS), feature="fsgsbase"),
    "bound": Op(lift.lift_bound),
}
