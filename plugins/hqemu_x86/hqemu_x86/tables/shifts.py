"""Shifts and rotates."""

from __future__ import annotations

from functools import partial
from typing import Final

from ..lift import shifts as lift
from ..lift.bind import Op

_NAMES: Final = ("rol", "ror", "rcl", "rcr", "shl", "shr", "shl", "sar")


def _shifts() -> str:
    lines = []
    for n, name in enumerate(_NAMES):
        moves = "" if name in ("rcl", "rcr") else "@z "
        never = "" if name in ("rcl", "rcr") else "=0 "
        lines += [f"C0 /{n}  {name} {moves}Eb I1", f"C1 /{n}  {name} {moves}Ev I1"]
        always = "" if name in ("rcl", "rcr") else "=1 "
        lines += [f"D0 /{n}  {name}1 {always}Eb", f"D1 /{n}  {name}1 {always}Ev"]
        lines += [f"D2 /{n}  {name} {never}Eb Cb", f"D3 /{n}  {name} {never}Ev Cb"]
    return "\n".join(lines)


ENCODINGS: Final = (
    _shifts()
    + """
0F A4 /r  shld @z Ev Gv I1
0F A5 /r  shld =0 Ev Gv Cb
0F AC /r  shrd @z Ev Gv I1
0F AD /r  shrd =0 Ev Gv Cb
VEX L0 66 0F 38 F7 /r  shlx Gy Ey By
VEX L0 F3 0F 38 F7 /r  sarx Gy Ey By
VEX L0 F2 0F 38 F7 /r  shrx Gy Ey By
VEX L0 F2 0F 3A F0 /r  rorx Gy Ey I1
"""
)

_KINDS: Final = {
    "rol": partial(lift.lift_rotate, lift.ROL),
    "ror": partial(lift.lift_rotate, lift.ROR),
    "rcl": partial(lift.lift_rotate_carry, lift.RCL),
    "rcr": partial(lift.lift_rotate_carry, lift.RCR),
    "shl": partial(lift.lift_shift, lift.SHL),
    "shr": partial(lift.lift_shift, lift.SHR),
    "sar": partial(lift.lift_shift, lift.SAR),
}
OPS: Final = {
    **{
        name: Op(f, "rw" if name[:2] == "rc" else "p", fuse="" if name[0] == "r" else "first")
        for name, f in _KINDS.items()
    },
    **{
        name + "1": Op(f, "rw" if name[:2] == "rc" else "p", fuse="" if name[0] == "r" else "first")
        for name, f in _KINDS.items()
    },
    "shld": Op(partial(lift.lift_double_shift, lift.SHL), "p"),
    "shrd": Op(partial(lift.lift_double_shift, lift.SHR), "p"),
    "shlx": Op(partial(lift.lift_plain_shift, lift.SHL), feature="bmi2"),
    "shrx": Op(partial(lift.lift_plain_shift, lift.SHR), feature="bmi2"),
    "sarx": Op(partial(lift.lift_plain_shift, lift.SAR), feature="bmi2"),
    "rorx": Op(lift.lift_rorx, feature="bmi2"),
}
