"""The command line: what it accepts, and one clear line with the right status for whatever it does not."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Literal

import pytest

from hqemu_core import cli, machine, options
from hqemu_core.config import DEBUG, DEBUG_GROUPS, MODES, PROFILE_GROUPS, Config, effective_mode
from hqemu_core.entry import IsaEntry
from hqemu_core.errors import UsageError
from hqemu_core.isa.spec import IsaSpec
from hqemu_core.plugins import EntryPoint, Plugins
from hqemu_core.target import command_target, find_target

ELSEWHERE = 0x1234
"""ELF machine of the made-up ISA that the installed plugins know nothing of."""


def parse(*words: str, **environ: str) -> Config:
    config = Config()
    options.read_environment(config, environ)
    config.arguments = options.read_arguments(config, list(words))
    return config


# -- options
def test_defaults() -> None:
    config = parse()
    assert (config.mode, config.count) == ("hybridm", (1 << 32) - 1)
    assert config.threads == min(max(len(os.sched_getaffinity(0)) - 1, 1), 8)
    assert (config.net_profile, config.net_predict, config.stack) == (50, 64, 8 << 20)
    assert config.debug == config.profile == frozenset()
    assert config.env == os.environb


def test_options_end_at_the_program() -> None:
    config = parse("-L", "/sys", "--strace", "prog", "-strace", "-L", "x")
    assert (config.prefix, config.strace, config.arguments) == ("/sys", True, ["prog", "-strace", "-L", "x"])
    assert parse("--", "-prog", "a").arguments == ["-prog", "a"]


def test_run_options() -> None:
    config = parse("-0", "zero", "-B", "0x1000", "-R", "4G", "-s", "16M", "-cpu", "m", "-r", "9.9", "-D", "log", "prog")
    assert (config.argv0, config.base, config.reserved, config.stack) == ("zero", 0x1000, 4 << 30, 16 << 20)
    assert (config.cpu, config.uname, config.log_file) == ("m", "9.9", "log")
    assert parse("-s", "0200000", "p").stack == 0o200000
    assert parse("-s", "512K", "p").stack == 512 << 10


def test_environment_of_qemu() -> None:
    config = parse(
        QEMU_LD_PREFIX="/sys", QEMU_STRACE="", QEMU_STACK_SIZE="1M", QEMU_CPU="m", QEMU_UNAME="5.0", QEMU_ARGV0="z",
        QEMU_GUEST_BASE="4096", QEMU_RESERVED_VA="1G", QEMU_LOG="strace,asm", QEMU_LOG_FILENAME="log",
    )  # fmt: skip
    assert (config.prefix, config.strace, config.stack, config.cpu) == ("/sys", True, 1 << 20, "m")
    assert (config.uname, config.argv0, config.base, config.reserved) == ("5.0", "z", 4096, 1 << 30)
    assert config.debug == {"in_asm", "op", "out_asm"}
    assert config.log_file == "log"
    assert parse("-L", "/other", "prog", QEMU_LD_PREFIX="/sys").prefix == "/other"


def test_guest_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "environb", {b"A": b"1", b"B": b"2", b"C": b"3"})
    config = parse("-E", "B=x=y,D=", "-U", "C", QEMU_SET_ENV="E=5,A=9", QEMU_UNSET_ENV="B")
    assert config.environ == [b"A=9", b"E=5", b"B=x=y", b"D="]


def test_argv() -> None:
    config = Config()
    config.program, config.arguments = "prog", ["a", "\udcff"]
    assert config.argv == [b"prog", b"a", b"\xff"]
    config.argv0 = "other"
    assert config.argv == [b"other", b"a", b"\xff"]


@pytest.mark.parametrize(
    ("words", "attribute", "value"),
    [
        ("-debuglv=llvm,ir_opt", "debug", {"llvm", "ir_opt"}),
        ("--debuglv llvm", "debug", {"llvm"}),
        ("-debuglv=debug", "debug", {"llvm", "ir_opt", "out_asm", "pass"}),
        ("-debuglv=none", "debug", set()),
        ("-debuglv=all", "debug", set(DEBUG)),
        ("-profile=basic,trace", "profile", {"basic", "trace"}),
        ("-profile=all", "profile", set(PROFILE_GROUPS["all"])),
        ("-threads=3", "threads", 3),
        ("-threads=0", "threads", 1),
        ("-threads 99", "threads", 8),
        ("-count=0", "count", 0),
        ("-count=4294967295", "count", 4294967295),
        ("-debugfile=out.txt", "debug_file", "out.txt"),
        ("-net-profile=7", "net_profile", 7),
        ("-net-predict=9", "net_predict", 9),
        ("-disable-netplus", "disable_netplus", True),
        ("-disable-fast-math", "disable_fast_math", True),
        ("-disable-sm", "disable_sm", True),
        ("-enable-simptr", "enable_simptr", True),
    ],
)
def test_translator_options(words: str, attribute: str, value: object) -> None:
    """The same from LLVM_CMD and from the command line."""
    assert getattr(parse(LLVM_CMD=f" {words}  "), attribute) == value
    assert getattr(parse(*words.split(), "prog"), attribute) == value


def test_mode() -> None:
    assert [parse(LLVM_MODE=mode).mode for mode in MODES] == list(MODES)
    assert [effective_mode(mode) for mode in ("none", "block")] == ["none", "block"]
    assert set(map(effective_mode, MODES)) <= set(MODES)


def test_help_names_every_option() -> None:
    text = options.usage("hqemu")
    for word, variable, _, _, meaning in (*options.COMMANDS, *options.RUN, *options.TRANSLATOR):
        assert f"-{word}" in text or not meaning
        assert variable in text
    for mask in (*DEBUG, *DEBUG_GROUPS, *MODES):
        assert mask in text


# -- errors
ERRORS = {
    "no program": ([], {}, "no program given (-h shows the options)"),
    "unknown option": (["-foo", "p"], {}, "unknown option '-foo'"),
    "unknown long option": (["--foo=1", "p"], {}, "unknown option '--foo=1'"),
    "value missing": (["-L"], {}, "-L: no value given"),
    "value too much": (["-strace=1", "p"], {}, "-strace: takes no value"),
    "bad size": (["-s", "12x", "p"], {}, "-s: '12x' is not a number"),
    "no stack": (["-s", "0K", "p"], {}, "-s: no stack at all"),
    "part of a page": (["-R", "5000", "p"], {}, "-R: '5000' is not a multiple of 4K"),
    "base within a page": (["-B", "0x1001", "p"], {}, "-B: '0x1001' is not a multiple of 4K"),
    "negative size": (["-R", "-1", "p"], {}, "-R: '-1' is out of range"),
    "bad base": (["-B", "here", "p"], {}, "-B: 'here' is not a number"),
    "bad variable": (["-E", "A", "p"], {}, "-E: 'A' is not NAME=VALUE"),
    "bad variable name": (["-U", "A=1", "p"], {}, "-U: 'A=1' is not a variable's name"),
    "gdb": (["-g", "1234", "p"], {}, "-g: the gdb server does not exist yet"),
    "gdb variable": (["p"], {"QEMU_GDB": "1234"}, "QEMU_GDB: the gdb server does not exist yet"),
    "bad variable in variable": (["p"], {"QEMU_SET_ENV": "A"}, "QEMU_SET_ENV: 'A' is not NAME=VALUE"),
    "bad log item": (
        ["-d", "exec", "p"], {},
        "-d: unknown item 'exec' (known: none, asm, debug, all, strace, llvm, in_asm, op, out_asm, ir, ir_opt, entry, "
        "verify, pass)",
    ),
    "bad mode": (["p"], {"LLVM_MODE": "fast"}, "LLVM_MODE: unknown mode 'fast' (one of none, block, hybrids, hybridm)"),
    "empty mode": (["p"], {"LLVM_MODE": ""}, "LLVM_MODE: unknown mode '' (one of none, block, hybrids, hybridm)"),
    "bad LLVM_CMD": (["p"], {"LLVM_CMD": "-fast"}, "LLVM_CMD: unknown option '-fast'"),
    "run option in LLVM_CMD": (["p"], {"LLVM_CMD": "-strace"}, "LLVM_CMD: unknown option '-strace'"),
    "word in LLVM_CMD": (["p"], {"LLVM_CMD": "-count=1 x"}, "LLVM_CMD: unexpected 'x'"),
    "bad profile mask": (
        ["p"], {"LLVM_CMD": "-profile=basic,hpm"},
        "LLVM_CMD: -profile: unknown item 'hpm' (known: none, all, basic, trace, cache, pass, hotspot, exit)",
    ),
    "bad count": (["-count=-1", "p"], {}, "-count: '-1' is out of range"),
    "zero threshold": (["-net-profile=0", "p"], {}, "-net-profile: '0' is below 1"),
    "argument of a command": (["--demo", "x"], {}, "--demo: unexpected argument 'x'"),
    "no target for cpu help": (["-cpu", "help"], {}, "-cpu help: --target is needed"),
}  # fmt: skip


def hqemu(*words: str, program: str = "", **environ: str) -> subprocess.CompletedProcess[str]:
    """The command in a process of its own; ``program`` is its argv[0]."""
    plain = {key: value for key, value in os.environ.items() if not key.startswith(("QEMU_", "LLVM_", "HQEMU_"))}
    plain["PYTHONPATH"] = os.pathsep.join(path for path in sys.path if path)
    code = "import sys; from hqemu_core.cli import main; sys.exit(main([sys.argv[1] or 'hqemu', *sys.argv[2:]]))"
    command = [sys.executable, "-c", code, program, *words]
    return subprocess.run(command, capture_output=True, text=True, env={**plain, **environ}, timeout=120)


@pytest.mark.parametrize("case", ERRORS)
def test_usage_errors(case: str, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    words, environ, text = ERRORS[case]
    for name in [name for name in os.environ if name.startswith(("QEMU_", "LLVM_", "HQEMU_"))]:
        monkeypatch.delenv(name)
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    assert cli.main(["hqemu", *words]) == 2
    assert capfd.readouterr() == ("", f"hqemu: {text}\n")


def test_unknown_target() -> None:
    done = hqemu("--target", "vax-linux-user", "p")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("hqemu: unknown target 'vax-linux-user' (installed: ")


def test_internal_error_is_one_line(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(argv: list[str]) -> int:
        raise ValueError("two\nlines")

    monkeypatch.setattr(cli, "run", fail)
    monkeypatch.delenv("HQEMU_TRACEBACK", raising=False)
    assert cli.main(["hqemu"]) == cli.INTERNAL_ERROR
    assert capfd.readouterr().err == "hqemu: internal error: ValueError: two lines (HQEMU_TRACEBACK=1 shows where)\n"
    monkeypatch.setenv("HQEMU_TRACEBACK", "1")
    with pytest.raises(ValueError, match="two"):
        cli.main(["hqemu"])


# -- which ISA
def elf(machine_number: int = ELSEWHERE, bits: int = 64, big: bool = False) -> bytes:
    order: Literal["big", "little"] = "big" if big else "little"
    return b"\x7fELF" + bytes((bits // 32, 2 if big else 1, 1)) + bytes(9) + (2).to_bytes(2, order) + (
        machine_number.to_bytes(2, order) + bytes(44)
    )  # fmt: skip


def unused() -> IsaSpec:
    raise AssertionError("loaded")


class Fixed(Plugins):
    """Plugins with made-up ISAs."""

    def __init__(self) -> None:
        isas = (("one", 1, 32, False), ("two", ELSEWHERE, 64, False), ("three", 2, 32, True))
        super().__init__([EntryPoint(f"isa.{name}", "", "", "") for name, _, _, _ in isas])
        for name, number, bits, big in isas:
            self._isas[name] = IsaEntry(name, number, bits, (f"{name}-linux-user",), unused, big)


def write(path: Path, data: bytes, mode: int = 0o755) -> str:
    path.write_bytes(data)
    path.chmod(mode)
    return str(path)


def test_target_from_the_header(tmp_path: Path) -> None:
    for name, data in (("one", elf(1, 32)), ("two", elf()), ("three", elf(2, 32, True))):
        entry, target = find_target(Fixed(), write(tmp_path / name, data), "")
        assert (entry.name, target) == (name, f"{name}-linux-user")


def test_target_of_a_script(tmp_path: Path) -> None:
    """The interpreter is looked for in the sysroot first, and may be a script itself."""
    (tmp_path / "root" / "bin").mkdir(parents=True)
    write(tmp_path / "root" / "bin" / "sh", elf())
    write(tmp_path / "root" / "bin" / "wrap", b"#!/bin/sh -e\n")
    script = write(tmp_path / "script", b"#! /bin/wrap arg\necho\n")
    assert find_target(Fixed(), script, str(tmp_path / "root"))[0].name == "two"


def test_target_from_the_command_name() -> None:
    assert command_target(Fixed(), "/usr/bin/hqemu-one") == "one-linux-user"
    assert command_target(Fixed(), "/usr/bin/hqemu") == ""
    with pytest.raises(UsageError, match="hqemu-four: no plugin for 'four' is installed"):
        command_target(Fixed(), "hqemu-four")


def bad_inputs(folder: Path) -> dict[str, tuple[str, int, str]]:
    """Name: (path, exit status, message)."""
    host = os.path.realpath(sys.executable)
    files = {
        "missing": (str(folder / "missing"), 127, "No such file or directory"),
        "below a file": (write(folder / "file", b"x") + "/x", 127, "Not a directory"),
        "directory": (str(folder), 126, "Is a directory"),
        "empty": (write(folder / "empty", b""), 126, "not an ELF program"),
        "garbage": (write(folder / "garbage", bytes(range(256)) * 20), 126, "not an ELF program"),
        "truncated": (write(folder / "truncated", elf()[:17]), 126, "not an ELF program"),
        "not executable": (write(folder / "plain", elf(), 0o644), 126, "Permission denied"),
        "script without name": (write(folder / "nameless", b"#!\n"), 126, "not an ELF program"),
    }
    with open(host, "rb") as file:
        number = int.from_bytes(file.read(20)[18:20], "little")
    text = f"no plugin for its machine (ELF machine {ELSEWHERE}, 64 bits, little endian)"
    assert number != ELSEWHERE
    files["unknown machine"] = (write(folder / "unknown", elf()), 126, text)
    return files


INPUTS = (
    "missing", "below a file", "directory", "empty", "garbage", "truncated", "not executable", "script without name",
    "unknown machine",
)  # fmt: skip


@pytest.mark.parametrize("name", INPUTS)
def test_bad_input(name: str, tmp_path: Path) -> None:
    path, status, text = bad_inputs(tmp_path)[name]
    done = hqemu(path)
    assert (done.returncode, done.stdout) == (status, "")
    assert done.stderr == f"hqemu: {path}: {text}\n"


def test_script_with_missing_interpreter(tmp_path: Path) -> None:
    path = write(tmp_path / "script", b"#!/no/such/shell\n")
    done = hqemu(path)
    assert (done.returncode, done.stderr) == (127, f"hqemu: {path}: /no/such/shell: No such file or directory\n")


def installed_elf() -> tuple[str, bytes]:
    """(target, ELF header without segments) of the first installed ISA."""
    entry = Plugins().isas()[0]
    return entry.targets[0], elf(entry.machine, entry.bits, entry.big)


def dynamic_elf(header: bytes, interpreter: bytes) -> bytes:
    """A little-endian ELF64 program: a page of nothing to map, and a PT_INTERP."""
    text = interpreter + b"\0"
    at = 64 + 2 * 56
    fields = ((1, 4), (0x400000, 8), (64, 8), (0, 8), (0, 4), (64, 2), (56, 2), (2, 2), (64, 2), (0, 2), (0, 2))
    interp = ((3, 4), (4, 4), (at, 8), (0x400000 + at, 8), (0, 8), (len(text), 8), (len(text), 8), (1, 8))
    load = ((1, 4), (5, 4), (0, 8), (0x400000, 8), (0, 8), (at + len(text), 8), (at + len(text), 8), (4096, 8))
    numbers = (*fields, *interp, *load)
    return header[:20] + b"".join(value.to_bytes(size, "little") for value, size in numbers) + text


LOADER_INPUTS = (*[name for name in INPUTS if name != "unknown machine"], "wrong machine", "missing interpreter")


@pytest.mark.parametrize("name", LOADER_INPUTS)
def test_bad_input_with_target(name: str, tmp_path: Path) -> None:
    """As before, but the target is given, so the loader is the one to find out."""
    target, header = installed_elf()
    status, path = 126, str(tmp_path / "program")
    if name == "wrong machine":
        write(tmp_path / "program", elf())
    elif name == "missing interpreter":
        status = 127
        write(tmp_path / "program", dynamic_elf(header, b"/no/such/ld.so"))
    else:
        path, status, _ = bad_inputs(tmp_path)[name]
    done = hqemu("--target", target, path)
    assert (done.returncode, done.stdout) == (status, "")
    assert done.stderr.startswith(f"hqemu: {path}: ")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("size", [20, 40, 63, 64, 100])
def test_truncated_program(size: int, tmp_path: Path) -> None:
    """A real program cut off in its headers."""
    target, header = installed_elf()
    path = write(tmp_path / "program", dynamic_elf(header, b"/lib/ld.so")[:size])
    done = hqemu("--target", target, path)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (126, "", 1)


def test_unknown_cpu(tmp_path: Path) -> None:
    target, _ = installed_elf()
    done = hqemu("-cpu", "z80", "--target", target, "p")
    assert done.returncode == 1
    assert done.stderr.startswith("hqemu: -cpu: unknown model 'z80' (known: ")


# -- commands
def test_cpu_help() -> None:
    entry = Plugins().isas()[0]
    done = hqemu("--target", entry.targets[0], "-cpu", "help")
    assert (done.returncode, done.stdout.split(), done.stderr) == (0, list(entry.cpus), "")


def test_command_named_after_the_isa() -> None:
    entry = Plugins().isas()[0]
    done = hqemu("-cpu", "help", program=f"/usr/bin/hqemu-{entry.name}")
    assert (done.returncode, done.stdout.split()) == (0, list(entry.cpus))


def test_list_plugins() -> None:
    lines = [line.split() for line in hqemu("--list-plugins").stdout.splitlines()]
    backends = [line[0] for line in lines[lines.index(["Backends"]) + 1 :] if line[2] == "hqemu-core"]
    assert backends == ["interp", "stencil", "llvm"]
    isas = lines[1 : lines.index(["Backends"])]
    assert [line[0] for line in isas] == [point.name[4:] for point in Plugins().isa_points()]
    assert all(len(line) >= 4 and line[3].endswith("-linux-user") for line in isas)


def test_version_names_guests() -> None:
    text = hqemu("-version").stdout
    assert all(entry.name in text for entry in Plugins().isas())


def test_prebuild_of_an_unknown_isa() -> None:
    done = hqemu("--prebuild", "vax")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("hqemu: --prebuild: unknown ISA 'vax' (installed: ")


def test_unimplemented_mode_is_announced_only_when_debugging(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from hqemu_core import config as cf

    monkeypatch.setattr(cf, "IMPLEMENTED_MODES", ("none",))
    modes: list[str] = []

    def run(config: Config, entry: IsaEntry, plugins: Plugins) -> int:
        modes.append(config.mode)
        return 0

    monkeypatch.setattr(machine, "run", run)
    monkeypatch.setattr(cli, "Plugins", Fixed)
    monkeypatch.setenv("LLVM_MODE", "hybrids")
    program = write(tmp_path / "program", elf())
    assert cli.main(["hqemu", program]) == 0
    assert capfd.readouterr().err == ""
    assert cli.main(["hqemu", "-d", "llvm", program]) == 0
    assert capfd.readouterr().err == "hqemu: mode hybrids is not implemented yet: running in mode none\n"
    assert modes == ["none", "none"]


def test_demo() -> None:
    done = hqemu("--demo", LLVM_MODE="none")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "SHA1=" in done.stdout
    assert "FAILED" not in done.stdout
