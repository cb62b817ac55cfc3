"""Requests for optimized code: at once (``hybrids``) or by worker threads (``hybridm``)."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import Any, Final

LIMIT: Final = 256
"""waiting requests; the oldest go"""


class Optimizer:
    """``compile(compiler, request)`` does one request; ``make_compiler`` makes what a worker keeps to itself."""

    def __init__(self, compile: Callable[[Any, Any], None], make_compiler: Callable[[], Any], workers: int) -> None:
        self.compile = compile
        self.make_compiler = make_compiler
        self.workers = workers
        self.waiting: deque[Any] = deque(maxlen=LIMIT)
        self.wake = threading.Condition()
        self.started = 0
        self.compiler: Any = None
        self.busy: list[threading.Lock] = []
        """one per worker, held while it works"""

    def submit(self, request: Any) -> None:
        if not self.workers:
            if self.compiler is None:
                self.compiler = self.make_compiler()
            self.compile(self.compiler, request)
            return
        with self.wake:
            self.waiting.append(request)
            if self.started < min(self.workers, len(self.waiting)):
                self.started += 1
                self.busy.append(threading.Lock())
                work = partial(self._work, self.busy[-1])
                threading.Thread(target=work, name="hqemu-optimizer", daemon=True).start()
            self.wake.notify()

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
        with busy:
            compiler = self.make_compiler()
        while True:
            with self.wake:
                while not self.waiting:
                    self.wake.wait()
                request = self.waiting.popleft()
            with busy:
                self.compile(compiler, request)

    def on_fork_child(self) -> None:
        """The workers are gone with the parent; the first request starts new ones."""
        self.waiting.clear()
        self.wake = threading.Condition()
        self.started = 0
        self.busy = []
        self.compiler = None
