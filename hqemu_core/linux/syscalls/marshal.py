"""Calls of the host made from a row: pointers moved into the window, paths redirected, structs and flags converted.

``make_call(row, layout, paths)`` gives ``call(process, thread, *args) -> int``. Each argument that is not a plain
number becomes a *step*: it changes the argument list before the call and may leave something to do after it.
"""

from __future__ import annotations

import ctypes
import errno
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from ..calls import ERESTARTNOHAND, SyscallError, host_call, s32
from .oflags import from_host, is_same, to_host
from .row import INT_KINDS, WIDE_KINDS, Arg, Entry, Row, parse_arg
from .structs import OVERFLOW_ID, converter, is_narrow, layout_of, same

if TYPE_CHECKING:
    from ..memory import GuestMemory
    from ..ports import GuestThread
    from ..process import Process

Call = Callable[..., int]
After = Callable[[int], None]
Step = Callable[["Process", list[int]], "After | None"]
Run = Callable[["Process", "GuestThread", int, list[int]], int]
"""does the host's call: (process, thread, number, host arguments) -> result"""

ERESTARTSYS: Final = 512
INTERRUPTED: Final = (-errno.EINTR, -ERESTARTSYS, -ERESTARTNOHAND)
_EFAULT: Final = -errno.EFAULT
AT_FDCWD: Final = -100
_LONG_KINDS: Final = frozenset(("long", "off"))
_FOLLOW_BITS: Final = {"path": 0x100, "lpath": 0x400}
"""what turns the kind's way of treating a last symbolic link round: AT_SYMLINK_NOFOLLOW, AT_SYMLINK_FOLLOW"""


def is_flat(arg: Arg, layout: str) -> bool:
    """The kernel can use the argument as it is, but for the window offset."""
    if arg.kind == "oflags":
        return is_same(layout)
    if arg.kind == "struct":
        return same(arg.what, layout)
    if is_narrow(layout) and (arg.kind == "fdset" or arg.kind in WIDE_KINDS):
        return False
    return arg.kind not in ("path", "lpath", "strings", "uid16")


def letter(arg: Arg, layout: str) -> str:
    """The argument's letter in ``Personality.native_calls``; "" if it needs Python."""
    if not is_flat(arg, layout):
        return ""
    signed = INT_KINDS | _LONG_KINDS if is_narrow(layout) else INT_KINDS
    return "i" if arg.kind in signed else "s" if arg.is_scalar else "p"


def native_letters(entry: Entry, layout: str, known: dict[str, str]) -> str:
    """The six letters of a row whose call can be done without Python, else "". ``known`` remembers kinds.

    The native path restarts what a signal interrupted whenever the guest's action says so: not right for "N".
    """
    _, _, text, how, options = entry
    if how != "host" or "1" in options or "N" in options or "y" in options:
        return ""
    text, _, result = text.partition("->")
    if _result_step(result.strip(), layout) is not None:
        return ""
    letters = ""
    for word in text.split():
        kind = word[word.index(":") + 1 :]
        found = known.get(kind)
        if found is None:
            found = known[kind] = letter(parse_arg(word), layout)
        if not found:
            return ""
        letters += found
    return letters.ljust(6, "-")


def host_address(memory: GuestMemory, addr: int) -> int:
    """NULL stays NULL. The kernel itself finds out whether there is memory."""
    if addr >= memory.size:
        raise SyscallError(errno.EFAULT)
    return memory.base + addr if addr else 0


def restart_code(options: str) -> int:
    return ERESTARTSYS if "R" in options else ERESTARTNOHAND if "N" in options else errno.EINTR


def run_at_once(process: Process, thread: GuestThread, number: int, args: list[int]) -> int:
    return host_call(number, *args)


def run_blocking(process: Process, thread: GuestThread, number: int, args: list[int]) -> int:
    """A signal that comes just before the host's call must still end it: the engine sees to that."""
    return process.engine.host_call(thread, number, tuple(args))


def call_blocking(process: Process, thread: GuestThread, number: int, *args: int) -> int:
    """A blocking call that restarts; for functions written by hand."""
    result = process.engine.host_call(thread, number, args)
    return -ERESTARTSYS if result in INTERRUPTED else result


