"""Where guest threads spend their time: each is asked every few milliseconds."""

from __future__ import annotations

import ctypes
import os
import signal
import threading
import time
from collections import Counter
from typing import Any, Final

from hqemu_core.runtime import header as h
from hqemu_core.runtime import host
from hqemu_core.runtime.native import SAMPLE_CODE, SAMPLE_SIGNAL

INTERVAL: Final = 0.002
_RT_TGSIGQUEUEINFO: Final = 297


class Sampler:
    """A signal makes the thread's native side write down where it is; a thread of the host reads that."""

    def __init__(self, engine: Any) -> None:
        self.engine = engine
        self.where: Counter[str] = Counter()
        """samples in "block", "trace", "other" """
        self.info = (ctypes.c_int * 32)(SAMPLE_SIGNAL, 0, SAMPLE_CODE)
        """siginfo"""
        self.traces: Counter[int] = Counter()
        """samples by the region's head"""
        self.start()

    def start(self) -> None:
        self.pid = os.getpid()
        threading.Thread(target=self._work, name="hqemu-sampler", daemon=True).start()

    def _work(self) -> None:
        signal.pthread_sigmask(signal.SIG_BLOCK, set(range(1, 65)) - {32, 33})
        while True:
            time.sleep(INTERVAL)
            for tid, thread in list(self.engine.threads.items()):
                self._sample(tid, thread)

    def _sample(self, tid: int, thread: Any) -> None:
        address = thread.get64(h.SAMPLE)
        if address:
            thread.put64(h.SAMPLE, 0)
            self._note(address)
        elif not thread.get32(h.IN_NATIVE):
            self.where["other"] += 1
        # a signal would end a system call that waits
        if thread.get32(h.IN_NATIVE) and not thread.get32(h.IN_SYSCALL):
            self.engine.catch_signal(SAMPLE_SIGNAL)  # a program that begins has reset it
            host.syscall(_RT_TGSIGQUEUEINFO, self.pid, tid, SAMPLE_SIGNAL, ctypes.addressof(self.info))

    def _note(self, address: int) -> None:
        with self.engine.lock:
            unit = self.engine.translator.unit_at(address)
        if unit is None:
            self.where["other"] += 1
        elif unit.counted and unit.resumes is not None and unit.pc in self._heads(unit):
            self.where["trace"] += 1
            self.traces[unit.pc] += 1
        else:
            self.where["block"] += 1

    def _heads(self, unit: Any) -> set[int]:
        return {pc for pc, context in getattr(self.engine.translator, "regions", ()) if context == unit.context}
