"""Finding what to run: open a file, follow ``#!``, find the interpreter. Nothing is mapped here, so execve can fail."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable

from hqemu_core.errors import LoadError

from .elf import PT_INTERP, Elf, ElfError, NeedMore, machine_name, parse_elf

ENOENT, ENOEXEC, EACCES, ENOTDIR, ELOOP, ELIBBAD = 2, 8, 13, 20, 40, 80
_HEAD = 4096
_LINE = 256
"""bytes of a ``#!`` line that the kernel looks at (BINPRM_BUF_SIZE)"""
_DEPTH = 5


class ProgramError(LoadError):
    """With the errno that execve gives."""

    def __init__(self, path: bytes, text: str, errno: int) -> None:
        super().__init__(f"{os.fsdecode(path)}: {text}", 127 if errno in (ENOENT, ENOTDIR) else 126)
        self.errno = errno


class Program:
    """An opened program: ``file`` and perhaps ``interpreter``; ``close`` when mapped or given up."""

    def __init__(self, file: ElfFile, interpreter: ElfFile | None, argv: list[bytes], name: bytes) -> None:
        self.file = file
        self.interpreter = interpreter
        self.argv = argv
        self.name = name
        """what was asked for (AT_EXECFN, comm): the script, if it is one"""

    def close(self) -> None:
        self.file.close()
        if self.interpreter is not None:
            self.interpreter.close()


class ElfFile:
    def __init__(self, path: bytes, fd: int, elf: Elf) -> None:
        self.path = path
        self.fd = fd
        self.elf = elf

    def close(self) -> None:
        if self.fd >= 0:
            os.close(self.fd)
            self.fd = -1


class HostProgram(Exception):
    """The file is for the host: it may be executed as it is."""

    def __init__(self, path: bytes, argv: list[bytes]) -> None:
        super().__init__(path)
        self.path = path
        self.argv = argv


def open_program(
    path: bytes, name: bytes, argv: list[bytes], machine: int, resolve: Callable[[bytes], bytes],
    host_machine: int = -1, refuse: Callable[[Elf], str] | None = None,
) -> Program:  # fmt: skip
    """``path`` on the host, ``name`` as the guest calls it; paths named inside files go through ``resolve``.
    ``refuse`` says why a program of the right machine cannot be run all the same ("" if it can).

    Raises ProgramError, or HostProgram for a file of machine ``host_machine``.
    """
    at, shown = path, name
    for _ in range(_DEPTH + 1):
        fd, head, size = _open(at) if at == path else _open_for(path, shown, at)
        try:
            if head[:2] == b"#!":
                interpreter, argument = _script(at, head)
                # the kernel drops argv[0] for the script's path
                argv = [interpreter, *argument, shown, *argv[1:]]
                at, shown = resolve(interpreter), interpreter
                continue
            try:
                elf = _parse(fd, head, size)
            except ElfError as error:
                raise ProgramError(at, str(error), ENOEXEC) from None
            if elf.machine != machine:
                if elf.machine == host_machine:
                    raise HostProgram(at, argv)
                text = f"is for {machine_name(elf.machine)}, not for {machine_name(machine)}"
                raise ProgramError(at, text, ENOEXEC)
            reason = refuse(elf) if refuse is not None else ""
            if reason:
                raise ProgramError(at, reason, ENOEXEC)
            loader = _interpreter(fd, at, elf, resolve)
            program = Program(ElfFile(at, fd, elf), loader, argv, name)
            fd = -1
            return program
        finally:
            if fd >= 0:
                os.close(fd)
    raise ProgramError(path, "too many levels of #! interpreters", ELOOP)


def _open(path: bytes) -> tuple[int, bytes, int]:
    """(fd, first bytes, size)"""
    try:
        fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        raise ProgramError(path, "no such file", ENOENT) from None
    except OSError as error:
        raise ProgramError(path, (error.strerror or "cannot be opened").lower(), error.errno or EACCES) from None
    try:
        info = os.fstat(fd)
        if stat.S_ISDIR(info.st_mode):
            raise ProgramError(path, "is a directory", EACCES)
        if not stat.S_ISREG(info.st_mode):
            raise ProgramError(path, "is not a regular file", EACCES)
        if not os.access(path, os.X_OK):
            raise ProgramError(path, "is not executable", EACCES)
        return fd, os.pread(fd, _HEAD, 0), info.st_size
    except BaseException:
        os.close(fd)
        raise


def _open_for(path: bytes, wanted: bytes, at: bytes) -> tuple[int, bytes, int]:
    """:func:`_open` of the interpreter that ``path`` calls ``wanted``, found ``at`` on the host."""
    try:
        return _open(at)
    except ProgramError as error:
        text_at = os.fsdecode(wanted) if wanted == at else f"{os.fsdecode(wanted)} ({os.fsdecode(at)})"
        cause = str(error).rpartition(": ")[2]
        hint = "; give the guest's root with -L" if error.errno == ENOENT else ""
        raise ProgramError(path, f"interpreter {text_at}: {cause}{hint}", error.errno) from None


def _parse(fd: int, head: bytes, size: int) -> Elf:
    try:
        return parse_elf(head, size)
    except NeedMore as more:
        return parse_elf(os.pread(fd, more.size, 0), size)


def _script(path: bytes, head: bytes) -> tuple[bytes, list[bytes]]:
    """(interpreter, [its one argument]) of a ``#!`` line; white space around both is dropped."""
    line, end, _ = head[2:_LINE].partition(b"\n")
    line = line.strip(b" \t")
    # as the kernel: an interpreter's name that was cut is refused, a cut argument is not
    if not line or (not end and len(head) >= _LINE and not (b" " in line or b"\t" in line)):
        raise ProgramError(path, "bad #! line", ENOEXEC)
    name = line.replace(b"\t", b" ").split(b" ", 1)[0]
    argument = line[len(name) :].strip(b" \t")
    return name, [argument] if argument else []


def _interpreter(fd: int, path: bytes, elf: Elf, resolve: Callable[[bytes], bytes]) -> ElfFile | None:
    for segment in elf.segments:
        if segment.type == PT_INTERP:
            break
    else:
        return None
    text = os.pread(fd, segment.filesz, segment.offset)
    if not 2 <= len(text) <= 4096 or text[-1] != 0:
        raise ProgramError(path, "damaged PT_INTERP", ENOEXEC)
    wanted = text[: text.index(0)]
    at = resolve(wanted)
    lib_fd, head, size = _open_for(path, wanted, at)
    try:
        loader = _parse(lib_fd, head, size)
        if loader.machine != elf.machine or loader.bits != elf.bits:
            raise ElfError(f"is for {machine_name(loader.machine)}")
    except ElfError as error:
        os.close(lib_fd)
        raise ProgramError(path, f"interpreter {os.fsdecode(at)}: {error}", ELIBBAD) from None
    return ElfFile(at, lib_fd, loader)
