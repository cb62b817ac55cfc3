"""Every option: one table of the words, the environment variable, the argument's name, the meaning.

Read by a parser of forty lines rather than argparse: importing that costs more than the whole command line here.
As in qemu-user, ``--word`` is ``-word``, the environment is read first, and options end at the program's name.
"""

from __future__ import annotations

import os

from . import config as cf
from .config import Config
from .errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import TypeAlias

    Apply: TypeAlias = Callable[[Config, str, str], None]
    """(config, what to call the option in an error, value)"""


def _text(attribute: str) -> Apply:
    def apply(config: Config, what: str, value: str) -> None:
        setattr(config, attribute, value)

    return apply


def _flag(attribute: str) -> Apply:
    def apply(config: Config, what: str, value: str) -> None:
        setattr(config, attribute, True)

    return apply


def _count(attribute: str, least: int = 0) -> Apply:
    def apply(config: Config, what: str, value: str) -> None:
        number = cf.parse_count(what, value)
        if number < least:
            raise UsageError(f"{what}: {value!r} is below {least}")
        setattr(config, attribute, number)

    return apply


def _base(config: Config, what: str, value: str) -> None:
    config.base = cf.parse_pages(what, value)


def _reserved(config: Config, what: str, value: str) -> None:
    config.reserved = cf.parse_pages(what, value)


def _stack(config: Config, what: str, value: str) -> None:
    config.stack = cf.parse_size(what, value)
    if not config.stack:
        raise UsageError(f"{what}: no stack at all")


def _threads(config: Config, what: str, value: str) -> None:
    config.threads = min(max(cf.parse_count(what, value), 1), cf.MAX_THREADS)


def _set_env(config: Config, what: str, value: str) -> None:
    for item in os.fsencode(value).split(b","):
        name, equals, text = item.partition(b"=")
        if not equals or not name:
            raise UsageError(f"{what}: {os.fsdecode(item)!r} is not NAME=VALUE")
        config.env[name] = text


def _unset_env(config: Config, what: str, value: str) -> None:
    for name in os.fsencode(value).split(b","):
        if not name or b"=" in name:
            raise UsageError(f"{what}: {os.fsdecode(name)!r} is not a variable's name")
        config.env.pop(name, None)


def _log(config: Config, what: str, value: str) -> None:
    masks = cf.parse_masks(what, value, cf.LOG_GROUPS)
    config.strace = config.strace or "strace" in masks
    config.debug |= masks - {"strace"}


def _debug(config: Config, what: str, value: str) -> None:
    config.debug |= cf.parse_masks(what, value, cf.DEBUG_GROUPS)


def _profile(config: Config, what: str, value: str) -> None:
    config.profile |= cf.parse_masks(what, value, cf.PROFILE_GROUPS)


def _target(config: Config, what: str, value: str) -> None:
    if not value:
        raise UsageError(f"{what}: no name")
    config.target = value


def _gdb(config: Config, what: str, value: str) -> None:
    raise UsageError(f"{what}: the gdb server does not exist yet")


def _command(name: str) -> Apply:
    def apply(config: Config, what: str, value: str) -> None:
        config.command = name

    return apply


COMMANDS: tuple[tuple[str, str, str, Apply, str], ...] = (
    ("h", "", "", _command("help"), "print this"),
    ("help", "", "", _command("help"), ""),
    ("version", "", "", _command("version"), "print versions"),
    ("list-plugins", "", "", _command("list-plugins"), "print guest ISAs, backends and further plugins"),
    ("prebuild", "", "", _command("prebuild"), "compile the stencil library of the named ISAs (default: all)"),
    ("demo", "", "", _command("demo"), "run the bundled guest programs of every ISA and check what they print"),
)
"""What to do instead of running a program."""

RUN: tuple[tuple[str, str, str, Apply, str], ...] = (
    ("target", "", "NAME", _target, "guest, such as ISA-linux-user (default: as the program's ELF header says)"),
    ("L", "QEMU_LD_PREFIX", "PATH", _text("prefix"), "look for the guest's files under PATH first"),
    ("E", "QEMU_SET_ENV", "NAME=VALUE,...", _set_env, "set variables of the guest's environment"),
    ("U", "QEMU_UNSET_ENV", "NAME,...", _unset_env, "remove variables from the guest's environment"),
    ("0", "QEMU_ARGV0", "TEXT", _text("argv0"), "the guest's argv[0]"),
    ("B", "QEMU_GUEST_BASE", "ADDRESS", _base, "host address of guest address 0"),
    ("R", "QEMU_RESERVED_VA", "SIZE", _reserved, "size of the guest's address space (K, M, G)"),
    ("s", "QEMU_STACK_SIZE", "SIZE", _stack, "size of the guest's stack (K, M, G; default 8M)"),
    ("cpu", "QEMU_CPU", "MODEL", _text("cpu"), "guest CPU model ('help' lists them)"),
    ("r", "QEMU_UNAME", "RELEASE", _text("uname"), "kernel release that uname() tells the guest"),
    ("strace", "QEMU_STRACE", "", _flag("strace"), "log system calls"),
    ("d", "QEMU_LOG", "ITEM,...", _log, f"log: strace, or as -debuglv ({' '.join(cf.DEBUG)})"),
    ("D", "QEMU_LOG_FILENAME", "FILE", _text("log_file"), "write logs to FILE (default stderr)"),
    ("g", "QEMU_GDB", "PORT", _gdb, "wait for gdb at PORT (not yet)"),
)
"""Those of qemu-user."""

