"""Streams of random instructions on every execution and on Unicorn: a short run with a fixed seed.

The long one: ``python -m hqemu_core.testing.streams --isa aarch64 --count 200000``.
"""

from __future__ import annotations

import pytest

from hqemu_aarch64.cases import make_case_spec
from hqemu_core.testing import streams

COUNT = 2500


def test_streams() -> None:
    pytest.importorskip("unicorn")
    maker, _, wrong = streams.run(make_case_spec(), ["stencil", "llvm", "unicorn"], COUNT, seed=7)
    assert not wrong, "\n".join(wrong)
    assert not maker.missing


def test_a_difference_is_located() -> None:
    """A lift function that is wrong is named, with the first instruction that shows it."""
    pytest.importorskip("unicorn")
    spec = make_case_spec()
    row = spec.isa.tables[0].by_name["madd"]
    lift = row.lift
    row.lift = lambda b, shape, rd, rn, rm, ra: lift(b, shape, rd, rn, ra, rm)
    try:
        _, _, wrong = streams.run(spec, ["unicorn"], 20000, seed=1, limit=1)
    finally:
        row.lift = lift
    assert len(wrong) == 1
    assert wrong[0].startswith("unicorn: madd: ")


def test_what_a_stream_holds() -> None:
    """Flags written and read, branches taken forward, several contexts, memory."""
    maker = streams.Maker(make_case_spec(), 3)
    taken = contexts = 0
    for _ in range(40):
        stream = maker.make()
        taken += len(stream.executed) < len(stream.words)
        contexts |= 1 << maker.spec.isa.context_of(stream.start.read) if maker.spec.isa.context_of else 1
        assert stream.executed == sorted(stream.executed)
    assert taken > 10
    assert contexts == 7
    writers = sum(maker.executed[row.name] for row in maker.writers)
    readers = sum(maker.executed[row.name] for row in maker.readers)
    assert min(writers, readers) > sum(maker.executed.values()) / 20
    assert sum(maker.executed[name] for name, touches in maker.memory_rows.items() if touches) > 200
