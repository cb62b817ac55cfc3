"""A guest process without an engine: real guest memory, real host calls, the arm64 numbers and layouts."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from hqemu_core.linux.calls import host_call
from hqemu_core.linux.memory import GuestMemory
from hqemu_core.linux.mmap import map_pages
from hqemu_core.linux.process import LinuxConfig, ThreadState
from hqemu_core.linux.syscalls.structs import WIDTHS
from hqemu_core.linux.syscalls.table import all_entries, bind

MAP_PRIVATE_ANONYMOUS = 0x22


taken: list[Guest] = []


class Guest:
    """``guest.call("openat", ...)`` is the system call; bytes arguments are put into guest memory first."""

    def __init__(self, config: LinuxConfig, layout: str = "generic64") -> None:
        self.bits = bits = WIDTHS[layout][0] * 8
        self.memory = GuestMemory(bits)
        self.numbers = {name: number for number, name in enumerate(all_entries(bits))}
        abi = SimpleNamespace(
            bits=bits, layout=layout, extra={"aligned_pairs": layout == "arm"}, uname="aarch64",
            cpuinfo="BogoMIPS\t: 50.00\n",
            syscalls={number: name for name, number in self.numbers.items()} | {5000: "strange"},
            number=48, args=(0, 8, 16, 24, 32, 40), ret=0,
        )  # fmt: skip
        self.thread: Any = SimpleNamespace(pc=0x1000, linux=ThreadState(77), state={})
        self.thread.write = lambda offset, kind, value: None
        self.thread.read = lambda offset, kind: self.thread.state.get(offset, 0)
        engine = SimpleNamespace(host_call=lambda thread, number, args: host_call(number, *args), signal_mask=0)
        self.process: Any = SimpleNamespace(
            abi=abi, isa=SimpleNamespace(tag_bits=0), memory=self.memory, config=config, engine=engine,
            exe_path=b"/bin/true", argv=[b"prog", b"a b"],
            environ=[b"A=1"], kept_fds=set(), stack_pointer=0x123450, on_exec=[],
            auxv=b"\x06" + bytes(7) + b"\0\x10" + bytes(22),
        )  # fmt: skip
        self.table = bind(cast("Any", self.process))
        # several guests of one test share the window
        self.memory.mmap_base -= len(taken) << 24
        taken.append(self)
        self.area = map_pages(self.memory, 0, 1 << 20, 3, MAP_PRIVATE_ANONYMOUS)
        self.next = self.area

    def put(self, data: bytes) -> int:
        addr = self.next
        self.memory.write(addr, data)
        self.next += (len(data) + 31) & ~15
        return addr

    def room(self, size: int) -> int:
        return self.put(b"\xaa" * size)

    def call(self, name: str, *args: int | bytes) -> int:
        mask = (1 << self.bits) - 1
        values = [self.put(arg + b"\0") if isinstance(arg, bytes) else arg & mask for arg in args]
        self.thread.state = dict(zip((48, 0, 8, 16, 24, 32, 40), (self.numbers[name], *values), strict=False))
        result = self.table.call(self.process, self.thread)
        return result if result < 1 << 63 else result - (1 << 64)

    def close(self) -> None:
        from hqemu_core.linux.mmap import unmap_pages

        for region in list(self.memory.regions.overlapping(0, self.memory.task_size)):
            unmap_pages(self.memory, region.start, region.end - region.start)


@pytest.fixture
def make_guest() -> Any:
    guests: list[Guest] = []

    def make(layout: str = "generic64", **options: Any) -> Guest:
        guests.append(Guest(LinuxConfig(**options), layout))
        return guests[-1]

    yield make
    for guest in guests:
        guest.close()
    taken.clear()


@pytest.fixture
def guest(make_guest: Any) -> Guest:
    found: Guest = make_guest()
    return found
