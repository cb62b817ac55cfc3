"""Map an opened program as the kernel's ELF loader does: file-backed segments, bss, stack, heap, trampoline page."""

from __future__ import annotations

import os
import resource
from typing import TYPE_CHECKING, Final

from . import stack
from .calls import SyscallError
from .elf import ET_DYN, PT_GNU_STACK, Elf
from .memory import MASK, PAGE, PROT_EXEC, PROT_READ, PROT_WRITE, GuestMemory
from .mmap import (
    MAP_ANONYMOUS,
    MAP_FIXED,
    MAP_NORESERVE,
    MAP_PRIVATE,
    find_gap,
    map_kernel_page,
    map_pages,
    protect_pages,
)
from .program import ENOEXEC, ElfFile, Program, ProgramError

if TYPE_CHECKING:
    from .process import Process

_ANON: Final = MAP_PRIVATE | MAP_ANONYMOUS
_MIN_GAP: Final = 128 << 20
"""least distance of the top of the mappings from the top of the stack"""
_MAX_STACK: Final = 1 << 30


def map_program(process: Process, program: Program, env: list[bytes]) -> tuple[int, int]:
    """Map everything into empty memory, set the process's heap, stack and sigreturn addresses; (entry, sp)."""
    memory = process.memory
    elf = program.file.elf
    stack_size = stack_limit(process.config.stack_size)
    top = memory.task_size - PAGE
    memory.mmap_base = (top - max(stack_size + (1 << 20), _MIN_GAP)) & ~MASK
    memory.mmap_base = max(memory.mmap_base, memory.task_size // 6) & ~MASK
    try:
        wanted = process.abi.extra.get("pie_base", 2 * memory.task_size // 3 & ~MASK)
        bias, heap = _map_file(memory, program.file, wanted)
        process.brk_start = process.brk = heap
        entry = elf.entry + bias
        base = 0
        if program.interpreter is not None:
            interpreter = program.interpreter
            base, _ = _map_file(memory, interpreter, None)
            start = interpreter.elf.entry + base
        else:
            start = entry
        _map_stack(process, elf, top, stack_size)
        process.sigreturn = _map_sigreturn(process)
        for addr, (code, name) in process.abi.extra.get("kernel_pages", {}).items():
            map_kernel_page(memory, addr, code, name)
    except SyscallError as error:
        text = f"cannot be mapped into guest memory: {os.strerror(error.errno).lower()}"
        raise ProgramError(program.file.path, text, ENOEXEC) from None
    abi = process.abi
    auxv = [
        *abi.extra_auxv.items(),
        (stack.AT_HWCAP, abi.hwcap),
        (stack.AT_PAGESZ, abi.page),
        (stack.AT_CLKTCK, os.sysconf("SC_CLK_TCK")),
        (stack.AT_PHDR, elf.phdr_addr() + bias),
        (stack.AT_PHENT, elf.phentsize),
        (stack.AT_PHNUM, len(elf.segments)),
        (stack.AT_BASE, base),
        (stack.AT_FLAGS, 0),
        (stack.AT_ENTRY, entry),
        (stack.AT_UID, os.getuid()),
        (stack.AT_EUID, os.geteuid()),
        (stack.AT_GID, os.getgid()),
        (stack.AT_EGID, os.getegid()),
        (stack.AT_SECURE, 0),
        (stack.AT_HWCAP2, abi.hwcap2),
    ]
    random = os.urandom(16)
    sp, process.auxv = stack.build_stack(memory, top, program.argv, env, auxv, program.name, abi.platform, random)
    process.stack_pointer = sp
    return start, sp


def stack_limit(chosen: int = 0) -> int:
    """Bytes of stack: as chosen, or the soft limit; whole pages, never absurdly much."""
    size = chosen or resource.getrlimit(resource.RLIMIT_STACK)[0]
    if size < 0 or size > _MAX_STACK:
        size = _MAX_STACK if size > 0 else 8 << 20
    return max((size + MASK) & ~MASK, 128 << 10)


def _map_file(memory: GuestMemory, file: ElfFile, wanted: int | None) -> tuple[int, int]:
    """Map the segments; (load bias, end of the highest). ``wanted``: where ET_DYN goes; None: among the mappings."""
    loads = file.elf.loads
    low = min(s.vaddr for s in loads) & ~MASK
    high = max(s.vaddr + s.memsz for s in loads)
    bias = 0
    if file.elf.type == ET_DYN:
        size = (high + MASK & ~MASK) - low
        align = max(PAGE, *(s.align for s in loads if s.align & (s.align - 1) == 0))
        if wanted is None:
            bias = (find_gap(memory, size + align - PAGE) + align - PAGE & -align) - low
        else:
            bias = (wanted & -align) - low
    for s in loads:
        start = s.vaddr + bias & ~MASK
        data_end = s.vaddr + bias + s.filesz
        end = s.vaddr + bias + s.memsz + MASK & ~MASK
        if not s.memsz:
            continue
        mapped = start
        if s.filesz:
            mapped = data_end + MASK & ~MASK
            offset = s.offset - (s.vaddr & MASK)
            map_pages(memory, start, data_end - start, s.prot, MAP_PRIVATE | MAP_FIXED, file.fd, offset)
            if s.memsz > s.filesz and s.prot & PROT_WRITE and data_end < mapped:
                memory.write(data_end, bytes(mapped - data_end))
        if end > mapped:
            map_pages(memory, mapped, end - mapped, s.prot, _ANON | MAP_FIXED)
    return bias, high + bias + MASK & ~MASK


def _map_stack(process: Process, elf: Elf, top: int, size: int) -> None:
    prot = PROT_READ | PROT_WRITE
    flags = [s.flags for s in elf.segments if s.type == PT_GNU_STACK]
    # without the header an ABI decides: old Arm and i386 programs expect an executable stack
    if flags[0] & 1 if flags else process.abi.extra.get("executable_stack", False):
        prot |= PROT_EXEC
    map_pages(process.memory, top - size, size, prot, _ANON | MAP_FIXED | MAP_NORESERVE, name="[stack]")


def _map_sigreturn(process: Process) -> int:
    """A page with the instructions that end a signal's function: stands in for the vDSO's. 0 if the ISA needs none."""
    code: bytes = process.abi.extra.get("sigreturn_code", b"")
    if not code:
        return 0
    addr = map_pages(process.memory, 0, PAGE, PROT_READ | PROT_WRITE, _ANON, name="[sigpage]")
    process.memory.write(addr, code)
    protect_pages(process.memory, addr, PAGE, PROT_READ | PROT_EXEC)
    return addr
