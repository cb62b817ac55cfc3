"""Translations from an earlier run, when the guest code is not what it was: changed, unmapped, replaced, patched."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from .bigcode import SINGLE, Program, single
from .guestrun import run, write_program

LIBRARY = 0x20_0000_0000
"""where the programs map a file of code"""

CALLS = """
    sub sp, sp, #64
    ldr x20, =SEED
    adr x1, first
    bl map
    bl call
    str x20, [sp]
MIDDLE
    ldr x20, =SEED
    bl call
    str x20, [sp, #8]
    mov x0, #1
    mov x1, sp
    mov x2, #16
    mov x8, #64
    svc #0
    mov x0, #0
    mov x8, #94
    svc #0
call:
    mov x27, x30
    ldr x9, =0x2000000000
    blr x9
    ret x27
map:
    mov x0, #-100
    mov x2, #0
    mov x3, #0
    mov x8, #56
    svc #0
    mov x4, x0
    ldr x0, =0x2000000000
    mov x1, #0x10000
    mov x2, #5
    mov x3, #0x12
    mov x5, #0
    mov x8, #222
    svc #0
    mov x0, x4
    mov x8, #57
    svc #0
    ret
protect:
    ldr x0, =0x2000000000
    mov x1, #0x10000
    mov x8, #226
    svc #0
    ret
first:
    .asciz "FIRST"
    .balign 4
second:
    .asciz "OTHER"
    .balign 4
"""
"""Maps a file of code, calls it, does MIDDLE, calls it again; prints both results."""

REMAP = """
    ldr x0, =0x2000000000
    mov x1, #0x10000
    mov x8, #215
    svc #0
    adr x1, second
    bl map
"""
OVERMAP = """
    adr x1, second
    bl map
"""
PATCH = """
    mov x2, #3
    bl protect
    ldr x9, =0x2000000000
    ldr w10, =0xd65f03c0
    str w10, [x9]
    dc cvau, x9
    dsb ish
    ic ivau, x9
    dsb ish
    isb
    mov x2, #5
    bl protect
"""
"""mprotect(writable), the first instruction becomes a return, mprotect(executable)"""
WRITE = """
    mov x2, #7
    bl protect
    ldr x20, =SEED
    bl call
    ldr x9, =0x2000000000
    ldr w10, =0xd65f03c0
    str w10, [x9]
    isb
"""
"""The code is called once more while it can be written"""

ONE, TWO = Program(8, 6, 1), Program(8, 6, 2)


@pytest.fixture(scope="module")
def stencils(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache directory in which the stencils are already there."""
    path = tmp_path_factory.mktemp("stencils")
    run(write_program(path / "program", single(ONE, 1, 1)[0]), path)
    for file in path.glob("hqemu/*.code"):
        file.unlink()
    return path


class Guest:
    """The program, its two files of code, its runs."""

    def __init__(self, folder: Path, cache: Path, middle: str, mode: str) -> None:
        self.folder, self.cache, self.mode = folder, cache, mode
        self.libraries = [folder / "one", folder / "two"]
        self.libraries[0].write_bytes(ONE.image(LIBRARY).ljust(0x10000, b"\0"))
        self.libraries[1].write_bytes(TWO.image(LIBRARY).ljust(0x10000, b"\0"))
        self.program = self.write_program(middle, hex(LIBRARY))

    def write_program(self, middle: str, address: str) -> Path:
        source = CALLS.replace("MIDDLE", middle).replace(hex(LIBRARY), address)
        source = source.replace("FIRST", str(self.libraries[0])).replace("OTHER", str(self.libraries[1]))
        return write_program(self.folder / "program", Program(0, 0).code(source, SEED=77))

    def run(self) -> tuple[int, int, int]:
        done = run(self.program, self.cache, self.mode)
        return int.from_bytes(done.output[:8], "little"), int.from_bytes(done.output[8:], "little"), done.translated


def of_one() -> int:
    return ONE.expected(77, 1)


def of_two() -> int:
    return TWO.expected(77, 1)


@pytest.mark.parametrize("mode", ["none", "block"])
@pytest.mark.parametrize("middle", [REMAP, OVERMAP], ids=["munmap", "over"])
def test_another_library_in_the_same_place(middle: str, mode: str, tmp_path: Path, stencils: Path) -> None:
    guest = Guest(tmp_path, stencils, middle, mode)
    assert guest.run()[:2] == (of_one(), of_two())
    assert guest.run()[:2] == (of_one(), of_two())


@pytest.mark.parametrize("mode", ["none", "block"])
@pytest.mark.parametrize("middle", [PATCH, WRITE], ids=["protect", "write"])
def test_code_from_disk_is_patched(middle: str, mode: str, tmp_path: Path, stencils: Path) -> None:
    guest = Guest(tmp_path, stencils, middle, mode)
    for _ in range(2):
        assert guest.run()[:2] == (of_one(), 77)


def test_a_library_that_was_replaced(tmp_path: Path, stencils: Path) -> None:
    """By another of the same size and time, in place."""
    guest = Guest(tmp_path, stencils, "nop", "none")
    first, second = guest.run(), guest.run()
    assert first[:2] == second[:2] == (of_one(), of_one())
    assert second[2] == 0
    status = guest.libraries[0].stat()
    guest.libraries[0].write_bytes(guest.libraries[1].read_bytes())
    os.utime(guest.libraries[0], ns=(status.st_atime_ns, status.st_mtime_ns))
    for _ in range(2):
        assert guest.run()[:2] == (of_two(), of_two())


def test_a_library_somewhere_else(tmp_path: Path, stencils: Path) -> None:
    """The program, changed in place, maps the same library at another address."""
    guest = Guest(tmp_path, stencils, "nop", "none")
    assert guest.run()[:2] == guest.run()[:2] == (of_one(), of_one())
    status, size = guest.program.stat(), guest.program.stat().st_size
    guest.write_program("nop", "0x3000000000")
    os.utime(guest.program, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert guest.program.stat().st_size == size
    for _ in range(2):
        assert guest.run()[:2] == (of_one(), of_one())


@pytest.mark.parametrize("mode", ["none", "block"])
def test_a_program_that_was_replaced(mode: str, tmp_path: Path, stencils: Path) -> None:
    """In place, with the same size and time: only its bytes tell."""
    code, expected = single(ONE, 2, 5)
    path = write_program(tmp_path / "program", code)
    assert run(path, stencils, mode).output == expected
    done = run(path, stencils, mode)
    assert (done.output, done.translated) == (expected, 0)
    other = TWO.code(SINGLE, SEED=5, ROUNDS=2)
    code, expected = other[: len(code)], TWO.expected(5, 2).to_bytes(8, "little")
    status = path.stat()
    inode = status.st_ino
    image = path.read_bytes()
    whole = (image[:120] + other).ljust(len(image), b"\0")
    path.write_bytes(whole)
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert path.stat().st_ino == inode
    for _ in range(2):
        assert run(path, stencils, mode).output == expected


def test_the_stack_limit_moves_libraries(tmp_path: Path, stencils: Path) -> None:
    code, expected = single(ONE, 1, 8)
    path = write_program(tmp_path / "program", code)
    for options in ((), ("-s", "1M"), ("-s", "64M"), ()):
        assert run(path, stencils, options=options).output == expected


def test_two_libraries_take_turns(tmp_path: Path, stencils: Path) -> None:
    """What one run does not use is kept for others."""
    guest = Guest(tmp_path, stencils, "nop", "none")
    one, two = (path.read_bytes() for path in guest.libraries)
    guest.run()
    guest.libraries[0].write_bytes(two)
    assert guest.run()[:2] == (of_two(), of_two())
    for content, expected in ((one, of_one()), (two, of_two()), (one, of_one())):
        guest.libraries[0].write_bytes(content)
        assert guest.run() == (expected, expected, 0)
