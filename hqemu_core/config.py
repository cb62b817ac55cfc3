"""What a run was asked to do. Command line and environment become one :class:`Config`; the rest of hqemu reads it."""

from __future__ import annotations

import os

from .errors import UsageError

MODES = ("none", "block", "hybrids", "hybridm")
"""``LLVM_MODE``; the last is the default."""

IMPLEMENTED_MODES = MODES

DEBUG = ("llvm", "in_asm", "op", "out_asm", "ir", "ir_opt", "entry", "verify", "pass")
DEBUG_GROUPS = {
    "none": (),
    "asm": ("in_asm", "op", "out_asm"),
    "debug": ("llvm", "ir_opt", "out_asm", "pass"),
    "all": DEBUG,
}
LOG_GROUPS = {**DEBUG_GROUPS, "strace": ("strace",)}
"""``-d`` takes the same words as ``-debuglv``, and qemu-user's ``strace``."""

PROFILE = ("basic", "trace", "cache", "pass", "hotspot", "exit")
PROFILE_GROUPS = {"none": (), "all": PROFILE}

MAX_THREADS = 8
NO_LIMIT = (1 << 32) - 1


class Config:
    """One run. ``env`` is the guest's environment, in the order the program will see it."""

    __slots__ = (
        "arguments", "argv0", "backend", "base", "command", "count", "cpu", "debug", "debug_file", "disable_fast_math",
        "disable_netplus", "disable_sm", "enable_simptr", "env", "log_file", "mode", "net_predict", "net_profile",
        "prefix", "profile",
        "program", "reserved", "stack", "strace", "target", "threads", "uname",
    )  # fmt: skip

    def __init__(self) -> None:
        self.command = "run"
        """or help, version, list-plugins, prebuild, demo"""
        self.target = ""
        """such as ``NAME-linux-user``; empty: found from the program's ELF header"""
        self.program = ""
        self.arguments: list[str] = []
        """the guest's argv[1:]"""
        self.argv0 = ""
        """the guest's argv[0]; empty: the program's name as given"""
        self.env: dict[bytes, bytes] = dict(os.environb)
        self.prefix = ""
        """sysroot (``-L``), empty: none"""
        self.base: int | None = None
        """host address of guest address 0 (``-B``), None: hqemu's choice"""
        self.reserved = 0
        """bytes of guest address space (``-R``), 0: all the guest can have"""
        self.stack = 8 << 20
        self.cpu = ""
        """model (``-cpu``), empty: the ISA's default"""
        self.uname = ""
        """kernel release told to the guest, empty: the host's"""
        self.strace = False
        self.log_file = ""
        """where ``-d`` and ``-strace`` write, empty: stderr"""
        self.mode = MODES[-1]
        self.debug: frozenset[str] = frozenset()
        self.profile: frozenset[str] = frozenset()
        self.debug_file = ""
        """where ``-debuglv`` and ``-profile`` write, empty: stderr"""
        self.backend = ""
        """what executes guest code, whatever the mode (``-backend``); empty: the mode's own"""
        self.threads = min(max(len(os.sched_getaffinity(0)) - 1, 1), MAX_THREADS)
        self.count = NO_LIMIT
        self.net_profile = 50
        self.net_predict = 64
        self.disable_netplus = False
        self.disable_fast_math = False
        self.disable_sm = False
        self.enable_simptr = False

    @property
    def argv(self) -> list[bytes]:
        """The guest's whole argv."""
        return [os.fsencode(word) for word in (self.argv0 or self.program, *self.arguments)]

    @property
    def environ(self) -> list[bytes]:
        """The guest's environment as ``NAME=value``."""
        return [name + b"=" + value for name, value in self.env.items()]


def effective_mode(mode: str) -> str:
    """The mode that a run asked for as ``mode`` really gets: one not implemented yet runs as ``none``."""
    return mode if mode in IMPLEMENTED_MODES else "none"


def parse_mode(text: str) -> str:
    if text not in MODES:
        raise UsageError(f"LLVM_MODE: unknown mode {text!r} (one of {', '.join(MODES)})")
    return text


def parse_masks(what: str, text: str, groups: dict[str, tuple[str, ...]]) -> frozenset[str]:
    """Comma-separated words to the set of single masks they stand for; ``groups`` has those that mean several."""
    known = groups["all"]
    found: set[str] = set()
    for word in text.split(","):
        if word in groups:
            found.update(groups[word])
        elif word in known:
            found.add(word)
        else:
            raise UsageError(f"{what}: unknown item {word!r} (known: {', '.join((*groups, *known))})")
    return frozenset(found)


def parse_count(what: str, text: str) -> int:
    """An unsigned 32-bit number, decimal, hex or octal as C writes them."""
    value = parse_int(what, text)
    if not 0 <= value <= NO_LIMIT:
        raise UsageError(f"{what}: {text!r} is out of range")
    return value


def parse_int(what: str, text: str) -> int:
    octal = len(text) > 1 and text[0] == "0" and text.isdigit()
    try:
        return int(text, 8 if octal else 0)
    except ValueError:
        raise UsageError(f"{what}: {text!r} is not a number") from None


def parse_size(what: str, text: str) -> int:
    """A number of bytes, with K, M or G after it for 2**10, 2**20 or 2**30."""
    shift = {"k": 10, "m": 20, "g": 30}.get(text[-1:].lower(), 0)
    value = parse_int(what, text[:-1] if shift else text) << shift
    if not 0 <= value < 1 << 64:
        raise UsageError(f"{what}: {text!r} is out of range")
    return value


def parse_pages(what: str, text: str) -> int:
    """:func:`parse_size` of whole pages."""
    value = parse_size(what, text)
    if value % 4096:
        raise UsageError(f"{what}: {text!r} is not a multiple of 4K")
    return value
