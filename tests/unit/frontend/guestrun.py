"""Runs AArch64 programs in processes of their own, with a cache directory and a code cache of chosen size."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from hqemu_toy.asm import make_elf

EM_AARCH64 = 183

DRIVER = """
import sys
from hqemu_core.frontend import warm, warm_save
from hqemu_core.linux import threads
from hqemu_core.runtime import cache

warm.GROWTH = warm_save.GROWTH = 20  # so that small programs are kept
size, regions = map(int, sys.argv[1:3])
if size:
    cache.CodeCache.__init__.__defaults__ = (cache.FIXED + size * regions, regions)
end = threads.end_process

def tell(process, status, signo=0):
    engine = process.engine
    print(engine.translator.insns, engine.cache.generation, file=sys.stderr, flush=True)
    end(process, status, signo)

threads.end_process = tell
from hqemu_core.cli import main
sys.exit(main(["hqemu", *sys.argv[3:]]))
"""


class Ran(NamedTuple):
    output: bytes
    translated: int
    """instructions"""
    turns: int
    """of the code cache's regions"""


def write_program(path: Path, code: bytes) -> Path:
    image = bytearray(make_elf(code, EM_AARCH64))
    image[64 + 4] = 5  # not writable, so that its translations may be kept
    path.write_bytes(image)
    path.chmod(0o755)
    return path


def run(
    program: Path, cache: Path, mode: str = "none", region: int = 0, regions: int = 0, arguments: Sequence[str] = (),
    options: Sequence[str] = (),
) -> Ran:  # fmt: skip
    plain = {key: value for key, value in os.environ.items() if not key.startswith(("QEMU_", "LLVM_", "HQEMU_"))}
    plain |= {"XDG_CACHE_HOME": str(cache), "LLVM_MODE": mode}
    command = [sys.executable, "-c", DRIVER, str(region), str(regions), *options, str(program), *arguments]
    done = subprocess.run(command, capture_output=True, env=plain, timeout=120)
    assert done.returncode == 0, done.stderr.decode()
    lines = done.stderr.decode().splitlines()
    assert len(lines) == 1, done.stderr.decode()
    translated, turns = map(int, lines[0].split())
    return Ran(done.stdout, translated, turns)
