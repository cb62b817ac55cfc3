"""A system call comes back to translated code that changed meanwhile."""

from __future__ import annotations

import os
import struct
import subprocess
import sys
from pathlib import Path

import pytest

from hqemu_toy.asm import make_elf

from .guestrun import EM_AARCH64

DRIVER = """
import sys
from hqemu_core.cli import main
from hqemu_core.linux import exec

def changed(process, thread):
    process.memory.write(thread.pc, bytes.fromhex("e00080d2"))  # movz x0, #7
    process.engine._lookup(thread, thread.pc)  # as another thread that runs there
    return 0

def begin(process, *rest, start=exec.start_process):
    process.calls[500] = changed, 0
    return start(process, *rest)

exec.start_process = begin
sys.exit(main(["hqemu", sys.argv[1]]))
"""

CODE = struct.pack(
    "<5I",
    0xD2803E88,  # movz x8, #500
    0xD4000001,  # svc #0
    0xD2800060,  # movz x0, #3
    0xD2800BC8,  # movz x8, #94
    0xD4000001,
)


@pytest.mark.parametrize("mode", ["none", "block", "hybrids"])
def test_another_thread_has_translated_it_again(mode: str, tmp_path: Path) -> None:
    program = tmp_path / "program"
    program.write_bytes(make_elf(CODE, EM_AARCH64))
    program.chmod(0o755)
    environ = {**os.environ, "LLVM_MODE": mode, "XDG_CACHE_HOME": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", DRIVER, str(program)], capture_output=True, env=environ, timeout=60)
    assert (done.returncode, done.stderr) == (7, b"")
