"""Requests for optimized code: at once (``hybrids``) or by worker threads (``hybridm``)."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import Any, Final

from hqemu_core.config import NO_LIMIT

LIMIT: Final = 256
"""waiting requests; the coldest go"""
DELAY: Final = 0.1
"""seconds of CPU time of a program before anything is done for workers: one that is over by then does without LLVM,
which takes longer to import"""


class Optimizer:
    """``compile(compiler, request)`` does one request; ``make_compiler`` makes what a worker keeps to itself.
    ``heat(request)``: how much its code was executed since it was asked for. ``dropped(request)`` is told of one that
    will not be done; it may be asked for again. Only the first ``count`` are honoured."""

    def __init__(
        self, compile: Callable[[Any, Any], None], make_compiler: Callable[[], Any], workers: int,
        heat: Callable[[Any], int] = lambda request: 0, dropped: Callable[[Any], None] = lambda request: None,
        count: int = NO_LIMIT, delay: float = DELAY,
    ) -> None:  # fmt: skip
        self.delay = delay
        self.begun = time.process_time()
        self.compile = compile
        self.make_compiler = make_compiler
        self.workers = workers
        self.heat = heat
        self.dropped = dropped
        self.count = count
        self.requests = 0
        self.waiting: list[Any] = []
        self.wake = threading.Condition()
        self.started = 0
        self.compiler: Any = None
        self.busy: list[threading.Lock] = []
        """one per worker, held while it works"""

    def submit(self, request: Any) -> bool:
        """False: it comes after the last one that is honoured."""
        self.requests += 1
        if self.requests > self.count:
            return False
        if not self.workers:
            if self.compiler is None:
                self.compiler = self.make_compiler()
            self.compile(self.compiler, request)
            return True
        coldest = None
        with self.wake:
            self.waiting.append(request)
            if len(self.waiting) > LIMIT:
                coldest = min(self.waiting, key=self.heat)
                self.waiting.remove(coldest)
            if self.started < min(self.workers, len(self.waiting)):
                self.started += 1
                self.busy.append(threading.Lock())
                work = partial(self._work, self.busy[-1])
                threading.Thread(target=work, name="hqemu-optimizer", daemon=True).start()
            self.wake.notify()
        if coldest is not None:
            self.dropped(coldest)
        return True

    @property
    def early(self) -> bool:
        """The program has just begun: nothing is to be asked for yet."""
        return bool(self.workers) and time.process_time() - self.begun < self.delay

    @contextmanager
    def paused(self) -> Iterator[None]:
        """No worker is at work (nor imports what it works with): the process may be forked."""
        with ExitStack() as stack:
            for lock in list(self.busy):
                stack.enter_context(lock)
            yield

    def _work(self, busy: threading.Lock) -> None:
        import signal

        # the guest's signals are for guest threads
        signal.pthread_sigmask(signal.SIG_BLOCK, set(range(1, 65)) - {32, 33})
        compiler = None
        while True:
            request = self._next()
            with busy:
                if compiler is None:
                    compiler = self.make_compiler()
                self.compile(compiler, request)

    def _next(self) -> Any:
        """Wait for requests, and take the hottest."""
        with self.wake:
            while not self.waiting:
                self.wake.wait()
            request = max(self.waiting, key=self.heat)
            self.waiting.remove(request)
            return request

    def clear(self) -> None:
        """Another program begins: forget what is waiting."""
        with self.wake:
            self.waiting.clear()
            self.begun = time.process_time()

    def on_fork_child(self) -> list[Any]:
        """The workers are gone with the parent; the first request starts new ones. Returns what nobody does now."""
        left, self.waiting = self.waiting, []
        self.wake = threading.Condition()
        self.begun = time.process_time()
        self.started = 0
        self.busy = []
        self.compiler = None
        return left
