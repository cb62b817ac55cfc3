"""The rows against the kernel's own headers, and against the functions they name."""

from __future__ import annotations

import errno
import re
import subprocess
from importlib import import_module, util
from pathlib import Path
from shutil import which

import pytest

from hqemu_core.linux.syscalls import marshal, mux, structs, table
from hqemu_core.linux.syscalls.row import Row, pair_plan, parse
from hqemu_core.linux.syscalls.tables import mux32
from hqemu_core.linux.syscalls.tables.flags import BITS, ENUMS
from hqemu_core.linux.syscalls.tables.ioctls import IOCTL
from hqemu_core.linux.syscalls.tables.mux import MUX

ENTRIES = table.all_entries()
NARROW = table.all_entries(32)
HOST_HEADERS = [Path("/usr/include/x86_64-linux-gnu/asm/unistd_64.h"), Path("/usr/include/asm/unistd_64.h")]
CROSS = which("aarch64-linux-gnu-gcc")
NEWER = {"cachestat": 451, "fchmodat2": 452}
"""later than the headers of the distribution; numbers are the same on all ISAs since 424"""
SPECIAL_SETS = {"SOCK", "FUTEX", "F", "PR", "IOCTL"}


def mux_rows() -> list[Row]:
    found = []
    for name, (_, _, _, _, module, variable) in MUX.items():
        values = getattr(import_module(f"hqemu_core.linux.syscalls.tables.{module}"), variable)
        for value in values:
            row = mux.case(parse(ENTRIES[name]), value, "generic64")[1]
            assert row is not None
            found.append(row)
    for name, (_, _, _, _, module, variable) in mux32.MUX.items():
        values = getattr(import_module(f"hqemu_core.linux.syscalls.tables.{module}"), variable)
        for value in values:
            row = mux.case(parse(NARROW[name]), value, "arm")[1]
            assert row is not None
            found.append(row)
    return found


ROWS = [parse(entry) for entry in ENTRIES.values()]
NARROW_ROWS = [parse(entry) for entry in NARROW.values() if entry is not ENTRIES.get(entry[0])]
ALL_ROWS = ROWS + NARROW_ROWS + mux_rows()
OLDER_NAMES = {
    "clock_gettime64": "clock_gettime", "clock_settime64": "clock_settime", "clock_adjtime64": "clock_adjtime",
    "timer_gettime64": "timer_gettime", "timer_settime64": "timer_settime", "timerfd_gettime64": "timerfd_gettime",
    "timerfd_settime64": "timerfd_settime", "arm_fadvise64_64": "fadvise64", "fadvise64_64": "fadvise64",
    "arm_sync_file_range": "sync_file_range", "mmap2": "mmap", "fcntl64": "fcntl", "fstatat64": "newfstatat",
    "_llseek": "lseek", "send": "sendto", "recv": "recvfrom", "nice": "setpriority", "_newselect": "select",
    "ugetrlimit": "getrlimit", "sigaction": "rt_sigaction", "sigprocmask": "rt_sigprocmask",
    "sigpending": "rt_sigpending", "sigsuspend": "rt_sigsuspend", "sigreturn": "rt_sigreturn",
    "waitpid": "wait4", "umount": "umount2", "stime": "clock_settime", "signal": "rt_sigaction",
    "sgetmask": "rt_sigprocmask", "ssetmask": "rt_sigprocmask", "oldolduname": "uname", "olduname": "uname",
    "oldstat": "stat", "oldfstat": "fstat", "oldlstat": "lstat", "readdir": "getdents", "old_getrlimit": "getrlimit",
    "old_mmap": "mmap", "old_select": "select",
}  # fmt: skip
"""calls of 32-bit ABIs whose name does not just say which call of the host's they are"""


