"""How Linux starts an i386 program and what it tells it: ``LinuxAbi``."""

from __future__ import annotations

from hqemu_core.ir import opcodes as op
from hqemu_core.ir import types as ty
from hqemu_core.isa.abi import Cpu, LinuxAbi
from hqemu_core.isa.spec import IsaSpec

from . import fpstate, sigframe
from .cpuid import EDX, complete, cpuinfo, feature_bits
from .emulation import make_emulate
from .segments import set_tls
from .sigcontext import FREGS_SIZE
from .state import CS, DS, ES, GS_BASE, LAYOUT, RSP, SS, write_eflags
from .syscall_abi import ARGS, CALL_SIZE, CALLS, NUMBER, RET, SYSCALLS

EM_386 = 3
AT_MINSIGSTKSZ = 51
TASK_SIZE = 0xFFFFE000
PIE_BASE = 0x56555000
SIGSEGV, SIGILL, SIGTRAP, SIGBUS, SIGFPE = 11, 4, 5, 7, 8
SI_KERNEL = 0x80

TRAPS = {
    op.TRAP_ILLEGAL: (SIGILL, 2),  # ILL_ILLOPN
    op.TRAP_BREAKPOINT: (SIGTRAP, SI_KERNEL),
    op.TRAP_DIVIDE: (SIGFPE, 1),  # FPE_INTDIV
    op.TRAP_ALIGN: (SIGSEGV, SI_KERNEL),  # SSE operands: a general protection fault
    op.TRAP_PRIVILEGED: (SIGSEGV, SI_KERNEL),
}


def clear_registers(cpu: Cpu) -> None:
    for slot in LAYOUT.slots.values():
        for n in range(slot.count):
            cpu.write(slot.offset + n * slot.size, slot.type, 0)
    write_eflags(cpu, 0)
    fpstate.reset(cpu)


def setup(cpu: Cpu, entry: int, sp: int) -> None:
    clear_registers(cpu)
    cpu.write(CS, ty.I16, sigframe.USER_CS)
    for segment in (SS, DS, ES):
        cpu.write(segment, ty.I16, sigframe.USER_DS)
    cpu.write(RSP, ty.I64, sp)
    cpu.pc = entry


def make_linux_abi(spec: IsaSpec) -> LinuxAbi:
    present = complete(spec.features, 32)
    return LinuxAbi(
        machine=EM_386,
        bits=32,
        uname="i686",
        syscalls=SYSCALLS,
        number=NUMBER,
        args=ARGS,
        ret=RET,
        sp=RSP,
        tls=GS_BASE,
        setup=setup,
        push_frame=sigframe.push_frame,
        pop_frame=sigframe.pop_frame,
        layout="i386",
        platform="i686",
        hwcap=feature_bits(present, 1, EDX),
        cpuinfo=cpuinfo(present),
        # a frame, the FPU's state, and the worst padding between them
        extra_auxv={AT_MINSIGSTKSZ: sigframe.OLD_SIZE + fpstate.XSAVE_SIZE + 4 + FREGS_SIZE + 80},
        extra={
            "calls": CALLS,
            "emulate": make_emulate(present, 32),
            "executable_stack": True,
            "pie_base": PIE_BASE,
            "pop_old_frame": sigframe.pop_old_frame,
            "set_tls": set_tls,
            "sigreturn_code": sigframe.SIGRETURN_CODE,
            "syscall_size": CALL_SIZE,
            "task_size": TASK_SIZE,
            "traps": TRAPS,
        },
    )
