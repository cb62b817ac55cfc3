"""Moves, extensions, exchanges, conditional moves and sets."""

from __future__ import annotations

from functools import partial
from typing import Final

from ..lift import moves as lift
from ..lift.bind import Op

ENCODINGS: Final = """
88 /r     mov Eb Gb
89 /r     mov Ev Gv
8A /r     mov Gb Eb
8B /r     mov Gv Ev
A0        mov Ab Ob
A1        mov Av Ov
A2        mov Ob Ab
A3        mov Ov Av
B0 +r     mov Zb Ib
B8 +r     mov Zv Iv
C6 /0     mov Eb Ib
C7 /0     mov Ev Iz
8D /r     lea Gv Ma
86 /r     xchg Eb Gb
87 /r     xchg Ev Gv
LOCK 86 /r     xchg Mb Gb
LOCK 87 /r     xchg Mv Gv
F3 ?not(rex&1) 90  pause
90 ?not(rex&1)  nop
90 +r     xchg_rax Av Zv
0F B6 /r  movzx Gv Eb
0F B7 /r  movzx Gv Ew
0F BE /r  movsx Gv Eb
0F BF /r  movsx Gv Ew
o64 63 /r   movsx Gv Ed
0F C8 +r  bswap Zv
F2 0F 38 F0 /r  crc32 Gy Eb
F2 0F 38 F1 /r  crc32 Gy Ev
NP 0F 38 F0 /r  movbe Gv Mv
66 0F 38 F0 /r  movbe Gv Mv
NP 0F 38 F1 /r  movbe Mv Gv
66 0F 38 F1 /r  movbe Mv Gv
0F 40 +c /r  cmov cc Gv Ev
0F 90 +c /r  setcc cc Eb
98        extend_rax @o
99        sign_rdx @o
9E        sahf
9F        lahf
F5        cmc
F8        clc
F9        stc
FC        cld
FD        std
o32 D6    salc
D7        xlat @g @a
0F 0D /r  prefetch Ma
0F 18 /r  nop Ev
0F 19 /r  nop Ev
0F 1A /r  nop Ev
0F 1B /r  nop Ev
0F 1C /r  nop Ev
0F 1D /r  nop Ev
0F 1E /r  nop Ev
0F 1F /r  nop Ev
F3 0F 1E /1  rdssp Ry
NP 0F AE /7  clflush Ma
66 0F AE /7  clflush Ma
66 0F AE /6  clflush Ma
NP 0F AE /5:0  lfence
NP 0F AE /5:1  lfence
NP 0F AE /5:2  lfence
NP 0F AE /5:3  lfence
NP 0F AE /5:4  lfence
NP 0F AE /5:5  lfence
NP 0F AE /5:6  lfence
NP 0F AE /5:7  lfence
NP 0F AE /6:0  mfence
NP 0F AE /6:1  mfence
NP 0F AE /6:2  mfence
NP 0F AE /6:3  mfence
NP 0F AE /6:4  mfence
NP 0F AE /6:5  mfence
NP 0F AE /6:6  mfence
NP 0F AE /6:7  mfence
NP 0F AE /7:0  sfence
NP 0F AE /7:1  sfence
NP 0F AE /7:2  sfence
NP 0F AE /7:3  sfence
NP 0F AE /7:4  sfence
NP 0F AE /7:5  sfence
NP 0F AE /7:6  sfence
NP 0F AE /7:7  sfence
NP 0F C3 /r  mov My Gy
"""

_NOP: Final = Op(lift.lift_nop)
OPS: Final = {
    "mov": Op(lift.lift_mov),
    "lea": Op(lift.lift_lea),
    "xchg": Op(lift.lift_xchg),
    "xchg_rax": Op(lift.lift_xchg_rax),
    "movzx": Op(partial(lift.lift_extend, 0)),
    "movsx": Op(partial(lift.lift_extend, 1)),
    "bswap": Op(lift.lift_bswap),
    "crc32": Op(lift.lift_crc32),
    "movbe": Op(lift.lift_movbe, feature="movbe"),
    "cmov": Op(lift.lift_cmov, "r", fuse="second"),
    "setcc": Op(lift.lift_setcc, "r", fuse="second"),
    "extend_rax": Op(lift.lift_extend_rax),
    "sign_rdx": Op(lift.lift_sign_rdx),
    "sahf": Op(lift.lift_sahf, "p"),
    "lahf": Op(lift.lift_lahf, "r"),
    "cmc": Op(partial(lift.lift_carry, 2), "rw"),
    "clc": Op(partial(lift.lift_carry, 0), "p"),
    "stc": Op(partial(lift.lift_carry, 1), "p"),
    "cld": Op(partial(lift.lift_direction, 0)),
    "std": Op(partial(lift.lift_direction, 1)),
    "salc": Op(lift.lift_salc, "r"),
    "xlat": Op(lift.lift_xlat),
    "nop": _NOP,
    "rdssp": _NOP,
    "pause": _NOP,
    "prefetch": _NOP,
    "clflush": Op(lift.lift_clflush),
    "lfence": Op(partial(lift.lift_fence, 0)),
    "mfence": Op(partial(lift.lift_fence, 2)),
    "sfence": Op(partial(lift.lift_fence, 1)),
}
