"""Segments that programs make themselves: TLS entries of the GDT, the LDT, and loads of selectors.

A descriptor is kept in the CPU's format of eight bytes, 0 when not there (SDM vol. 3, 3.4.5).
"""

from __future__ import annotations

import struct
from typing import Any, Final

from hqemu_core.ir import types as ty
from hqemu_core.isa.abi import Cpu, Memory

from .state import BASES, ES, TLS

TLS_FIRST: Final = 12
"""number of the first of three GDT entries for TLS; 6 on a 32-bit kernel, which glibc does not care about"""
LDT_ENTRIES: Final = 8192
_EFAULT, _EINVAL, _ESRCH, _ENOSYS = 14, 22, 3, 38
_FLAT: Final = frozenset((0x23, 0x2B, 0x33))
"""selectors of code and data that Linux gives to programs"""
_ldt: dict[int, int] = {}
"""the process's: entry -> descriptor"""


def descriptor_base(descriptor: int) -> int:
    return descriptor >> 16 & 0xFFFFFF | (descriptor >> 56 & 0xFF) << 24


def pack(base: int, limit: int, flags: int) -> int:
    """From struct user_desc: flags seg_32bit:1 contents:2 read_exec_only:1 limit_in_pages:1 seg_not_present:1
    useable:1 lm:1."""
    kind = (flags >> 1 & 3) << 2 | (~flags >> 3 & 1) << 1 | 1
    access = kind | 0x10 | 0x60 | (~flags >> 5 & 1) << 7
    more = (flags >> 6 & 1) | (flags >> 7 & 1) << 1 | (flags & 1) << 2 | (flags >> 4 & 1) << 3
    low = limit & 0xFFFF | (base & 0xFFFFFF) << 16 | access << 40
    return low | (limit >> 16 & 0xF) << 48 | more << 52 | (base >> 24 & 0xFF) << 56


def unpack(descriptor: int) -> tuple[int, int, int]:
    """(base, limit, flags) of struct user_desc."""
    access, more = descriptor >> 40 & 0xFF, descriptor >> 52 & 0xF
    limit = descriptor & 0xFFFF | (descriptor >> 48 & 0xF) << 16
    flags = more >> 2 & 1 | (access >> 2 & 3) << 1 | (~access >> 1 & 1) << 3 | (more >> 3 & 1) << 4
    flags |= (~access >> 7 & 1) << 5 | (more & 1) << 6 | (more >> 1 & 1) << 7
    return descriptor_base(descriptor), limit, flags


def _is_empty(limit: int, base: int, flags: int) -> bool:
    """LDT_empty, and what old programs mean by all zeros (LDT_zero)."""
    return not base and not limit and flags & 0x7F in (0x28, 0)


def find_descriptor(cpu: Cpu, selector: int) -> int:
    """The descriptor that a selector names; 0 if there is none."""
    index = selector >> 3
    if selector & 4:
        return _ldt.get(index, 0)
    if TLS_FIRST <= index < TLS_FIRST + 3:
        return cpu.read(TLS + 8 * (index - TLS_FIRST), ty.I64)
    return 0


def load_segment(cpu: Cpu, segment: int, selector: int) -> bool:
    """MOV to a segment register (0 ES 3 DS 4 FS 5 GS, 2 SS) and the like; False: a general protection fault."""
    if selector < 4:
        if segment == 2:
            return False
        base = 0
    elif selector | 3 in _FLAT:
        base = 0
    else:
        descriptor = find_descriptor(cpu, selector)
        if not descriptor >> 47 & 1:
            return False
        base = descriptor_base(descriptor)
        if base and segment not in (4, 5):
            return False  # programs are flat but for FS and GS
    cpu.write(ES + 2 * segment, ty.I16, selector)
    cpu.write(BASES + 8 * segment, ty.I64, base)
    return True


def _reload(cpu: Cpu, selector: int) -> None:
    """A descriptor changed: the kernel reloads the segments that use it."""
    for segment in (0, 3, 4, 5):
        if cpu.read(ES + 2 * segment, ty.I16) | 3 == selector | 3 and not load_segment(cpu, segment, selector):
            load_segment(cpu, segment, 0)


def set_thread_area(cpu: Cpu, memory: Memory, at: int, allocate: bool = True) -> int:
    """struct user_desc at ``at``; entry -1 takes a free one and writes which."""
    entry, base, limit, flags = struct.unpack("<iIII", memory.read(at, 16))
    if entry == -1 and allocate:
        free = [n for n in range(3) if not cpu.read(TLS + 8 * n, ty.I64)]
        if not free:
            return -_ESRCH
        entry = TLS_FIRST + free[0]
        memory.write(at, struct.pack("<i", entry))
    if not TLS_FIRST <= entry < TLS_FIRST + 3:
        return -_EINVAL
    descriptor = 0 if _is_empty(limit, base, flags) else pack(base, limit, flags)
    cpu.write(TLS + 8 * (entry - TLS_FIRST), ty.I64, descriptor)
    _reload(cpu, entry << 3 | 3)
    return 0


def set_tls(cpu: Cpu, memory: Memory, at: int) -> None:
    """clone's argument is a struct user_desc too; the selector is loaded already."""
    set_thread_area(cpu, memory, at, allocate=False)


def sys_set_thread_area(process: Any, thread: Any, at: int) -> int:
    return set_thread_area(thread, process.memory, at)


def sys_get_thread_area(process: Any, thread: Any, at: int) -> int:
    (entry,) = struct.unpack("<i", process.memory.read(at, 4))
    if not TLS_FIRST <= entry < TLS_FIRST + 3:
        return -_EINVAL
    descriptor = thread.read(TLS + 8 * (entry - TLS_FIRST), ty.I64)
    process.memory.write(at + 4, struct.pack("<III", *(unpack(descriptor) if descriptor else (0, 0, 0x28))))
    return 0


def sys_modify_ldt(process: Any, thread: Any, function: int, at: int, size: int) -> int:
    """0 reads the table, 2 the default one (empty), 1 and 0x11 write an entry."""
    memory = process.memory
    if function == 0:
        count = max(_ldt, default=-1) + 1
        data = b"".join([struct.pack("<Q", _ldt.get(n, 0)) for n in range(count)])[:size]
        memory.write(at, data.ljust(min(size, 8 * LDT_ENTRIES), b"\0") if data else b"")
        return min(size, 8 * LDT_ENTRIES) if data else 0
    if function == 2:
        memory.write(at, bytes(min(size, 128)))
        return min(size, 128)
    if function not in (1, 0x11):
        return -_ENOSYS
    if size != 16:
        return -_EINVAL
    entry, base, limit, flags = struct.unpack("<IIII", memory.read(at, 16))
    if entry >= LDT_ENTRIES or (flags & 6 == 6 and function == 1 and not flags & 0x20):
        return -_EINVAL
    if function == 1:
        flags &= 0x3F  # the old form has no "useable"
    if _is_empty(limit, base, flags):
        _ldt.pop(entry, None)
    else:
        _ldt[entry] = pack(base, limit, flags)
    for other in list(process.threads.values()):
        _reload(other, entry << 3 | 7)
    return 0


CALLS = {
    "set_thread_area": ("u_info:addr", sys_set_thread_area),
    "get_thread_area": ("u_info:addr", sys_get_thread_area),
    "modify_ldt": ("func:int ptr:addr bytecount:ulong", sys_modify_ldt),
}
"""name -> (arguments, function)"""
