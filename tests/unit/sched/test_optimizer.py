"""The queue of requests to optimize."""

from __future__ import annotations

import threading

from hqemu_core.sched.optimizer import Optimizer


def test_what_a_new_program_clears_is_not_done() -> None:
    """The hottest first; nothing of what was waiting when a process executed another program."""
    begun, go_on, done = threading.Event(), threading.Event(), []

    def compile(compiler: object, request: int) -> None:
        begun.set()
        assert go_on.wait(30)
        done.append(request)

    optimizer = Optimizer(compile, object, 1, heat=lambda request: request)
    optimizer.submit(0)
    assert begun.wait(30)
    optimizer.submit(1)
    optimizer.submit(2)
    optimizer.clear()
    optimizer.submit(3)
    optimizer.submit(4)
    go_on.set()
    while len(done) < 3:
        assert optimizer.started == 1
    assert done == [0, 4, 3]


def test_short_programs_are_left_alone() -> None:
    """With workers, who import LLVM; without them only what is asked for is made."""
    slow = Optimizer(lambda _, request: None, object, 1, delay=1e9)
    assert slow.early
    slow.delay = 0
    assert not slow.early
    assert not Optimizer(lambda _, request: None, object, 0, delay=1e9).early
