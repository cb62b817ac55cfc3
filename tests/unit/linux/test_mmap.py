"""The guest's mmap family against the host kernel's: the same calls in an arena of each, the same outcome."""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from hqemu_core.linux.calls import SyscallError, host_call
from hqemu_core.linux.memory import PROT_EXEC, GuestMemory
from hqemu_core.linux.mmap import MAP_FIXED, MAP_FIXED_NOREPLACE, find_gap, map_pages, protect_pages, unmap_pages
from hqemu_core.linux.mremap import remap_pages

PAGE = 4096
ARENA = 48
GUEST = 0x10_0000_0000
HOST = 0x0500_0000_0000
"""the host's arena: far from where the kernel, asked by Python or libc at any moment, puts what may go anywhere"""
ANON = 0x4022  # MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE
MAYMOVE, FIXED, DONTUNMAP = 1, 2, 4


@pytest.fixture
def memory() -> Iterator[GuestMemory]:
    memory = GuestMemory()
    yield memory
    regions = memory.regions.regions
    if regions:
        unmap_pages(memory, regions[0].start, regions[-1].end - regions[0].start)


@pytest.fixture
def file(tmp_path: Path) -> Iterator[int]:
    path = tmp_path / "file"
    path.write_bytes(b"".join(bytes([n]) * PAGE for n in range(6)))
    fd = os.open(path, os.O_RDWR)
    yield fd
    os.close(fd)


def outcome(call: Callable[..., int | None], *args: object) -> int:
    try:
        return call(*args) or 0
    except SyscallError as error:
        return -error.errno


