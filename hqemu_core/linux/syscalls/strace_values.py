"""One argument of a system call as text, by its kind in the call's row."""

from __future__ import annotations

import os
import socket
from typing import TYPE_CHECKING, Final

from hqemu_core.errors import GuestFault

from ..calls import SyscallError, s32, s64
from .marshal import AT_FDCWD
from .oflags import to_host
from .row import Arg, Row
from .structs import is_narrow, layout_of
from .tables.flags import BITS, ENUMS

if TYPE_CHECKING:
    from ..process import Process

SHOWN: Final = 32
"""bytes of a buffer, items of an array"""
_ESCAPES: Final = {9: "\\t", 10: "\\n", 11: "\\v", 12: "\\f", 13: "\\r", 34: '\\"', 92: "\\\\"}


def quote(data: bytes) -> str:
    """As C would write it; an octal escape is as long as it must be."""
    out = []
    for i, byte in enumerate(data):
        if byte in _ESCAPES:
            out.append(_ESCAPES[byte])
        elif 32 <= byte < 127:
            out.append(chr(byte))
        else:
            digit_follows = i + 1 < len(data) and 0x30 <= data[i + 1] <= 0x37
            out.append(f"\\{byte:03o}" if digit_follows else f"\\{byte:o}")
    return '"' + "".join(out) + '"'


def name_bits(value: int, names: dict[int, str]) -> str:
    if not value:
        return names.get(0, "0")
    parts = []
    for bit, name in names.items():
        if bit and value & bit == bit:
            parts.append(name)
            value &= ~bit
    if value:
        parts.append(f"{value:#x}")
    return "|".join(parts)


def name_number(value: int, set_name: str) -> str:
    """A value of a named set; plain when the set or the value has no name."""
    if set_name in ENUMS:
        return ENUMS[set_name].get(value, str(value))
    if set_name in BITS:
        return name_bits(value & 0xFFFFFFFF, BITS[set_name])
    return _special(value, set_name)


def _special(value: int, set_name: str) -> str:
    if set_name == "SOCK":
        names = "0 SOCK_STREAM SOCK_DGRAM SOCK_RAW SOCK_RDM SOCK_SEQPACKET SOCK_DCCP 7 8 9 SOCK_PACKET".split()
        kinds = dict(enumerate(names))
        flags = name_bits(value & ~0xF, {0o4000: "SOCK_NONBLOCK", 0o2000000: "SOCK_CLOEXEC"})
        kind = kinds.get(value & 0xF, str(value & 0xF))
        if not value & 0xF:
            return flags
        return kind if flags == "0" else f"{kind}|{flags}"
    if set_name == "FUTEX":
        from .tables.mux import FUTEX

        name = FUTEX.get(value & 0x7F, str(value & 0x7F)).partition(" ")[0]
        return name + ("_PRIVATE" if value & 0x80 else "") + ("|FUTEX_CLOCK_REALTIME" if value & 0x100 else "")
    if set_name in ("F", "PR", "IOCTL"):
        from .tables.ioctls import IOCTL
        from .tables.mux import FCNTL, PRCTL

        table = {"F": FCNTL, "PR": PRCTL, "IOCTL": IOCTL}[set_name]
        text = table.get(value & 0xFFFFFFFF)
        return text.partition(" ")[0] if text else f"{value & 0xFFFFFFFF:#x}"
    return str(value)


def signals_text(mask: int) -> str:
    """A set of signals; ``~[...]`` when most are in it."""
    inverted = mask.bit_count() > 32
    if inverted:
        mask = ~mask & (1 << 64) - 1
    names = [ENUMS["SIG"][n + 1].removeprefix("SIG") for n in range(64) if mask >> n & 1]
    return ("~" if inverted else "") + f"[{' '.join(names)}]"


def sockaddr_text(data: bytes) -> str:
    if len(data) < 2:
        return quote(data)
    family = int.from_bytes(data[:2], "little")
    name = ENUMS["AF"].get(family, str(family))
    if family == socket.AF_INET and len(data) >= 8:
        port = int.from_bytes(data[2:4], "big")
        return f'{{sa_family={name}, sin_port={port}, sin_addr="{socket.inet_ntop(family, data[4:8])}"}}'
    if family == socket.AF_INET6 and len(data) >= 24:
        port = int.from_bytes(data[2:4], "big")
        return f'{{sa_family={name}, sin6_port={port}, sin6_addr="{socket.inet_ntop(family, data[8:24])}"}}'
    if family == socket.AF_UNIX:
        path = data[2:]
        shown = "@" + quote(path[1:]) if path[:1] == b"\0" and len(path) > 1 else quote(path.partition(b"\0")[0])
        return f"{{sa_family={name}, sun_path={shown}}}"
    return f"{{sa_family={name}, sa_data={quote(data[2:])}}}"


