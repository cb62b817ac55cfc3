"""How Linux starts an x86-64 program and what it tells it: ``LinuxAbi``."""

from __future__ import annotations

from hqemu_core.ir import types as ty
from hqemu_core.isa.abi import Cpu, LinuxAbi
from hqemu_core.isa.spec import IsaSpec
from hqemu_x86 import fpstate
from hqemu_x86.cpuid import EDX, complete, cpuinfo, feature_bits
from hqemu_x86.emulation import make_emulate
from hqemu_x86.process_abi import AT_MINSIGSTKSZ, TRAPS, clear_registers
from hqemu_x86.state import CS, FS_BASE, RSP, SS

from . import sigframe
from .syscall_abi import ARGS, CALL_SIZE, CALLS, NUMBER, RET, SYSCALLS
from .vsyscall import emulate_fetch

EM_X86_64 = 62
_HWCAP2_FSGSBASE = 2


def setup(cpu: Cpu, entry: int, sp: int) -> None:
    clear_registers(cpu)
    cpu.write(CS, ty.I16, sigframe.USER_CS)
    cpu.write(SS, ty.I16, sigframe.USER_DS)
    cpu.write(RSP, ty.I64, sp)
    cpu.pc = entry


def make_linux_abi(spec: IsaSpec) -> LinuxAbi:
    present = complete(spec.features, 64)
    return LinuxAbi(
        machine=EM_X86_64,
        bits=64,
        uname="x86_64",
        syscalls=SYSCALLS,
        number=NUMBER,
        args=ARGS,
        ret=RET,
        sp=RSP,
        tls=FS_BASE,
        setup=setup,
        push_frame=sigframe.push_frame,
        pop_frame=sigframe.pop_frame,
        layout="x86_64",
        platform="x86_64",
        hwcap=feature_bits(present, 1, EDX),
        hwcap2=_HWCAP2_FSGSBASE if "fsgsbase" in present else 0,
        cpuinfo=cpuinfo(present),
        clone_order="ctid_before_tls",
        # a frame, the FPU's state, the red zone, and the worst padding between them
        extra_auxv={AT_MINSIGSTKSZ: sigframe.FRAME_SIZE + fpstate.XSAVE_SIZE + 4 + sigframe.RED_ZONE + 80},
        extra={
            "calls": CALLS,
            "emulate": make_emulate(present, 64),
            "emulate_fetch": emulate_fetch,
            "sigreturn_code": sigframe.SIGRETURN_CODE,
            "syscall_size": CALL_SIZE,
            "traps": TRAPS,
        },
    )
