"""siginfo_t between layouts: signal and si_code say which of its shapes it has (the kernel's ``siginfo_layout``)."""

from __future__ import annotations

import struct
from collections.abc import Callable
from functools import cache
from typing import Final

from .structs import HOST, converter, layout_of

SIZE: Final = 128
_SIGCHLD, _SIGPOLL, _SIGSYS = 17, 29, 31
_FAULTS: Final = frozenset((4, 5, 7, 8, 11))
_SI_KERNEL: Final = 0x80
_BY_CODE: Final = {0: "siginfo_kill", -2: "siginfo_timer", -5: "siginfo_poll"}
"""SI_USER, SI_TIMER, SI_SIGIO; all other codes that are not positive carry a value"""


def shape(signo: int, code: int) -> str:
    if code <= 0:
        return _BY_CODE.get(code, "siginfo_rt")
    if code < _SI_KERNEL:
        if signo in _FAULTS:
            return "siginfo_fault"
        if signo in (_SIGCHLD, _SIGPOLL, _SIGSYS):
            return {_SIGCHLD: "siginfo_chld", _SIGPOLL: "siginfo_poll", _SIGSYS: "siginfo_sys"}[signo]
    return "siginfo_kill"


@cache
def siginfo_converter(source: str, target: str) -> Callable[[bytes], bytes]:
    """128 bytes in one layout -> 128 bytes in another."""

    def convert(data: bytes) -> bytes:
        signo, _, code = struct.unpack_from("<iii", data)
        name = shape(signo, code)
        size = layout_of(name, source).size
        return converter(name, source, target)(data[:size]).ljust(SIZE, b"\0")

    return convert


def to_guest(data: bytes, layout: str) -> bytes:
    return converter("siginfo", HOST, layout)(data)


def to_host(data: bytes, layout: str) -> bytes:
    return converter("siginfo", layout, HOST)(data)
