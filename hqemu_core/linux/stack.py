"""The initial stack: argument and environment strings, argc, argv, envp, auxiliary vector (binfmt_elf's layout)."""

from __future__ import annotations

import struct
from typing import Final

from .calls import SyscallError
from .memory import GuestMemory

AT_PHDR: Final = 3
AT_PHENT: Final = 4
AT_PHNUM: Final = 5
AT_PAGESZ: Final = 6
AT_BASE: Final = 7
AT_FLAGS: Final = 8
AT_ENTRY: Final = 9
AT_UID: Final = 11
AT_EUID: Final = 12
AT_GID: Final = 13
AT_EGID: Final = 14
AT_PLATFORM: Final = 15
AT_HWCAP: Final = 16
AT_CLKTCK: Final = 17
AT_SECURE: Final = 23
AT_RANDOM: Final = 25
AT_HWCAP2: Final = 26
AT_EXECFN: Final = 31
E2BIG: Final = 7
MAX_STRING: Final = 128 << 10
"""bytes of one argument or environment string, with its NUL (MAX_ARG_STRLEN)"""


def check_arguments(argv: list[bytes], env: list[bytes], stack_size: int) -> None:
    """E2BIG as execve has it: a quarter of the stack for strings and pointers together, 128 KiB at least."""
    sizes = [len(s) + 1 for s in argv] + [len(s) + 1 for s in env]
    limit = max(min(stack_size // 4, 6 << 20), 128 << 10)
    if max(sizes, default=0) > MAX_STRING or sum(sizes) + 8 * len(sizes) > limit:
        raise SyscallError(E2BIG)


def build_stack(
    memory: GuestMemory, top: int, argv: list[bytes], env: list[bytes], auxv: list[tuple[int, int]],
    execfn: bytes, platform: str, random: bytes,
) -> tuple[int, bytes]:  # fmt: skip
    """Fill the stack below ``top``; (initial stack pointer, the auxiliary vector's bytes).

    AT_EXECFN, AT_PLATFORM and AT_RANDOM are added to ``auxv`` here, where the strings' addresses are known.
    """
    word = memory.bits // 8
    strings = bytearray()
    offsets = []
    for text in (random, *([platform.encode() + b"\0"] if platform else []), *argv, *env, execfn):
        offsets.append(len(strings))
        strings += text
        if text is not random and not text.endswith(b"\0"):
            strings.append(0)
    strings += bytes(word)
    base = top - len(strings)
    at = iter([base + offset for offset in offsets])
    auxv = [*auxv, (AT_RANDOM, next(at))]
    if platform:
        auxv.append((AT_PLATFORM, next(at)))
    pointers = [len(argv), *(next(at) for _ in argv), 0, *(next(at) for _ in env), 0]
    auxv.append((AT_EXECFN, next(at)))
    pair = ("<", ">")[memory.order == "big"] + ("II", "QQ")[word == 8]
    vector = b"".join([struct.pack(pair, *entry) for entry in auxv]) + bytes(2 * word)
    table = struct.pack(f"{pair[0]}{len(pointers)}{pair[1]}", *pointers) + vector
    sp = (base - len(table)) & ~15
    memory.write(sp, table)
    memory.write(base, bytes(strings))
    return sp, vector