def test_host_numbers() -> None:
    header = next((path for path in HOST_HEADERS if path.exists()), None)
    if header is None:
        pytest.skip("no kernel headers of the host")
    numbers = {name: int(value) for name, value in re.findall(r"#define __NR_(\w+)\s+(\d+)", header.read_text())}
    wrong = {row.name: row.host for row in ROWS if numbers.get(row.name, NEWER.get(row.name)) != row.host}
    assert not wrong


def test_host_numbers_of_32_bit_calls() -> None:
    header = next((path for path in HOST_HEADERS if path.exists()), None)
    if header is None:
        pytest.skip("no kernel headers of the host")
    numbers = {name: int(value) for name, value in re.findall(r"#define __NR_(\w+)\s+(\d+)", header.read_text())}
    wrong = {}
    for row in NARROW_ROWS:
        name = OLDER_NAMES.get(row.name, row.name)
        candidates = [name, name.removesuffix("_time64"), name.removesuffix("32"), name.removesuffix("64")]
        found = next((numbers[text] for text in candidates if text in numbers), -1)
        if found != row.host:
            wrong[row.name] = (row.host, found)
    assert not wrong


def test_every_call_of_arm_has_a_row() -> None:
    if which("arm-linux-gnueabi-gcc") is None:
        pytest.skip("no Arm compiler")
    text = subprocess.run(
        ["arm-linux-gnueabi-gcc", "-E", "-dM", "-"], input="#include <asm/unistd.h>\n", capture_output=True,
        text=True, check=True,
    ).stdout  # fmt: skip
    names = set(re.findall(r"#define __NR_(\w+) ", text)) - {"SYSCALL_BASE", "OABI_SYSCALL_BASE", "SYSCALL_MASK"}
    assert "pread64" in names
    assert names - set(NARROW) == {"sync_file_range2"}  # another name of arm_sync_file_range


def test_pairs_of_registers() -> None:
    def plan(name: str, aligned: bool) -> tuple[int, tuple[tuple[int, int], ...]]:
        return pair_plan(parse(NARROW[name]), aligned)

    assert plan("pread64", True) == (6, ((0, 1), (1, 1), (2, 1), (4, 2)))
    assert plan("pread64", False) == (5, ((0, 1), (1, 1), (2, 1), (3, 2)))
    assert plan("arm_fadvise64_64", True) == (6, ((0, 1), (1, 1), (2, 2), (4, 2)))
    assert plan("truncate64", True) == (4, ((0, 1), (2, 2)))
    assert all(pair_plan(row, row.name != "fadvise64_64")[0] <= 6 for row in NARROW_ROWS)


def test_every_call_of_arm64_has_a_row() -> None:
    header = Path("/usr/aarch64-linux-gnu/include/asm-generic/unistd.h")
    if not header.exists():
        pytest.skip("no arm64 headers")
    source = '#include <asm/unistd.h>\n'
    compiler = [CROSS or "cpp", "-E", "-dM", "-"]
    text = subprocess.run(compiler, input=source, capture_output=True, text=True, check=True).stdout
    names = set(re.findall(r"#define __NR_(\w+) ", text)) - {"syscalls", "arch_specific_syscall"}
    assert "openat" in names
    assert "newfstatat" in names
    names = {name for name in names if not name.startswith("3264")}
    assert names - set(ENTRIES) == set()


def test_names_are_unique() -> None:
    names = [
        entry[0] for family in table.FAMILIES
        for entry in import_module(f"hqemu_core.linux.syscalls.tables.{family}").ROWS
    ]  # fmt: skip
    assert len(names) == len(set(names))


@pytest.mark.parametrize("row", ALL_ROWS, ids=lambda row: row.name)
def test_arguments_make_sense(row: Row) -> None:
    names = {arg.name for arg in row.args}
    assert len(row.args) <= 6
    for arg in row.args:
        assert arg.is_scalar or arg.kind in ("ptr", "str", "path", "lpath", "strings", "fdset", "buf", "struct"), arg
        if arg.is_scalar and arg.what:
            assert arg.what in ENUMS or arg.what in BITS or arg.what in SPECIAL_SETS, arg
        if arg.kind in ("buf", "struct"):
            assert arg.way in ("in", "out", "inout", "sockaddr"), arg
        if arg.length:
            assert arg.length.isdigit() or arg.length in names, arg
        if arg.follow_flag:
            assert arg.follow_flag in names, arg
        if arg.kind == "struct":
            for layout in structs.WIDTHS:
                structs.layout_of(arg.what, layout)


