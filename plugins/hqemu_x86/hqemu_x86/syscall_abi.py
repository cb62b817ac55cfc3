"""System calls of i386: eax the number and the result, ebx ecx edx esi edi ebp the arguments."""

from __future__ import annotations

from . import segments
from .numbers import SYSCALLS
from .state import RAX, RBP, RBX, RCX, RDI, RDX, RSI

NUMBER = RET = RAX
ARGS = (RBX, RCX, RDX, RSI, RDI, RBP)
CALL_SIZE = 2
"""bytes of int 0x80"""
CALLS = segments.CALLS

__all__ = ["ARGS", "CALLS", "CALL_SIZE", "NUMBER", "RET", "SYSCALLS"]
