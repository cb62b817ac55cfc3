"""Which ISA a program is for, when nobody said: its ELF header, or that of the interpreter its first line names."""

from __future__ import annotations

import os

from .errors import LoadError, UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .entry import IsaEntry
    from .plugins import Plugins

SCRIPT_DEPTH = 4
"""how many interpreters may be scripts themselves, as in Linux"""


def read_header(path: str, shown: str) -> bytes:
    """The first bytes of a program file; LoadError as a shell would report it."""
    try:
        if os.path.isdir(path):
            raise LoadError(f"{shown}: Is a directory")
        with open(path, "rb") as file:
            head = file.read(256)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise LoadError(f"{shown}: {error.strerror}", 127) from error
    except OSError as error:
        raise LoadError(f"{shown}: {error.strerror}") from error
    if not os.access(path, os.X_OK):
        raise LoadError(f"{shown}: Permission denied")
    return head


def find_target(plugins: Plugins, program: str, prefix: str) -> tuple[IsaEntry, str]:
    """(ISA, target) of ``program``; interpreters of scripts are looked for under ``prefix`` first."""
    path = program
    for _ in range(SCRIPT_DEPTH + 1):
        head = read_header(path, program if path == program else f"{program}: {path}")
        if head[:2] != b"#!":
            break
        words = head[2:].split(b"\n", 1)[0].split()
        if not words:
            break
        name = os.fsdecode(words[0])
        inside = os.path.join(prefix, name.lstrip("/")) if prefix else name
        path = inside if os.path.exists(inside) else name
    if head[:4] != b"\x7fELF" or len(head) < 20:
        raise LoadError(f"{program}: not an ELF program")
    bits = {1: 32, 2: 64}.get(head[4], 0)
    big = head[5] == 2
    machine = int.from_bytes(head[18:20], "big" if big else "little")
    entry = plugins.find(lambda entry: (entry.machine, entry.bits, entry.big) == (machine, bits, big))
    if entry is not None:
        return entry, entry.targets[0]
    order = "big" if big else "little"
    raise LoadError(f"{program}: no plugin for its machine (ELF machine {machine}, {bits} bits, {order} endian)")


def command_target(plugins: Plugins, command: str) -> str:
    """The target implied by a command called ``hqemu-NAME``, NAME being an installed ISA; else empty."""
    name = os.path.basename(command).partition("hqemu-")[2]
    if not name:
        return ""
    entry = plugins.isa(name)
    if entry is None:
        raise UsageError(f"{os.path.basename(command)}: no plugin for {name!r} is installed")
    return entry.targets[0]
