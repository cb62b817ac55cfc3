"""Jumps, calls, returns, loops, interrupts."""

from __future__ import annotations

from functools import partial
from typing import Final

from hqemu_core.ir import opcodes as op

from ..lift import branches as lift
from ..lift.bind import Op

ENCODINGS: Final = """
70 +c     jcc cc Jb n
0F 80 +c  jcc cc Jz n
EB        jmp Jb
E9        jmp Jz
FF /4     jmp_to Ef
E8        call Jz n
FF /2     call_to Ef n
C3        ret
C2        ret_pop Iw
E0        loopne @a Jb n
E1        loope @a Jb n
E2        loop @a Jb n
E3        jrcxz @a Jb n
o64 0F 05   syscall n
CD ?key[-1]==0x80  int80 n
CD        int Ib t
CC        int3 t
F1        int3 t
o32 CE    into t
0F 0B     ud2 t
0F B9 /r  ud2 t
0F FF /r  ud2 t
F4        privileged t
FA        privileged t
FB        privileged t
E4        privileged_byte Ib t
E5        privileged_byte Ib t
E6        privileged_byte Ib t
E7        privileged_byte Ib t
EC        privileged t
ED        privileged t
EE        privileged t
EF        privileged t
6C        privileged t
6D        privileged t
6E        privileged t
6F        privileged t
0F 06     privileged t
0F 08     privileged t
0F 09     privileged t
0F 20     privileged_byte Ib t
0F 21     privileged_byte Ib t
0F 22     privileged_byte Ib t
0F 23     privileged_byte Ib t
0F 30     privileged t
0F 32     privileged t
0F 33     privileged t
0F 35     privileged t
0F 00 /2  privileged_place Ew t
0F 00 /3  privileged_place Ew t
0F 01 /2  privileged_place Ma t
0F 01 /3  privileged_place Ma t
0F 01 /6  privileged_place Ew t
0F 01 /7  privileged_place Ma t
"""

_PRIVILEGED: Final = partial(lift.lift_trap, op.TRAP_PRIVILEGED)
OPS: Final = {
    "jcc": Op(lift.lift_jcc, "r", "branch", "second"),
    "jmp": Op(lift.lift_jmp, end="jump"),
    "jmp_to": Op(lift.lift_jmp_to, end="indirect"),
    "call": Op(lift.lift_call, end="call"),
    "call_to": Op(lift.lift_call_to, end="icall"),
    "ret": Op(lift.lift_ret, end="ret"),
    "ret_pop": Op(lift.lift_ret_pop, end="ret"),
    "loopne": Op(partial(lift.lift_loop, 0), "r", "branch"),
    "loope": Op(partial(lift.lift_loop, 1), "r", "branch"),
    "loop": Op(partial(lift.lift_loop, 2), "", "branch"),
    "jrcxz": Op(lift.lift_jrcxz, "", "branch"),
    "syscall": Op(lift.lift_syscall, "r", "syscall"),
    "int": Op(lift.lift_int, end="trap"),
    "int80": Op(lift.lift_int80, end="syscall"),
    "int3": Op(partial(lift.lift_trap, op.TRAP_BREAKPOINT), end="trap"),
    "into": Op(lift.lift_into, "r", "trap"),
    "ud2": Op(partial(lift.lift_trap, op.TRAP_ILLEGAL), end="trap"),
    "privileged": Op(_PRIVILEGED, end="trap"),
    "privileged_byte": Op(lift.lift_privileged_with, end="trap"),
    "privileged_place": Op(lift.lift_privileged_with, end="trap"),
}
