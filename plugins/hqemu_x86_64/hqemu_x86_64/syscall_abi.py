"""System calls of x86-64: rax the number and the result, rdi rsi rdx r10 r8 r9 the arguments; arch_prctl."""

from __future__ import annotations

from typing import Any

from hqemu_core.ir import types as ty
from hqemu_x86.segments import sys_modify_ldt
from hqemu_x86.state import FS, FS_BASE, GS, GS_BASE, R8, R9, R10, RAX, RDI, RDX, RSI

from .numbers import SYSCALLS

NUMBER = RET = RAX
ARGS = (RDI, RSI, RDX, R10, R8, R9)
CALL_SIZE = 2
_EPERM, _EINVAL, _ENODEV = 1, 22, 19
_TASK_SIZE_MAX = (1 << 47) - 4096
_SET_GS, _SET_FS, _GET_FS, _GET_GS, _GET_CPUID, _SET_CPUID = 0x1001, 0x1002, 0x1003, 0x1004, 0x1011, 0x1012


def sys_arch_prctl(process: Any, thread: Any, code: int, addr: int) -> int:
    if code in (_SET_GS, _SET_FS):
        if addr >= _TASK_SIZE_MAX:
            return -_EPERM
        base, selector = (GS_BASE, GS) if code == _SET_GS else (FS_BASE, FS)
        thread.write(base, ty.I64, addr)
        thread.write(selector, ty.I16, 0)
        return 0
    if code in (_GET_FS, _GET_GS):
        process.memory.write_int(addr, 8, thread.read(FS_BASE if code == _GET_FS else GS_BASE, ty.I64))
        return 0
    if code == _GET_CPUID:
        return 1
    if code == _SET_CPUID:
        return 0 if addr else -_ENODEV
    return -_EINVAL


CALLS = {
    "arch_prctl": ("code:int addr:ulong", sys_arch_prctl),
    "modify_ldt": ("func:int ptr:addr bytecount:ulong", sys_modify_ldt),
}
"""name -> (arguments, function)"""

__all__ = ["ARGS", "CALLS", "CALL_SIZE", "NUMBER", "RET", "SYSCALLS"]
