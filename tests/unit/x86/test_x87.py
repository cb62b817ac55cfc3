"""x87 instructions against the host's own x87: registers, tags, flags, memory."""

from __future__ import annotations

import ctypes
import mmap
from random import Random
from types import SimpleNamespace
from typing import Any

import pytest

from hqemu_core.backend.own import BACKENDS
from hqemu_core.ir import types as ty
from hqemu_core.testing.caserun import CaseMemory, CaseState
from hqemu_core.testing.native import MemoryLibrary, NativeMachine
from hqemu_x86 import fpstate
from hqemu_x86.decode.encoding import Encoding, parse_lines
from hqemu_x86.spec import make_spec
from hqemu_x86.state import FCW, FTAGS, FTOP, GPR, LAYOUT, ST, read_eflags, write_eflags
from hqemu_x86.tables import x87
from hqemu_x86_64.mode import X86_64

from . import host_cpu, vectors
from .host_cpu import FX, HostCpu

C1 = 0x200
CODES = 0x4700
UNTESTED = {
    "frstor": "reads a whole image", "fldenv": "reads a whole image",
    "fstp": "one of its encodings does not look whether the register is empty",
}  # fmt: skip
POINTERS = ("fnstenv", "fnsave")
"""store the last instruction's address, which is not kept"""
COMPARES = ("fcom", "fucom", "ficom", "ftst", "fxam", "fprem")
_VALUES = (
    0, 1 << 79, 0x3FFF << 64 | 1 << 63, 0xBFFF << 64 | 1 << 63, 0x7FFF << 64 | 1 << 63, 0xFFFF << 64 | 1 << 63,
    0x7FFF << 64 | 3 << 62, 0x7FFF << 64 | 5 << 61, 0x4000 << 64 | 1 << 63, 0x3FFE << 64 | 1 << 63,
    0x7FFE << 64 | (1 << 64) - 1, 0x403E << 64 | (1 << 64) - 1, 0x4000 << 64 | 0xC90FDAA22168C235,
)  # fmt: skip


def _number(r: Random) -> int:
    kind = r.randrange(6)
    if kind == 0:
        return r.choice(_VALUES)
    sign = r.getrandbits(1) << 79
    if kind == 1:
        return sign | r.randrange(1, 0x7FFE) << 64 | 1 << 63 | r.getrandbits(63)
    digits = r.getrandbits(63) if r.randrange(2) else r.getrandbits(8) << 55
    return sign | (0x3FFF + r.randrange(-8, 8)) << 64 | 1 << 63 | digits


def _code(e: Encoding, r: Random, memory: bool) -> bytes:
    if not e.modrm:
        return b"\x0f\x77" if e.map else bytes([e.opcode])
    rm = 6 if memory else e.rm if e.rm >= 0 else r.randrange(8)
    return bytes([e.opcode, (0 if memory else 0xC0) | max(e.reg, 0) << 3 | rm])


