"""Where debug output and statistics go: one write per text, so that threads and processes do not mix them."""

from __future__ import annotations

import os
import time
from collections.abc import Callable


class Log:
    """``path`` empty: standard error. ``keep`` makes a file descriptor one that the guest cannot see."""

    def __init__(self, path: str, keep: Callable[[int], int]) -> None:
        self.begun = time.perf_counter()
        self.fd = 2
        if path:
            self.fd = keep(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND | os.O_CLOEXEC, 0o666))

    def line(self, text: str) -> None:
        """A line with the time since the start in front."""
        self.text(f"[{clock(time.perf_counter() - self.begun)}] {text}\n")

    def text(self, text: str) -> None:
        data = memoryview(text.encode("utf-8", "surrogateescape"))
        try:
            while data:
                data = data[os.write(self.fd, data) :]
        except OSError:
            pass  # the guest has closed it, or nobody reads it any more


def clock(seconds: float) -> str:
    """``HH:MM:SS.uuuuuu``."""
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(int(minutes), 60)
    return f"{hours:02d}:{minutes:02d}:{rest:09.6f}"