def make_call(row: Row, layout: str, paths: Any = None, run: Run | None = None) -> Call:
    """``paths(path, follow=True) -> path`` redirects; needed for rows with path arguments."""
    if run is None:
        run = run_blocking if "R" in row.options or "N" in row.options else run_at_once
    steps: list[Step] = []
    flat: list[int] = []
    writes: list[tuple[int, Callable[[list[int]], int]]] = []
    index = {arg.name: i for i, arg in enumerate(row.args)}
    narrow = is_narrow(layout)
    signed = tuple(i for i, arg in enumerate(row.args) if narrow and arg.kind in _LONG_KINDS)
    for i, arg in enumerate(row.args):
        if arg.kind == "oflags":
            if not is_same(layout):
                steps.append(_flag_step(i, layout))
        elif arg.kind == "uid16":
            steps.append(_id_step(i))
        elif arg.kind == "fdset" and narrow:
            steps.append(_bits_step(i))
        elif arg.kind in ("path", "lpath"):
            steps.append(_path_step(i, arg, row, index, paths))
        elif arg.kind == "struct" and not same(arg.what, layout):
            steps.append(_struct_step(i, arg, index, layout))
        elif not arg.is_scalar:
            flat.append(i)
            if arg.way in ("out", "inout"):
                writes.append((i, _size_of(arg, index, layout)))
    return _assemble(row, layout, tuple(flat), tuple(steps), tuple(writes), signed, run)


def _result_step(kind: str, layout: str) -> Callable[[int], int] | None:
    """What becomes of a result that is no error."""
    if kind == "oflags" and not is_same(layout):
        return lambda result: from_host(result, layout)
    if kind == "off" and is_narrow(layout):
        return lambda result: result if result < 1 << 31 else -errno.EOVERFLOW
    if kind == "uid16":
        return lambda result: result if result < 1 << 16 else OVERFLOW_ID
    return None


def _assemble(
    row: Row, layout: str, flat: tuple[int, ...], steps: tuple[Step, ...],
    writes: tuple[tuple[int, Callable[[list[int]], int]], ...], signed: tuple[int, ...], run: Run,
) -> Call:  # fmt: skip
    """``signed``: arguments that are as wide as a guest's long, shorter than the host's."""
    host, interrupted, once = row.host, -restart_code(row.options), "1" in row.options
    back = _result_step(row.result, layout)

    def prepare(memory: GuestMemory, args: tuple[int, ...]) -> bool:
        """Make what the call writes writable; True if anything was not."""
        given, done = list(args), False
        for i, size in writes:
            if args[i] and memory.prepare_write(args[i], size(given)):
                done = True
        return done

    def call_flat(process: Process, thread: GuestThread, *args: int) -> int:
        memory = process.memory
        given = list(args)
        for i in signed:
            given[i] = s32(given[i])
        for i in flat:
            if given[i]:
                given[i] = host_address(memory, given[i])
        if once:
            prepare(memory, args)
        result = run(process, thread, host, given)
        if result == _EFAULT and not once and prepare(memory, args):
            result = run(process, thread, host, given)
        if result in INTERRUPTED:
            return interrupted
        return back(result) if back is not None and result >= 0 else result

    if not steps:
        return call_flat

    def call_steps(process: Process, thread: GuestThread, *args: int) -> int:
        given = list(args)
        for i in signed:
            given[i] = s32(given[i])
        later = []
        for step in steps:
            after = step(process, given)
            if after is not None:
                later.append(after)
        for i in flat:
            if given[i]:
                given[i] = host_address(process.memory, given[i])
        if writes:
            prepare(process.memory, args)
        result = run(process, thread, host, given)
        if result < 0:
            return interrupted if result in INTERRUPTED else result
        for after in later:
            after(result)
        return back(result) if back is not None else result

    return call_steps


def _size_of(arg: Arg, index: dict[str, int], layout: str) -> Callable[[list[int]], int]:
    """How many bytes the kernel may write there."""
    if arg.kind == "fdset":
        return lambda args: (max(s32(args[0]), 0) + 63) // 64 * 8
    unit = layout_of(arg.what, layout).size if arg.kind == "struct" else 1
    if not arg.length:
        return lambda args: unit
    if arg.length.isdigit():
        total = unit * int(arg.length)
        return lambda args: total
    at = index[arg.length]
    return lambda args: unit * max(s32(args[at]) if unit > 1 else args[at] & 0x7FFFFFFF, 0)


def _flag_step(i: int, layout: str) -> Step:
    def step(process: Process, args: list[int]) -> None:
        args[i] = to_host(args[i], layout)

    return step