class Decoder:
    def __init__(self, process: Process, row: Row, args: list[int]) -> None:
        self.process = process
        self.memory = process.memory
        self.layout = process.abi.layout
        self.row = row
        self.values = [*args, *[0] * (len(row.args) - len(args))]
        self.index = {arg.name: i for i, arg in enumerate(row.args)}

    def before(self, i: int) -> str | None:
        """None: the argument comes out of the call."""
        arg, value = self.row.args[i], self.values[i]
        if arg.is_scalar:
            return self.scalar(arg, value)
        if not value:
            return "NULL"
        if arg.way in ("out", "inout"):
            return None
        return self._guarded(arg, value, None)

    def after(self, i: int, result: int) -> str:
        arg, value = self.row.args[i], self.values[i]
        if s64(result & (1 << 64) - 1) < 0 and arg.way == "out":
            return f"{value:#x}"
        return self._guarded(arg, value, result)

    def _guarded(self, arg: Arg, value: int, result: int | None) -> str:
        try:
            return self.pointed(arg, value, result)
        except (GuestFault, SyscallError):
            return f"{value:#x}"

    def scalar(self, arg: Arg, value: int) -> str:
        kind = arg.kind
        if arg.what:
            return name_number(s32(value), arg.what)
        if kind in ("int", "fd", "pid"):
            return str(s32(value))
        if kind == "dirfd":
            return "AT_FDCWD" if s32(value) == AT_FDCWD else str(s32(value))
        if kind == "oflags":
            return self.oflags(value)
        if kind == "mode":
            return f"0{value & 0xFFFFFFFF:02o}"
        if kind == "addr":
            return f"{value:#x}" if value else "NULL"
        if kind == "uid":
            return str(s32(value)) if s32(value) == -1 else str(value & 0xFFFFFFFF)
        if kind == "dev":
            return f"makedev({os.major(value)}, {os.minor(value)})"
        if kind == "uint":
            return str(value & 0xFFFFFFFF)
        if kind in ("ulong", "u64"):
            return str(value) if value < 1 << 32 else f"{value:#x}"
        if kind == "uid16":
            return str(value & 0xFFFF) if value & 0xFFFF != 0xFFFF else "-1"
        return str(s32(value) if kind != "off64" and is_narrow(self.layout) else s64(value))

    def oflags(self, value: int) -> str:
        host = to_host(value & 0xFFFFFFFF, self.layout)
        mode = ("O_RDONLY", "O_WRONLY", "O_RDWR", "O_ACCMODE")[host & 3]
        rest = name_bits(host & ~3, BITS["O"])
        return mode if rest == "0" else f"{mode}|{rest}"

    def pointed(self, arg: Arg, value: int, result: int | None) -> str:
        kind = arg.kind
        if kind in ("path", "lpath", "str"):
            return quote(self.memory.read_cstr(value))
        if kind == "strings":
            return self._strings(value)
        if kind == "struct":
            return self._structs(arg, value, result)
        if kind != "buf":
            return f"{value:#x}"
        size = self._count(arg)
        if arg.way == "sockaddr":
            return sockaddr_text(self.memory.read(value, min(size, 128)))
        if result is not None and arg.way == "out" and arg.length == self._length_name():
            size = min(size, result)
        text = quote(self.memory.read(value, min(size, SHOWN)))
        return text + "..." if size > SHOWN else text

    def _length_name(self) -> str:
        """The count that a call which returns how much it filled fills up to."""
        counts = [arg.length for arg in self.row.args if arg.kind == "buf" and arg.way == "out"]
        return counts[0] if len(counts) == 1 else ""

    def _count(self, arg: Arg) -> int:
        if not arg.length:
            return 1
        if arg.length.isdigit():
            return int(arg.length)
        return max(s32(self.values[self.index[arg.length]]), 0)

    def _structs(self, arg: Arg, addr: int, result: int | None) -> str:
        layout = layout_of(arg.what, self.layout)
        count = self._count(arg)
        if arg.by_result and result is not None:
            count = min(count, max(result, 0))
        parts = [self._one(arg.what, addr + n * layout.size) for n in range(min(count, SHOWN))]
        if not arg.length and (len(layout.names) > 1 or arg.what == "sigset"):
            return parts[0]
        more = ", ..." if count > SHOWN else ""
        return "[" + ", ".join(parts) + more + "]"

    def _one(self, name: str, addr: int) -> str:
        layout = layout_of(name, self.layout)
        values = layout.packer.unpack(self.memory.read(addr, layout.size))
        if name == "sigset":
            return signals_text(values[0])
        if len(values) == 1:
            return str(values[0])
        shown = []
        for label, value in zip(layout.names, values, strict=True):
            if label[0] != "_":
                shown.append(f"{label}={self._field(name, label, value)}")
        return "{" + ", ".join(shown) + "}"

    def _field(self, struct: str, label: str, value: int | bytes) -> str:
        if isinstance(value, bytes):
            return quote(value.rstrip(b"\0")[:SHOWN])
        if label in ("st_mode", "stx_mode"):
            return f"{value:#o}".replace("0o", "0")
        if label.endswith("signo"):
            return name_number(value, "SIG")
        pointer = any(name == label and is_pointer for name, _, _, is_pointer in layout_of(struct, self.layout).fields)
        return f"{value:#x}" if pointer or label in ("handler", "flags", "mask", "ss_sp") else str(value)

    def _strings(self, addr: int) -> str:
        width = self.memory.bits // 8
        shown: list[str] = []
        while len(shown) < SHOWN:
            item = self.memory.read_int(addr, width)
            if not item:
                return "[" + ", ".join(shown) + "]"
            shown.append(quote(self.memory.read_cstr(item, 1 << 17)))
            addr += width
        return "[" + ", ".join(shown) + ", ...]"
