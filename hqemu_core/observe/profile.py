"""``-profile``: what is counted while the guest runs; ``report.py`` prints it."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any, Final, NamedTuple

from hqemu_core.backend.base import LiftedBlock
from hqemu_core.backend.llvm.watch import Watch
from hqemu_core.frontend.unit import size_between
from hqemu_core.runtime import header as h
from hqemu_core.runtime import host
from hqemu_core.runtime.cache import call_native

COUNTS: Final = 1 << 17
"""counters per guest thread; regions that come later are not counted"""


class Block(NamedTuple):
    """A unit of the first tier, or a block of mode ``block``."""

    guest_size: int
    host_size: int
    insns: int


class Region(NamedTuple):
    head: int
    blocks: tuple[int, ...]
    guest_sizes: tuple[int, ...]
    """of each block"""
    insns: tuple[int, ...]
    host: int
    host_size: int
    seconds: float
    places: tuple[tuple[str, int, int], ...]
    """see :meth:`hqemu_core.backend.llvm.watch.Watch.counted`"""

    def number_of(self, *kinds: str) -> int:
        return sum(kind in kinds for kind, _, _ in self.places)


class Profile(Watch):
    """``masks`` as in :data:`hqemu_core.config.PROFILE`."""

    def __init__(self, masks: frozenset[str], engine: Any) -> None:
        self.masks = masks
        self.engine = engine
        self.timed = "pass" in masks
        self.passes: dict[str, float] = {}
        """seconds by pass"""
        self.blocks: list[Block] = []
        self.block_times: list[float] = []
        self.regions: list[Region] = []
        self.places: dict[int, tuple[tuple[str, int, int], ...]] = {}
        """by head: of the region that was rendered last"""
        self.numbers = itertools.count()
        if masks & {"trace", "exit"}:
            self.counter = self._counter
        self.tables: dict[int, memoryview] = {}
        """by guest thread's env: its counters"""
        self.stalls = {"form": 0.0, "lock": 0.0, "GIL": 0.0}
        """seconds that guest threads worked for the optimizer, or waited for the translation lock or Python's"""
        self.ran = 0.0
        """seconds that guest threads spent on their code (and in system calls that native code does itself)"""

    def _counter(self) -> int:
        number = next(self.numbers)
        return number if number < COUNTS else -1

    # -- told by the parts
    def on_translated(self, pc: int, context: int, data: bytes, host: int, size: int) -> None:
        translator = self.engine.translator
        if not translator.quiet:
            unit = translator.unit_at(host)
            self.blocks.append(Block(len(data), size, len(unit.pcs)))

    def on_region(self, plan: Any, compiled: Any, host: int, size: int, seconds: float) -> None:
        codes = [plan.codes[pc] for pc in plan.blocks]
        insns = tuple(len(code.keys) for code in codes)
        sizes = tuple(size_between(code.pcs[0], code.pcs[-1]) for code in codes)
        places = self.places.pop(plan.head, ())
        self.regions.append(Region(plan.head, tuple(plan.blocks), sizes, insns, host, size, seconds, places))

    def counted(self, head: int, places: Sequence[tuple[str, int, int]]) -> None:
        self.places[head] = tuple(places)

    def lifted(self, blocks: Sequence[LiftedBlock]) -> None:
        pass

    def optimized(self, module: Any, timings: str) -> None:
        for line in timings.splitlines():
            words = line.split()
            if len(words) > 2 and words[-2] == "(100.0%)" and words[-1] == "Total":
                continue
            if len(words) > 2 and line.rstrip()[-1:].isalpha() and ")" in line and "%" in line:
                name, seconds = line.rsplit(")", 1)[1].strip(), float(line.rsplit("(", 1)[0].split()[-1])
                self.passes[name] = self.passes.get(name, 0.0) + seconds

    # -- what is timed
    def watch_threads(self) -> None:
        """How long guest threads are held up: they form traces, compile (``hybrids``), wait for the translation lock
        or, back from native code, for the interpreter's."""
        engine = self.engine
        enter, new_thread, form = call_native(engine.symbols["hq_enter_timed"]), engine.new_thread, engine._form
        wall = time.perf_counter
        left: dict[int, memoryview] = {}

        def on_enter(env: int, code: int) -> None:
            begun = wall()
            enter(env, code)
            back = wall()
            seconds, nanoseconds = left[env]
            self.stalls["GIL"] += back - seconds - nanoseconds / 1e9
            self.ran += back - begun

        def on_new_thread() -> Any:
            thread = new_thread()
            left[thread.env] = thread.view[h.LEFT : h.LEFT + 16].cast("Q")
            address = host.anonymous(8 * COUNTS)
            thread.put64(h.COUNTS, address)
            self.tables[thread.env] = host.view(address, 8 * COUNTS).cast("Q")
            return thread

        def on_form(recording: Any) -> None:
            begun = wall()
            form(recording)
            took = wall() - begun
            self.stalls["form"] += took
            self.ran += took

        engine.enter, engine.new_thread, engine._form = on_enter, on_new_thread, on_form
        engine.lock = _TimedLock(engine.lock, self)

    def time_blocks(self) -> None:
        translator = self.engine.translator
        name = "translate" if hasattr(translator, "make_compiler") else "build"
        setattr(translator, name, self._timed(getattr(translator, name)))

    def _timed(self, call: Callable[..., int]) -> Callable[..., int]:
        def timed(*args: Any) -> int:
            begun = time.perf_counter()
            try:
                return call(*args)
            finally:
                if not self.engine.translator.quiet:
                    self.block_times.append(time.perf_counter() - begun)

        return timed


class _TimedLock:
    """The translation lock, with the time that guest threads wait for it."""

    def __init__(self, lock: Any, profile: Profile) -> None:
        self.lock = lock
        self.profile = profile

    def acquire(self, blocking: bool = True, timeout: float = -1) -> bool:
        done: bool = self.lock.acquire(False)
        if done or not blocking:
            return done
        begun = time.perf_counter()
        done = self.lock.acquire(True, timeout)
        if threading.get_native_id() in self.profile.engine.threads:
            self.profile.stalls["lock"] += time.perf_counter() - begun
        return done

    def release(self) -> None:
        self.lock.release()

    def __enter__(self) -> bool:
        return self.acquire()

    def __exit__(self, *error: object) -> None:
        self.lock.release()
