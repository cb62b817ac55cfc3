"""What plugins see of the guest's system calls, signals and end, and the system calls that they bring.

Imported only when some plugin takes part in hooks. ``caller(hook)`` is ``Plugins.caller``.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

from hqemu_core.errors import HqemuError

from . import signals
from .calls import NO_RESULT

if TYPE_CHECKING:
    from .ports import GuestThread
    from .process import Process
    from .syscalls.table import SyscallTable

Caller = Callable[[str], Callable[..., Any] | None]
_ENOSYS: Final = 38
_ARGUMENTS: Final = 6
_LEFT_ALONE: Final = signals.IGNORED | signals.STOPPING | {signals.SIGKILL, 32, 33}
"""no death by default, never caught, or libc's own"""


class CallContext:
    """First argument of a plugin's system call. ``proceed(*arguments)`` does the call that is replaced; errors are
    exceptions, which the plugin's function may let pass."""

    __slots__ = ("name", "proceed", "process", "thread")

    def __init__(self, process: Process, thread: GuestThread, name: str, proceed: Callable[..., int]) -> None:
        self.process = process
        self.thread = thread
        self.name = name
        self.proceed = proceed

    @property
    def memory(self) -> Any:
        return self.process.memory


def add_calls(process: Process, table: SyscallTable, answers: list[Mapping[str, Callable[..., int]]]) -> None:
    """``register_syscalls``: replaced calls are not passed through natively any more. Of several plugins that replace
    a call the last one is asked first."""
    numbers = {name: number for number, name in process.abi.syscalls.items()}
    replaced: dict[str, Callable[..., int]] = {}
    for answer in answers:
        for name, function in answer.items():
            if name not in numbers:
                raise HqemuError(f"a plugin registers the system call {name!r}, which this guest does not have")
            number = numbers[name]
            count = process.calls[number][1] if number in process.calls else _ARGUMENTS
            replaced[name] = _make_call(table, name, function, replaced.get(name))
            process.calls[number] = replaced[name], count
            process.native = [row for row in process.native if row[0] != number]


def _make_call(
    table: SyscallTable, name: str, function: Callable[..., int], before: Callable[..., int] | None
) -> Callable[..., int]:
    entry = table.entries.get(name)
    made = [] if before is None else [before]

    def call(process: Process, thread: GuestThread, *arguments: int) -> int:
        def proceed(*changed: int) -> int:
            if not made:
                if entry is None:
                    return -_ENOSYS
                made.append(table.make(entry))
            return made[0](process, thread, *changed)

        return function(CallContext(process, thread, name, proceed), *arguments)

    return call


def watch_calls(process: Process, caller: Caller) -> None:
    """``on_syscall_enter`` and ``on_syscall_exit``, beside the trace printer."""
    enter, leave = caller("on_syscall_enter"), caller("on_syscall_exit")
    if enter is None and leave is None:
        return
    process.native = []
    names, printer = process.abi.syscalls, process.strace

    def trace(process: Process, thread: GuestThread, number: int, arguments: list[int], result: int | None) -> None:
        if printer is not None:
            printer(process, thread, number, arguments, result)
        name = names.get(number) or str(number)
        if result is None:
            if enter is not None:
                enter(thread=thread, name=name, arguments=arguments)
        elif leave is not None:
            if result == NO_RESULT:
                result = thread.read(process.abi.ret, process.word)
            leave(thread=thread, name=name, arguments=arguments, result=result)

    process.strace = trace


def watch_signals(process: Process, caller: Caller) -> None:
    """``on_guest_signal``."""
    tell = caller("on_guest_signal")
    if tell is None:
        return

    def on_signal(thread: GuestThread, signo: int, info: bytes, forced: bool) -> None:
        action = process.actions.get(signo)
        if not forced and (signo in signals.IGNORED if action is None else action[0] == signals.SIG_IGN):
            return
        code = int.from_bytes(info[8:12], "little", signed=True)
        tell(thread=thread, signo=signo, code=code, addr=int.from_bytes(info[16:24], "little") if forced else 0)

    process.on_signal = on_signal


def watch_end(process: Process, caller: Caller) -> None:
    """``on_exit``. Nothing that a plugin does there keeps the process from ending."""
    tell = caller("on_exit")
    if tell is None:
        return

    def on_end(status: int, signo: int) -> None:
        try:
            tell(status=status, signo=signo)
            for stream in (sys.stdout, sys.stderr):  # the process ends without Python's own end
                if stream is not None:
                    stream.flush()
        except Exception:
            sys.excepthook(*sys.exc_info())

    process.on_end = on_end


def join(process: Process, table: SyscallTable, caller: Caller) -> None:
    """Before the engine is told of native calls."""
    register = caller("register_syscalls")
    if register is not None:
        add_calls(process, table, register(abi=process.abi))
    watch_calls(process, caller)
    watch_signals(process, caller)
    watch_end(process, caller)


def catch_deaths(process: Process) -> None:
    """The program is loaded. From now on signals whose default action is death come here first, if somebody wants to
    know of them: the host kernel would tell nobody."""
    if process.on_signal is None and process.on_end is None:
        return
    engine = process.engine
    release = engine.release_signal

    def keep(signo: int, ignore: bool) -> None:
        if ignore or signo in _LEFT_ALONE:
            release(signo, ignore)
        else:
            engine.catch_signal(signo)

    engine.release_signal = keep  # type: ignore[method-assign]
    for signo in range(1, 65):
        if signo not in process.actions and signo not in _LEFT_ALONE:
            engine.catch_signal(signo)
