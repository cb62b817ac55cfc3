"""Tagged addresses in system calls: refused, until the program asks by prctl (the kernel's tagged address ABI)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from .calls import SyscallError

if TYPE_CHECKING:
    from .ports import GuestThread
    from .process import Process

_SET, _GET, _ENABLE = 55, 56, 1
_EINVAL = 22
_PLACED: Final = frozenset({"brk", "mmap", "mremap", "shmat", "shmdt"})
"""these take where something is or goes as it is written"""


def plain_arguments(process: Process, number: int, args: list[int]) -> list[int]:
    """The tag is dropped from whatever may be an address; other arguments have no use for such bits."""
    if process.abi.syscalls.get(number) in _PLACED:
        return args
    return [process.isa.untag(value) for value in args]


def join_tags(process: Process) -> None:
    """Add the two requests to prctl."""
    number = next((n for n, name in process.abi.syscalls.items() if name == "prctl"), None)
    if number is None or number not in process.calls:
        return
    rest = process.calls[number][0]

    def sys_prctl(process: Process, thread: GuestThread, option: int, *args: int) -> int:
        kind = option & 0xFFFFFFFF
        if kind not in (_SET, _GET):
            return rest(process, thread, option, *args)
        if any(args[kind == _SET :]) or (kind == _SET and args[0] & ~_ENABLE):
            raise SyscallError(_EINVAL)
        if kind == _SET:
            process.takes_tags = bool(args[0])
        return 0 if kind == _SET else int(process.takes_tags)

    process.calls[number] = sys_prctl, 5
