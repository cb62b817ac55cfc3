"""How Linux starts an AArch64 program and what it tells it: ``LinuxAbi``."""

from __future__ import annotations

from collections.abc import Iterable

from hqemu_core.ir import types as ty
from hqemu_core.isa.abi import Cpu, LinuxAbi

from .cpus import MODELS, Model
from .emulation import emulate
from .plugin import CPUS
from .sigframe import FRAME_SIZE, SIGRETURN_CODE, pop_frame, push_frame
from .state import LAYOUT, MONITOR_ADDR, SP, TPIDR
from .syscall_abi import ARGS, NUMBER, RET, SYSCALLS

EM_AARCH64 = 183
AT_MINSIGSTKSZ = 51
MINSIGSTKSZ = 5120

HWCAP = {
    "fp": 0, "asimd": 1, "aes": 3, "pmull": 4, "sha1": 5, "sha2": 6, "crc32": 7, "lse": 8, "fphp": 9, "asimdhp": 10,
    "cpuid": 11, "rdm": 12, "jscvt": 13, "fcma": 14, "lrcpc": 15, "sha3": 17, "sm3": 18, "sm4": 19, "dotprod": 20,
    "sha512": 21, "fhm": 23, "lse2": 25, "lrcpc2": 26, "flagm": 27,
}  # fmt: skip
"""feature, as in the tables' ``feature`` column -> bit of AT_HWCAP (``asm/hwcap.h``)"""

HWCAP2 = {"flagm2": 7, "frintts": 8, "i8mm": 13, "bf16": 14, "rng": 16}

BASE = ("fp", "asimd", "cpuid")
"""what every AArch64 Linux program may count on, plus emulated reads of the ID registers"""

_NAMES = {"lse": "atomics", "rdm": "asimdrdm", "dotprod": "asimddp", "fhm": "asimdfhm", "lse2": "uscat",
          "lrcpc2": "ilrcpc", "frintts": "frint"}  # fmt: skip
"""where /proc/cpuinfo's name is another"""


def hwcaps(features: Iterable[str]) -> tuple[int, int]:
    """(AT_HWCAP, AT_HWCAP2) of a CPU with these features."""
    present = {*features, *BASE}
    return (
        sum(1 << bit for name, bit in HWCAP.items() if name in present),
        sum(1 << bit for name, bit in HWCAP2.items() if name in present),
    )


def cpuinfo(features: Iterable[str], midr: int) -> str:
    """One processor's part of /proc/cpuinfo, without its ``processor`` line."""
    present = {*features, *BASE}
    names = [_NAMES.get(name, name) for name in (*HWCAP, *HWCAP2) if name in present]
    return (
        "BogoMIPS\t: 50.00\n"
        f"Features\t: {' '.join(names)}\n"
        f"CPU implementer\t: {midr >> 24 & 0xFF:#04x}\n"
        "CPU architecture: 8\n"
        f"CPU variant\t: {midr >> 20 & 0xF:#x}\n"
        f"CPU part\t: {midr >> 4 & 0xFFF:#05x}\n"
        f"CPU revision\t: {midr & 0xF}\n"
    )


def setup(cpu: Cpu, entry: int, sp: int) -> None:
    """All registers zero but pc and sp; no exclusive access open."""
    for slot in LAYOUT.slots.values():
        for n in range(slot.count):
            cpu.write(slot.offset + n * slot.size, slot.type, 0)
    cpu.write(MONITOR_ADDR, ty.I64, (1 << 64) - 1)
    cpu.write(SP, ty.I64, sp)
    cpu.pc = entry


def make_linux_abi(features: Iterable[str] = (), model: Model = MODELS[CPUS[0]]) -> LinuxAbi:
    """``features``: those of the instruction rows."""
    present = frozenset(features)
    hwcap, hwcap2 = hwcaps(present)
    return LinuxAbi(
        machine=EM_AARCH64,
        bits=64,
        uname="aarch64",
        syscalls=SYSCALLS,
        number=NUMBER,
        args=ARGS,
        ret=RET,
        sp=SP,
        tls=TPIDR,
        setup=setup,
        push_frame=push_frame,
        pop_frame=pop_frame,
        platform="aarch64",
        hwcap=hwcap,
        hwcap2=hwcap2,
        cpuinfo=cpuinfo(present, model.midr),
        # a frame, its frame record, and the worst padding below an unaligned sp
        extra_auxv={AT_MINSIGSTKSZ: FRAME_SIZE + 32},
        extra={
            "sigreturn_code": SIGRETURN_CODE,
            "syscall_size": 4,
            "min_altstack": MINSIGSTKSZ,
            "emulate": emulate,
        },
    )
