"""Opening programs: what is refused, with which message and errno; scripts; interpreters."""

from __future__ import annotations

import os
import struct
from collections.abc import Callable
from pathlib import Path

import pytest

from hqemu_core.linux.elf import parse_elf
from hqemu_core.linux.program import HostProgram, Program, ProgramError, open_program

MACHINE = 183


def make_elf(
    machine: int = MACHINE, e_type: int = 2, segments: list[tuple[int, int, int, int, int, int]] | None = None,
    body: bytes = b"", bits: int = 64,
) -> bytes:  # fmt: skip
    """``segments``: (type, flags, offset, vaddr, filesz, memsz)."""
    if segments is None:
        segments = [(1, 5, 0, 0x400000, 0x200, 0x200)]
    words, size, entry_size = ("Q", 64, 56) if bits == 64 else ("I", 52, 32)
    ident = b"\x7fELF" + bytes([bits // 32, 1, 1]) + bytes(9)
    head = ident + struct.pack(
        f"<HHI{words}{words}{words}IHHHHHH", e_type, machine, 1, 0x400100, size, 0, 0, size, entry_size, len(segments),
        0, 0, 0,
    )  # fmt: skip
    for kind, flags, offset, vaddr, filesz, memsz in segments:
        if bits == 64:
            head += struct.pack("<IIQQQQQQ", kind, flags, offset, vaddr, vaddr, filesz, memsz, 0x1000)
        else:
            head += struct.pack("<IIIIIIII", kind, offset, vaddr, vaddr, filesz, memsz, flags, 0x1000)
    return head.ljust(0x200, b"\0") + body


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., bytes]:
    def write(name: str, data: bytes, mode: int = 0o755) -> bytes:
        path = tmp_path / name
        path.write_bytes(data)
        path.chmod(mode)
        return os.fsencode(path)

    return write


def load(path: bytes, argv: list[bytes] | None = None, root: bytes = b"") -> Program:
    def resolve(name: bytes) -> bytes:
        return root + name if name.startswith(b"/") and os.path.exists(root + name) else name

    return open_program(path, path, argv or [path], MACHINE, resolve, 62)


def test_a_plain_program(write: Callable[..., bytes]) -> None:
    path = write("prog", make_elf())
    program = load(path, [b"zero", b"one"])
    assert (program.argv, program.name, program.interpreter) == ([b"zero", b"one"], path, None)
    assert program.file.elf.entry == 0x400100
    assert not os.get_inheritable(program.file.fd)
    fd = program.file.fd
    program.close()
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(fd)


def test_a_segment_without_file_bytes_may_begin_anywhere(write: Callable[..., bytes]) -> None:
    segments = [(1, 5, 0, 0x400000, 0x200, 0x200), (1, 6, 0x5000, 0x405000, 0, 64)]
    load(write("bss", make_elf(segments=segments))).close()


BAD = {
    "empty": (b"", "not an ELF file", 8),
    "text": (b"hello world\n" * 20, "not an ELF file", 8),
    "magic only": (b"\x7fELF", "damaged ELF header", 8),
    "header cut": (make_elf()[:60], "damaged ELF header", 8),
    "program headers cut": (make_elf()[:70], "truncated: program headers are past the end", 8),
    "segment cut": (make_elf(segments=[(1, 5, 0, 0x400000, 0x900, 0x900)]), "truncated: a segment is past", 8),
    "no segment": (make_elf(segments=[(4, 5, 0, 0, 0, 0)]), "nothing to load", 8),
    "object": (make_elf(e_type=1), "an object file", 8),
    "unaligned": (make_elf(segments=[(1, 5, 8, 0x400000, 8, 8)]), "damaged program header", 8),
    "bss too small": (make_elf(segments=[(1, 5, 0, 0x400000, 16, 8)]), "damaged program header", 8),
    "other machine": (make_elf(machine=40, bits=32), "is for Arm, not for AArch64", 8),
    "unknown machine": (make_elf(machine=999), "is for machine 999", 8),
    "class": (b"\x7fELF\x07" + make_elf()[5:], "damaged ELF header", 8),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_files_are_named_with_their_cause(write: Callable[..., bytes], name: str) -> None:
    data, text, errno = BAD[name]
    path = write("bad", data)
    before = len(os.listdir("/proc/self/fd"))
    with pytest.raises(ProgramError) as caught:
        load(path)
    message = str(caught.value)
    assert message.startswith(f"{os.fsdecode(path)}: ")
    assert text in message
    assert "\n" not in message
    assert (caught.value.errno, caught.value.status) == (errno, 126)
    assert len(os.listdir("/proc/self/fd")) == before


def test_files_that_cannot_be_opened(write: Callable[..., bytes], tmp_path: Path) -> None:
    cases = [
        (os.fsencode(tmp_path), 13, 126, "is a directory"),
        (b"/nonexistent/x", 2, 127, "no such file"),
        (write("plain", make_elf(), 0o644), 13, 126, "is not executable"),
        (b"/dev/null", 13, 126, "is not a regular file"),
        (write("file", b"") + b"/below", 20, 127, "not a directory"),
    ]
    for path, errno, status, text in cases:
        with pytest.raises(ProgramError) as caught:
            load(path)
        assert (caught.value.errno, caught.value.status) == (errno, status)
        assert text in str(caught.value)


def test_a_host_program_is_told_apart(write: Callable[..., bytes]) -> None:
    with pytest.raises(HostProgram) as caught:
        load(write("host", make_elf(machine=62)), [b"x", b"y"])
    assert caught.value.argv == [b"x", b"y"]


def test_all_program_headers_are_read_wherever_they_are() -> None:
    many = [(4, 0, 0, 0, 0, 0)] * 100 + [(1, 5, 0, 0x400000, 0x100, 0x100)]
    data = make_elf(segments=many)
    elf = parse_elf(data, len(data))
    assert len(elf.segments) == 101
    assert elf.phdr_addr() == 0x400040


def test_script_arguments_are_the_kernels(write: Callable[..., bytes]) -> None:
    prog = write("prog", make_elf())
    for line, expected in [
        (b"#!" + prog, []),
        (b"#! \t" + prog + b" ", []),
        (b"#!" + prog + b"\t -a  b c \t", [b"-a  b c"]),
    ]:
        script = write("script", line + b"\nbody")
        program = load(script, [b"dropped", b"x"])
        assert program.argv == [prog, *expected, script, b"x"]
        assert program.name == script
        program.close()


def test_scripts_of_scripts_have_a_limit(write: Callable[..., bytes]) -> None:
    path = write("prog", make_elf())
    names = [path]
    for n in range(6):
        names.append(write(f"s{n}", b"#!" + names[-1] + b"\n"))
    program = load(names[5], [b"a0"])
    assert program.argv == [*names[:5], names[5]]
    program.close()
    with pytest.raises(ProgramError) as caught:
        load(names[6])
    assert caught.value.errno == 40


def test_script_whose_interpreter_is_missing(write: Callable[..., bytes]) -> None:
    with pytest.raises(ProgramError) as caught:
        load(write("script", b"#!/nonexistent/interp\n"))
    assert (caught.value.errno, caught.value.status) == (2, 127)
    with pytest.raises(ProgramError) as caught:
        load(write("empty", b"#!  \n"))
    assert caught.value.errno == 8


def dynamic(interpreter: bytes) -> bytes:
    text = interpreter + b"\0"
    return make_elf(segments=[(1, 5, 0, 0, 0x200, 0x200), (3, 4, 0x200, 0, len(text), len(text))], body=text, e_type=3)


def test_the_interpreter_comes_from_the_root(write: Callable[..., bytes], tmp_path: Path) -> None:
    (tmp_path / "root/lib").mkdir(parents=True)
    loader = write("root/lib/ld.so", make_elf(e_type=3))
    program = load(write("dyn", dynamic(b"/lib/ld.so")), root=os.fsencode(tmp_path / "root"))
    assert program.interpreter is not None
    assert program.interpreter.path == loader
    program.close()


def test_interpreters_that_do_not_do(write: Callable[..., bytes]) -> None:
    path = write("dyn", dynamic(b"/lib/ld-linux-nowhere.so.1"))
    with pytest.raises(ProgramError) as caught:
        load(path)
    assert str(caught.value) == (
        f"{os.fsdecode(path)}: interpreter /lib/ld-linux-nowhere.so.1: no such file; give the guest's root with -L"
    )
    assert caught.value.status == 127
    wrong = write("ld.so", make_elf(machine=62, e_type=3))
    with pytest.raises(ProgramError) as caught:
        load(write("dyn", dynamic(wrong)))
    assert caught.value.errno == 80
    assert "is for x86-64" in str(caught.value)
    with pytest.raises(ProgramError) as caught:
        load(write("dyn", dynamic(b"/x")[:-1] + b"y"))
    assert "damaged PT_INTERP" in str(caught.value)
