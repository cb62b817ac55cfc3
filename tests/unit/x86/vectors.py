"""Random vector instructions, by the encoding tables, on our tiers and on the host's CPU."""

from __future__ import annotations

import re
import struct
from random import Random
from typing import Any, Final

from hqemu_core.ir import types as ty
from hqemu_core.testing.caserun import CaseMemory, CaseState
from hqemu_x86.decode.encoding import Encoding
from hqemu_x86.decode.prefixes import P66, PF2, PF3
from hqemu_x86.fpstate import read_mxcsr, write_mxcsr
from hqemu_x86.state import GPR, LAYOUT, YMM, read_eflags, write_eflags

from . import host_cpu
from .host_cpu import HostCpu

CODE: Final = 0x10000
DATA: Final = 0x20000
STATUS: Final = 0x8D5
"""CF PF AF ZF SF OF"""
_FLOATS: Final = [
    0.0, -0.0, 1.0, -1.0, 1.5, 2.5, -2.5, 0.1, 1e300, -1e300, 1e-310, 3.4e38, 1e-40, 2147483647.0, -2147483648.5,
    9.3e18, float("inf"), float("-inf"), 5e-324, 1e30, 100.5, -99.75,
]  # fmt: skip
_NANS64: Final = (0x7FF8000000000001, 0x7FF0000000000002, 0xFFF8000000000003, 0xFFF0000000000004)
_NANS32: Final = (0x7FC00001, 0x7F800002, 0xFFC00003, 0xFF800004)


def encode(e: Encoding, r: Random, memory: bool, long: int) -> bytes:
    """Random bytes of an encoding: registers anywhere, memory at [rsi]."""
    letters = {t[0] for t in e.tokens}
    reg = e.reg if e.reg >= 0 else r.randrange(8)
    rex_r = r.randrange(2) if e.reg < 0 and not letters & set("PS") else 0
    rex_b = r.randrange(2) if not memory and not letters & set("QNF") else 0
    general = "G" in letters or ("E" in letters and not memory) or "R" in letters
    rm = 6 if memory else r.randrange(8)
    if general:
        if "G" in letters and reg + 8 * rex_r in (4, 6, 15):
            reg, rex_r = 1, 0
        if rm + 8 * rex_b in (4, 6, 15) and not memory:
            rm, rex_b = 2, 0
    modrm = (0 if memory else 0xC0) | reg << 3 | rm
    w = e.w if e.w is not None else (r.randrange(2) if letters & set("EGR") else 0)
    tail = bytes([modrm]) if e.modrm else b""
    if letters & set("KIL"):
        tail += bytes([r.randrange(256)])
    if e.vex:
        vvvv = r.randrange(16) if "H" in letters else 0
        pp = {0: 0, P66: 1, PF3: 2, PF2: 3}[e.prefix or 0]
        second = (~rex_r & 1) << 7 | 0x40 | (~rex_b & 1) << 5 | e.map
        head = bytes([0xC4, second, w << 7 | (~vvvv & 15) << 3 | long << 2 | pp])
        return head + bytes([e.opcode]) + tail
    prefix = {P66: b"\x66", PF3: b"\xf3", PF2: b"\xf2"}.get(e.prefix or 0, b"")
    rex = bytes([0x40 | w << 3 | rex_r << 2 | rex_b])
    opcode = {0: b"", 1: b"\x0f", 2: b"\x0f\x38", 3: b"\x0f\x3a"}[e.map] + bytes([e.opcode])
    return prefix + rex + opcode + tail


def random_vector(r: Random) -> int:
    """32 bytes: whole numbers, or floats of either size."""
    kind = r.randrange(5)
    if kind == 0:
        return r.getrandbits(256)
    if kind == 1:
        return sum(r.choice((0, 1, 0x7F, 0x80, 0xFF, r.randrange(256))) << 8 * n for n in range(32))
    if kind == 2:
        return sum(r.choice((0, 1, 0x7FFF, 0x8000, 0xFFFF, r.getrandbits(16))) << 16 * n for n in range(16))
    if kind == 3:
        return int.from_bytes(b"".join([_double(r) for _ in range(4)]), "little")
    return int.from_bytes(b"".join([_single(r) for _ in range(8)]), "little")


def _double(r: Random) -> bytes:
    if r.randrange(8) == 0:
        return struct.pack("<Q", r.choice(_NANS64))
    return struct.pack("<d", r.choice(_FLOATS) if r.randrange(2) else r.uniform(-1000, 1000))


def _single(r: Random) -> bytes:
    if r.randrange(8) == 0:
        return struct.pack("<I", r.choice(_NANS32))
    value = r.choice(_FLOATS) if r.randrange(2) else r.uniform(-1000, 1000)
    return struct.pack("<f", max(-3.4e38, min(3.4e38, value)) if abs(value) != float("inf") else value)