def _id_step(i: int) -> Step:
    def step(process: Process, args: list[int]) -> None:
        args[i] = args[i] & 0xFFFF if args[i] & 0xFFFF != 0xFFFF else -1

    return step


def _bits_step(i: int) -> Step:
    """Sets of descriptors are made of longs: the host would read and write up to 32 bits more than there are."""

    def step(process: Process, args: list[int]) -> After | None:
        addr = args[i]
        if not addr:
            return None
        size = (max(s32(args[0]), 0) + 31) // 32 * 4
        kept = ctypes.create_string_buffer(process.memory.read(addr, size), size + 4)
        args[i] = ctypes.addressof(kept)
        return lambda result: process.memory.write(addr, kept.raw[:size])

    return step


def _path_step(i: int, arg: Arg, row: Row, index: dict[str, int], paths: Any) -> Step:
    follow = arg.kind == "path"
    bit = _FOLLOW_BITS[arg.kind]
    flags_at = index[arg.follow_flag] if arg.follow_flag else -1
    dir_at = i - 1 if i and row.args[i - 1].kind == "dirfd" else -1

    def step(process: Process, args: list[int]) -> After | None:
        addr = args[i]
        if not addr:
            return None  # utimensat and others: the descriptor itself
        text = process.memory.read_cstr(addr)
        if dir_at < 0 or text[:1] == b"/" or s32(args[dir_at]) == AT_FDCWD:
            flipped = flags_at >= 0 and bool(args[flags_at] & bit)
            found = paths(text, follow != flipped)
            if found is not text:
                kept = ctypes.create_string_buffer(found)
                args[i] = ctypes.addressof(kept)
                return lambda result, kept=kept: None  # type: ignore[misc]
        args[i] = process.memory.base + addr
        return None

    return step


def _struct_step(i: int, arg: Arg, index: dict[str, int], layout: str) -> Step:
    """A struct (or an array of them) whose layout differs or that holds pointers goes through a copy."""
    guest_size, host_size = layout_of(arg.what, layout).size, layout_of(arg.what).size
    from_guest, to_guest = converter(arg.what, layout, "x86_64"), converter(arg.what, "x86_64", layout)
    pointers = layout_of(arg.what).pointers
    reads, writes = arg.way != "out", arg.way != "in"
    if arg.way == "out" and not arg.length and not pointers:
        return _out_step(i, host_size, to_guest)
    fixed = int(arg.length) if arg.length.isdigit() else 1
    count_at = index[arg.length] if arg.length and not arg.length.isdigit() else -1
    by_result = arg.by_result

    def step(process: Process, args: list[int]) -> After | None:
        addr = args[i]
        if not addr:
            return None
        memory = process.memory
        number = s32(args[count_at]) if count_at >= 0 else fixed
        if not 0 <= number < 1 << 20:
            return None  # the kernel refuses it before it looks
        kept = ctypes.create_string_buffer(host_size * number or 1)
        args[i] = ctypes.addressof(kept)
        if reads:
            data = memory.read(addr, guest_size * number)
            parts = [from_guest(data[n * guest_size : (n + 1) * guest_size]) for n in range(number)]
            ctypes.memmove(kept, b"".join(parts), number * host_size)
            for n in range(number):
                for offset in pointers:
                    _move(memory, kept, n * host_size + offset, memory.base)
        if not writes:
            return lambda result, kept=kept: None  # type: ignore[misc]

        def after(result: int) -> None:
            done = min(number, result) if by_result else number
            for n in range(done):
                for offset in pointers:
                    _move(memory, kept, n * host_size + offset, -memory.base)
            raw = kept.raw
            size = host_size
            memory.write(addr, b"".join([to_guest(raw[n * size : (n + 1) * size]) for n in range(done)]))

        return after

    return step


def _out_step(i: int, host_size: int, to_guest: Callable[[bytes], bytes]) -> Step:
    """The commonest: one struct that comes out (stat)."""

    def step(process: Process, args: list[int]) -> After | None:
        addr = args[i]
        if not addr:
            return None
        kept = ctypes.create_string_buffer(host_size)
        args[i] = ctypes.addressof(kept)
        return lambda result: process.memory.write(addr, to_guest(kept.raw))

    return step


def _move(memory: GuestMemory, buffer: ctypes.Array[ctypes.c_char], offset: int, by: int) -> None:
    cell = ctypes.c_uint64.from_buffer(buffer, offset)
    if cell.value:
        if by > 0 and cell.value >= memory.size:
            raise SyscallError(errno.EFAULT)
        cell.value += by
