"""Vector instructions of every encoding: the interpreter's and LLVM's results against the host CPU's."""

from __future__ import annotations

import ctypes
import mmap
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from random import Random
from typing import Any

import pytest

from hqemu_core.backend.own import BACKENDS
from hqemu_core.testing import caserun
from hqemu_core.testing.native import MemoryLibrary, NativeMachine
from hqemu_x86.decode.encoding import Encoding, parse_lines
from hqemu_x86.spec import make_spec
from hqemu_x86_64.mode import X86_64

from . import vectors
from .host_cpu import HostCpu

GROUPS = ("sse_int", "sse_float", "sse_convert", "sse_moves", "sse_strings", "avx")
NAN_OPEN = ("rcp", "rsqrt", "vrcp", "vrsqrt", "addsub", "vaddsub", "vfm", "vfnm")
"""which NaN these give, or how near the estimate is, only the host's instruction says"""
ELSEWHERE = {"maskmovdqu": "writes at [rdi]"}
SAMPLE = 24


def _needed() -> str:
    with open("/proc/cpuinfo") as file:
        flags = next((line for line in file if line.startswith("flags")), "").split()
    return ", ".join(sorted({"avx2", "fma", "f16c", "aes", "sha_ni", "pclmulqdq", "sse4_2"} - set(flags)))


pytestmark = pytest.mark.skipif(_needed() != "", reason=f"the host has no {_needed()}")


@cache
def _isa() -> Any:
    return make_spec(X86_64)


@cache
def _host() -> tuple[HostCpu, mmap.mmap, int]:
    data = mmap.mmap(-1, 4096)
    return HostCpu(), data, ctypes.addressof(ctypes.c_char.from_buffer(data))


def _encodings(group: str) -> list[Encoding]:
    found = parse_lines(import_module(f"hqemu_x86.tables.{group}").ENCODINGS)
    return [e for e in found if e.mnemonic not in ELSEWHERE and not {t[0] for t in e.tokens} & set("PQN")]


def _forms(e: Encoding) -> Iterator[tuple[bool, int]]:
    """(memory, VEX.L)"""
    longs = (e.long,) if e.long is not None else (0, 1) if any(t[-1] in "xh" for t in e.tokens) else (0,)
    for memory in (False, True):
        if (not memory) in e.registers:
            for long in longs:
                yield memory, long


def _compare(run: Any, e: Encoding, memory: bool, long: int, r: Random) -> str:
    code = vectors.encode(e, r, memory, long)
    scene = vectors.Scene(r)
    cpu, data, at = _host()
    theirs = vectors.run_host(cpu, code, scene, data, at)
    found = vectors.run_ours(run, code, scene).differences(theirs)
    return f"{e.mnemonic} {code.hex()}: {found}" if found else ""


@pytest.mark.parametrize("group", GROUPS)
def test_interpreter(group: str) -> None:
    def run(code: bytes, pc: int, state: Any, memory: Any) -> Any:
        return caserun.RUNNERS["interp"](_isa(), code, pc, state, memory)

    r = Random(group)
    wrong = [
        _compare(run, e, memory, long, r)
        for e in _encodings(group) if not e.mnemonic.startswith(NAN_OPEN) for memory, long in _forms(e)
    ]  # fmt: skip
    assert wrong
    assert not [line for line in wrong if line]


@pytest.mark.parametrize("group", GROUPS)
def test_llvm(group: str) -> None:
    backend = next(b for b in BACKENDS if b.name == "llvm")
    run = NativeMachine(_isa(), backend, MemoryLibrary()).run
    r = Random(group)
    known = _encodings(group)
    wrong = []
    for e in r.sample(known, min(SAMPLE, len(known))):
        for memory, long in _forms(e):
            wrong.append(_compare(run, e, memory, long, r))
    assert wrong
    assert not [line for line in wrong if line]
