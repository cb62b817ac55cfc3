"""-strace: one line per call, ``tid name(arg, ...) = result``, with arguments decoded by the call's row."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING, Final

from ..calls import NO_RESULT, s64
from .strace_values import Decoder

if TYPE_CHECKING:
    from ..ports import GuestThread
    from ..process import Process
    from .row import Row
    from .table import SyscallTable

NO_RETURN: Final = frozenset(("exit", "exit_group", "rt_sigreturn"))
_RESTARTS: Final = {512: "ERESTARTSYS", 513: "ERESTARTNOINTR", 514: "ERESTARTNOHAND", 516: "ERESTART_RESTARTBLOCK"}


_logs: Final[dict[str, int]] = {}


def write_line(process: Process, text: str) -> None:
    """To the log file (-D), else to standard error. One write per line, so that processes do not mix them."""
    name = process.config.log_file
    fd = 2
    if name is not None:
        if name not in _logs:
            from .own_fds import keep_private

            flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC
            _logs[name] = keep_private(process, os.open(name, flags, 0o666))
        fd = _logs[name]
    os.write(fd, text.encode("utf-8", "surrogateescape"))


def result_text(result: int, kind: str, decoder: Decoder) -> str:
    if result == NO_RESULT:
        return "?"
    value = s64(result & (1 << 64) - 1)
    if -4096 < value < 0:
        if -value in _RESTARTS:
            return f"? {_RESTARTS[-value]} (to be restarted)"
        return f"-1 {errno.errorcode.get(-value, -value)} ({os.strerror(-value)})"
    if kind == "addr":
        return f"{value & (1 << 64) - 1:#x}"
    if kind == "oflags":
        return decoder.oflags(value)
    return str(value)


def report_unknown(process: Process, thread: GuestThread, number: int, name: str | None) -> None:
    label = f"{name} (system call {number})" if name else f"system call {number}"
    write_line(process, f"{thread.linux.tid} {label}: not implemented = -1 ENOSYS ({os.strerror(errno.ENOSYS)})\n")


class Printer:
    """``Process.strace``. What goes in is decoded before the call, what comes out after it."""

    def __init__(self, table: SyscallTable) -> None:
        self.table = table
        self._open: dict[int, tuple[Row, list[str | None]]] = {}
        """tid -> the call it is in; None for arguments that come out"""

    def __call__(
        self, process: Process, thread: GuestThread, number: int, args: list[int], result: int | None
    ) -> None:
        tid = thread.linux.tid
        args = self.table.arguments(number, args)
        if result is None:
            self._begin(process, tid, number, args)
            return
        begun = self._open.pop(tid, None)
        if begun is None:
            return
        row, texts = begun
        decoder = Decoder(process, row, args)
        shown = [decoder.after(i, result) if text is None else text for i, text in enumerate(texts)]
        self._line(process, tid, row.name, shown, result_text(result, row.result, decoder))

    def _begin(self, process: Process, tid: int, number: int, args: list[int]) -> None:
        stale = self._open.pop(tid, None)
        if stale is not None:  # it never came back: execve, or a signal that left it
            self._line(process, tid, stale[0].name, [text or "?" for text in stale[1]], "?")
        row = self.table.row(number)
        if row is None:
            return
        if row.how == "mux":
            from .mux import case

            row = case(row, args[self.selector(row)], self.table.abi.layout)[1] or row
        decoder = Decoder(process, row, args)
        texts = [decoder.before(i) for i in range(len(row.args))]
        if row.name in NO_RETURN:
            self._line(process, tid, row.name, [text or "?" for text in texts], "?")
        else:
            self._open[tid] = (row, texts)

    def selector(self, row: Row) -> int:
        from .mux import rule

        return rule(row.name, self.table.abi.layout)[0]

    @staticmethod
    def _line(process: Process, tid: int, name: str, texts: list[str], result: str) -> None:
        write_line(process, f"{tid} {name}({', '.join(texts)}) = {result}\n")
