"""The ``.case`` format: one test per line, ``before | code | after``.

::

    x1=1 x2=-1 | adds x0, x1, x2 | x0=0 n=0 z=1 c=1 v=0
    [0x10000]=0102030405060708 x1=0x10000 | ldrh w0, [x1, #2] | x0=0x0403
    | .word 0x00000000 | stop=illegal

Instructions are separated by ``;``, by ``&`` when the assembler must see them together; ``.word 0x... // text`` is one
that the assembler lacks, ``#`` starts a comment when a space or the line's start is before it and no digit, sign or
parenthesis behind. ``[addr]=hexbytes`` are memory cells, lowest address first; naming one maps its page. A register of
a float type is written as a float (``1.5``, ``-inf``, ``nan``) or as hex bits; ``pc=`` is where control went, relative
to the code when written ``+8``; ``stop=`` is why it ended (default ``end``).
Registers that are not named start as zero; what is not named on the right is not compared.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

from hqemu_core.errors import IsaError
from hqemu_core.ir import types as ty
from hqemu_core.isa.casespec import CaseSpec

from .caserun import RUNNERS, CaseMemory, CaseState, Stop, read_special, write_special

CODE = 0x400000
"""Address of the code; its page is readable."""

_FLOATS = {ty.F16: "<e", ty.F32: "<f", ty.F64: "<d"}
_COMMENT = re.compile(r"(^|\s)#(?![-\d(+]).*$")


class Case(NamedTuple):
    """``before`` and ``after`` are (name, text) pairs; a memory cell's name is ``[address]``."""

    before: tuple[tuple[str, str], ...]
    code: str
    after: tuple[tuple[str, str], ...]
    where: str
    """file:line"""


def _assignments(text: str, where: str) -> tuple[tuple[str, str], ...]:
    pairs = []
    for token in text.split():
        name, equals, value = token.partition("=")
        if not equals:
            raise IsaError(f"{where}: expected name=value, not {token!r}")
        pairs.append((name, value))
    return tuple(pairs)


def parse(text: str, name: str) -> Iterator[Case]:
    """The cases of a file's text."""
    for number, raw in enumerate(text.splitlines(), 1):
        line = _COMMENT.sub("", raw).strip()
        if not line:
            continue
        where = f"{name}:{number}"
        parts = line.split("|")
        if len(parts) != 3:
            raise IsaError(f"{where}: expected before | code | after")
        yield Case(_assignments(parts[0], where), parts[1].strip(), _assignments(parts[2], where), where)


def load(path: Path) -> list[Case]:
    return list(parse(path.read_text(), path.name))


@lru_cache(maxsize=8)
def _assembler(arch: str, mode: str) -> Any:
    keystone: Any = import_module("keystone")
    return keystone.Ks(getattr(keystone, arch), getattr(keystone, mode))


def assemble(spec: CaseSpec, text: str, where: str = "") -> bytes:
    """Keystone's bytes. ``.word value // text`` (or ``.short``) stands for what keystone does not know."""
    code = b""
    for part in (p.partition("//")[0].strip() for p in text.split(";")):
        if part.startswith(".word"):
            code += (int(part[5:], 0) & 0xFFFFFFFF).to_bytes(4, "little")
        elif part.startswith(".short"):
            code += (int(part[6:], 0) & 0xFFFF).to_bytes(2, "little")
        elif part:
            try:
                encoded, _ = _assembler(*spec.assembler).asm(part.replace("&", ";"), CODE + len(code))
            except Exception as error:  # keystone's own class cannot be named without importing it
                raise IsaError(f"{where}: cannot assemble {part!r}: {error}") from error
            if not encoded:
                raise IsaError(f"{where}: {part!r} assembles to nothing")
            code += bytes(encoded)
    return code


def pattern(text: str, t: int) -> int:
    """The bit pattern of a value's text."""
    if t in _FLOATS and not text.lower().startswith("0x"):
        return int.from_bytes(struct.pack(_FLOATS[t], float(text)), "little")
    return int(text, 0) & ((1 << max(8, ty.bits(t))) - 1)


def read_register(spec: CaseSpec, state: CaseState, name: str) -> int:
    if name in spec.special:
        return read_special(spec.isa, spec.special[name], state)
    offset, t = spec.registers[name]
    return state.read(offset, t)


def write_register(spec: CaseSpec, state: CaseState, name: str, value: int) -> None:
    if name in spec.special:
        write_special(spec.isa, spec.special[name], state, value)
    else:
        offset, t = spec.registers[name]
        state.write(offset, t, value)


def type_of(spec: CaseSpec, name: str, where: str) -> int:
    if name in spec.special:
        return spec.special[name].type
    if name not in spec.registers:
        raise IsaError(f"{where}: unknown register {name!r}")
    return spec.registers[name][1]


def _address(name: str) -> int:
    return int(name[1:-1], 0)


def prepare(spec: CaseSpec, case: Case) -> tuple[bytes, CaseState, CaseMemory]:
    """Code, state and memory as they are before the case."""
    code = assemble(spec, case.code, case.where)
    state = CaseState(bytearray(spec.isa.state.size))
    memory = CaseMemory()
    memory.map(CODE, len(code))
    memory.write(CODE, code)
    for name, text in case.before:
        if name.startswith("["):
            data = bytes.fromhex(text)
            memory.map(_address(name), len(data))
            memory.write(_address(name), data)
        else:
            write_register(spec, state, name, pattern(text, type_of(spec, name, case.where)))
    return code, state, memory


def differences(spec: CaseSpec, case: Case, stop: Stop, state: CaseState, memory: CaseMemory) -> list[str]:
    """What is not as the case says."""
    wrong = []
    expected = dict(case.after)
    if stop.kind != expected.get("stop", "end"):
        wrong.append(f"stop={stop.kind} ({stop.detail:#x}) at {stop.pc:#x}")
    for name, text in case.after:
        if name == "stop":
            continue
        if name == "pc":
            want = CODE + int(text[1:], 0) if text.startswith("+") else int(text, 0)
            if stop.pc & ~spec.isa.pc_bits != want:
                wrong.append(f"pc={stop.pc:#x}, not {want:#x}")
        elif name.startswith("["):
            data = bytes.fromhex(text)
            got = memory.read(_address(name), len(data))
            if got != data:
                wrong.append(f"{name}={got.hex()}, not {text}")
        else:
            t = type_of(spec, name, case.where)
            have, want = read_register(spec, state, name), pattern(text, t)
            if have != want:
                wrong.append(f"{name}={have:#x}, not {want:#x}")
    return wrong


def check(spec: CaseSpec, case: Case, backend: str = "interp") -> list[str]:
    """Run a case on a backend; the differences."""
    code, state, memory = prepare(spec, case)
    stop = RUNNERS[backend](spec.isa, code, CODE | spec.mode, state, memory)
    return differences(spec, case, stop, state, memory)


def check_oracle(spec: CaseSpec, case: Case) -> list[str]:
    """Run a case on Unicorn: an error here is an error in the case. Needs the ``unicorn`` package."""
    from .oracle import run_unicorn

    code, state, memory = prepare(spec, case)
    stop = run_unicorn(spec, code, CODE | spec.mode, state, memory)
    return differences(spec, case, stop, state, memory)
