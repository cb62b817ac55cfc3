"""Far transfers, IRET, ARPL."""

from __future__ import annotations

from typing import Final

from ..lift import far as lift
from ..lift.bind import Op

ENCODINGS: Final = """
CB        retf @o t
CA        retf_pop @o Iw t
FF /3     call_far_to Mv n t
FF /5     jmp_far_to Mv t
o32 9A    call_far @o Tv Iw n t
o32 EA    jmp_far Tv Iw t
o32 CF    iret @o =0 t
o64 CF    iret @o =1 t
o32 63 /r   arpl Ew Gw
0F 00 /0  privileged_place Ew t
0F 00 /1  privileged_place Ew t
0F 01 /0  privileged_place Ma t
0F 01 /1  privileged_place Ma t
0F 01 /4  privileged_place Ew t
"""

OPS: Final = {
    "retf": Op(lift.lift_retf, end="indirect"),
    "retf_pop": Op(lift.lift_retf_pop, end="indirect"),
    "call_far_to": Op(lift.lift_call_far_to, end="icall"),
    "jmp_far_to": Op(lift.lift_jmp_far_to, end="indirect"),
    "call_far": Op(lift.lift_call_far, end="icall"),
    "jmp_far": Op(lift.lift_jmp_far, end="indirect"),
    "iret": Op(lift.lift_iret, "w", "indirect"),
    "arpl": Op(lift.lift_arpl, "p"),
}
