"""Runs single instructions on the host's CPU itself, the oracle of both modes' vector and x87 instructions."""

from __future__ import annotations

import ctypes
import mmap
import struct
from typing import Final

YMM, GPR, FLAGS, MXCSR, FX, SIZE = 0, 512, 640, 648, 1024, 2048
_KEPT_MXCSR: Final = 652
_NAMES: Final = ("rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi", *(f"r{n}" for n in range(8, 16)))
_FREE: Final = tuple(n for n in range(16) if n not in (4, 15))
"""general registers an instruction may use: not rsp, and r15 points at the context"""


def _assemble(text: str) -> bytes:
    import keystone

    code, _ = keystone.Ks(keystone.KS_ARCH_X86, keystone.KS_MODE_64).asm(text)
    return bytes(code)


class HostCpu:
    """``context`` holds YMM, GPR, FLAGS, MXCSR and an FXSAVE image, before and after :meth:`run`."""

    def __init__(self) -> None:
        saved = "rbx rbp r12 r13 r14 r15".split()
        head = [f"push {name}" for name in saved]
        head += ["mov r15, rdi", f"stmxcsr [r15 + {_KEPT_MXCSR}]", f"fxrstor64 [r15 + {FX}]"]
        head += [f"ldmxcsr [r15 + {MXCSR}]"]
        head += [f"vmovdqu ymm{n}, [r15 + {YMM + 32 * n}]" for n in range(16)]
        head += [f"push qword ptr [r15 + {FLAGS}]", "popfq"]
        head += [f"mov {_NAMES[n]}, [r15 + {GPR + 8 * n}]" for n in _FREE]
        tail = [f"mov [r15 + {GPR + 8 * n}], {_NAMES[n]}" for n in _FREE]
        tail += ["pushfq", f"pop qword ptr [r15 + {FLAGS}]", "cld", f"stmxcsr [r15 + {MXCSR}]"]
        tail += [f"vmovdqu [r15 + {YMM + 32 * n}], ymm{n}" for n in range(16)]
        tail += [f"fxsave64 [r15 + {FX}]", "fninit", f"ldmxcsr [r15 + {_KEPT_MXCSR}]", "vzeroupper"]
        tail += [f"pop {name}" for name in reversed(saved)] + ["ret"]
        self.head, self.tail = _assemble("; ".join(head)), _assemble("; ".join(tail))
        self.code = mmap.mmap(-1, 8192, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
        address = ctypes.addressof(ctypes.c_char.from_buffer(self.code))
        self.call = ctypes.CFUNCTYPE(None, ctypes.c_void_p)(address)
        self._room = ctypes.create_string_buffer(SIZE + 64)
        base = ctypes.addressof(self._room)
        self.at = (base + 63) & ~63
        self.context = memoryview((ctypes.c_char * SIZE).from_address(self.at)).cast("B")
        self.reset()

    def reset(self) -> None:
        self.context[:] = bytes(SIZE)
        self.put(FLAGS, 0x202, 8)
        self.put(MXCSR, 0x1F80, 4)
        struct.pack_into("<H", self.context, FX, 0x37F)
        self.put(FX + 24, 0x1F80, 4)

    def put(self, offset: int, value: int, size: int) -> None:
        self.context[offset : offset + size] = value.to_bytes(size, "little")

    def take(self, offset: int, size: int) -> int:
        return int.from_bytes(self.context[offset : offset + size], "little")

    def run(self, code: bytes) -> None:
        whole = self.head + code + self.tail
        self.code[: len(whole)] = whole
        self.call(self.at)
