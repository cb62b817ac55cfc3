"""Every hook, asked where ``hookspecs`` says, by a plugin that registers through entry points."""

from __future__ import annotations

import re
import signal
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from hqemu_core.errors import BackendError, IsaError
from hqemu_core.identity import library_key
from hqemu_core.ir import types as ty
from hqemu_core.ir.builder import Op
from hqemu_core.isa.spec import Helper
from hqemu_core.passes.added import run_added
from hqemu_core.plugins import Plugins
from hqemu_toy.asm import BASE
from hqemu_toy.spec import make_spec

from .hookrun import PROBE, Runner

START = BASE + 120
EXIT = "li r8, 2; sys\n"
PRODUCT = "li r2, 6; li r3, 7; mul r1, r2, r3;" + EXIT
HELLO = "li r9, 104; stb r9, r14, -1; li r1, 1; li r2, -1; add r2, r2, r14; li r3, 1; li r8, 1; sys; li r1, 3;" + EXIT
FAULT = "li r1, 16; stb r1, r1, 0"
FOREVER = "li r1, 1\nloop:\nbnz r1, loop"
COUNT = "li r2, 200; li r3, 1\nloop:\nsub r2, r2, r3; bnz r2, loop; li r1, 9;" + EXIT
CORE_BACKENDS = ("stencil", "llvm", "interp")


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def runner(tmp_path: Path, cache: Path) -> Runner:
    return Runner(tmp_path, cache)


def test_the_probe_has_every_hook() -> None:
    from hqemu_core import hookspecs

    specified = {name for name, value in vars(hookspecs).items() if hasattr(value, "hqemu_spec")}
    text = "".join(path.read_text() for path in (PROBE / "hqemu_probe").glob("*.py"))
    assert set(re.findall(r"@hookimpl\ndef (\w+)", text)) == specified - {"register_isa"}
    points = tomllib.loads((PROBE / "pyproject.toml").read_text())["project"]["entry-points"]["hqemu"]
    assert {f"hqemu_probe.{path.stem}" for path in (PROBE / "hqemu_probe").glob("[a-z]*.py")} - {"hqemu_probe.log"} == {
        *points.values()
    }


# -- what nobody implements costs nothing
def test_without_plugins_nothing_is_asked(runner: Runner) -> None:
    program = runner.toy(HELLO)
    done = runner.run("", program, python=("-X", "importtime"), LLVM_MODE="none")
    assert (done.status, done.out) == (3, b"h"), done.err
    imported = {line.split("|")[-1].strip() for line in done.err.splitlines()}
    assert "hqemu_core.sched.engine" in imported
    assert not imported & {"pluggy", "hqemu_core.hookspecs", "hqemu_core.linux.hooks"}
    with_plugin = runner.run("ends", program, python=("-X", "importtime"), LLVM_MODE="none")
    assert "pluggy" in with_plugin.err


# -- adding parts
@pytest.mark.parametrize(
    ("backend", "noted"), [("probe-interp", "run"), ("probe-forms", "forms"), ("probe-blocks", "compile")]
)
def test_register_backend(runner: Runner, backend: str, noted: str) -> None:
    done = runner.run("backends", runner.toy(PRODUCT), HQEMU_BACKEND=backend)
    assert (done.status, done.err) == (42, "")
    assert set(runner.log) == {f"backend {noted}"}


def test_backends_are_listed(runner: Runner) -> None:
    lines = [line.split() for line in runner.run("backends", "--list-plugins").out.decode().splitlines()]
    assert ["probe-forms", "1.0", "hqemu-probe"] in lines
    assert ["backends", "1.0", "hqemu-probe", "hqemu_probe.backends"] in lines


def test_unknown_backend(runner: Runner) -> None:
    done = runner.run("", "-backend", "fast", runner.toy(PRODUCT))
    assert (done.status, done.out) == (2, b"")
    assert done.err == "hqemu: -backend: unknown backend 'fast' (installed: interp, stencil, llvm)\n"


@pytest.mark.parametrize("backend", CORE_BACKENDS)
def test_passes_and_helpers(runner: Runner, backend: str) -> None:
    """Twice: the second run finds its stencils on disk, made by the pass."""
    program = runner.toy(PRODUCT)
    for _ in range(2):
        assert runner.run("passes", "-backend", backend, program).status == 43
    assert set(runner.log) <= {f"pass {backend}"}
    assert bool(runner.log) == (backend != "stencil")
    plain = runner.run("", "-backend", backend, program)
    assert (plain.status, plain.err) == (42, "")


def test_library_key_has_the_names_of_passes_and_helpers() -> None:
    def change(ops: list[Op]) -> list[Op]:
        return ops

    plugins = Plugins([])
    plain, passes, helpers = make_spec(), make_spec(), make_spec()
    keys = {library_key(plain, plugins), library_key(plain, plugins, "mine")}
    for name in ("a", "b"):
        for tier in ("stencil", "llvm"):
            passes.passes = {tier: ((name, change),)}
            keys.add(library_key(passes, plugins))
    helpers.add_helpers({"h": Helper("h", (), ty.VOID, lambda b: None)})
    keys.add(library_key(helpers, plugins))
    assert len(keys) == 7
    assert library_key(make_spec(), plugins) == library_key(plain, plugins)


