"""Stack instructions."""

from __future__ import annotations

from typing import Final

from ..lift import stack as lift
from ..lift.bind import Op

ENCODINGS: Final = """
50 +r     push Zs
FF /6     push Es
68        push Is
6A        push Ibs
58 +r     pop Zs
8F /0     pop Rs
8F /0     pop_memory @b Ms
9C        pushf @s
9D        popf @s
C9        leave @s
C8        enter @s K I3
o32 60    pusha @o
o32 61    popa @o
"""

OPS: Final = {
    "push": Op(lift.lift_push),
    "pop": Op(lift.lift_pop),
    "pop_memory": Op(lift.lift_pop_memory),
    "pushf": Op(lift.lift_pushf, "r"),
    "popf": Op(lift.lift_popf, "w"),
    "leave": Op(lift.lift_leave),
    "enter": Op(lift.lift_enter),
    "pusha": Op(lift.lift_pusha),
    "popa": Op(lift.lift_popa),
}
