"""What a program finds in memory when it starts: segments, bss, stack, auxiliary vector, heap."""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from hqemu_core.linux import stack
from hqemu_core.linux.brk import sys_brk
from hqemu_core.linux.calls import SyscallError
from hqemu_core.linux.loader import map_program, stack_limit
from hqemu_core.linux.memory import GuestMemory
from hqemu_core.linux.mmap import unmap_pages
from hqemu_core.linux.program import Program, ProgramError, open_program
from hqemu_core.linux.stack import MAX_STRING, build_stack, check_arguments

PAGE = 4096
MACHINE = 183


@pytest.fixture
def process() -> Iterator[Any]:
    abi = SimpleNamespace(
        extra_auxv={51: 4720}, hwcap=0x103, hwcap2=5, page=PAGE, platform="aarch64", extra={"sigreturn_code": b"RETN"},
        machine=MACHINE,
    )  # fmt: skip
    process: Any = SimpleNamespace(memory=GuestMemory(), abi=abi, config=SimpleNamespace(stack_size=0))
    yield process
    unmap_pages(process.memory, 0, process.memory.task_size)


def elf_file(path: Path, e_type: int, segments: list[tuple[int, int, int, int, int, int, int]], size: int) -> Path:
    """``segments``: (type, flags, offset, vaddr, filesz, memsz, align). Every byte of the file from 0x1000 is 0xAB."""
    head = b"\x7fELF\x02\x01\x01" + bytes(9)
    head += struct.pack("<HHIQQQIHHHHHH", e_type, MACHINE, 1, 0x1234, 64, 0, 0, 64, 56, len(segments), 0, 0, 0)
    for kind, flags, offset, vaddr, filesz, memsz, align in segments:
        head += struct.pack("<IIQQQQQQ", kind, flags, offset, vaddr, vaddr, filesz, memsz, align)
    path.write_bytes(head.ljust(0x1000, b"\0") + b"\xab" * (size - 0x1000))
    path.chmod(0o755)
    return path


def opened(path: Path, root: Path | None = None) -> Program:
    def resolve(name: bytes) -> bytes:
        return os.fsencode(root) + name if root is not None else name

    return open_program(os.fsencode(path), os.fsencode(path), [b"prog", b"arg"], MACHINE, resolve)


def read_auxv(data: bytes) -> dict[int, int]:
    return dict(struct.iter_unpack("<QQ", data))


STATIC = [
    (1, 5, 0, 0x20400000, 0x1800, 0x1800, 0x1000),
    (1, 6, 0x1900, 0x20402900, 0x300, 0x2000, 0x1000),
    (0x6474E551, 6, 0, 0, 0, 0, 16),
]


def test_static_program(process: Any, tmp_path: Path) -> None:
    program = opened(elf_file(tmp_path / "prog", 2, STATIC, 0x2000))
    entry, sp = map_program(process, program, [b"A=1", b"B=2"])
    memory = process.memory
    assert entry == 0x1234
    rights = {(r.start, r.end): (r.prot, r.file is not None) for r in memory.regions.regions}
    assert rights[0x20400000, 0x20402000] == (5, True)
    assert rights[0x20402000, 0x20403000] == (3, True)
    assert rights[0x20403000, 0x20405000] == (3, False)
    # data keeps its bytes, bss is zero from the very first byte on
    assert memory.read(0x20402900, 0x300) == b"\xab" * 0x300
    assert memory.read(0x20402C00, 0x1D00) == bytes(0x1D00)
    assert process.brk == process.brk_start == 0x20405000
    assert memory.read(process.sigreturn, 4) == b"RETN"
    assert not memory.writable(process.sigreturn, 1)
    # the file is not changed by what the program writes
    memory.write(0x20402900, b"changed")
    assert b"changed" not in (tmp_path / "prog").read_bytes()
    check_stack(process, sp, os.fsencode(tmp_path / "prog"))


def check_stack(process: Any, sp: int, name: bytes) -> None:
    memory = process.memory
    assert sp % 16 == 0
    top = max(r.end for r in memory.regions.regions)
    words = struct.unpack(f"<{(top - sp) // 8}Q", memory.read(sp, (top - sp) & ~7))
    assert words[0] == 2
    assert [memory.read_cstr(p) for p in words[1:3]] == [b"prog", b"arg"]
    assert words[3] == 0
    assert [memory.read_cstr(p) for p in words[4:6]] == [b"A=1", b"B=2"]
    assert words[6] == 0
    vector = memory.read(sp + 7 * 8, len(process.auxv))
    assert vector == process.auxv
    assert vector[-16:] == bytes(16)
    aux = read_auxv(vector)
    assert aux[stack.AT_PHDR] == 0x20400040
    assert (aux[stack.AT_PHENT], aux[stack.AT_PHNUM], aux[stack.AT_PAGESZ]) == (56, 3, PAGE)
    assert (aux[stack.AT_ENTRY], aux[stack.AT_BASE], aux[stack.AT_FLAGS], aux[stack.AT_SECURE]) == (0x1234, 0, 0, 0)
    assert (aux[stack.AT_HWCAP], aux[stack.AT_HWCAP2], aux[51]) == (0x103, 5, 4720)
    assert (aux[stack.AT_UID], aux[stack.AT_EGID], aux[stack.AT_CLKTCK]) == (os.getuid(), os.getegid(), 100)
    assert memory.read_cstr(aux[stack.AT_EXECFN]) == name
    assert memory.read_cstr(aux[stack.AT_PLATFORM]) == b"aarch64"
    assert any(memory.read(aux[stack.AT_RANDOM], 16))
    assert aux[stack.AT_EXECFN] + len(name) + 1 + 8 == top


