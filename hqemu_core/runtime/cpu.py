"""One guest thread's native record: ``env`` (runtime header + ISA state), IBTC, signal queue, signal stack."""

from __future__ import annotations

import struct
from typing import Any, Final

from hqemu_core.ir import types as ty
from hqemu_core.isa.spec import IsaSpec

from . import header as h
from . import host, native

_FORMATS: Final = {1: "<B", 2: "<H", 4: "<I", 8: "<Q"}
_WORD: Final = struct.Struct("<Q")
_HALF: Final = struct.Struct("<I")
IBTC_SIZE: Final = 16 << h.IBTC_BITS
ALTSTACK: Final = 64 << 10
STACK: Final = 256 << 10
"""bytes of stack for guest code: spilled values and helper calls of one unit, nothing accumulates"""
SAVE_AREA: Final = 16 << 10


class CpuThread:
    """Implements ``linux.ports.GuestThread``. ``pc`` is exact whenever guest code is not running."""

    def __init__(self, isa: IsaSpec, address_of: dict[str, int], helpers: memoryview) -> None:
        self.isa = isa
        size = -(-isa.state.size // 4096) * 4096
        self._parts = (size, IBTC_SIZE, native.QUEUE_SIZE, SAVE_AREA, STACK, ALTSTACK)
        total = sum(-(-p // 4096) * 4096 for p in self._parts)
        self.total = total
        self.env = host.anonymous(total)
        self.view = host.view(self.env, size)
        # struct writes byte by byte, after zeros: another thread, or a signal handler, would see that
        self._words = self.view.cast("Q")
        self._ints = self.view.cast("I")
        self.ibtc = self.env + size
        self.queue = self.ibtc + IBTC_SIZE
        self.altstack = self.env + total - ALTSTACK
        self.put64(h.NATIVE_SP, self.altstack - 8)  # as after a call
        self.put64(h.SAVE_AREA, self.altstack - STACK - SAVE_AREA)
        self.linux: Any = None
        self.tid = 0
        self.context = 0
        self.resume = 0
        """host address to continue at, 0: look ``pc`` up"""
        self.inside = False
        """running native code, or not yet done with what it left it for: cache addresses are in its hands"""
        self.epoch = -1
        """the engine's when native code was last entered"""
        self.pinned = 0
        """host address that a fault which was put right will go on at"""
        self.stripped: tuple[int, int] | None = None
        """while one host instruction runs without its address's tag: (register, what it gets back); see ``tagged``"""
        self.parked: tuple[int, int] | None = None
        """guest pc of the system call it waits in, whose code was evicted meanwhile"""
        self.stale = False
        """its IBTC has targets that are gone: to be flushed before guest code runs"""
        self.interrupted_call = 0
        """after a signal hit a native system call: pc behind it (``pc`` itself is at the instruction), else 0"""
        links = ((h.LINK, "link"), (h.MISS, "miss"), (h.SYSCALL, "syscall"), (h.TRAP, "trap"), (h.HOT, "hot"))
        for slot, name in links:
            self.put64(slot, address_of["hq_" + name])
        self.put64(h.RESYNC, address_of["hq_resync"])
        self.put64(h.CHECK, address_of["hq_check"])
        self.put64(h.SYS_MASK, (1 << isa.bits) - 1)
        self.put64(h.IBTC, self.ibtc)
        self.put64(h.IBTC_REAL, self.ibtc)
        self.put64(h.QUEUE, self.queue)
        self.put32(h.MXCSR, 0x1F80)
        for n, value in enumerate((0xFFFF037F, 0xFFFF0000, 0xFFFFFFFF, 0, 0, 0, 0xFFFF0000)):
            self.put32(h.F80_ENV + 4 * n, value)
        self.view[h.HELPERS : h.HELPERS + len(helpers)] = helpers
        # an empty entry must not match guest address 0
        struct.pack_into("<Q", host.view(self.ibtc, 8), 0, (1 << 64) - 1)

    def put64(self, offset: int, value: int) -> None:
        """A field of the header, at once."""
        self._words[offset >> 3] = value

    def put32(self, offset: int, value: int) -> None:
        self._ints[offset >> 2] = value

    def get64(self, offset: int) -> int:
        return self._words[offset >> 3]

    def get32(self, offset: int) -> int:
        return self._ints[offset >> 2]

    @property
    def pc(self) -> int:
        return self.read(self.isa.pc, self.isa.pc_type)

    @pc.setter
    def pc(self, value: int) -> None:
        self.resume = 0
        self.write(self.isa.pc, self.isa.pc_type, value)

    def read(self, offset: int, t: int) -> int:
        """State at ``offset`` from env: ``bits(t)`` wide bit pattern, little-endian."""
        if t == ty.I64:
            value: int = _WORD.unpack_from(self.view, offset)[0]
            return value
        if t == ty.I32:
            value = _HALF.unpack_from(self.view, offset)[0]
            return value
        size = max(1, ty.bits(t) // 8)
        return int.from_bytes(self.view[offset : offset + size], "little")

    def write(self, offset: int, t: int, value: int) -> None:
        if t == ty.I64:
            _WORD.pack_into(self.view, offset, value & 0xFFFF_FFFF_FFFF_FFFF)
            return
        if t == ty.I32:
            _HALF.pack_into(self.view, offset, value & 0xFFFF_FFFF)
            return
        size = max(1, ty.bits(t) // 8)
        self.view[offset : offset + size] = (value & ((1 << 8 * size) - 1)).to_bytes(size, "little")

    def read_bytes(self, offset: int, size: int) -> bytes:
        return bytes(self.view[offset : offset + size])

    def write_bytes(self, offset: int, data: bytes) -> None:
        self.view[offset : offset + len(data)] = data

    @property
    def fp_flags(self) -> int:
        """Sticky floating-point flags, bits ``opcodes.FP_*``: MXCSR has them in this order."""
        return self.get32(h.MXCSR) & 63

    @fp_flags.setter
    def fp_flags(self, value: int) -> None:
        self.put32(h.MXCSR, self.get32(h.MXCSR) & ~63 | value & 63)

    @property
    def fp_rounding(self) -> int:
        """The dynamic modes, ``opcodes.MODE_*``. MXCSR has masks where we have traps."""
        value = self.get32(h.MXCSR)
        return value >> 13 & 3 | value >> 13 & 4 | value >> 3 & 8 | (~value >> 7 & 63) << 4

    @fp_rounding.setter
    def fp_rounding(self, mode: int) -> None:
        moved = (mode & 3) << 13 | (mode & 4) << 13 | (mode & 8) << 3 | (~mode >> 4 & 63) << 7
        self.put32(h.MXCSR, self.get32(h.MXCSR) & 63 | moved)

    @property
    def f80_control(self) -> int:
        """Control word of f80 arithmetic, as an x87's."""
        return self.get32(h.F80_ENV) & 0xFFFF

    @f80_control.setter
    def f80_control(self, value: int) -> None:
        self.put32(h.F80_ENV, 0xFFFF0000 | value & 0x1F3F | 0x40)

    @property
    def f80_flags(self) -> int:
        """Sticky flags of f80 arithmetic, bits ``opcodes.FP_*``."""
        return self.get32(h.F80_ENV + 4) & 63

    @f80_flags.setter
    def f80_flags(self, value: int) -> None:
        raised = value & ~self.f80_control & 63
        self.put32(h.F80_ENV + 4, 0xFFFF0000 | value & 63 | (0x8080 if raised else 0))

    def flush_ibtc(self) -> None:
        """Forget every indirect-branch target (the pages become zero again). Not while the thread is in native code:
        it may have compared an entry's pc and not yet jumped."""
        host.syscall(28, self.ibtc, IBTC_SIZE, 4)  # madvise MADV_DONTNEED
        struct.pack_into("<Q", host.view(self.ibtc, 8), 0, (1 << 64) - 1)

    def take_signals(self) -> list[bytes]:
        """The siginfo records (128 bytes each) that the native handler queued, oldest first."""
        queue = host.view(self.queue, native.QUEUE_SIZE)
        counts = queue[:8].cast("I")
        written, read = counts[0], counts[1]
        found = []
        while read != written:
            at = 16 + read % native.QUEUE_SLOTS * 128
            found.append(bytes(queue[at : at + 128]))
            read = read + 1 & 0xFFFFFFFF
        counts[1] = read
        return found

    def close(self) -> None:
        for view in (self._words, self._ints, self.view):
            view.release()
        host.munmap(self.env, self.total)
