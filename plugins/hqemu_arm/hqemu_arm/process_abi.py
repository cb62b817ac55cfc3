"""How Linux starts a 32-bit Arm program and what it tells it: ``LinuxAbi``."""

from __future__ import annotations

from collections.abc import Iterable

from hqemu_core.ir import types as ty
from hqemu_core.isa.abi import Cpu, LinuxAbi

from . import kuser
from .sigframe import SIGPAGE, pop_frame, pop_old_frame, push_frame
from .state import LAYOUT, MONITOR_ADDR, SP, TPIDRURO
from .syscall_abi import ARGS, CALLS, NUMBER, RET, SYSCALLS, call_size, check_call

EM_ARM = 40
TASK_SIZE = 0xBF000000
"""a kernel with 3 GiB for programs, less 16 MiB for its modules"""
PIE_BASE = 0x400000

HWCAP = {
    "swp": 0, "half": 1, "thumb": 2, "fastmult": 4, "vfp": 6, "edsp": 7, "neon": 12, "vfpv3": 13, "vfpv3d16": 14,
    "tls": 15, "vfpv4": 16, "idiva": 17, "idivt": 18, "vfpd32": 19, "lpae": 20, "evtstrm": 21, "fphp": 22,
    "asimdhp": 23, "asimddp": 24, "asimdfhm": 25, "asimdbf16": 26, "i8mm": 27,
}  # fmt: skip
"""feature, as in the tables' ``feature`` column and in /proc/cpuinfo -> bit of AT_HWCAP (``asm/hwcap.h``)"""

HWCAP2 = {"aes": 0, "pmull": 1, "sha1": 2, "sha2": 3, "crc32": 4}

BASE = ("half", "thumb", "fastmult", "edsp", "tls")
"""what every ARMv7-A program may count on"""
IMPLIED = {"neon": ("vfpd32",)}
"""what comes with a feature: Advanced SIMD has 32 double registers"""

_EABI_VERSION = 0xFF000000
_EF_BE8 = 0x00800000
_MIDR = 0x412FC0F1
"""a Cortex-A15"""


def _with_implied(features: Iterable[str]) -> set[str]:
    present = {*features, *BASE}
    return present.union(*(IMPLIED[name] for name in IMPLIED.keys() & present))


def hwcaps(features: Iterable[str]) -> tuple[int, int]:
    """(AT_HWCAP, AT_HWCAP2) of a CPU with these features."""
    present = _with_implied(features)
    return (
        sum(1 << bit for name, bit in HWCAP.items() if name in present),
        sum(1 << bit for name, bit in HWCAP2.items() if name in present),
    )


def cpuinfo(features: Iterable[str]) -> str:
    """One processor's part of /proc/cpuinfo, without its ``processor`` line."""
    present = _with_implied(features)
    names = [name for name in (*HWCAP, *HWCAP2) if name in present]
    return (
        f"model name\t: ARMv7 Processor rev {_MIDR & 0xF} (v7l)\n"
        "BogoMIPS\t: 50.00\n"
        f"Features\t: {' '.join(names)}\n"
        f"CPU implementer\t: {_MIDR >> 24 & 0xFF:#04x}\n"
        "CPU architecture: 7\n"
        f"CPU variant\t: {_MIDR >> 20 & 0xF:#x}\n"
        f"CPU part\t: {_MIDR >> 4 & 0xFFF:#05x}\n"
        f"CPU revision\t: {_MIDR & 0xF}\n"
    )


def setup(cpu: Cpu, entry: int, sp: int) -> None:
    """All registers zero but pc and sp; an odd entry is Thumb code; no exclusive access open."""
    for slot in LAYOUT.slots.values():
        for n in range(slot.count):
            cpu.write(slot.offset + n * slot.size, slot.type, 0)
    cpu.write(MONITOR_ADDR, ty.I64, (1 << 64) - 1)
    cpu.write(SP, ty.I32, sp)
    cpu.pc = entry if entry & 1 else entry & ~3


def refuse_elf(elf: object) -> str:
    """Why a program for Arm cannot be run; "" if it can."""
    flags, big = getattr(elf, "flags", 0), getattr(elf, "big", False)
    if big:
        return "is big-endian, which is not supported" if flags & _EF_BE8 else "is old big-endian (BE32) code"
    if not flags & _EABI_VERSION:
        return "is for the old Arm ABI (OABI), which is not supported"
    return ""


def make_linux_abi(features: Iterable[str] = ()) -> LinuxAbi:
    """``features``: those of the instruction rows."""
    present = frozenset(features)
    hwcap, hwcap2 = hwcaps(present)
    return LinuxAbi(
        machine=EM_ARM,
        bits=32,
        uname="armv7l",
        syscalls=SYSCALLS,
        number=NUMBER,
        args=ARGS,
        ret=RET,
        sp=SP,
        tls=TPIDRURO,
        setup=setup,
        push_frame=push_frame,
        pop_frame=pop_frame,
        layout="arm",
        platform="v7l",
        hwcap=hwcap,
        hwcap2=hwcap2,
        cpuinfo=cpuinfo(present),
        extra={
            "aligned_pairs": True,
            "calls": CALLS,
            "check_call": check_call,
            "executable_stack": True,
            "kernel_pages": {kuser.BASE: (kuser.page(), kuser.NAME)},
            "pie_base": PIE_BASE,
            "pop_old_frame": pop_old_frame,
            "refuse_elf": refuse_elf,
            "sigreturn_code": SIGPAGE,
            "syscall_size": call_size,
            "task_size": TASK_SIZE,
        },
    )
