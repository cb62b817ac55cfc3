"""``-debuglv`` and ``-profile``: what they print for a bundled program, with what varies masked.

``HQEMU_BLESS=1`` writes what came out into ``golden/``.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from hqemu_core import config as cf

GOLDEN = Path(__file__).parent / "golden"
ROOT = Path(__file__).parents[3]
PROGRAM = ROOT / "plugins/hqemu_aarch64/hqemu_aarch64/demo/mandel.elf"


def run(*words: str | Path, **environ: str) -> subprocess.CompletedProcess[str]:
    plain = {key: value for key, value in os.environ.items() if not key.startswith(("QEMU_", "LLVM_", "HQEMU_"))}
    command = [sys.executable, "-m", "hqemu_core", *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, env={**plain, **environ})


def debug(masks: str, mode: str = "hybrids", **environ: str) -> str:
    done = run(f"-debuglv={masks}", PROGRAM, LLVM_MODE=mode, **environ)
    assert done.returncode == 0, done.stderr
    assert done.stdout == run(PROGRAM).stdout
    return done.stderr


@pytest.fixture(autouse=True, scope="module")
def warm() -> None:
    """Translations are cut where a stencil has to be compiled: the counts are those of later runs."""
    for mode in ("hybrids", "block"):
        run(PROGRAM, LLVM_MODE=mode)


def masked(text: str) -> str:
    text = re.sub(r"^\[\d\d:\d\d:\d\d\.\d{6}\]", "[TIME]", text, flags=re.MULTILINE)
    text = re.sub(r"\b\d+\.\d{6} seconds \([^)]*\)", "T seconds (P)", text)
    text = re.sub(r"(G/H Code size  : \d+)/\d+", r"\1/N", text)
    text = re.sub(r"(guest_base|start)=0x[0-9a-f]+", r"\1=0xA", text)
    text = re.sub(r"code= *\d+ \(ratio=[0-9.]+%\)", "code=N (ratio=P)", text)
    # counts depend on when the region is installed
    return re.sub(r"(\d+/ *\d+: \( *[0-9.]+\)|TraceExit : \d+).*", "N", text)


def check(name: str, text: str) -> None:
    path = GOLDEN / f"{name}.txt"
    if os.environ.get("HQEMU_BLESS"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(masked(text))
    assert masked(text) == path.read_text()


@pytest.mark.parametrize("masks", ["llvm", "in_asm"])
def test_debug_output(masks: str) -> None:
    check(f"debug-{masks}", debug(masks))


def test_intermediate_code() -> None:
    text = debug("op")
    check("debug-op", "".join(text.splitlines(keepends=True)[:9]))
    assert text.count("OP:\n") == debug("in_asm").count("IN: [")
    entries = debug("entry").splitlines()
    assert {re.match(r"op_(?:v\d+ = )?[a-z]|$", line) is not None for line in entries} == {True}
    assert any("fmul f64" in line for line in entries)


def test_profile_of_regions() -> None:
    done = run("-profile=basic,trace,cache,exit", PROGRAM, LLVM_MODE="hybrids")
    check("profile-hybrids", done.stderr)


def test_profile_of_blocks() -> None:
    check("profile-block", run("-profile=all", PROGRAM, LLVM_MODE="block").stderr.partition("Breakdown")[0])


def test_mode_none_has_no_statistics() -> None:
    done = run("-profile=all", PROGRAM, LLVM_MODE="none")
    assert (done.returncode, done.stderr) == (0, "")


def test_dumps_of_llvm_and_host_code() -> None:
    before = debug("ir")
    assert re.search(r'^define preserve_nonecc void @"[0-9a-f]{6}"\(ptr %env\)', before, re.MULTILINE)
    assert "alloca i64" in before
    after = debug("ir_opt")
    assert "alloca" not in after
    assert "phi double" in after or "phi i64" in after
    host = debug("out_asm")
    assert re.search(r"^OUT: \[size=\d+\]\n0x[0-9a-f]{8}:  dec ", host, re.MULTILINE)
    assert "!link\n" in host
    assert ".quad    0x400" in host
    assert debug("verify").count("Verify: function is well-formed.") >= 1
    assert "SROAPass" in debug("pass")


def test_groups_say_what_their_masks_say() -> None:
    every = masked(debug("all"))
    for name in ("in_asm", "llvm"):
        for line in (GOLDEN / f"debug-{name}.txt").read_text().splitlines():
            assert line in every
    assert "OP:\n" in debug("asm", "none")
    assert debug("none") == ""
    wanted = (("asm", ("in_asm", "op", "out_asm")), ("debug", ("llvm", "ir_opt", "out_asm", "pass")))
    assert all(cf.DEBUG_GROUPS[group] == masks for group, masks in wanted)


def test_mode_none_shows_code_but_no_llvm() -> None:
    text = debug("in_asm,out_asm,ir,ir_opt,entry", "none")
    assert "IN: [size=" in text
    assert "OUT: [size=" in text
    assert "define" not in text


def test_debug_file_gets_all_of_it(tmp_path: Path) -> None:
    path = tmp_path / "log"
    done = run(PROGRAM, LLVM_MODE="hybrids", LLVM_CMD=f"-debuglv llvm -profile=basic --debugfile={path}")
    assert done.stderr == ""
    text = path.read_text()
    assert "Initializing LLVM Environment." in text
    assert "Trace statistic:" in text


def test_requests_after_the_last_one_are_skipped() -> None:
    done = run(PROGRAM, LLVM_MODE="hybrids", LLVM_CMD="-count=0 -debuglv=llvm -profile=basic")
    assert "ID=1. (skip)" in done.stderr
    assert "Num of Traces  : 0\n" in done.stderr


def test_thresholds_and_plain_traces() -> None:
    done = run(PROGRAM, LLVM_MODE="hybrids", LLVM_CMD="-net-profile=7 -net-predict=1 -disable-netplus -profile=basic")
    assert "Profile Thres. : 7\nPredict Thres. : 1\n" in done.stderr
    assert "Average Len    : 1.0 (max=1)\n" in done.stderr


@pytest.mark.parametrize("option", ["-disable-sm", "-enable-simptr", "-disable-fast-math", "-threads=2"])
def test_other_options_change_nothing_that_the_guest_sees(option: str) -> None:
    done = run(option, "-debuglv=ir_opt", PROGRAM, LLVM_MODE="hybrids")
    assert done.stdout == run(PROGRAM).stdout
    if option == "-disable-sm":
        assert "alloca" in done.stderr


@pytest.mark.parametrize("option", ["debuglv", "profile"])
@pytest.mark.parametrize("where", ["flag", "LLVM_CMD"])
def test_every_mask_is_taken_and_no_other(option: str, where: str) -> None:
    known = (cf.DEBUG_GROUPS if option == "debuglv" else cf.PROFILE_GROUPS)["all"]
    debug = {"llvm", "in_asm", "op", "out_asm", "ir", "ir_opt", "entry", "verify", "pass"}
    assert set(known) == (debug if option == "debuglv" else {"basic", "trace", "cache", "pass", "hotspot", "exit"})
    for masks, status in ((",".join(known), 0), ("basic,op,wrong", 2)):
        words, environ = ([f"-{option}={masks}"], {}) if where == "flag" else ([], {"LLVM_CMD": f"-{option} {masks}"})
        done = run(*words, "-h", **environ)
        assert done.returncode == status
        if status:
            assert re.fullmatch(r"hqemu: .*unknown item '.*' \(known: .*\)\n", done.stderr)


@pytest.mark.parametrize("environ", [{"LLVM_CMD": "-nonsense"}, {"LLVM_CMD": "stray"}, {"LLVM_MODE": "fast"}])
def test_unknown_words_are_errors(environ: dict[str, str]) -> None:
    done = run(PROGRAM, **environ)
    assert done.returncode == 2
    assert re.fullmatch(r"hqemu: [^\n]+\n", done.stderr)


def test_nothing_of_it_is_imported_when_off() -> None:
    assert run(PROGRAM).returncode == 0  # compiles what is not kept yet
    words = ("-X", "importtime", "-m", "hqemu_core", str(PROGRAM))
    done = subprocess.run([sys.executable, *words], capture_output=True, text=True, timeout=120, check=True)
    assert "hqemu_core.sched.engine" in done.stderr
    assert "hqemu_core.observe" not in done.stderr
    assert "capstone" not in done.stderr