def test_helpers_of_one_name() -> None:
    helper = Helper("h", (), ty.VOID, lambda b: None)
    spec = make_spec()
    spec.add_helpers({"h": helper})
    with pytest.raises(IsaError, match="toy: two plugins add helper functions called h"):
        spec.add_helpers({"h": helper})
    spec = make_spec()
    spec._helpers = {"h": helper}
    spec.add_helpers({"h": helper})
    with pytest.raises(IsaError, match="toy: a plugin adds helper functions that the ISA has: h"):
        assert spec.helper_names


BAD: dict[str, tuple[Callable[[list[Op]], object], str]] = {
    "not verifiable": (lambda ops: ops[1:], "pass bad (llvm): IsaError: op 1 (add): v0 "),
    "broken": (lambda ops: 1 / 0, "pass bad (llvm): ZeroDivisionError: division by zero"),
    "nothing": (lambda ops: None, "pass bad (llvm): TypeError: "),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_pass(name: str) -> None:
    change, text = BAD[name]
    spec = make_spec()
    spec.passes = {"llvm": (("bad", change),)}  # type: ignore[dict-item]
    b = spec.builder()
    x, y = b.get(0, ty.I64), b.get(8, ty.I64)
    b.set(0, b.add(x, y))
    assert run_added(spec, "stencil", b.ops, b.types) == (b.ops, b.types)
    with pytest.raises(BackendError, match=re.escape(text)[:40]):
        run_added(spec, "llvm", b.ops, b.types)


@pytest.mark.parametrize("backend", CORE_BACKENDS)
def test_register_syscalls(runner: Runner, backend: str) -> None:
    done = runner.run("syscalls", "-backend", backend, runner.toy(HELLO))
    assert (done.status, done.out, done.err) == (3, b"H", "")


# -- replacing parts
def test_parts(runner: Runner) -> None:
    done = runner.run("parts translation", "-net-predict=9", runner.toy(COUNT), LLVM_MODE="none")
    assert (done.status, done.err) == (9, "")
    log = runner.log
    assert log[0] == "scheduler none"
    assert f"memory {START:#x}" in log
    assert "former 9" in log
    assert "cache True" in log
    loop = f"{START + 8:#x}"
    assert f"trace {loop} {loop},{loop} True" in log, log
    assert f"region {loop} {loop} True True True" in log


def test_parts_leave_other_modes_alone(runner: Runner) -> None:
    done = runner.run("parts", runner.toy(COUNT), LLVM_MODE="block")
    assert (done.status, done.err) == (9, "")
    assert not {line.split()[0] for line in runner.log} & {"scheduler", "former"}


def test_make_machine(runner: Runner) -> None:
    done = runner.run("machine", runner.toy(HELLO), "a", "b")
    assert (done.status, done.out, done.err) == (7, b"probe machine: toy a b\n", "")


# -- events
@pytest.mark.parametrize("mode", ["none", "block"])
def test_on_block_translated(runner: Runner, mode: str) -> None:
    """In the second run too."""
    program = runner.toy(COUNT)
    code = program.read_bytes()[120:]
    memory = code.ljust(4096, b"\0")
    for _ in range(2):
        assert runner.run("translation", program, LLVM_MODE=mode).status == 9
        blocks = [line.split()[1:] for line in runner.log if line.startswith("block ")]
        assert START in {int(block[0], 16) for block in blocks}
        seen: set[int] = set()
        for pc, context, data, placed, size in blocks:
            at = int(pc, 16) - START
            assert bytes.fromhex(data) == memory[at : at + len(data) // 2]
            assert (context, placed) == ("0", "True")
            assert int(size) > 4
            seen.update(range(at, at + len(data) // 2))
        assert seen >= set(range(len(code)))


@pytest.mark.parametrize("backend", CORE_BACKENDS)
def test_on_syscall(runner: Runner, backend: str) -> None:
    done = runner.run("calls", "-backend", backend, runner.toy(HELLO))
    assert (done.status, done.out, done.err) == (3, b"h", "")
    enter, leave, last = runner.log
    assert re.fullmatch(r"enter write 1 \d+ 1", enter)
    assert leave == enter.replace("enter", "exit") + " = 1"
    assert last == "enter exit_group 3"


def test_trace_printer_and_hooks(runner: Runner) -> None:
    done = runner.run("calls", "-strace", runner.toy(HELLO), LLVM_MODE="none")
    assert [line.split("(")[0].split()[-1] for line in done.err.splitlines()] == ["write", "exit_group"]
    assert len(runner.log) == 3


@pytest.mark.parametrize("backend", CORE_BACKENDS)
def test_fault_is_a_signal(runner: Runner, backend: str) -> None:
    done = runner.run("ends", "-backend", backend, runner.toy(FAULT))
    assert (done.status, done.out, done.err) == (-signal.SIGSEGV, b"probe: the end\n", "")
    assert runner.log == [f"signal 11 1 0x10 {START + 4:#x}", "end 139 11"]


@pytest.mark.parametrize("backend", CORE_BACKENDS)
def test_death_from_outside(runner: Runner, backend: str) -> None:
    started = runner.start("ends calls", "-backend", backend, runner.toy(HELLO.replace(EXIT, "") + FOREVER))
    started.kill_after("exit write", signal.SIGTERM)
    done = started.wait()
    assert (done.status, done.out, done.err) == (-signal.SIGTERM, b"hprobe: the end\n", "")
    assert re.fullmatch(r"signal 15 0 0x0 0x[0-9a-f]+", runner.log[-2])
    assert runner.log[-1] == "end 143 15"


def test_on_exit(runner: Runner) -> None:
    done = runner.run("ends", runner.toy(HELLO))
    assert (done.status, done.out) == (3, b"hprobe: the end\n")
    assert runner.log == ["end 3 0"]