def test_the_stack_has_the_chosen_size_and_a_free_gap_below(process: Any, tmp_path: Path) -> None:
    process.config.stack_size = 1 << 20
    _, sp = map_program(process, opened(elf_file(tmp_path / "prog", 2, STATIC, 0x2000)), [])
    region = process.memory.regions.find(sp)
    assert region.end - region.start == 1 << 20
    assert region.prot == 3
    assert process.memory.regions.is_free(region.start - (1 << 20), region.start)
    assert stack_limit(1) == 128 << 10


def test_position_independent_with_interpreter(process: Any, tmp_path: Path) -> None:
    (tmp_path / "lib").mkdir()
    elf_file(tmp_path / "lib/ld.so", 3, [(1, 5, 0, 0, 0x1800, 0x1800, 0x10000)], 0x2000)
    path = elf_file(
        tmp_path / "dyn", 3, [(3, 4, 0x800, 0, 11, 11, 1), (1, 5, 0, 0, 0x1800, 0x1800, 0x10000)], 0x2000
    )  # fmt: skip
    data = bytearray(path.read_bytes())
    data[0x800:0x80B] = b"/lib/ld.so\0"
    path.write_bytes(data)
    entry, _ = map_program(process, opened(path, tmp_path), [])
    aux = read_auxv(process.auxv)
    base = aux[stack.AT_BASE]
    assert entry == base + 0x1234
    assert base % 0x10000 == 0
    bias = aux[stack.AT_ENTRY] - 0x1234
    assert bias % 0x10000 == 0
    assert aux[stack.AT_PHDR] == bias + 64
    # the program is low, its interpreter among the mappings; the heap follows the program
    assert bias < base
    assert process.brk_start == bias + 0x2000


def test_what_cannot_be_mapped_is_an_error_of_the_file(process: Any, tmp_path: Path) -> None:
    far = elf_file(tmp_path / "far", 2, [(1, 5, 0, 1 << 45, 0x1000, 0x1000, 0x1000)], 0x2000)
    with pytest.raises(ProgramError) as caught:
        map_program(process, opened(far), [])
    assert "cannot be mapped" in str(caught.value)


def test_stack_for_a_big_endian_32_bit_guest() -> None:
    memory: Any = SimpleNamespace(bits=32, order="big", image={})
    memory.write = lambda addr, data: memory.image.__setitem__(addr, data)
    sp, vector = build_stack(memory, 0xFFFF0000, [b"a"], [], [(6, 4096)], b"/bin/a", "", bytes(range(16)))
    table = memory.image[sp]
    assert sp % 16 == 0
    assert table[:4] == b"\0\0\0\1"
    argv0 = int.from_bytes(table[4:8], "big")
    base = max(memory.image)
    assert memory.image[base][argv0 - base :].startswith(b"a\0/bin/a\0")
    assert table.endswith(vector)
    assert vector.startswith(struct.pack(">II", 6, 4096))


def test_too_many_arguments() -> None:
    check_arguments([b"x" * (MAX_STRING - 1)], [], 8 << 20)
    for argv, env, size in [([b"x" * MAX_STRING], [], 8 << 20), ([], [b"x" * 1000] * 200, 512 << 10)]:
        with pytest.raises(SyscallError) as caught:
            check_arguments(argv, env, size)
        assert caught.value.errno == 7


def test_the_heap_grows_shrinks_and_stops(process: Any, tmp_path: Path) -> None:
    map_program(process, opened(elf_file(tmp_path / "prog", 2, STATIC, 0x2000)), [])
    start = process.brk_start
    memory = process.memory

    def brk(addr: int) -> int:
        return sys_brk(process, None, addr)  # type: ignore[arg-type]

    assert brk(0) == start
    assert brk(start + 5000) == start + 5000
    memory.write(start + 4990, b"0123456789")
    assert brk(start + 100) == start + 100
    assert not memory.readable(start + PAGE, 1)
    assert brk(start + 5000) == start + 5000
    assert memory.read(start + PAGE, 904) == bytes(904)
    assert brk(start - 1) == start + 5000
    assert brk(1 << 60) == start + 5000
    assert b"[heap]" in memory.maps_text()
