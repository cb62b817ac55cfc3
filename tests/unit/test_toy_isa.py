"""The toy ISA plugin: its cases and its program on the interpreter, and end to end through the command line."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from hqemu_core.ir import opcodes as op
from hqemu_core.ir.interp import Interp
from hqemu_core.ir.semantics_effects import Outcome
from hqemu_toy.asm import BASE, assemble, make_elf
from hqemu_toy.plugin import EM_TOY
from hqemu_toy.spec import make_spec
from hqemu_toy.state import PC, R

TOY = Path(__file__).parents[1] / "toy_isa"
CASES = [
    line for line in (TOY / "cases" / "toy.case").read_text().splitlines() if line.strip() and not line.startswith("#")
]
SOURCE = (TOY / "hqemu_toy" / "count.s").read_text()
START = 0x1000
MASK = (1 << 64) - 1


class FlatMemory:
    def __init__(self) -> None:
        self.data = bytearray(1 << 17)

    def read(self, addr: int, size: int) -> bytes:
        return bytes(self.data[addr : addr + size])

    def write(self, addr: int, data: bytes) -> None:
        self.data[addr : addr + len(data)] = data


class ToyCpu:
    """Fetch, decode, lift, interpret: the core's contract used directly, one instruction at a time."""

    def __init__(self, code: bytes, start: int) -> None:
        self.spec = make_spec()
        self.memory = FlatMemory()
        self.memory.write(start, code)
        self.pc = start
        self.interp = Interp({}, bytearray(self.spec.state.size), self.memory, self.spec.builder)

    def __getitem__(self, register: int) -> int:
        return int.from_bytes(self.interp.state[R + 8 * register : R + 8 * register + 8], "little")

    def __setitem__(self, register: int, value: int) -> None:
        self.interp.state[R + 8 * register : R + 8 * register + 8] = (value & MASK).to_bytes(8, "little")

    def step(self) -> Outcome | None:
        word = int.from_bytes(self.memory.read(self.pc, 4), "little")
        decoded = self.spec.tables[0].decode(word, self.pc)
        assert decoded is not None, f"{word:#010x} at {self.pc:#x} is no instruction"
        row, shape, operands = decoded
        b = self.spec.builder()
        row.lift(b, shape, *operands)
        outcome = self.interp.run(b.ops, b.types)
        assert (outcome is not None) == bool(row.end)
        self.pc = self.pc + 4 if outcome is None else outcome.address
        return outcome


def assignments(text: str) -> dict[str, int]:
    return {name: int(value, 0) for name, value in (item.split("=") for item in text.split())}


@pytest.mark.parametrize("line", CASES)
def test_case(line: str) -> None:
    before, text, after = (part.strip() for part in line.split("|"))
    code = assemble(text)
    cpu = ToyCpu(code, START)
    for name, value in assignments(before).items():
        cpu[int(name[1:])] = value
    for _ in range(len(code) // 4):
        cpu.step()
    for name, value in assignments(after).items():
        found = cpu.pc if name == "pc" else cpu[int(name[1:])]
        assert found == value & MASK, name


def test_cases_cover_every_row() -> None:
    used = {word for line in CASES for word in re.findall(r"[a-z]+", line.split("|")[1])}
    assert used >= set(make_spec().tables[0].by_name)


def test_examples_assemble_and_decode() -> None:
    table = make_spec().tables[0]
    for row in table.rows:
        decoded = table.decode(int.from_bytes(assemble(row.insn), "little"), 0)
        assert decoded is not None
        assert decoded[0] is row


def test_unallocated_word() -> None:
    assert make_spec().tables[0].decode(0xFF000000) is None


def test_program_on_the_interpreter() -> None:
    """The whole program, with its two system calls done here."""
    cpu = ToyCpu(assemble(SOURCE), START)
    cpu[14] = 0x9000
    output = b""
    for _ in range(1000):
        outcome = cpu.step()
        if outcome is None or outcome.code != op.SYSCALL:
            continue
        if cpu[8] == 2:
            break
        assert (cpu[8], cpu[1]) == (1, 1)
        output += cpu.memory.read(cpu[2], cpu[3])
        cpu[1] = cpu[3]
    assert output == b"5\n4\n3\n2\n1\n"
    assert cpu[1] == 15


def test_abi_names_what_the_program_uses() -> None:
    spec = make_spec()
    assert spec.linux is not None
    abi = spec.linux(spec)
    assert (abi.machine, abi.syscalls) == (EM_TOY, {1: "write", 2: "exit_group"})
    assert spec.pc == PC


@pytest.fixture
def program(tmp_path: Path) -> Path:
    path = tmp_path / "count"
    path.write_bytes(make_elf(assemble(SOURCE), EM_TOY))
    path.chmod(0o755)
    return path


def test_elf_is_recognized(program: Path) -> None:
    """The command line finds the plugin by the machine number of the program."""
    from hqemu_core.plugins import Plugins
    from hqemu_core.target import find_target

    entry, target = find_target(Plugins(), str(program), "")
    assert (entry.name, target) == ("toy", "toy-linux-user")
    assert int.from_bytes(program.read_bytes()[24:32], "little") == BASE + 120


@pytest.mark.parametrize("mode", ["none", "block"])
def test_program_end_to_end(program: Path, mode: str) -> None:
    command = [sys.executable, "-m", "hqemu_core", str(program)]
    done = subprocess.run(command, capture_output=True, env={**os.environ, "LLVM_MODE": mode}, timeout=120)
    assert done.stdout == b"5\n4\n3\n2\n1\n", done.stderr
    assert done.returncode == 15
