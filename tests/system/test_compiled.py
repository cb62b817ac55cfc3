"""C programs that try what Debian's own seldom do: threads, signals, memory maps, code that changes, FP environment."""

from __future__ import annotations

import os

import pytest

from .compiled import PROGRAMS, SLOW_IN_BLOCK, expected, has_compilers, row
from .runner import MODES, NEEDS_SYSROOT, Seen, under_hqemu

pytestmark = [*NEEDS_SYSROOT, pytest.mark.skipif(not has_compilers(), reason="no cross compilers")]
TIMES = int(os.environ.get("HQEMU_SYSTEM_TIMES", "1"))
"""what threads do differs from run to run"""

_known: dict[str, Seen] = {}


@pytest.mark.parametrize("turn", range(TIMES))
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("name", PROGRAMS)
def test_prints_the_same(name: str, mode: str, turn: int) -> None:
    if mode == "block" and name in SLOW_IN_BLOCK and not os.environ.get("HQEMU_SYSTEM_BLOCK"):
        pytest.skip("thousands of blocks: HQEMU_SYSTEM_BLOCK=1")
    if name not in _known:
        _known[name] = expected(name)
    seen = under_hqemu(row(name), mode)
    wanted = _known[name]
    assert (seen.status, seen.stdout.decode(), seen.stderr.decode()) == (
        wanted.status, wanted.stdout.decode(), wanted.stderr.decode(),
    )  # fmt: skip
