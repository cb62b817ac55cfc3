"""What CPUID says: the features whose rows there are, and a plain cache and topology (SDM vol. 2, CPUID).

``present`` is the set of the rows' ``feature`` names; what every program of the mode may count on is added here.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from typing import Final

from .fpstate import AVX, FEATURES, XSAVE_SIZE

EAX, EBX, ECX, EDX = range(4)
BITS: Final[dict[str, tuple[int, int, int]]] = {
    "fpu": (1, EDX, 0), "tsc": (1, EDX, 4), "cx8": (1, EDX, 8), "cmov": (1, EDX, 15), "clflush": (1, EDX, 19),
    "mmx": (1, EDX, 23), "fxsr": (1, EDX, 24), "sse": (1, EDX, 25), "sse2": (1, EDX, 26),
    "sse3": (1, ECX, 0), "pclmulqdq": (1, ECX, 1), "ssse3": (1, ECX, 9), "fma": (1, ECX, 12), "cx16": (1, ECX, 13),
    "sse4_1": (1, ECX, 19), "sse4_2": (1, ECX, 20), "movbe": (1, ECX, 22), "popcnt": (1, ECX, 23), "aes": (1, ECX, 25),
    "xsave": (1, ECX, 26), "osxsave": (1, ECX, 27), "avx": (1, ECX, 28), "f16c": (1, ECX, 29), "rdrand": (1, ECX, 30),
    "fsgsbase": (7, EBX, 0), "bmi1": (7, EBX, 3), "avx2": (7, EBX, 5), "bmi2": (7, EBX, 8), "erms": (7, EBX, 9),
    "rdseed": (7, EBX, 18), "adx": (7, EBX, 19), "clflushopt": (7, EBX, 23), "clwb": (7, EBX, 24),
    "sha_ni": (7, EBX, 29), "rdpid": (7, ECX, 22), "fsrm": (7, EDX, 4),
    "syscall": (0x80000001, EDX, 11), "nx": (0x80000001, EDX, 20), "rdtscp": (0x80000001, EDX, 27),
    "lm": (0x80000001, EDX, 29), "lahf_lm": (0x80000001, ECX, 0), "abm": (0x80000001, ECX, 5),
    "3dnowprefetch": (0x80000001, ECX, 8),
}  # fmt: skip
"""feature, by its name in /proc/cpuinfo -> where its bit is"""
_LINUX_NAMES: Final = {"sse3": "pni"}
BASE: Final = ("fpu", "tsc", "cx8", "cmov", "nx")
BASE64: Final = ("lm", "syscall", "fxsr", "sse", "sse2")
_VENDOR: Final = b"GenuineIntel"
_BRAND: Final = b"hqemu"
_SIGNATURE: Final = 0x306C3
"""family 6, model 60, stepping 3: what an AVX2 machine without AVX-512 calls itself"""
MAX_LEAF, MAX_EXTENDED = 0xD, 0x80000008
_CACHES: Final = ((1, 1, 64, 8), (2, 1, 64, 8), (3, 2, 512, 8), (3, 3, 8192, 16))
"""kind (1 data 2 code 3 both), level, sets, ways; lines of 64 bytes"""


def complete(present: Iterable[str], bits: int) -> frozenset[str]:
    """With what the mode always has, and what follows."""
    found = {*present, *BASE, *(BASE64 if bits == 64 else ())}
    if "xsave" in found:
        found.add("osxsave")
    return frozenset(found)


def feature_bits(present: frozenset[str], leaf: int, register: int) -> int:
    return sum(1 << bit for name, (at, reg, bit) in BITS.items() if name in present and (at, reg) == (leaf, register))


def cpuid(present: frozenset[str], bits: int, leaf: int, sub: int) -> tuple[int, int, int, int]:
    """(eax, ebx, ecx, edx)"""
    if leaf > MAX_LEAF and not 0x80000000 <= leaf <= MAX_EXTENDED:
        leaf = MAX_LEAF  # as Intel's: beyond the last is the last
    if leaf in (0, 0x80000000):
        b, d, c = struct.unpack("<3I", _VENDOR)
        return (MAX_LEAF, b, c, d) if not leaf else (MAX_EXTENDED, 0, 0, 0)
    c, d = feature_bits(present, leaf, ECX), feature_bits(present, leaf, EDX)
    if leaf == 1:
        return _SIGNATURE, 1 << 16 | 8 << 8, c, d
    if leaf == 2:
        return 0xFF01, 0, 0, 0  # see leaf 4
    if leaf == 4:
        return _cache(sub)
    if leaf == 7:
        return (0, feature_bits(present, 7, EBX), c, d) if not sub else (0, 0, 0, 0)
    if leaf == 0xB:
        return (0, 1, sub | (sub + 1) << 8, 0) if sub < 2 else (0, 0, sub, 0)
    if leaf == 0xD and "xsave" in present:
        return {0: (FEATURES, XSAVE_SIZE, XSAVE_SIZE, 0), 2: (256, AVX, 0, 0)}.get(sub, (0, 0, 0, 0))
    if leaf == 0x80000001:
        return 0, 0, c, d
    if 0x80000002 <= leaf <= 0x80000004:
        at = (leaf - 0x80000002) * 16
        a, b, c, d = struct.unpack("<4I", _BRAND.ljust(48, b"\0")[at : at + 16])
        return a, b, c, d
    if leaf == 0x80000006:
        return 0, 0, 256 << 16 | 6 << 12 | 64, 0
    if leaf == 0x80000008:
        return (48 << 8 | 39 if bits == 64 else 32 << 8 | 36), 0, 0, 0
    return 0, 0, 0, 0


def _cache(sub: int) -> tuple[int, int, int, int]:
    if sub >= len(_CACHES):
        return 0, 0, 0, 0
    kind, level, sets, ways = _CACHES[sub]
    return kind | level << 5 | 1 << 8, 63 | (ways - 1) << 22, sets - 1, 0


def cpuinfo(present: frozenset[str]) -> str:
    """One processor's part of /proc/cpuinfo, without its ``processor`` line."""
    names = [_LINUX_NAMES.get(name, name) for name in BITS if name in present and name != "osxsave"]
    return (
        f"vendor_id\t: {_VENDOR.decode()}\n"
        f"cpu family\t: {_SIGNATURE >> 8 & 0xF}\n"
        f"model\t\t: {_SIGNATURE >> 12 & 0xF0 | _SIGNATURE >> 4 & 0xF}\n"
        f"model name\t: {_BRAND.decode()}\n"
        f"stepping\t: {_SIGNATURE & 0xF}\n"
        "cache size\t: 8192 KB\n"
        "fpu\t\t: yes\n"
        "fpu_exception\t: yes\n"
        f"cpuid level\t: {MAX_LEAF}\n"
        "wp\t\t: yes\n"
        f"flags\t\t: {' '.join(names)}\n"
        "clflush size\t: 64\n"
        "cache_alignment\t: 64\n"
    )
