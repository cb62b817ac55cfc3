"""What a row of ``tables/`` means.

A row is ``(name, host number, arguments, how, options)``.

``arguments``: ``name:kind`` per argument, space-separated, and ``-> kind`` for a result that is not a plain int.

========================  ==========================================================================================
int uint long ulong       numbers; ``int=SET`` prints by the named set SET
fd dirfd pid uid mode     ints that print in their own way (dirfd also rules how the path after it is found)
off off64                 a file offset: as wide as a long / always 64 bits (u64 too: two registers of a 32-bit ABI)
uid16                     a user or group number of 16 bits; all ones are -1
oflags                    O_* flags, whose values differ between ISAs
addr ptr                  a guest address that the kernel only compares or only keeps / a pointer to flat bytes
str                       C string that is not a path
path lpath                C string through the sysroot; lpath does not follow the last symbolic link
path?flags lpath?flags    the other one when ``flags`` has AT_SYMLINK_NOFOLLOW / AT_SYMLINK_FOLLOW
fdset                     bits, as many as the first argument says
strings                   a NULL-terminated array of C strings
in[n] out[n]              bytes; n is the argument that holds their number, or a number
sockaddr[n]               a socket address of n bytes
in{s} out{s} inout{s}     struct s of ``tables/structs.py``; ``*n`` after it: an array of n; ``*n=``: of n at most, the
                          result says how many
========================  ==========================================================================================

``how``: ``host`` (the host's call: with no Python at all when the layouts agree, else by conversion), ``mux`` (like
host, but the arguments depend on one of them: see ``tables/mux.py``), an errno name (always fails so), or the module
that has ``sys_<name>``.

``options``: ``R`` restarts after a signal (ERESTARTSYS), ``N`` only if no guest function ran (ERESTARTNOHAND), ``1``
must not be tried twice (it consumes something), ``y`` not without Python though it could be.
"""

from __future__ import annotations

from typing import Final

Entry = tuple[str, int, str, str, str]

INT_KINDS: Final = frozenset(("int", "fd", "dirfd", "pid", "oflags"))
WIDE_KINDS: Final = frozenset(("off64", "u64"))
"""64 bits on every ABI"""
SCALARS: Final = (
    frozenset(("uint", "long", "ulong", "off", "addr", "uid", "uid16", "mode", "dev")) | INT_KINDS | WIDE_KINDS
)


class Arg:
    """One parsed argument. ``way`` is in/out/inout (sockaddr for an address) where ``kind`` is "buf" or "struct";
    ``what`` a struct or a set of names; ``length`` an argument name, a number in digits, or ""."""

    __slots__ = ("by_result", "follow_flag", "kind", "length", "name", "way", "what")

    def __init__(
        self, name: str, kind: str, way: str = "", what: str = "", length: str = "", by_result: bool = False,
        follow_flag: str = "",
    ) -> None:  # fmt: skip
        self.name = name
        self.kind = kind
        self.way = way
        self.what = what
        self.length = length
        self.by_result = by_result
        self.follow_flag = follow_flag

    @property
    def is_scalar(self) -> bool:
        return self.kind in SCALARS


class Row:
    __slots__ = ("args", "host", "how", "name", "options", "result")

    def __init__(self, name: str, host: int, args: tuple[Arg, ...], result: str, how: str, options: str) -> None:
        self.name = name
        self.host = host
        self.args = args
        self.result = result
        self.how = how
        self.options = options


def parse_arg(text: str) -> Arg:
    name, _, kind = text.partition(":")
    if kind[-1] == "]":
        way, _, count = kind[:-1].partition("[")
        return Arg(name, "buf", way, "", count)
    head, brace, rest = kind.partition("{")
    if brace:
        what, _, count = rest.partition("}")
        by_result = count.endswith("=")
        return Arg(name, "struct", head, what, count.strip("*="), by_result)
    kind, _, flag = kind.partition("?")
    if flag:
        return Arg(name, kind, follow_flag=flag)
    if kind == "fdset":
        return Arg(name, kind, "inout")
    kind, _, what = kind.partition("=")
    return Arg(name, kind, what=what)


def parse(entry: Entry) -> Row:
    name, host, text, how, options = entry
    text, _, result = text.partition("->")
    return Row(name, host, tuple(map(parse_arg, text.split())), result.strip(), how, options)


def pair_plan(row: Row, aligned: bool) -> tuple[int, tuple[tuple[int, int], ...]]:
    """How a 32-bit ABI passes the arguments: (number of registers, (first register, how many) per argument).

    ``aligned``: a pair begins at an even register, so one may be left out before it.
    """
    at = 0
    plan = []
    for arg in row.args:
        count = 2 if arg.kind in WIDE_KINDS else 1
        if aligned and count == 2:
            at += at & 1
        plan.append((at, count))
        at += count
    return at, tuple(plan)
