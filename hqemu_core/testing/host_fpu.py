"""The host's own FPU and SIMD unit as oracle: short assembler routines, run on bit patterns with a given rounding mode.

A routine gets RDI = a block: +0 control word in, +4 status out, +16 +32 +48 operands, +64 result.
"""

from __future__ import annotations

import ctypes
import mmap
import platform
from pathlib import Path

import pytest

MXCSR = 0x1F80
X87 = 0x037F


def need(*features: str) -> None:
    """Skip unless the host is an x86-64 with these /proc/cpuinfo flags."""
    if platform.machine() != "x86_64":
        pytest.skip("the oracle is an x86-64 FPU")
    words = Path("/proc/cpuinfo").read_text().split()
    missing = [f for f in features if f not in words]
    if missing:
        pytest.skip(f"host lacks {missing}")


class Routine:
    """A compiled routine: ``routine(rounding, *operands)`` gives (result pattern, flags, EFLAGS low byte)."""

    def __init__(self, body: str, bits: int, x87: bool = False) -> None:
        self.bits = bits
        self.x87 = x87
        self.block = ctypes.create_string_buffer(128)
        if x87:
            text = f"fnclex; fldcw [rdi]; {body}; fnstsw [rdi + 4]; mov word ptr [rdi], {X87}; fldcw [rdi]; ret"
        else:
            text = f"ldmxcsr [rdi]; {body}; stmxcsr [rdi + 4]; mov dword ptr [rdi], {MXCSR}; ldmxcsr [rdi]; ret"
        keystone = pytest.importorskip("keystone")
        code = bytes(keystone.Ks(keystone.KS_ARCH_X86, keystone.KS_MODE_64).asm(text)[0])
        self.page = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
        self.page.write(code)
        address = ctypes.addressof(ctypes.c_char.from_buffer(self.page))
        self.call = ctypes.CFUNCTYPE(None, ctypes.c_void_p)(address)
        self.where = ctypes.addressof(self.block)

    def __call__(self, rounding: int, *operands: int) -> tuple[int, int, int]:
        control = X87 | rounding << 10 if self.x87 else MXCSR | rounding << 13
        data = bytearray(128)
        data[0:4] = control.to_bytes(4, "little")
        for i, x in enumerate(operands):
            data[16 + 16 * i : 32 + 16 * i] = x.to_bytes(16, "little")
        ctypes.memmove(self.block, bytes(data), 128)
        self.call(self.where)
        raw = self.block.raw
        result = int.from_bytes(raw[64:80], "little") & ((1 << self.bits) - 1)
        return result, raw[4] & 0x3F, raw[8]


def sse(op: str, suffix: str, bits: int) -> Routine:
    """``op`` on xmm0, xmm1, xmm2 with the result in xmm0; ``suffix`` ss or sd says how operands are loaded."""
    load = "; ".join(f"mov{suffix} xmm{i}, [rdi + {16 + 16 * i}]" for i in range(3))
    return Routine(f"{load}; {op}; movups [rdi + 64], xmm0", bits)


def sse_compare(op: str, suffix: str) -> Routine:
    load = "; ".join(f"mov{suffix} xmm{i}, [rdi + {16 + 16 * i}]" for i in range(2))
    return Routine(f"{load}; {op} xmm0, xmm1; lahf; mov [rdi + 8], ah", 32)


def sse_to_int(op: str, suffix: str, bits: int) -> Routine:
    reg = "rax" if bits == 64 else "eax"
    return Routine(f"mov{suffix} xmm0, [rdi + 16]; {op} {reg}, xmm0; mov [rdi + 64], {reg}", bits)


def x87(op: str, operands: int) -> Routine:
    """``op`` with the operands pushed in order; the result popped as tbyte."""
    load = "; ".join(f"fld tbyte ptr [rdi + {16 + 16 * i}]" for i in range(operands))
    return Routine(f"{load}; {op}; fstp tbyte ptr [rdi + 64]", 80, x87=True)