def host_maps(start: int, end: int) -> list[tuple[int, str]]:
    """(page, protection and sharing) of each mapped page in the range."""
    found = []
    for line in Path("/proc/self/maps").read_text().splitlines():
        span, rights = line.split()[:2]
        low, high = (int(part, 16) for part in span.split("-"))
        for at in range(max(low, start), min(high, end), PAGE):
            found.append(((at - start) // PAGE, rights))
    return found


def guest_maps(memory: GuestMemory) -> list[tuple[int, str]]:
    found = []
    for line in memory.maps_text().decode().splitlines():
        span, rights = line.split()[:2]
        low, high = (int(part, 16) for part in span.split("-"))
        for at in range(max(low, GUEST), min(high, GUEST + ARENA * PAGE), PAGE):
            found.append(((at - GUEST) // PAGE, rights))
    return found


class Pair:
    """One call in both arenas. Results that are addresses are compared as page numbers."""

    def __init__(self, memory: GuestMemory) -> None:
        self.memory = memory
        self.host = HOST
        assert host_maps(HOST, HOST + ARENA * PAGE) == []

    def same(self, name: str, guest: int, host: int, args: object) -> None:
        if guest > 0:
            guest = (guest - GUEST) // PAGE
        if host > 0:
            host = (host - self.host) // PAGE
        assert (name, args, guest) == (name, args, host)

    def map(self, page: int, pages: int, prot: int, flags: int, fd: int, offset: int) -> None:
        guest = outcome(map_pages, self.memory, GUEST + page * PAGE, pages * PAGE, prot, flags, fd, offset)
        host = host_call(9, self.host + page * PAGE, pages * PAGE, prot, flags, fd, offset)
        self.same("mmap", guest, host, (page, pages, prot, hex(flags)))

    def unmap(self, page: int, pages: int) -> None:
        guest = outcome(unmap_pages, self.memory, GUEST + page * PAGE, pages * PAGE)
        self.same("munmap", guest, host_call(11, self.host + page * PAGE, pages * PAGE), (page, pages))

    def protect(self, page: int, pages: int, prot: int) -> None:
        guest = outcome(protect_pages, self.memory, GUEST + page * PAGE, pages * PAGE, prot)
        host = host_call(10, self.host + page * PAGE, pages * PAGE, prot)
        self.same("mprotect", guest, host, (page, pages, prot))

    def remap(self, page: int, old: int, new: int, flags: int, to: int) -> None:
        guest = outcome(
            remap_pages, self.memory, GUEST + page * PAGE, old * PAGE, new * PAGE, flags, GUEST + to * PAGE
        )
        host = host_call(25, self.host + page * PAGE, old * PAGE, new * PAGE, flags, self.host + to * PAGE)
        self.same("mremap", guest, host, (page, old, new, flags, to))

    def contents(self, page: int) -> tuple[bytes, bytes]:
        window = self.memory.base + GUEST
        return tuple(_peek(base + page * PAGE) for base in (window, self.host))  # type: ignore[return-value]


def _peek(addr: int) -> bytes:
    import ctypes

    return ctypes.string_at(addr, 16)


def test_random_calls_end_as_the_hosts(memory: GuestMemory, file: int) -> None:
    rng = random.Random(7)
    for _ in range(20):
        pair = Pair(memory)
        for _ in range(60):
            page = rng.randrange(ARENA - 12)
            pages = rng.randrange(1, 8)
            prot = rng.choice([0, 1, 3, 5, 7])
            kind = rng.randrange(6)
            if kind <= 1:
                place = rng.choice([MAP_FIXED, MAP_FIXED, MAP_FIXED_NOREPLACE])
                if rng.random() < 0.5:
                    sharing = rng.choice([1, 2])
                    pair.map(page, min(pages, 4), prot, place | sharing, file, rng.randrange(2) * PAGE)
                else:
                    pair.map(page, pages, prot, place | rng.choice([ANON, 0x21]), -1, 0)
            elif kind == 2:
                pair.unmap(page, pages)
            elif kind == 3:
                pair.protect(page, pages, prot)
            elif kind == 4:
                pair.remap(page, rng.randrange(1, 4), rng.randrange(0, 6), 0, 0)
            else:
                to = rng.randrange(ARENA - 12)
                old, new = rng.randrange(1, 4), rng.randrange(1, 5)
                # kernels from 6.17 on can move several mappings at once, which no program counts on
                region = memory.regions.find(GUEST + page * PAGE)
                if region is None or GUEST + (page + old) * PAGE <= region.end:
                    pair.remap(page, old, new, MAYMOVE | FIXED, to)
            assert guest_maps(memory) == host_maps(pair.host, pair.host + ARENA * PAGE)
        readable = {p for p, rights in guest_maps(memory) if "r" in rights}
        for page in readable:
            region = memory.regions.find(GUEST + page * PAGE)
            if region is not None and region.sure:
                assert len(set(pair.contents(page))) == 1
        unmap_pages(memory, GUEST, ARENA * PAGE)
        host_call(11, pair.host, ARENA * PAGE)


@pytest.mark.parametrize(
    "addr, length, prot, flags",
    [
        (0, 0, 3, ANON),
        (0, 1 << 60, 3, ANON),
        (0, PAGE, 3, 2),
        (5, PAGE, 3, ANON | MAP_FIXED),
        ((1 << 64) - PAGE, PAGE, 3, ANON | MAP_FIXED),
    ],
)
def test_wrong_arguments_fail_as_the_hosts(memory: GuestMemory, addr: int, length: int, prot: int, flags: int) -> None:
    assert outcome(map_pages, memory, addr, length, prot, flags) == host_call(9, addr, length, prot, flags, -1, 0)


def test_the_highest_gap_below_the_base_is_taken(memory: GuestMemory) -> None:
    memory.mmap_base = GUEST + 10 * PAGE
    assert map_pages(memory, 0, PAGE, 3, ANON) == GUEST + 9 * PAGE
    assert map_pages(memory, 0, 3 * PAGE, 3, ANON) == GUEST + 6 * PAGE
    unmap_pages(memory, GUEST + 7 * PAGE, PAGE)
    assert find_gap(memory, PAGE) == GUEST + 7 * PAGE
    assert find_gap(memory, 2 * PAGE) == GUEST + 4 * PAGE


def test_a_free_hint_is_taken_a_busy_one_is_not(memory: GuestMemory) -> None:
    memory.mmap_base = GUEST
    hint = GUEST + 5 * PAGE
    assert map_pages(memory, hint + 17, PAGE, 3, ANON) == hint
    assert map_pages(memory, hint, PAGE, 3, ANON) == GUEST - PAGE


def test_the_host_never_gets_guest_code_executable(memory: GuestMemory) -> None:
    map_pages(memory, GUEST, PAGE, PROT_EXEC, ANON | MAP_FIXED)
    map_pages(memory, GUEST + PAGE, PAGE, 3, ANON | MAP_FIXED)
    protect_pages(memory, GUEST + PAGE, PAGE, 7)
    at = memory.base + GUEST
    assert [rights[:3] for _, rights in host_maps(at, at + 2 * PAGE)] == ["r--", "rw-"]
    assert [rights[:3] for _, rights in guest_maps(memory)] == ["--x", "rwx"]


def test_what_takes_code_away_is_told(memory: GuestMemory) -> None:
    told: list[tuple[int, int]] = []
    memory.invalidate = lambda start, size: told.append((start - GUEST, size))

    def fresh() -> None:
        map_pages(memory, GUEST, 4 * PAGE, 5, ANON | MAP_FIXED)
        told.clear()

    fresh()
    unmap_pages(memory, GUEST + PAGE, PAGE)
    assert told == [(PAGE, PAGE)]
    fresh()
    protect_pages(memory, GUEST + 2 * PAGE, 2 * PAGE, 3)
    assert told == [(2 * PAGE, 2 * PAGE)]
    fresh()
    protect_pages(memory, GUEST, PAGE, 1 | PROT_EXEC)
    assert told == []
    map_pages(memory, GUEST, PAGE, 3, ANON | MAP_FIXED)
    assert told == [(0, PAGE)]
    fresh()
    remap_pages(memory, GUEST, PAGE, PAGE, MAYMOVE | FIXED, GUEST + 8 * PAGE)
    assert told == [(0, PAGE)]
    told.clear()
    protect_pages(memory, GUEST + 8 * PAGE, PAGE, 7)  # may be written from now on: translations were made without
    assert told == [(8 * PAGE, PAGE)]
