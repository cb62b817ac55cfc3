"""Checked access by guest address, and the write protection of translated code."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from hqemu_core.errors import GuestFault
from hqemu_core.linux.calls import SyscallError, host_call
from hqemu_core.linux.memory import GuestMemory
from hqemu_core.linux.mmap import MAP_FIXED, map_pages, protect_pages, unmap_pages

PAGE = 4096
AT = 0x20_0000_0000
ANON = 0x22 | MAP_FIXED


@pytest.fixture
def memory() -> Iterator[GuestMemory]:
    memory = GuestMemory()
    map_pages(memory, AT, 2 * PAGE, 3, ANON)
    yield memory
    regions = memory.regions.regions
    unmap_pages(memory, regions[0].start, regions[-1].end - regions[0].start)


def test_reads_and_writes_where_the_host_sees_it(memory: GuestMemory) -> None:
    memory.write(AT + PAGE - 3, b"across")
    assert memory.read(AT + PAGE - 3, 6) == b"across"
    assert ctypes.string_at(memory.base + AT + PAGE - 3, 6) == b"across"
    memory.write_int(AT, 4, -2)
    assert memory.read_int(AT, 4) == 0xFFFFFFFE
    view = memory.view(AT + 8, 4, write=True)
    view[:] = b"abcd"
    assert memory.read_cstr(AT + 8) == b"abcd"


@pytest.mark.parametrize("offset, size", [(-1, 1), (-1, 4), (2 * PAGE, 1), (2 * PAGE - 1, 2), (-AT, 8), (1 << 63, 1)])
def test_unmapped_bytes_fault(memory: GuestMemory, offset: int, size: int) -> None:
    for access in (lambda: memory.read(AT + offset, size), lambda: memory.write(AT + offset, bytes(size))):
        with pytest.raises(GuestFault) as caught:
            access()
        assert (caught.value.signo, caught.value.code) == (11, 1)
    assert not memory.readable(AT + offset, size)


def test_protection_is_the_guests(memory: GuestMemory) -> None:
    protect_pages(memory, AT + PAGE, PAGE, 1)
    assert memory.read(AT + PAGE, 4) == bytes(4)
    with pytest.raises(GuestFault) as caught:
        memory.write(AT + PAGE - 2, b"1234")
    assert (caught.value.addr, caught.value.code) == (AT + PAGE, 2)
    protect_pages(memory, AT, PAGE, 0)
    with pytest.raises(GuestFault):
        memory.read(AT, 1)


def test_a_string_may_end_at_the_last_byte_and_must_not_go_on(memory: GuestMemory) -> None:
    memory.write(AT + 2 * PAGE - 4, b"abc\0")
    assert memory.read_cstr(AT + 2 * PAGE - 4) == b"abc"
    memory.write(AT + 2 * PAGE - 4, b"abcd")
    with pytest.raises(GuestFault):
        memory.read_cstr(AT + 2 * PAGE - 4)
    memory.write(AT, b"x" * 200)
    with pytest.raises(SyscallError) as caught:
        memory.read_cstr(AT, 100)
    assert caught.value.errno == 36


def test_pages_past_the_end_of_a_file_are_errors_not_crashes(memory: GuestMemory, tmp_path: Path) -> None:
    path = tmp_path / "short"
    path.write_bytes(b"z" * 100)
    fd = os.open(path, os.O_RDWR)
    for sharing in (1, 2):
        map_pages(memory, AT + 4 * PAGE, 2 * PAGE, 3, MAP_FIXED | sharing, fd)
        assert memory.read(AT + 4 * PAGE + 98, 4) == b"zz\0\0"
        memory.write(AT + 4 * PAGE, b"ok")
        for access in (lambda: memory.read(AT + 5 * PAGE, 8), lambda: memory.write(AT + 5 * PAGE, b"1")):
            with pytest.raises(GuestFault) as caught:
                access()
            assert caught.value.signo == 7
    os.ftruncate(fd, 0)
    map_pages(memory, AT + 4 * PAGE, PAGE, 3, MAP_FIXED | 1, fd)
    with pytest.raises(GuestFault):
        memory.read(AT + 4 * PAGE, 1)
    os.close(fd)


def kernel_can_write(memory: GuestMemory, addr: int) -> bool:
    """Whether a system call may write there: what native code would meet, too."""
    fd = os.open("/dev/zero", os.O_RDONLY)
    try:
        return host_call(0, fd, memory.base + addr, 1) == 1
    finally:
        os.close(fd)


def test_translated_code_is_protected_until_written(memory: GuestMemory) -> None:
    dropped: list[tuple[int, int]] = []
    memory.invalidate = lambda start, size: dropped.append((start, size))
    map_pages(memory, AT, 2 * PAGE, 7, ANON)
    dropped.clear()
    memory.code_pages(AT + PAGE - 4, 8)
    assert not kernel_can_write(memory, AT)
    assert not kernel_can_write(memory, AT + PAGE)
    memory.write(AT + 5, b"new")
    assert dropped == [(AT, PAGE)]
    assert kernel_can_write(memory, AT)
    assert not kernel_can_write(memory, AT + PAGE)
    assert memory.on_code_write(AT + PAGE)
    assert dropped == [(AT, PAGE), (AT + PAGE, PAGE)]
    assert kernel_can_write(memory, AT + PAGE)
    # a fault that another thread has settled meanwhile is retried, a real one is not
    assert memory.on_code_write(AT)
    protect_pages(memory, AT, PAGE, 5)
    assert not memory.on_code_write(AT)
    assert not memory.on_code_write(AT + 9 * PAGE)


def test_protection_of_code_survives_mprotect(memory: GuestMemory) -> None:
    map_pages(memory, AT, PAGE, 7, ANON)
    memory.code_pages(AT, 4)
    protect_pages(memory, AT, PAGE, 7)
    assert not kernel_can_write(memory, AT)
    assert memory.prepare_write(AT, 1)
    assert not memory.prepare_write(AT, 1)
    assert kernel_can_write(memory, AT)


def test_a_32_bit_window_ends_at_4_gib() -> None:
    memory = GuestMemory(bits=32)
    addr = map_pages(memory, 0xFFFE_0000, PAGE, 3, ANON)
    memory.write(addr + PAGE - 2, b"ab")
    with pytest.raises(GuestFault):
        memory.write(addr + PAGE - 1, b"ab")
    with pytest.raises(GuestFault):
        memory.read((1 << 32) + addr, 1)
    unmap_pages(memory, addr, PAGE)
    # what is unmapped stays reserved
    assert host_call(9, memory.base + addr, PAGE, 3, 0x100022, -1, 0) == -17
