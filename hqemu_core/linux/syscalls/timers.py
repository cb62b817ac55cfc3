"""POSIX timers. The host's do the work; execve must end those of the old program."""

from __future__ import annotations

from ctypes import addressof, c_int32, create_string_buffer
from typing import TYPE_CHECKING, Final

from ..calls import host_call
from .structs import converter, layout_of

if TYPE_CHECKING:
    from ..ports import GuestThread
    from ..process import Process

_TIMER_CREATE, _TIMER_DELETE = 222, 226
_made: Final[set[int]] = set()


def _delete_all() -> None:
    for timer in _made:
        host_call(_TIMER_DELETE, timer)  # those that are gone already do not matter
    _made.clear()


def sys_timer_create(process: Process, thread: GuestThread, clock: int, event: int, timerid: int) -> int:
    where, kept = 0, None
    if event:
        layout = process.abi.layout
        data = process.memory.read(event, layout_of("sigevent", layout).size)
        kept = create_string_buffer(converter("sigevent", layout, "x86_64")(data), 64)
        where = addressof(kept)
    made = c_int32()
    result = host_call(_TIMER_CREATE, clock, where, addressof(made))
    if not result:
        process.memory.write_int(timerid, 4, made.value)
        if _delete_all not in process.on_exec:
            process.on_exec.append(_delete_all)
        _made.add(made.value)
    return result