@pytest.mark.parametrize("row", ROWS + NARROW_ROWS, ids=lambda row: row.name)
def test_how_exists(row: Row) -> None:
    if row.how[0] == "E":
        assert hasattr(errno, row.how)
    elif row.how == "mux":
        assert row.name in MUX or row.name in mux32.MUX
    elif row.how != "host":
        name = f"hqemu_core.linux.{row.how}"
        if util.find_spec(name) is None:
            pytest.skip(f"{name} is not there")
        function = getattr(import_module(name), f"sys_{row.name}")
        assert callable(function)
        code = function.__code__
        if not code.co_flags & 4:  # no *args
            assert code.co_argcount == 2 + len(row.args)


def native(layout: str) -> dict[str, str]:
    """name -> letters"""
    kinds: dict[str, str] = {}
    found = {name: marshal.native_letters(entry, layout, kinds) for name, entry in ENTRIES.items()}
    return {name: letters for name, letters in found.items() if letters}


def test_native_calls_need_no_conversion() -> None:
    calls = set(native("generic64"))
    assert {"read", "write", "close", "lseek", "getpid", "clock_gettime", "fsync"} <= calls
    # paths, flags and structs that differ, and what consumes something, go through Python
    assert not calls & {"newfstatat", "fstat", "pipe2", "epoll_ctl", "openat", "mkdirat", "recvfrom", "wait4", "ioctl"}
    assert not calls & {"semop", "ppoll"}  # never restarted, whatever SA_RESTART says
    assert {"fstat", "epoll_ctl", "pipe2"} <= set(native("x86_64"))


def test_letters() -> None:
    calls = native("generic64")
    assert calls["read"] == "ips---"
    assert calls["getpid"] == "------"
    assert calls["lseek"] == "isi---"
    assert calls["timer_settime"] == "iipp--"


def test_native_letters_agree_with_the_conversion() -> None:
    """A call without Python has no argument for which ``make_call`` would need a step."""
    for name in native("generic64"):
        for arg in parse(ENTRIES[name]).args:
            assert arg.is_scalar or arg.kind in ("ptr", "str", "buf", "struct", "fdset")
            if arg.kind == "struct":
                ours, theirs = structs.layout_of(arg.what, "generic64"), structs.layout_of(arg.what, "x86_64")
                assert ours.fields == theirs.fields


@pytest.mark.skipif(CROSS is None, reason="no arm64 cross compiler")
def test_ioctl_values(tmp_path: Path) -> None:
    """Every request that the arm64 headers name has the value they give it."""
    includes = (
        "stddef.h sys/ioctl.h asm/termbits.h linux/fs.h linux/if_tun.h linux/sockios.h linux/kd.h linux/vt.h "
        "linux/hdreg.h linux/loop.h linux/rtc.h linux/random.h linux/nsfs.h linux/fiemap.h linux/blkzoned.h"
    ).split()
    lines = [f"#include <{name}>" for name in includes]
    names = {text.partition(" ")[0]: value for value, text in IOCTL.items()}
    for name, value in names.items():
        lines += [f"#ifdef {name}", f'_Static_assert((unsigned){name} == {value:#x}u, "{name}");', "#else",
                  f"#warning missing {name}", "#endif"]  # fmt: skip
    source = tmp_path / "ioctls.c"
    source.write_text("\n".join(lines) + "\n")
    done = subprocess.run([str(CROSS), "-fsyntax-only", str(source)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    missing = re.findall(r"#warning missing (\w+)$", done.stderr, re.M)
    assert len(missing) <= 8, missing