class Scene:
    """Registers and memory before an instruction, the same for everybody."""

    def __init__(self, r: Random) -> None:
        self.ymm = [random_vector(r) for _ in range(16)]
        whole = (0, 1, 3, 2**31, 2**63, 40, 17)
        self.gpr = [r.getrandbits(64) if r.randrange(3) else r.choice(whole) for _ in range(16)]
        self.memory = random_vector(r).to_bytes(32, "little") + random_vector(r).to_bytes(32, "little")
        self.mxcsr = 0x1F80 | r.randrange(4) << 13 | (r.randrange(4) == 0) << 15 | (r.randrange(4) == 0) << 6
        if r.randrange(2):
            self.mxcsr = 0x1F80
        self.flags = r.getrandbits(16) & STATUS


class Result:
    def __init__(self, ymm: list[int], gpr: list[int], memory: bytes, mxcsr: int, flags: int) -> None:
        self.ymm, self.gpr, self.memory, self.mxcsr, self.flags = ymm, gpr, memory, mxcsr, flags

    def differences(self, other: Result, flags: int = STATUS, sticky: int = 0x3F) -> str:
        found = []
        for n in range(16):
            if self.ymm[n] != other.ymm[n]:
                found.append(f"ymm{n} {self.ymm[n]:064x} not {other.ymm[n]:064x}")
            if n not in (4, 6, 15) and self.gpr[n] != other.gpr[n]:
                found.append(f"gpr{n} {self.gpr[n]:016x} not {other.gpr[n]:016x}")
        if self.memory != other.memory:
            found.append(f"memory {self.memory.hex()} not {other.memory.hex()}")
        if (self.mxcsr ^ other.mxcsr) & (sticky | 0xFFC0):
            found.append(f"mxcsr {self.mxcsr:04x} not {other.mxcsr:04x}")
        if (self.flags ^ other.flags) & flags:
            found.append(f"flags {self.flags & flags:04x} not {other.flags & flags:04x}")
        return "; ".join(found)


class _CaseCpu:
    """A CaseState with the names that the plugin's functions about registers use."""

    def __init__(self, state: CaseState) -> None:
        self.state = state

    def __getattr__(self, name: str) -> Any:
        return getattr(self.state, name)

    def __setattr__(self, name: str, value: Any) -> None:
        if name == "state":
            object.__setattr__(self, name, value)
        else:
            setattr(self.state, name, value)


def run_ours(run: Any, code: bytes, scene: Scene) -> Result:
    state = CaseState(bytearray(LAYOUT.size))
    cpu: Any = _CaseCpu(state)
    for n in range(16):
        state.write(YMM + 32 * n, ty.I128, scene.ymm[n] & (1 << 128) - 1)
        state.write(YMM + 32 * n + 16, ty.I128, scene.ymm[n] >> 128)
        state.write(GPR + 8 * n, ty.I64, scene.gpr[n])
    state.write(GPR + 8 * 6, ty.I64, DATA)
    write_eflags(cpu, scene.flags)
    write_mxcsr(cpu, scene.mxcsr)
    memory = CaseMemory()
    memory.map(CODE, 4096)
    memory.map(DATA, 4096)
    memory.write(CODE, code)
    memory.write(DATA, scene.memory)
    stop = run(code, CODE, state, memory)
    if stop.kind != "end":
        raise AssertionError(f"{code.hex()} stops: {stop}")
    ymm = [state.read(YMM + 32 * n, ty.I128) | state.read(YMM + 32 * n + 16, ty.I128) << 128 for n in range(16)]
    gpr = [state.read(GPR + 8 * n, ty.I64) for n in range(16)]
    return Result(ymm, gpr, memory.read(DATA, 64), read_mxcsr(cpu), read_eflags(cpu))


def run_host(cpu: HostCpu, code: bytes, scene: Scene, data: Any, at: int) -> Result:
    cpu.reset()
    for n in range(16):
        cpu.put(host_cpu.YMM + 32 * n, scene.ymm[n], 32)
        cpu.put(host_cpu.GPR + 8 * n, scene.gpr[n], 8)
    cpu.put(host_cpu.GPR + 8 * 6, at, 8)
    cpu.put(host_cpu.FLAGS, scene.flags | 0x202, 8)
    cpu.put(host_cpu.MXCSR, scene.mxcsr, 4)
    data[:64] = scene.memory
    cpu.run(code)
    ymm = [cpu.take(host_cpu.YMM + 32 * n, 32) for n in range(16)]
    gpr = [cpu.take(host_cpu.GPR + 8 * n, 8) for n in range(16)]
    return Result(ymm, gpr, bytes(data[:64]), cpu.take(host_cpu.MXCSR, 4), cpu.take(host_cpu.FLAGS, 8))


def name_of(e: Encoding) -> str:
    return re.sub(r"\W", "_", e.mnemonic)
