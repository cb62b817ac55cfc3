"""The runtime header at the start of ``env``: byte offsets. The ISA's state follows at ``isa.state.STATE_BASE``.

The first 128 bytes are reached with one-byte displacements from native code, so the hot fields come first.
"""

from __future__ import annotations

from typing import Final

EXIT_REQUEST: Final = 0  # u32: leave native code at the next check
REASON: Final = 4  # u32: why native code was left (EXIT_*)
SITE: Final = 8  # u64: host address after the call of the exit stub that was used
IBTC: Final = 16  # u64: indirect-branch translation cache of the current context: 65536 x (guest pc, host code)
LINK: Final = 24  # u64: address of the native routine behind an unlinked direct exit
MISS: Final = 32  # u64: ... an indirect branch that the IBTC does not know
SYSCALL: Final = 40  # u64: ... a system call
TRAP: Final = 48  # u64: ... a guest exception
RESYNC: Final = 56  # u64: ... a change of mode bits
CHECK: Final = 64  # u64: ... an exit request seen at a loop
HOST_SP: Final = 72  # u64: host stack pointer to restore when leaving
MXCSR: Final = 80  # u32: guest's MXCSR while outside native code
SCRATCH: Final = 84  # u32: operand of stmxcsr/ldmxcsr in lifted code
TABLE: Final = 88  # u64: pc -> host code hash table of the current context (runtime.lookup)
TABLE_MASK: Final = 96  # u64: number of entries - 1
SYSCALLS: Final = 104  # u64: pass-through table, 512 x 16 bytes (runtime.native)
GUEST_BASE: Final = 112  # u64: host address of guest address 0
GUEST_LIMIT: Final = 120  # u64: first guest address that cannot be mapped

FAULT_RIP: Final = 128  # u64
FAULT_ADDR: Final = 136  # u64: host address
FAULT_SIGNO: Final = 144  # u32
FAULT_CODE: Final = 148  # u32: si_code
IBTC_REAL: Final = 152  # u64: the IBTC to return to after an exit request swapped in the empty one
QUEUE: Final = 160  # u64: address of this thread's signal queue
IN_NATIVE: Final = 168  # u32: 1 while guest code runs
SYS_MASK: Final = 176  # u64: the bits of a guest register that hold a system call's argument
MXCSR_HOST: Final = 184  # u32
SYS_NR: Final = 192  # u32 state offsets of the syscall number, then of the six arguments and the result
SYS_ARGS: Final = 196
SYS_RET: Final = 220
COUNT_NATIVE_SYSCALLS: Final = 224  # u64
ALIGN_ADDR: Final = 232  # u64: guest address that was not aligned, when lifted code ran into an undefined instruction
FAULT_ERROR: Final = 240  # u64: page-fault error code, bit 1 write
INSN: Final = 248  # u32: index of the current instruction in an LLVM-compiled unit, for faults
HELPER_SITE: Final = 252  # u32: address in the code that called a helper function which accesses guest memory
NATIVE_SP: Final = 256  # u64: top of the stack that guest code runs on; Python's stack stays as it is meanwhile
SAVE_AREA: Final = 264  # u64: 64-aligned memory for the host context of a fault
SAVED: Final = 272  # u64: where in it the context is: a signal frame's ucontext, for hq_resume
HOT: Final = 280  # u64: address of the native routine behind a trace head whose counter ran out

IN_SYSCALL: Final = 288  # u32: 1 while a native system call may wait; SITE is where it came from then
CHECK_KIND: Final = 292  # u32: TRAP_* of the guest exception for which lifted code ran into an undefined instruction
SAMPLE: Final = 296  # u64: where the thread was when it was last asked (native.SAMPLE_SIGNAL)
COUNTS: Final = 304  # u64: address of counters that code compiled for statistics bumps
LEFT: Final = 312  # timespec: CLOCK_MONOTONIC when native code was left (hq_enter_timed)

F80_ENV: Final = 328  # 28 bytes: the guest's environment of f80 arithmetic outside native code, as FLDENV takes it

HELPERS: Final = 360
"""array of 64-bit addresses of the ISA's helper functions, in the order of their names"""
HELPERS_MAX: Final = (8192 - 360) // 8

EXIT_LINK: Final = 1
EXIT_MISS: Final = 2
EXIT_SYSCALL: Final = 3
EXIT_TRAP: Final = 4
EXIT_RESYNC: Final = 5
EXIT_CHECK: Final = 6
EXIT_FAULT: Final = 7
EXIT_EINTR: Final = 8  # a native system call returned EINTR (result already written)
EXIT_INTERRUPTED: Final = 9  # a signal came while a native system call waited: not done, may be restarted
EXIT_BEFORE: Final = 10  # something is to be done before a native system call, which has not begun
EXIT_HOT: Final = 11  # the counter of a trace head ran out

IBTC_BITS: Final = 16
