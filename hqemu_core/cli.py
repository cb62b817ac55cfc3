"""The command ``hqemu``: command line to Config to Machine; every error one line and the right status."""

from __future__ import annotations

import os
import sys

from . import options
from .config import Config, effective_mode
from .errors import HqemuError, UsageError
from .plugins import Plugins
from .target import command_target, find_target

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .entry import IsaEntry

INTERNAL_ERROR = 70
"""EX_SOFTWARE of sysexits.h"""


def main(argv: list[str] | None = None) -> int:
    """Run the command line ``argv`` (argv[0] included); returns the exit status."""
    words = sys.argv if argv is None else argv
    try:
        return run(words)
    except HqemuError as error:
        if os.environ.get("HQEMU_TRACEBACK"):
            raise
        complain(str(error))
        return error.status
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        return 141
    except Exception as error:
        if os.environ.get("HQEMU_TRACEBACK"):
            raise
        complain(f"internal error: {type(error).__name__}: {error} (HQEMU_TRACEBACK=1 shows where)")
        return INTERNAL_ERROR


def complain(text: str) -> None:
    """One line on stderr, whatever the text holds."""
    line = "hqemu: " + text.replace("\n", " ") + "\n"
    try:
        os.write(2, line.encode("utf-8", "surrogateescape"))
    except OSError:
        pass


def run(argv: list[str]) -> int:
    config = Config()
    options.read_environment(config, os.environ)
    rest = options.read_arguments(config, argv[1:])
    if config.command == "run":
        return run_program(config, argv[0], rest)
    if config.command == "help":
        print(options.usage(_command_name(argv[0])))
        return 0
    from . import commands

    return commands.run(config, Plugins(), rest)


def run_program(config: Config, command: str, rest: list[str]) -> int:
    if not rest and config.cpu != "help":
        raise UsageError("no program given (-h shows the options)")
    plugins = Plugins()
    entry = choose_isa(config, plugins, command, rest)
    check_cpu(config, entry)
    if config.cpu == "help":
        print("\n".join(entry.cpus))
        return 0
    config.program, *config.arguments = rest
    mode = effective_mode(config.mode)
    if mode != config.mode and config.debug:
        complain(f"mode {config.mode} is not implemented yet: running in mode {mode}")
    config.mode = mode
    from . import machine

    return machine.run(config, entry, plugins)


def choose_isa(config: Config, plugins: Plugins, command: str, rest: list[str]) -> IsaEntry:
    """By ``--target``, by the command's own name, by the program's ELF header."""
    if not config.target:
        config.target = command_target(plugins, command)
    if config.target:
        return plugins.target(config.target)
    if not rest:
        raise UsageError("-cpu help: --target is needed")
    entry, config.target = find_target(plugins, rest[0], config.prefix)
    return entry


def check_cpu(config: Config, entry: IsaEntry) -> None:
    if config.cpu not in ("", "help", *entry.cpus):
        raise HqemuError(f"-cpu: unknown model {config.cpu!r} (known: {', '.join(entry.cpus)})")


def _command_name(command: str) -> str:
    name = os.path.basename(command)
    return name if name.startswith("hqemu") else "hqemu"


if __name__ == "__main__":
    sys.exit(main())