TRANSLATOR: tuple[tuple[str, str, str, Apply, str], ...] = (
    ("debuglv", "", "MASK,...", _debug, f"debug output ({' '.join((*cf.DEBUG_GROUPS, *cf.DEBUG))})"),
    ("profile", "", "MASK,...", _profile, f"statistics at exit ({' '.join((*cf.PROFILE_GROUPS, *cf.PROFILE))})"),
    ("threads", "", "N", _threads, "optimizer threads, 1 to 8 (default: CPUs - 1)"),
    ("count", "", "N", _count("count"), "honour only the first N optimization requests"),
    ("debugfile", "", "FILE", _text("debug_file"), "write debug output and statistics to FILE (default stderr)"),
    ("net-profile", "", "N", _count("net_profile", 1), "executions that make a trace head hot (default 50)"),
    ("net-predict", "", "N", _count("net_predict", 1), "most blocks of a NET trace (default 64)"),
    ("disable-netplus", "", "", _flag("disable_netplus"), "NET traces only, no region expansion"),
    ("disable-fast-math", "", "", _flag("disable_fast_math"), "no shortcut in floating point"),
    ("disable-sm", "", "", _flag("disable_sm"), "do not keep guest registers in SSA values (state mapping)"),
    ("enable-simptr", "", "", _flag("enable_simptr"), "simplify guest address arithmetic"),
)
"""Those of HQEMU: from ``LLVM_CMD``, or on the command line."""

DEVELOPER: tuple[tuple[str, str, str, Apply, str], ...] = (
    ("backend", "HQEMU_BACKEND", "NAME", _text("backend"), "what executes guest code, whatever the mode"),
)
"""For work on hqemu itself: not shown by ``-h``."""

_TRANSLATOR = {row[0]: row for row in TRANSLATOR}
_BY_WORD = {**{row[0]: row for row in (*COMMANDS, *RUN, *DEVELOPER)}, **_TRANSLATOR}


def read_environment(config: Config, environ: Mapping[str, str]) -> None:
    """``QEMU_*``, ``LLVM_MODE`` and ``LLVM_CMD``."""
    for _, variable, _, apply, _ in (*RUN, *DEVELOPER):
        if variable and variable in environ:
            apply(config, variable, environ[variable])
    if "LLVM_MODE" in environ:
        config.mode = cf.parse_mode(environ["LLVM_MODE"])
    words = [word for word in environ.get("LLVM_CMD", "").split(" ") if word]
    rest = _parse(config, words, _TRANSLATOR, "LLVM_CMD: ")
    if rest:
        raise UsageError(f"LLVM_CMD: unexpected {rest[0]!r}")


def read_arguments(config: Config, words: list[str]) -> list[str]:
    """Apply the options in front; what follows them is the program and its arguments."""
    return _parse(config, words, _BY_WORD, "")


def _parse(
    config: Config, words: list[str], table: dict[str, tuple[str, str, str, Apply, str]], where: str
) -> list[str]:
    at = 0
    while at < len(words):
        word = words[at]
        if len(word) < 2 or word[0] != "-":
            break
        at += 1
        if word == "--":
            break
        name, equals, value = word.lstrip("-").partition("=")
        row = table.get(name)
        if row is None:
            raise UsageError(f"{where}unknown option {word!r}")
        what = f"{where}-{name}"
        if row[2] and not equals:
            if at == len(words):
                raise UsageError(f"{what}: no value given")
            value = words[at]
            at += 1
        elif equals and not row[2]:
            raise UsageError(f"{what}: takes no value")
        row[3](config, what, value)
    return words[at:]


def usage(command: str) -> str:
    """The text of ``-h``."""
    lines = [f"usage: {command} [options] program [arguments...]", ""]
    for title, rows in (
        ("Instead of a program:", COMMANDS),
        ("Options and their environment variables:", RUN),
        ("Translator (also in LLVM_CMD):", TRANSLATOR),
    ):
        lines.append(title)
        between = "=" if rows is TRANSLATOR else " "
        for word, variable, metavar, _, text in rows:
            if text:
                dashes = "--" if len(word) > 1 and (rows is COMMANDS or word == "target") else "-"
                left = dashes + word + (between + metavar if metavar else "")
                lines.append(f"  {left:<20} {variable:<17} {text}")
        lines.append("")
    lines.append(f"LLVM_MODE is one of {', '.join(cf.MODES)} (default {cf.MODES[-1]}).")
    return "\n".join(lines)
