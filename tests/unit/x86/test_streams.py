"""Random integer instructions against the host CPU: a short run with a fixed seed; ``HQEMU_LOCKSTEP=streams`` makes it
long."""

from __future__ import annotations

import os
import random

import pytest

from .isas import isa
from .streams import make_stream, trial

COUNT = int(os.environ.get("HQEMU_LOCKSTEP", "0"))
SEED = random.randrange(1 << 30) if COUNT else 1


@pytest.mark.parametrize("bits", [64, 32])
@pytest.mark.parametrize(
    ("runner", "length", "count"), [("interp", 1, 400), ("interp-block", 16, 40), ("stencil", 16, 8)]
)
def test_streams(bits: int, runner: str, length: int, count: int) -> None:
    rng = random.Random(f"{SEED} {runner}")
    done = 0
    while done < (COUNT or count):
        stream = make_stream(isa(bits), rng, length)
        wrong = trial(isa(bits), runner, stream, rng)
        if wrong is not None:
            done += 1
            assert not wrong, f"seed {SEED}: {stream.code.hex(' ')}"
