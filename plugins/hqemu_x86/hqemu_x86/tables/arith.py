"""Addition, subtraction, logic."""

from __future__ import annotations

from functools import partial
from typing import Final

from hqemu_core.ir import opcodes as op

from ..lift import arith as lift
from ..lift.bind import Op
from ..state import CF, OF

_ALU: Final = ("add", "or", "adc", "sbb", "and", "sub", "xor", "cmp")


def _alu() -> str:
    lines = []
    for n, name in enumerate(_ALU):
        for offset, tokens in enumerate(("Eb Gb", "Ev Gv", "Gb Eb", "Gv Ev")):
            lines.append(f"{8 * n + offset:02X} /r  {name} {tokens}")
        lines += [f"{8 * n + 4:02X}  {name} Ab Ib", f"{8 * n + 5:02X}  {name} Av Iz"]
        lines += [f"80 /{n}  {name} Eb Ib", f"81 /{n}  {name} Ev Iz", f"83 /{n}  {name} Ev Ibv"]
        lines.append(f"o32 82 /{n}  {name} Eb Ib")
    return "\n".join(lines)


ENCODINGS: Final = (
    _alu()
    + """
84 /r     test Eb Gb
85 /r     test Ev Gv
A8        test Ab Ib
A9        test Av Iz
F6 /0     test Eb Ib
F6 /1     test Eb Ib
F7 /0     test Ev Iz
F7 /1     test Ev Iz
FE /0     inc Eb
FF /0     inc Ev
FE /1     dec Eb
FF /1     dec Ev
o32 40 +r   inc Zv
o32 48 +r   dec Zv
F6 /2     not Eb
F7 /2     not Ev
F6 /3     neg Eb
F7 /3     neg Ev
66 0F 38 F6 /r   adcx Gy Ey
F3 0F 38 F6 /r   adox Gy Ey
"""
)

OPS: Final = {
    "add": Op(lift.lift_add, "w", fuse="first"),
    "or": Op(partial(lift.lift_logic, op.OR), "w", fuse="first"),
    "adc": Op(lift.lift_adc, "rw"),
    "sbb": Op(lift.lift_sbb, "rw"),
    "and": Op(partial(lift.lift_logic, op.AND), "w", fuse="first"),
    "sub": Op(lift.lift_sub, "w", fuse="first"),
    "xor": Op(partial(lift.lift_logic, op.XOR), "w", fuse="first"),
    "cmp": Op(lift.lift_cmp, "w", fuse="first"),
    "test": Op(lift.lift_test, "w", fuse="first"),
    "inc": Op(partial(lift.lift_step, 0), "p", fuse="first"),
    "dec": Op(partial(lift.lift_step, 1), "p", fuse="first"),
    "not": Op(lift.lift_not),
    "neg": Op(lift.lift_neg, "w", fuse="first"),
    "adcx": Op(partial(lift.lift_carry_add, CF), "rw", feature="adx"),
    "adox": Op(partial(lift.lift_carry_add, OF), "rw", feature="adx"),
}
