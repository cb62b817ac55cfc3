"""The page at 0xffff0000 with the kernel's user helpers (``Documentation/arch/arm/kernel_user_helpers.rst``).

Ordinary guest code, called by a branch to a fixed address. It may change r0, r3, ip, lr and the flags, as documented
for each; lr holds the return address, perhaps to Thumb code.
"""

from __future__ import annotations

import struct
from typing import Final

BASE: Final = 0xFFFF0000
SIZE: Final = 4096
NAME: Final = "[vectors]"
VERSION: Final = 5
"""number of helpers of 32 bytes, the double-sized cmpxchg64 counting twice"""
_UNDEFINED: Final = 0xE7FDDEF1
"""permanently undefined in A32 and, each half, in T32"""

# int cmpxchg64(const int64_t *old, const int64_t *new, volatile int64_t *at): 0 and C set if it was exchanged
_CMPXCHG64: Final = (
    0xE92D00F0,  # push {r4-r7}
    0xE8900030,  # ldm r0, {r4, r5}         what must be there
    0xE89100C0,  # ldm r1, {r6, r7}         what shall be there
    0xF57FF05B,  # dmb ish
    0xE1B20F9F,  # 1: ldrexd r0, r1, [r2]
    0xE0503004,  # subs r3, r0, r4
    0x00513005,  # subseq r3, r1, r5        r3 is not 0 if either half differs
    0x1A000002,  # bne 2f
    0xE1A23F96,  # strexd r3, r6, r7, [r2]
    0xE3530000,  # cmp r3, #0
    0x1AFFFFF8,  # bne 1b                   lost the reservation
    0xF57FF05B,  # 2: dmb ish
    0xE2730000,  # rsbs r0, r3, #0          C is set for 0 only
    0xE8BD00F0,  # pop {r4-r7}
    0xE12FFF1E,  # bx lr
)

# void memory_barrier(void)
_BARRIER: Final = (
    0xF57FF05B,  # dmb ish
    0xE12FFF1E,  # bx lr
)

# int cmpxchg(int old, int new, volatile int *at): 0 and C set if it was exchanged
_CMPXCHG: Final = (
    0xF57FF05B,  # dmb ish
    0xE1923F9F,  # 1: ldrex r3, [r2]
    0xE0533000,  # subs r3, r3, r0
    0x01823F91,  # strexeq r3, r1, [r2]
    0x03530001,  # cmpeq r3, #1             lost the reservation
    0x0AFFFFFA,  # beq 1b
    0xE2730000,  # rsbs r0, r3, #0          C is set for 0 only
    0xEAFFFFEF,  # b memory_barrier
)

# void *get_tls(void)
_GET_TLS: Final = (
    0xEE1D0F70,  # mrc p15, 0, r0, c13, c0, 3
    0xE12FFF1E,  # bx lr
)

_AT: Final = {0xF60: _CMPXCHG64, 0xFA0: _BARRIER, 0xFC0: _CMPXCHG, 0xFE0: _GET_TLS, 0xFFC: (VERSION,)}


def page() -> bytes:
    data = bytearray(struct.pack("<I", _UNDEFINED) * (SIZE // 4))
    data[0xF60:] = bytes(SIZE - 0xF60)
    for at, words in _AT.items():
        struct.pack_into(f"<{len(words)}I", data, at, *words)
    return bytes(data)