class _Pair:
    """The same registers and memory, here and on the host."""

    def __init__(self) -> None:
        backend = next(b for b in BACKENDS if b.name == "llvm")
        self.machine = NativeMachine(make_spec(X86_64), backend, MemoryLibrary())
        self.cpu = HostCpu()
        self.data = mmap.mmap(-1, 4096)
        self.at = ctypes.addressof(ctypes.c_char.from_buffer(self.data))

    def compare(self, e: Encoding, code: bytes, r: Random) -> str:
        top = r.randrange(8)
        used = 0x7F if r.randrange(2) else 0x0F  # no stack fault
        values = [_number(r) for _ in range(8)]
        fcw = 0x37F if r.randrange(2) else 0x7F | r.randrange(4) << 10 | r.choice((0, 2, 3)) << 8
        memory = b"".join(_number(r).to_bytes(10, "little") for _ in range(2)).ljust(256, b"\0")
        rax, flags = r.getrandbits(64), r.getrandbits(16) & vectors.STATUS
        theirs = self._theirs(code, top, used, values, fcw, memory, rax, flags)
        ours = self._ours(code, top, used, values, fcw, memory, rax, flags)
        if e.mnemonic in POINTERS:
            theirs["memory"] = ours["memory"] = b""
        ignored = C1 if e.mnemonic.startswith(COMPARES) and not e.mnemonic.endswith(("i", "ip")) else C1 | CODES
        theirs["fsw"] &= ~ignored
        ours["fsw"] &= ~ignored
        if e.mnemonic == "fnstsw":
            theirs["rax"], ours["rax"] = theirs["rax"] & ~C1, ours["rax"] & ~C1
        wrong = [f"{name} {ours[name]} not {theirs[name]}" for name in ours if ours[name] != theirs[name]]
        return f"{e.mnemonic} {code.hex()} fcw {fcw:x} top {top}: {'; '.join(wrong)}" if wrong else ""

    def _theirs(
        self, code: bytes, top: int, used: int, values: list[int], fcw: int, memory: bytes, rax: int, flags: int
    ) -> dict[str, Any]:  # fmt: skip
        cpu = self.cpu
        cpu.reset()
        cpu.put(FX, fcw, 2)
        cpu.put(FX + 2, top << 11, 2)
        cpu.put(FX + 4, (used << top | used >> 8 - top) & 0xFF, 1)
        for n, value in enumerate(values):
            cpu.put(FX + 32 + 16 * n, value, 16)
        self.data[:256] = memory
        cpu.put(host_cpu.GPR, rax, 8)
        cpu.put(host_cpu.GPR + 48, self.at, 8)
        cpu.put(host_cpu.FLAGS, flags | 0x202, 8)
        cpu.run(code)
        return {
            "fcw": cpu.take(FX, 2), "fsw": cpu.take(FX + 2, 2), "tags": cpu.take(FX + 4, 1),
            "st": [f"{cpu.take(FX + 32 + 16 * n, 10):020x}" for n in range(8)], "memory": bytes(self.data[:256]),
            "rax": cpu.take(host_cpu.GPR, 8), "flags": cpu.take(host_cpu.FLAGS, 8) & vectors.STATUS,
        }  # fmt: skip

    def _ours(
        self, code: bytes, top: int, used: int, values: list[int], fcw: int, memory: bytes, rax: int, flags: int
    ) -> dict[str, Any]:  # fmt: skip
        state, thread = CaseState(bytearray(LAYOUT.size)), self.machine.thread
        state.write(FTOP, ty.I8, top)
        state.write(FTAGS, ty.I64, sum((used >> n & 1) << 8 * n for n in range(8)))
        for n, value in enumerate(values):
            state.write(ST + 16 * n, ty.F80, value)
        state.write(FCW, ty.I16, fcw)
        thread.f80_control, thread.f80_flags = fcw, 0
        state.write(GPR, ty.I64, rax)
        state.write(GPR + 48, ty.I64, vectors.DATA)
        write_eflags(state, flags)
        pages = CaseMemory()
        pages.map(vectors.CODE, 4096)
        pages.map(vectors.DATA, 4096)
        pages.write(vectors.CODE, code)
        pages.write(vectors.DATA, memory)
        stop = self.machine.run(code, vectors.CODE, state, pages)
        assert stop.kind == "end", (code.hex(), stop)
        cpu: Any = SimpleNamespace(read=state.read, f80_flags=thread.f80_flags, f80_control=thread.f80_control)
        return {
            "fcw": state.read(FCW, ty.I16), "fsw": fpstate.read_fsw(cpu), "tags": fpstate.in_use(cpu),
            "st": [f"{state.read(ST + 16 * n, ty.F80):020x}" for n in range(8)],
            "memory": pages.read(vectors.DATA, 256), "rax": state.read(GPR, ty.I64),
            "flags": read_eflags(state) & vectors.STATUS,
        }  # fmt: skip


@pytest.fixture(scope="module")
def pair() -> _Pair:
    return _Pair()


def test_every_instruction(pair: _Pair) -> None:
    r = Random(87)
    wrong = []
    for e in parse_lines(x87.ENCODINGS):
        for memory in (False, True):
            if e.mnemonic not in UNTESTED and (not memory) in e.registers:
                wrong.append(pair.compare(e, _code(e, r, memory), r))
    assert len(wrong) > 100
    assert not [line for line in wrong if line]
