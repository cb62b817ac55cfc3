"""What the Linux personality needs to know of an ISA: data, plus four functions about frames and start-up."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol


class Cpu(Protocol):
    """One guest thread's registers, as the personality sees them."""

    pc: int
    """guest program counter"""

    fp_flags: int
    """sticky floating-point flags, bits ``opcodes.FP_*``"""
    fp_rounding: int
    """dynamic rounding and other modes, as FPROUND's operand: ``opcodes.MODE_*``"""

    f80_control: int
    """control word of f80 arithmetic, as an x87's"""
    f80_flags: int
    """sticky flags of f80 arithmetic, bits ``opcodes.FP_*``"""

    def read(self, offset: int, t: int) -> int:
        """State at ``offset`` (from env) as IR type ``t``; the bit pattern."""

    def write(self, offset: int, t: int, value: int) -> None: ...

    def read_bytes(self, offset: int, size: int) -> bytes:
        """A part of the state as it lies in memory."""

    def write_bytes(self, offset: int, data: bytes) -> None: ...


class Memory(Protocol):
    """Guest memory by guest address. Both raise ``hqemu_core.errors.GuestFault`` where the guest has no access."""

    def read(self, addr: int, size: int) -> bytes: ...

    def write(self, addr: int, data: bytes) -> None: ...


class LinuxAbi:
    """``syscalls`` number -> kernel name. ``args`` state offsets of the six arguments; ``ret`` of the result.
    ``bits`` of a guest ``long``. ``layout`` names the struct family: "generic64" (arm64), "x86_64", "arm", "i386".
    ``setup(cpu, entry, sp)`` initial registers. ``push_frame(cpu, memory, sp, signo, siginfo, action, mask, altstack,
    fault)`` builds a signal frame below ``sp`` and enters the guest's function: ``action`` (function, flags, restorer,
    mask), ``mask`` and ``altstack`` (sp, flags, size) to return to, ``fault`` None or (address, write, mapped).
    ``pop_frame(cpu, memory)`` undoes it and returns (mask, altstack).
    ``extra`` holds what only some ISAs need: "aligned_pairs" (a 64-bit argument of a 32-bit ABI begins at an even
    register), "calls" (the ISA's own system calls: name -> (arguments as in a row, function(process, thread, ...))),
    "check_call" (called before a system call that Python does; raises an error for another ABI's), "emulate" (does an
    instruction that traps as the kernel would: (cpu, memory, TRAP_*) -> whether it did), "emulate_fetch" (does what is
    called at an address where programs have nothing: (process, thread) -> whether it did), "executable_stack" (without
    PT_GNU_STACK), "kernel_pages" (address -> (bytes, name): mapped to execute above "task_size"), "min_altstack",
    "pie_base", "pop_old_frame" (sigreturn beside rt_sigreturn: the mask), "refuse_elf" (why a program cannot be run, or
    ""), "set_tls" (clone's TLS argument, where it is not the value of ``tls``: (cpu, memory, argument)),
    "sigreturn_code", "syscall_size" (bytes of the call's instruction, or a function of the pc behind it), "task_size",
    "traps".
    """

    __slots__ = (
        "args", "big", "bits", "clone_order", "cpuinfo", "extra", "extra_auxv", "hwcap", "hwcap2", "layout", "machine",
        "number", "page", "platform", "pop_frame", "push_frame", "ret", "setup", "sp", "syscalls", "tls", "uname",
    )  # fmt: skip

    def __init__(
        self, machine: int, bits: int, uname: str, syscalls: Mapping[int, str], number: int,
        args: tuple[int, int, int, int, int, int], ret: int, sp: int, tls: int,
        setup: Callable[[Cpu, int, int], None],
        push_frame: Callable[..., None], pop_frame: Callable[[Cpu, Memory], tuple[int, tuple[int, int, int]]],
        big: bool = False, layout: str = "generic64", platform: str = "", hwcap: int = 0, hwcap2: int = 0,
        page: int = 4096, cpuinfo: str = "", extra_auxv: Mapping[int, int] | None = None,
        clone_order: str = "tls_before_ctid", extra: Mapping[str, Any] | None = None,
    ) -> None:  # fmt: skip
        self.machine = machine
        self.bits = bits
        self.uname = uname
        self.syscalls = syscalls
        self.number = number
        self.args = args
        self.ret = ret
        self.sp = sp
        self.tls = tls
        self.setup = setup
        self.push_frame = push_frame
        self.pop_frame = pop_frame
        self.big = big
        self.layout = layout
        self.platform = platform
        self.hwcap = hwcap
        self.hwcap2 = hwcap2
        self.page = page
        self.cpuinfo = cpuinfo
        self.extra_auxv: Mapping[int, int] = extra_auxv or {}
        self.clone_order = clone_order
        self.extra: Mapping[str, Any] = extra or {}
